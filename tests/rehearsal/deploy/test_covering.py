"""Every pair of choices deploys: both regions, then again without a change, then down without leftovers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.settings import Settings
from tests import covering
from tests.covering import Row
from tests.rehearsal.deploy.conftest import Project

TEMPLATES = Path(__file__).parents[3] / "templates" / "out"

#: Rows that `make test` tries: between them both engines and both zone counts.
QUICK = (0, 2)


def cases() -> list[object]:
    """Every row; all but the quick ones are slow."""
    return [
        pytest.param(row, id=str(number), marks=() if number in QUICK else pytest.mark.slow)
        for number, row in enumerate(covering.rows())
    ]


@pytest.mark.parametrize("row", cases())
def test_a_row_deploys_changes_nothing_and_goes_without_leftovers(
    project: Project, row: Row
) -> None:
    shutil.rmtree(project.path / "templates" / "out")
    shutil.copytree(TEMPLATES, project.path / "templates" / "out")
    project.settings(**chosen(row))
    regions = set(covering.places(row).values())

    first = project.run("deploy", "dev", "--direct", "--yes", "--json")
    assert first.code == 0, first.told
    on_demand = project.run("deploy", "dev", "--direct", "--root", "load-test", "--yes", "--json")
    assert on_demand.code == 0, on_demand.told
    for region in regions:
        assert project.statuses(region) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}

    second = project.run("deploy", "dev", "--direct", "--yes", "--json")
    assert second.code == 0, second.told
    assert {wave["outcome"] for wave in second.document["waves"]} == {"unchanged"}

    down = project.run("destroy", "dev", "--yes", "--purge", "--json")
    assert down.code == 0, down.told
    for region in regions:
        assert project.statuses(region) <= {"DELETE_COMPLETE"}
        assert leftovers(project, region) == {}
    assert project.client("s3").list_buckets()["Buckets"] == []


def leftovers(project: Project, region: str) -> dict[str, list[str]]:
    """What keeps data, costs money or holds a name, and is there although every stack is gone."""
    held = {
        "tables": project.client("dynamodb", region).list_tables()["TableNames"],
        "databases": project.client("rds", region).describe_db_instances()["DBInstances"],
        "clusters": project.client("rds", region).describe_db_clusters()["DBClusters"],
        "secrets": project.client("secretsmanager", region).list_secrets()["SecretList"],
        "queues": project.client("sqs", region).list_queues().get("QueueUrls", []),
        "topics": project.client("sns", region).list_topics()["Topics"],
        "functions": project.client("lambda", region).list_functions()["Functions"],
        "vaults": project.client("backup", region).list_backup_vaults()["BackupVaultList"],
        "alarms": project.client("cloudwatch", region).describe_alarms()["MetricAlarms"],
        "roles": project.client("iam").list_roles()["Roles"],
    }
    return {kind: found for kind, found in held.items() if found}


def chosen(row: Row) -> dict[str, str]:
    """What a row says as an environment's YAML: the pair has both roles, so the role is not asked for."""
    settings = {s.key for s in Settings.all() if s.given_by == "environment"}
    places = covering.places(row)
    said = {
        key: f'"{value}"' if not number(key) else value
        for key, value in row.items()
        if key in settings - {"vpc_cidr"}
    }
    return {
        **said,
        "primary_region": places["primary"],
        "standby_region": places["standby"],
        "regions": f"{{{places['standby']}: {{vpc_cidr: 10.1.0.0/16}}}}",
    }


def number(key: str) -> bool:
    """Whether YAML is to hold it bare: a number or a toggle."""
    return getattr(Settings, key).kind in ("number", "toggle")
