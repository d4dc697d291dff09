"""Drills by routine: what they may do is a takeover without data, and no silence is taken for success."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any

import pytest
import yaml

from generator.conditions import Conditions
from generator.drill_actions import DRILL_KEYS, DRILL_SCOPED, DRILL_UNSCOPED
from generator.drill_records import DRILLS, ROUTINE
from generator.layers.drill_routine import SPECIFICATION, DrillRoutine
from generator.layers.drill_watch import DrillWatch
from generator.layers.observability import Observability
from generator.layers.takeover import Takeover
from generator.render import render
from scripts.drill import path
from scripts.drill.calls import Plane
from scripts.drill.hand_back import HandBack
from scripts.drill.plan import Objectives, Pace, Plan, Trigger
from scripts.drill.triggers.takeover import CALLS
from tests.unit.drill.data.cloud import theatre
from tests.unit.generator.resolved import Made
from tests.unit.generator.standing import standing
from tests.unit.generator.tiers import unheard

#: How IAM calls what the API calls otherwise; the others have one name, or one that the service decides.
IAM_NAMES = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "stepfunctions:DescribeExecution": "states:DescribeExecution",
    "stepfunctions:ListExecutions": "states:ListExecutions",
    "stepfunctions:StopExecution": "states:StopExecution",
}
#: What IAM asks no leave for, whoever calls.
FREE = {"sts:GetCallerIdentity"}
#: What a routine's drill watches less closely for: each is an observation that it does without.
DONE_WITHOUT = {"s3:DeleteObject"}


@pytest.fixture(scope="module")
def routine() -> Made:
    return standing(DrillRoutine, "standby")


def actions(made: Made) -> set[str]:
    return {action for statement in made.statements("DrillBuild") for action in statement["Action"]}


def takeover() -> Plan:
    return Plan("dev", Trigger.TAKEOVER, False, False, Objectives(300, 5, 1.0), Pace(), theatre())


def test_they_stand_in_the_standby_where_they_are_wanted_and_builds_are_offered() -> None:
    assert DrillRoutine.condition is Conditions.drill_routine
    assert DrillWatch.condition is Conditions.drills_watched
    named = {"DrillSchedule", "RegionRole", "OffersCodebuild"}
    assert set(_settings(Conditions.drill_routine)) == named


def _settings(condition: Any) -> Iterator[str]:
    test = condition.test
    for part in ("left", "right", "condition"):
        if hasattr(test, part):
            yield from _settings(getattr(test, part))
    if hasattr(test, "setting"):
        yield test.setting.name


def test_the_build_may_make_every_call_of_the_way_out_and_back(routine: Made) -> None:
    """As the drill's own parts declare them."""
    granted, missing = actions(routine), []
    for call in (*path.calls(takeover()), *HandBack.calls):
        said = f"{call.service}:{call.operation}"
        action = IAM_NAMES.get(said, said)
        if action not in granted | FREE | DONE_WITHOUT:
            missing.append(said)
    assert not missing


def test_what_is_done_without_is_never_needed() -> None:
    for call in path.calls(takeover()):
        if f"{call.service}:{call.operation}" in DONE_WITHOUT:
            assert not call.needed


def test_the_build_changes_items_ends_workflows_and_touches_no_control_plane(routine: Made) -> None:
    reads = ("Get", "List", "Describe", "BatchGet", "Scan", "Simulate", "Decrypt", "Generate")
    changes = {one for one in actions(routine) if not one.partition(":")[2].startswith(reads)}
    assert changes == {
        "cloudwatch:PutMetricData",
        "dynamodb:CreateTable",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:TagResource",
        "dynamodb:UpdateItem",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:AbortMultipartUpload",
        "s3:PutObject",
        "states:StopExecution",
    }
    assert not [one for one in path.calls(takeover()) if one.needed and one.plane is Plane.CONTROL]


def test_the_build_turns_the_switch_of_its_region_and_takes_it_back(routine: Made) -> None:
    switch = f":table/{Takeover.takeover_table.example}"
    turns = [
        statement["Action"]
        for statement in routine.statements("DrillBuild")
        if any(str(arn).endswith(switch) for arn in statement["Resource"])
    ]
    needed = {f"{one.service}:{one.operation}" for one in CALLS}
    assert {action for one in turns for action in one} == {*needed, "dynamodb:DeleteItem"}


