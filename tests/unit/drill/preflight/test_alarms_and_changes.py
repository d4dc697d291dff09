from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scripts.checks import Verdict
from scripts.drill import open_drill
from scripts.drill.open_drill import OpenDrill
from scripts.drill.preflight import alarms, changes
from tests.unit.drill.preflight.grounds import PRIMARY, STANDBY, Cloud

MADE = datetime(2026, 11, 23, tzinfo=UTC)


def states(*said: str) -> dict[str, Any]:
    return {
        "MetricAlarms": [
            {"AlarmName": f"tradewind-dev-{n}", "StateValue": state} for n, state in enumerate(said)
        ]
    }


@pytest.mark.parametrize(
    ("said", "verdict", "found"),
    [
        (("OK", "OK", "INSUFFICIENT_DATA"), Verdict.PASSED, "2 OK, 1 without data"),
        (("OK", "ALARM"), Verdict.REFUSED, "tradewind-dev-1 in ALARM"),
        (("INSUFFICIENT_DATA", "ALARM"), Verdict.REFUSED, "tradewind-dev-1 in ALARM"),
        (("INSUFFICIENT_DATA",), Verdict.UNKNOWN, "0 OK, 1 without data"),
        ((), Verdict.UNKNOWN, "0 OK, 0 without data"),
    ],
)
def test_an_alarm_without_data_is_neither_quiet_nor_firing(
    said: tuple[str, ...], verdict: Verdict, found: str
) -> None:
    cloud = Cloud()
    cloud.says("cloudwatch", "describe_alarms", states(*said))
    cloud.says("cloudwatch", "describe_alarms", {"CompositeAlarms": []})

    answer = alarms.standby_is_quiet(cloud.ground())

    assert answer.verdict is verdict
    assert answer.found.startswith(found)


def stack(name: str, status: str, **more: Any) -> dict[str, Any]:
    tags = {"Project": "tradewind", "Environment": "dev", "Root": name.rpartition("-")[2]}
    return {
        "StackId": f"arn:{name}",
        "StackName": name,
        "StackStatus": status,
        "CreationTime": MADE,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        **more,
    }


def resources(**made: tuple[str, str]) -> dict[str, Any]:
    return {
        "StackResourceSummaries": [
            {
                "LogicalResourceId": logical_id,
                "PhysicalResourceId": physical_id,
                "ResourceType": type,
                "ResourceStatus": "CREATE_COMPLETE",
                "LastUpdatedTimestamp": MADE,
            }
            for logical_id, (type, physical_id) in made.items()
        ]
    }


def test_at_the_edge_only_its_own_stack_s_alarms_count() -> None:
    """us-east-1 is dev's primary, too: an alarm there that is not the edge's is the primary's matter."""
    for firing, verdict in (("edge-alarm", Verdict.REFUSED), ("another", Verdict.PASSED)):
        cloud = Cloud()
        edge = stack("tradewind-dev-edge", "CREATE_COMPLETE")
        cloud.says("cloudformation", "describe_stacks", {"Stacks": [edge]}, PRIMARY)
        made = resources(
            A=(alarms.TYPES[0], "edge-alarm"),
            B=(alarms.TYPES[0], "well"),
            C=("AWS::SNS::Topic", "another"),
        )
        cloud.says("cloudformation", "list_stack_resources", made, PRIMARY)
        told = [
            {"AlarmName": firing, "StateValue": "ALARM"},
            {"AlarmName": "well", "StateValue": "OK"},
        ]
        cloud.says("cloudwatch", "describe_alarms", {"MetricAlarms": told}, PRIMARY)
        cloud.says("cloudwatch", "describe_alarms", {"CompositeAlarms": []}, PRIMARY)

        assert alarms.edge_is_quiet(cloud.ground()).verdict is verdict


