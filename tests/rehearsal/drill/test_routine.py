"""Drills by routine, in the sandbox as on AWS: a build of the standby runs the release that stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.rehearsal.drill.twin import STANDBY, Twin, deployed
from tests.rehearsal.sandbox.running import until

#: Fast enough for a test, and slow enough for a busy machine.
SPEED = 20

#: Notes every operation that a process asks AWS for; Python imports it by its name.
TAP = """
import atexit, json, botocore.client
asked, send = set(), botocore.client.BaseClient._make_api_call
def noted(client, operation, parameters):
    service = client.meta.service_model
    asked.add((service.signing_name, operation))
    return send(client, operation, parameters)
botocore.client.BaseClient._make_api_call = noted
atexit.register(lambda: open({file!r}, "w").write(json.dumps(sorted(asked))))
"""

#: How IAM calls what signatures or the API call otherwise; and what it asks nobody leave for.
IAM_NAMES = {"s3:ListObjectsV2": "s3:ListBucket", "s3:HeadObject": "s3:GetObject"}
IAM_PREFIXES = {"monitoring": "cloudwatch"}
FREE = {"sts:GetCallerIdentity"}


@pytest.fixture(scope="module")
def twin(postgres: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """dev as a release of its pipeline, which Record leaves where builds of drills find it."""
    settings = {"drill_allowance": "takeover", "drill_schedule": "true", "drill_max_age_days": 14}
    with deployed(tmp_path_factory.mktemp("routine"), "pipeline", **settings) as running:
        yield running


@dataclass(frozen=True)
class Build:
    """A build that has ended, and what it said."""

    status: str
    log: str


def held(twin: Twin, **started: Any) -> Build:
    """A drill, started as its schedule starts it."""
    builds, schedules = twin.client("codebuild", STANDBY), twin.client("scheduler", STANDBY)
    target = schedules.get_schedule(Name=f"tradewind-dev-hold-drill-{STANDBY}")["Target"]
    assert target["Arn"].endswith(":codebuild:startBuild")
    project = json.loads(target["Input"])["ProjectName"]
    build = builds.start_build(projectName=project, **started)["build"]["id"]

    def told() -> dict[str, Any]:
        found: dict[str, Any] = builds.batch_get_builds(ids=[build])["builds"][0]
        return found

    until(lambda: told()["buildStatus"] != "IN_PROGRESS", seconds=300)
    ended = told()
    pages = (
        twin.client("logs", STANDBY)
        .get_paginator("filter_log_events")
        .paginate(
            logGroupName=ended["logs"]["groupName"], logStreamNames=[ended["logs"]["streamName"]]
        )
    )
    said = [event["message"] for page in pages for event in page["events"]]
    return Build(ended["buildStatus"], "\n".join(said))


def reports(twin: Twin) -> list[dict[str, Any]]:
    """Those that the standby's bucket keeps, the latest last."""
    s3, bucket = twin.client("s3", STANDBY), f"tradewind-dev-artifacts-111111111111-{STANDBY}"
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="drills/").get("Contents", ())
    keys = sorted(one["Key"] for one in listed if one["Key"].endswith("/report.json"))
    return [json.load(s3.get_object(Bucket=bucket, Key=key)["Body"]) for key in keys]


def alarm(twin: Twin, name: str) -> dict[str, Any]:
    cloudwatch = twin.client("cloudwatch", STANDBY)
    (found,) = cloudwatch.describe_alarms(AlarmNames=[f"tradewind-dev-{name}-{STANDBY}"])[
        "MetricAlarms"
    ]
    told: dict[str, Any] = found
    return told


def went_off(twin: Twin, name: str) -> bool:
    """Whether an alarm has gone off, whatever it is now."""
    history = twin.client("cloudwatch", STANDBY).describe_alarm_history(
        AlarmName=f"tradewind-dev-{name}-{STANDBY}", HistoryItemType="StateUpdate"
    )
    return any("to ALARM" in one["HistorySummary"] for one in history["AlarmHistoryItems"])


def allowed(twin: Twin) -> set[str]:
    """The actions of the role that builds of drills act as."""
    iam = twin.client("iam")
    role = f"tradewind-dev-drill-build-{STANDBY}"
    found: set[str] = set()
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = policy["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        found.update(*(one["Action"] for one in document["Document"]["Statement"]))
    return found


def test_a_routine_that_cannot_drill_calls_somebody(twin: Twin) -> None:
    port = str(urlsplit(twin.buyer().url).port)
    twin.run("sandbox", "shop", "stop", "dev", "--region", STANDBY)
    try:
        build = held(twin)
    finally:
        twin.run("sandbox", "shop", "start", "dev", "--region", STANDBY, "--port", port)
    assert build.status == "FAILED"
    assert f"The shop of dev does not serve in {STANDBY}." in build.log
    until(lambda: went_off(twin, "drill-failed"))
    assert alarm(twin, "drill-too-old")["StateValue"] == "ALARM", "there was no good drill yet"
    assert reports(twin) == []
    assert twin.open_drill() is None


@pytest.mark.slow
@pytest.mark.alone
def test_a_build_holds_a_drill_and_leaves_its_figures(twin: Twin, tmp_path: Path) -> None:
    asked = tmp_path / "asked.json"
    (tmp_path / "sitecustomize.py").write_text(TAP.format(file=str(asked)))
    twin.sandbox.page("PUT", "clock", {"speed": SPEED})
    tap = {"name": "PYTHONPATH", "value": f"tool:tool/lib:{tmp_path}"}
    before = twin.configuration()

    for _ in range(3):  # a busy machine has the preflight refuse
        until(lambda: not [one for one in twin.alarms() if "-drill-" not in one], seconds=180)
        build = held(twin, environmentVariablesOverride=[tap])
        if reports(twin):
            break
    assert "approved by drill_allowance: takeover" in build.log
    assert reports(twin), build.log
    report = reports(twin)[-1]
    assert report["state"] == "REPORTED", build.log
    assert report["rehearsal"] is True
    assert report["plan_afterwards"] == []
    assert (build.status == "SUCCEEDED") == (report["verdict"] == "met"), build.log
    assert twin.configuration() == before
    assert figure(twin, "RtoSeconds") == report["rto_s"]
    assert figure(twin, "OrdersLost") == report["orders_lost"] == 0
    assert actions(asked) - FREE <= allowed(twin)

    answer = twin.client("lambda", STANDBY).invoke(
        FunctionName=f"tradewind-dev-drill-age-{STANDBY}"
    )
    good = report["verdict"] == "met"
    assert json.load(answer["Payload"]) == {"drill": report["drill"] if good else None}
    assert alarm(twin, "drill-too-old")["StateValue"] == ("OK" if good else "ALARM")


def actions(asked: Path) -> set[str]:
    """What a build asked for, as IAM calls it."""
    said = (
        f"{IAM_PREFIXES.get(service, service)}:{operation}"
        for service, operation in json.loads(asked.read_text())
    )
    return {IAM_NAMES.get(one, one) for one in said}


def figure(twin: Twin, name: str) -> float | None:
    """The last that was put."""
    now = datetime.now(UTC)
    told = twin.client("cloudwatch", STANDBY).get_metric_statistics(
        Namespace="Tradewind/Drills",
        MetricName=name,
        Dimensions=[{"Name": "Environment", "Value": "dev"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=24),
        Period=86400 * 2,
        Statistics=["Maximum"],
    )["Datapoints"]
    return told[-1]["Maximum"] if told else None
