"""The preflight on a deployed platform: the whole table, and each defect that is planted is what refuses."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from generator import environments
from scripts.checks import Check, Verdict
from scripts.drill import theatre_reading
from scripts.drill.clock import Realtime
from scripts.drill.plan import Objectives, Pace, Plan, Trigger
from scripts.drill.preflight import table
from scripts.drill.stage import Answer, Asked, NoAnswer, Stage, Told
from scripts.drill.theatre import Theatre
from scripts.errors import UsageError
from scripts.holder import Holder
from scripts.lease import DEPLOY, Leases
from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.drill.pair import PRIMARY, STANDBY, Project, deployed_pair

_accounts = itertools.count(580000000000 + os.getpid() % 100000 * 1000)

#: What Route 53's checkers, and alarms on what they see, say no to while no fleet runs: sooner or later.
LIVE = {
    "standby is healthy",
    "primary is healthy",
    "alarms of the standby",
    "alarms of the edge",
}


class Silence:
    """No check asks DNS."""

    def servers(self, name: str) -> tuple[str, ...]:
        return ()

    def ask(self, server: str, name: str) -> Answer:
        raise NoAnswer(name)


class Served:
    """A customer whom the primary serves."""

    def send(self, asked: Asked) -> Told:
        return Told(200, {"x-tradewind-region": PRIMARY}, asked.body, 0.1)

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Drill:
    """One that is about to begin."""

    project: Project
    theatre: Theatre
    folder: Path

    def client(self, service: str, region: str = STANDBY) -> Any:
        return self.project.client(service, region)

    def checked(self) -> dict[str, Check]:
        """The whole table."""
        environment = environments.read(self.project.path / "params", "dev")
        objectives = Objectives(rto=300, rpo=5, errors=1.0)
        plan = Plan("dev", Trigger.TAKEOVER, False, False, objectives, Pace(), self.theatre)
        stage = Stage(self.project.aws(), Realtime(), Silence(), Served, rehearsal=True)
        return {one.name: one for one in table.run(stage, plan, environment, self.folder)}

    def refused(self) -> set[str]:
        """What refuses, of what needs no fleet."""
        checks = self.checked().items()
        return {name for name, one in checks if one.verdict is Verdict.REFUSED} - LIVE


@pytest.fixture(scope="module")
def drill(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Drill:
    path = tmp_path_factory.mktemp("drill")
    project = deployed_pair(sandbox, path, str(next(_accounts)))
    environment = environments.read(path / "params", "dev")
    project.client("dynamodb", STANDBY).put_item(
        TableName="tradewind-dev-catalogue",
        Item={"product_id": {"S": "tea"}, "stock": {"N": "9"}},
    )
    return Drill(project, theatre_reading.read(project.aws(), environment), path)


def test_the_whole_table_is_told_and_a_platform_as_deployed_refuses_nothing(drill: Drill) -> None:
    checks = drill.checked()

    assert list(checks) == [question.name for question in table.QUESTIONS]
    refused = {name: one.found for name, one in checks.items() if one.verdict is Verdict.REFUSED}
    assert {name: found for name, found in refused.items() if name not in LIVE} == {}
    for one in checks.values():
        assert one.found, one
        assert one.expected, one


def test_what_nobody_measured_is_unknown_and_refuses_in_prod_alone(drill: Drill) -> None:
    carts = drill.checked()["lag of carts"]

    assert carts.verdict is Verdict.UNKNOWN
    assert carts.refuses(prod=True)
    assert not carts.refuses(prod=False)


def a_takeover(drill: Drill) -> None:
    drill.client("dynamodb").put_item(
        TableName=drill.theatre.switch_table,
        Item={"Switch": {"S": "takeover"}, "Requested": {"BOOL": True}},
    )


def an_inverted_endpoint(drill: Drill) -> None:
    drill.client("route53").update_health_check(
        HealthCheckId=drill.theatre.primary_endpoint.id, Inverted=True
    )


def a_record_that_follows(drill: Drill) -> None:
    record = {
        "Name": "mail.example.com",
        "Type": "A",
        "TTL": 60,
        "SetIdentifier": "one",
        "Weight": 1,
        "HealthCheckId": drill.theatre.primary_check.id,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }
    drill.client("route53").change_resource_record_sets(
        HostedZoneId=drill.theatre.hosted_zone,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )


def nothing_to_sell(drill: Drill) -> None:
    drill.client("dynamodb").delete_item(
        TableName=drill.theatre.catalogue, Key={"product_id": {"S": "tea"}}
    )


def a_lower_ceiling(drill: Drill) -> None:
    drill.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=drill.theatre.standby.scaling_group, MaxSize=2
    )


def a_deploy(drill: Drill) -> None:
    leases = Leases(drill.project.aws(), PRIMARY)
    leases.acquire(DEPLOY, Holder("ada", "laptop", "another machine", 1, "", "deploy"))


@pytest.mark.parametrize(
    ("plant", "refuses"),
    [
        (a_takeover, {"no takeover stands"}),
        (an_inverted_endpoint, {"health checks as planned", "endpoint checks"}),
        (a_record_that_follows, {"nobody else is moved"}),
        (nothing_to_sell, {"something to sell"}),
        (a_lower_ceiling, {"regions are alike"}),
        (a_deploy, {"no deploy"}),
    ],
)
def test_a_defect_that_is_planted_is_what_refuses(
    drill: Drill, plant: Callable[[Drill], None], refuses: set[str]
) -> None:
    """What an earlier case planted still stands: a case is what refuses besides."""
    before = drill.refused()

    plant(drill)

    found = drill.refused()
    assert found - before == refuses
    assert before <= found


def test_an_alarm_of_the_standby_is_named(drill: Drill) -> None:
    cloudwatch = drill.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="tradewind-dev-planted",
        MetricName="x",
        Namespace="y",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )
    cloudwatch.set_alarm_state(
        AlarmName="tradewind-dev-planted", StateValue="ALARM", StateReason="planted"
    )

    check = drill.checked()["alarms of the standby"]

    assert check.verdict is Verdict.REFUSED
    assert "tradewind-dev-planted" in check.found


def test_where_nothing_stands_there_is_no_theatre(sandbox: Sandbox, tmp_path: Path) -> None:
    project = Project(tmp_path, str(next(_accounts)), sandbox)
    project.settings()
    environment = environments.read(tmp_path / "params", "dev")

    with pytest.raises(UsageError) as refused:
        theatre_reading.read(project.aws(), environment)

    assert refused.value.message == "dev has no primary: its platform does not stand in us-east-1."
    assert refused.value.fix == "Deploy it first: tradewind deploy dev"


def test_regions_that_are_deployed_the_other_way_round_are_no_pair(drill: Drill) -> None:
    read = environments.read(drill.project.path / "params", "dev")
    swapped = replace(read, primary_region=STANDBY, standby_region=PRIMARY)

    with pytest.raises(UsageError) as refused:
        theatre_reading.read(drill.project.aws(), swapped)

    assert "us-west-2 is deployed as standby" in refused.value.message
    assert refused.value.message.endswith("the two regions are no pair.")


def test_a_platform_without_what_a_drill_needs_is_of_an_older_release(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    """The small shop's has the name, and none of the outputs."""
    project = Project(tmp_path, str(next(_accounts)), sandbox)
    project.settings()
    project.build()
    run = project.run("deploy", "dev", "--direct", "--yes")
    assert run.code == 0, run.told

    with pytest.raises(UsageError) as refused:
        theatre_reading.read(project.aws(), environments.read(tmp_path / "params", "dev"))

    assert "tradewind-dev-platform in us-east-1" in refused.value.message
