"""Every pair of choices deploys: both regions, then again without a change, then down without leftovers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.settings import Settings
from tests import covering
from tests.covering import Row
from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project

TEMPLATES = Path(__file__).parents[3] / "templates" / "out"

#: Rows that `make test` tries: between them both engines, both zone counts and most toggles, both ways.
QUICK = (0, 1, 2)


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

    first = project.run("deploy", "dev", "--yes", "--json")
    assert first.code == 0, first.told
    for region in (PRIMARY, STANDBY):
        assert project.statuses(region) <= {"CREATE_COMPLETE", "UPDATE_COMPLETE"}

    second = project.run("deploy", "dev", "--yes", "--json")
    assert second.code == 0, second.told
    assert {wave["outcome"] for wave in second.document["waves"]} == {"unchanged"}

    down = project.run("destroy", "dev", "--yes", "--purge", "--json")
    assert down.code == 0, down.told
    for region in (PRIMARY, STANDBY):
        assert project.statuses(region) <= {"DELETE_COMPLETE"}
    assert project.client("s3").list_buckets()["Buckets"] == []
    for region in (PRIMARY, STANDBY):
        assert project.client("dynamodb", region).list_tables()["TableNames"] == []
        assert project.client("rds", region).describe_db_instances()["DBInstances"] == []


def chosen(row: Row) -> dict[str, str]:
    """What a row says as an environment's YAML: the pair has both roles, so the role is not asked for."""
    settings = {s.key for s in Settings.all() if s.given_by == "environment"}
    return {
        key: f'"{value}"' if not number(key) else value
        for key, value in row.items()
        if key in settings - {"vpc_cidr"}
    }


def number(key: str) -> bool:
    """Whether YAML is to hold it bare: a number or a toggle."""
    return getattr(Settings, key).kind in ("number", "toggle")