@pytest.mark.parametrize(
    ("until", "verdict"), [("1000060", Verdict.REFUSED), ("999999", Verdict.PASSED)]
)
def test_a_deploy_that_holds_its_lease_is_refused_by_who_holds_it(
    until: str, verdict: Verdict
) -> None:
    cloud = Cloud()
    said = {
        "lease": {"S": "deploy"},
        "who": {"S": "ada"},
        "host": {"S": "laptop"},
        "machine": {"S": "another"},
        "pid": {"S": "1"},
        "token": {"N": "3"},
        "beat": {"N": "1"},
        "since": {"S": "1000000"},
        "until": {"N": until},
    }
    cloud.says("dynamodb", "get_item", {"Item": said}, PRIMARY)

    answer = changes.no_lease(cloud.ground())

    assert answer.verdict is verdict
    if verdict is Verdict.REFUSED:
        assert "ada on laptop" in answer.found


def test_a_stack_that_cloudformation_works_on_is_refused_by_name() -> None:
    for status, verdict in (
        ("UPDATE_IN_PROGRESS", Verdict.REFUSED),
        ("UPDATE_COMPLETE", Verdict.PASSED),
        ("REVIEW_IN_PROGRESS", Verdict.PASSED),
    ):
        cloud = Cloud()
        rest = [stack("tradewind-dev-platform", "CREATE_COMPLETE")]
        cloud.says("cloudformation", "describe_stacks", {"Stacks": rest}, PRIMARY)
        moving = [stack("tradewind-dev-platform", status)]
        cloud.says("cloudformation", "describe_stacks", {"Stacks": moving}, STANDBY)

        answer = changes.stacks_rest(cloud.ground())

        assert answer.verdict is verdict
        if verdict is Verdict.REFUSED:
            assert "tradewind-dev-platform in us-west-2 is UPDATE_IN_PROGRESS" in answer.found


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("InProgress", Verdict.REFUSED),
        ("Stopping", Verdict.REFUSED),
        ("Succeeded", Verdict.PASSED),
    ],
)
def test_a_pipeline_that_runs_is_a_deploy_in_flight(status: str, verdict: Verdict) -> None:
    cloud = Cloud()
    pipeline = stack("tradewind-dev-pipeline", "CREATE_COMPLETE")
    cloud.says("cloudformation", "describe_stacks", {"Stacks": [pipeline]}, PRIMARY)
    made = resources(Pipeline=(changes.PIPELINE, "tradewind-dev"))
    cloud.says("cloudformation", "list_stack_resources", made, PRIMARY)
    run = {"pipelineExecutionId": "12345678-1234-1234-1234-123456789012", "status": status}
    told = {"pipelineExecutionSummaries": [run]}
    cloud.says("codepipeline", "list_pipeline_executions", told, PRIMARY)

    assert changes.pipeline_rests(cloud.ground()).verdict is verdict


def test_an_environment_without_a_pipeline_has_none_that_runs() -> None:
    cloud = Cloud()
    cloud.stub("cloudformation", PRIMARY).add_client_error(
        "describe_stacks", "ValidationError", "Stack with id x does not exist"
    )

    assert changes.pipeline_rests(cloud.ground()).verdict is Verdict.NOT_APPLICABLE


def test_a_revision_on_its_way_counts_where_it_is_this_environment_s() -> None:
    for application, verdict in (
        ("tradewind-dev-shop", Verdict.REFUSED),
        ("tradewind-prod-shop", Verdict.PASSED),
    ):
        cloud = Cloud()
        cloud.says("codedeploy", "list_deployments", {"deployments": []}, PRIMARY)
        cloud.says("codedeploy", "list_deployments", {"deployments": ["d-1"]})
        info = {"deploymentId": "d-1", "applicationName": application, "status": "InProgress"}
        cloud.says("codedeploy", "batch_get_deployments", {"deploymentsInfo": [info]})

        assert changes.nothing_deploys(cloud.ground()).verdict is verdict


def test_an_open_drill_is_refused_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    found = OpenDrill("2026-11-23T16-49-29Z-ab12", "ARMED", "ada", "laptop", 0.0, 3, "bucket")
    for standing, verdict in ((found, Verdict.REFUSED), (None, Verdict.PASSED)):
        monkeypatch.setattr(open_drill, "read", lambda *_, standing=standing: standing)

        answer = changes.no_drill(Cloud().ground())

        assert answer.verdict is verdict
        if standing:
            assert answer.found == "2026-11-23T16-49-29Z-ab12 of ada is ARMED"
