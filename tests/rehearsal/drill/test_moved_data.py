"""Drills of dev that move its database, too: back again, or left where it is on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from generator.settings import Settings
from tests.rehearsal.drill.twin import PRIMARY, STANDBY, Ended, Twin, deployed
from tests.rehearsal.runtime.platform import say

pytestmark = [pytest.mark.usefixtures("well"), pytest.mark.alone]

#: Slow enough for a busy machine, on which the twin has a database to move besides.
SPEED = ("--speed", "12")

SETTING = Settings.orders_writer.key

#: All that the setting takes out of the templates: who rotates the orders secret, and when.
ROTATION = ("Secrets", "DatabaseRotationSchedule")


@pytest.fixture(scope="module")
def twin(postgres: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    settings = {
        "orders_engine": "aurora-global",
        "orders_replicas": 1,
        "orders_night_stop": "false",
    }
    with deployed(tmp_path_factory.mktemp("twin"), **settings) as running:
        yield running


def data(twin: Twin) -> tuple[str, Any]:
    """The region that writes orders, and how their secret rotates."""
    (group,) = twin.client("rds", STANDBY).describe_global_clusters()["GlobalClusters"]
    (writer,) = [one for one in group["GlobalClusterMembers"] if one["IsWriter"]]
    secret = twin.client("secretsmanager").describe_secret(SecretId="tradewind-dev-orders-database")
    rotation = {key: secret.get(key) for key in ("RotationEnabled", "RotationRules")}
    return writer["DBClusterArn"].split(":")[3], rotation


def changes(twin: Twin) -> list[tuple[str, tuple[str, ...], str]]:
    """What `tradewind plan` says would happen: region, resource, and what to it."""
    planned = twin.command("plan", "dev", "--json")
    return [
        (wave["region"], tuple(one["path"]), one["action"])
        for wave in planned.document["waves"]
        for one in wave.get("explanation", {}).get("changes", ())
        if one["type"] != "AWS::CloudFormation::Stack" and one["certainty"] != "phantom"
    ]


def course(ended: Ended) -> list[str]:
    """The states that a drill went through."""
    return [one["state"] for one in ended.report["timeline"]["course"]]


def test_the_setting_alone_takes_a_schedule_away_and_touches_no_cluster(twin: Twin) -> None:
    file = twin.project / "params" / "dev.yaml"
    before = file.read_text()
    say(file, {SETTING: "standby"})
    try:
        assert changes(twin) == [(PRIMARY, ROTATION, "Remove")]
    finally:
        file.write_text(before)


def test_where_nobody_can_approve_it_nothing_is_begun(twin: Twin) -> None:
    options = ("dev", "--data", "--json")
    planned = twin.command("failover-drill", "plan", *options)
    refused = twin.command("failover-drill", "run", *options, "--approve", planned.document["hash"])
    assert refused.code == 3, refused.told
    assert "nobody is there" in refused.document["error"]
    assert "Preflight" not in refused.told


@pytest.mark.slow
def test_the_data_go_along_and_come_back(twin: Twin) -> None:
    before = data(twin)

    ended = twin.drill("--data", *SPEED)

    assert ended.document["state"] == "REPORTED", ended.told
    assert "DATA_MOVED" in ended.told
    assert data(twin) == before
    assert before[0] == PRIMARY
    assert changes(twin) == []
    assert ended.document["figures"]["orders"]["lost"] == 0


@pytest.mark.slow
def test_data_that_stay_moved_are_what_templates_say_once_the_setting_is_as_told(
    twin: Twin,
) -> None:
    """The last of these: it leaves the database where it is."""
    held = twin.drill("--data", "--hold", *SPEED)
    assert held.document["state"] == "DATA_MOVED", held.told

    back = twin.command("failover-drill", "failback", "dev", "--traffic-only", *SPEED, "--json")

    assert back.document["state"] == "REPORTED", back.told
    moved = data(twin)
    assert (moved[0], moved[1]["RotationEnabled"]) == (STANDBY, False)
    assert changes(twin) == [], "nothing of the templates says who writes"
    assert back.document["settings"] == {SETTING: "standby"}
    say(twin.project / "params" / "dev.yaml", back.document["settings"])
    assert changes(twin) == [(PRIMARY, ROTATION, "Remove")]
    assert twin.command("deploy", "dev", "--direct", "--yes").code == 0
    assert changes(twin) == []
    assert data(twin)[0] == STANDBY