def test_it_makes_no_table_but_that_of_leases(routine: Made) -> None:
    (making,) = [
        statement
        for statement in routine.statements("DrillBuild")
        if "dynamodb:CreateTable" in statement["Action"]
    ]
    (table,) = making["Resource"]
    assert fnmatchcase(table, "arn:aws:dynamodb:us-west-2:*:table/tradewind-dev-leases")


def test_every_action_of_the_build_is_under_its_ceiling(routine: Made) -> None:
    ceiling = {
        action.JSONrepr()
        for action in (*chain(*DRILL_SCOPED.values()), *DRILL_UNSCOPED, *DRILL_KEYS)
    }
    assert actions(routine) <= ceiling
    assert routine["DrillBuild"]["PermissionsBoundary"].endswith(
        "policy/tradewind-dev-drill-boundary-us-west-2"
    )


def test_the_build_drills_what_stands_from_the_standbys_own_bucket(routine: Made) -> None:
    project = routine["Drill"]
    bucket = DrillRoutine.artifacts_bucket.example
    assert project["Source"]["Type"] == "S3"
    assert project["Source"]["Location"] == f"{bucket}/{ROUTINE}release.zip"
    (shipment,) = project["SecondarySources"]
    assert shipment["Location"] == f"{bucket}/{ROUTINE}shipment.zip"
    assert shipment["SourceIdentifier"] == "Shipment"
    assert project["ConcurrentBuildLimit"] == 1
    commands = yaml.safe_load(SPECIFICATION.read_text())["phases"]["build"]["commands"]
    assert commands[-1].endswith("--trigger takeover --approve routine")
    assert "--data" not in commands[-1]


def test_a_schedule_of_the_settings_time_starts_one_build(routine: Made) -> None:
    schedule = routine["HoldDrill"]
    assert schedule["ScheduleExpression"] == "cron(0 10 ? * TUE *)"
    assert schedule["Target"]["Arn"] == "arn:aws:scheduler:::aws-sdk:codebuild:startBuild"
    assert "DeadLetterConfig" in schedule["Target"]
    starts = {
        action
        for statement in routine.statements("DrillStarter")
        for action in statement["Action"]
        if action.startswith("codebuild:")
    }
    assert starts == {"codebuild:StartBuild"}


@pytest.mark.parametrize(
    ("layer", "tier"), [(DrillRoutine, "DrillTier"), (DrillWatch, "DrillAgeTier")]
)
def test_every_alarm_is_heard(layer: Any, tier: str) -> None:
    assert unheard(layer, tier) == []


def test_no_alarm_of_drills_is_in_the_regions_whose_quiet_a_drill_waits_for() -> None:
    """Else an old drill, or a failed one, would forbid the next."""
    region = json.dumps(json.loads(render(Observability().template)))
    assert "drill" not in region.lower()


def test_a_drill_that_is_too_old_or_of_which_nobody_tells_is_an_alarm() -> None:
    made = standing(DrillWatch, "standby", drill_max_age_days="14")
    alarm = made["DrillTooOld"]
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert str(alarm["Threshold"]) == "14"
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Tradewind/Drills", "DaysSinceGoodDrill")
    assert alarm["Dimensions"] == [{"Name": "Environment", "Value": "dev"}]
    told = made["TellDrillAge"]
    assert told["ScheduleExpression"] == "rate(6 hours)", "one a day would leave days without"
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 86400


def test_the_reader_of_ages_reads_reports_and_nothing_else() -> None:
    made = standing(DrillWatch, "standby")
    s3 = [
        (statement["Action"], statement["Resource"])
        for statement in made.statements("DrillAgeRole")
        if any(action.startswith("s3:") for action in statement["Action"])
    ]
    bucket = f"arn:aws:s3:::{DrillWatch.artifacts_bucket.example}"
    assert s3 == [
        (["s3:ListBucket"], [bucket]),
        (["s3:GetObject", "s3:GetObjectVersion"], [f"{bucket}/{DRILLS}*"]),
    ]
