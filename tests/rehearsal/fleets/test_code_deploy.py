"""CodeDeploy rolls over a fleet that runs on this machine, and back; where none runs, it says so."""

from __future__ import annotations

import json
import os
import signal
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox import process
from scripts.sandbox.fleets import supervision
from scripts.sandbox.record import birth
from scripts.sandbox.snapshots import Snapshots
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.fleets.conftest import REGION, USER_DATA, Place
from tests.rehearsal.fleets.ground import lay_out
from tests.rehearsal.fleets.test_fleet import ask, instances, until
from tests.rehearsal.fleets.test_rolling import LIFECYCLE
from tests.rehearsal.sandbox.json_shapes import checking_json

ROLE = "arn:aws:iam::111111111111:role/deployer"
GROUP = {"applicationName": "shop", "deploymentGroupName": "shop"}
ROLLBACK = {
    "enabled": True,
    "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
}

Told = dict[str, Any]


@dataclass(frozen=True)
class Releases:
    """An application and its deployment group, for the Auto Scaling group of a fleet."""

    place: Place

    @property
    def client(self) -> Any:
        return checking_json(self.place.client("codedeploy"))

    def lay_out(self, instances: int = 2, **group: Any) -> Releases:
        self.place.client("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName="shop",
            MinSize=0,
            MaxSize=4,
            DesiredCapacity=instances,
            AvailabilityZones=["eu-west-1a"],
            LaunchTemplate={"LaunchTemplateId": self.place.spec.launch_template, "Version": "1"},
        )
        self.client.create_application(applicationName="shop")
        self.client.create_deployment_group(
            **{
                **GROUP,
                "serviceRoleArn": ROLE,
                "autoScalingGroups": ["shop"],
                "deploymentConfigName": "CodeDeployDefault.HalfAtATime",
                **group,
            }
        )
        return self

    def revision(self, name: str, before: str = "") -> Told:
        """A revision of the shop of ten lines in a bucket of its own; its code begins with `before`."""
        folder = Path(self.place.revision(name))
        shop = folder / "shop.py"
        shop.write_text(f"{before}\n{shop.read_text()}")
        packed = self.place.folder / f"{name}.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("appspec.yml", "version: 0.0\nos: linux\n")
            for file in folder.iterdir():
                archive.write(file, file.name)
        bucket, s3 = f"{name}-{self.place.spec.account}", self.place.client("s3")
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=bucket, Key="shop.zip", Body=packed.read_bytes())
        location = {"bucket": bucket, "key": "shop.zip", "bundleType": "zip"}
        return {"revisionType": "S3", "s3Location": location}

    def begun(self, revision: Told, **said: Any) -> str:
        found: str = self.client.create_deployment(**GROUP, revision=revision, **said)[
            "deploymentId"
        ]
        return found

    def look(self, deployment: str) -> Told:
        found: Told = self.client.get_deployment(deploymentId=deployment)["deploymentInfo"]
        return found

    def ended(self, deployment: str) -> Told:
        found: Told = until(lambda: (told := self.look(deployment)).get("completeTime") and told)
        return found

    def deployed(self, revision: Told, **said: Any) -> Told:
        return self.ended(self.begun(revision, **said))

    def targets(self, deployment: Told) -> list[Told]:
        name = deployment["deploymentId"]
        ids = self.client.list_deployment_targets(deploymentId=name)["targetIds"]
        told = self.client.batch_get_deployment_targets(deploymentId=name, targetIds=ids)
        return [one["instanceTarget"] for one in told["deploymentTargets"]]

    def group(self) -> Told:
        found: Told = self.client.get_deployment_group(**GROUP)["deploymentGroupInfo"]
        return found


def served(place: Place) -> set[str]:
    """Which revisions answer."""
    return {ask(place)[1]["X-Revision"] for _ in range(6)}


def events(target: Told) -> list[str]:
    return [one["lifecycleEventName"] for one in target["lifecycleEvents"]]


def test_a_revision_goes_to_every_instance_and_is_the_groups(fleet: Place) -> None:
    releases = Releases(fleet).lay_out()
    two = releases.revision("two")

    told = releases.deployed(two)

    assert told["status"] == "Succeeded"
    assert told["deploymentOverview"]["Succeeded"] == 2
    assert [events(target) for target in releases.targets(told)] == [LIFECYCLE, LIFECYCLE]
    assert served(fleet) == {"two"}
    group = releases.group()
    assert group["targetRevision"] == two
    assert group["lastSuccessfulDeployment"]["deploymentId"] == told["deploymentId"]
    assert releases.client.list_deployments(**GROUP)["deployments"] == [told["deploymentId"]]


def test_a_revision_that_does_not_serve_is_rolled_back_by_a_deployment(fleet: Place) -> None:
    releases = Releases(fleet).lay_out(autoRollbackConfiguration=ROLLBACK)
    good = releases.revision("two")
    releases.deployed(good)

    told = releases.deployed(releases.revision("torn", "raise RuntimeError('no such thing')"))

    assert (told["status"], told["errorInformation"]["code"]) == ("Failed", "HEALTH_CONSTRAINTS")
    assert "too many individual instances failed" in told["errorInformation"]["message"]
    assert told["previousRevision"] == good
    failed = [one for one in releases.targets(told) if one["status"] == "Failed"]
    (why,) = [one for one in failed[0]["lifecycleEvents"] if one["status"] == "Failed"]
    assert why["lifecycleEventName"] == "ValidateService"
    assert "ended with 3 before it served" in why["diagnostics"]["message"]
    back = releases.ended(told["rollbackInfo"]["rollbackDeploymentId"])
    assert (back["status"], back["creator"], back["revision"]) == (
        "Succeeded",
        "codeDeployRollback",
        good,
    )
    assert back["rollbackInfo"]["rollbackTriggeringDeploymentId"] == told["deploymentId"]
    assert served(fleet) == {"two"}
    assert [one["health"] for one in instances(fleet)] == ["healthy", "healthy"]
    assert releases.group()["targetRevision"] == good


def test_without_a_good_revision_there_is_nothing_to_roll_back_to(fleet: Place) -> None:
    releases = Releases(fleet).lay_out(autoRollbackConfiguration=ROLLBACK)
    missing = {
        "revisionType": "S3",
        "s3Location": {"bucket": "none", "key": "none.zip", "bundleType": "zip"},
    }
    told = releases.deployed(missing)
    assert told["status"] == "Failed"
    assert "no revision that was deployed successfully" in told["rollbackInfo"]["rollbackMessage"]
    assert "rollbackDeploymentId" not in told["rollbackInfo"]


def test_an_alarm_of_the_group_stops_it_before_anything_is_touched(fleet: Place) -> None:
    cloudwatch = fleet.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="shop",
        MetricName="errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.put_metric_data(
        Namespace="shop", MetricData=[{"MetricName": "errors", "Value": 5.0}]
    )
    releases = Releases(fleet).lay_out(
        alarmConfiguration={"enabled": True, "alarms": [{"name": "errors"}]}
    )
    before = [one["pid"] for one in instances(fleet)]

    told = releases.deployed(releases.revision("two"))

    assert (told["status"], told["errorInformation"]["code"]) == ("Stopped", "ALARM_ACTIVE")
    assert told["errorInformation"]["message"].endswith("Activated alarms: <errors>")
    assert [one["pid"] for one in instances(fleet)] == before


def test_an_alarm_that_is_not_there_stops_it_unless_that_does_not_matter(fleet: Place) -> None:
    alarms = {"enabled": True, "alarms": [{"name": "none"}]}
    releases = Releases(fleet).lay_out(alarmConfiguration=alarms)
    two = releases.revision("two")
    assert releases.deployed(two)["status"] == "Stopped"
    override = {**alarms, "ignorePollAlarmFailure": True}
    assert releases.deployed(two, overrideAlarmConfiguration=override)["status"] == "Succeeded"


def test_more_hosts_than_can_go_on_serving_stop_it_before_anything_is_touched(
    fleet: Place,
) -> None:
    releases = Releases(fleet).lay_out()
    releases.client.create_deployment_config(
        deploymentConfigName="both", minimumHealthyHosts={"type": "HOST_COUNT", "value": 2}
    )
    before = [one["pid"] for one in instances(fleet)]
    told = releases.deployed(releases.revision("two"), deploymentConfigName="both")
    assert told["errorInformation"]["code"] == "HEALTH_CONSTRAINTS_INVALID"
    assert [one["pid"] for one in instances(fleet)] == before


#: Serves in the first instance that imports it, and in no other.
ONCE = """
import os, pathlib
first = pathlib.Path({mark!r})
try:
    first.open("x").write(str(os.getppid()))
except FileExistsError:
    if first.read_text() not in ("", str(os.getppid())):
        raise RuntimeError("only the first one serves")
"""


def test_enough_are_enough_and_the_next_deployment_begins_with_what_does_not_serve(
    fleet: Place,
) -> None:
    releases = Releases(fleet).lay_out()
    once = releases.revision("once", ONCE.format(mark=str(fleet.folder / "mark")))

    half = releases.deployed(once)

    assert half["status"] == "Succeeded"
    overview = half["deploymentOverview"]
    assert (overview["Succeeded"], overview["Failed"]) == (1, 1)
    assert releases.deployed(releases.revision("two"))["deploymentOverview"]["Succeeded"] == 2
    assert served(fleet) == {"two"}


def test_one_at_a_time_is_all_but_one(fleet: Place) -> None:
    releases = Releases(fleet).lay_out(deploymentConfigName="CodeDeployDefault.OneAtATime")
    assert releases.deployed(releases.revision("two"))["status"] == "Succeeded"


def test_one_that_is_stopped_goes_no_further_and_what_it_reached_comes_back(fleet: Place) -> None:
    releases = Releases(fleet).lay_out()
    releases.deployed(releases.revision("two"))
    begun = releases.begun(releases.revision("three"))
    until(lambda: releases.look(begun)["deploymentOverview"]["InProgress"])

    stopped = releases.client.stop_deployment(deploymentId=begun, autoRollbackEnabled=True)

    assert stopped["status"] == "Pending"
    told = releases.ended(begun)
    assert (told["status"], told["errorInformation"]["code"]) == ("Stopped", "MANUAL_STOP")
    assert told["deploymentOverview"]["Succeeded"] == 1
    assert releases.ended(told["rollbackInfo"]["rollbackDeploymentId"])["status"] == "Succeeded"
    assert served(fleet) == {"two"}
    with pytest.raises(ClientError, match="DeploymentAlreadyCompletedException"):
        releases.client.stop_deployment(deploymentId=begun)


def test_one_deployment_of_a_group_at_a_time(fleet: Place) -> None:
    releases = Releases(fleet).lay_out()
    two = releases.revision("two")
    begun = releases.begun(two)
    with pytest.raises(ClientError, match=f"already has an active Deployment '{begun}'"):
        releases.begun(two)
    releases.ended(begun)


def test_where_no_fleet_runs_the_revision_is_recorded(place: Place) -> None:
    releases = Releases(place).lay_out(instances=3)
    two = releases.revision("two")
    told = releases.deployed(two)
    assert (told["status"], told["deploymentOverview"]["Succeeded"]) == ("Succeeded", 3)
    assert "No fleet of this group runs" in told["deploymentStatusMessages"][0]
    assert releases.group()["targetRevision"] == two


def test_what_an_instance_could_not_unpack_fails_without_a_fleet_too(place: Place) -> None:
    releases = Releases(place).lay_out()
    bare = place.uploaded("two")  # it has no AppSpec file
    bucket, _, key = bare.removeprefix("s3://").partition("/")
    location = {"bucket": bucket, "key": key, "bundleType": "zip"}
    told = releases.deployed({"revisionType": "S3", "s3Location": location})
    assert told["status"] == "Failed"
    (why,) = [
        one for one in releases.targets(told)[0]["lifecycleEvents"] if one["status"] == "Failed"
    ]
    assert "did not find an AppSpec file" in why["diagnostics"]["message"]


def test_a_group_without_instances_cannot_be_deployed_to(place: Place) -> None:
    releases = Releases(place).lay_out(instances=0)
    told = releases.deployed(releases.revision("two"))
    assert (told["status"], told["errorInformation"]["code"]) == ("Failed", "NO_INSTANCES")


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ({"revisionType": "GitHub", "gitHubLocation": {}}, "elsewhere than S3"),
        (
            {"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": "tgz"}},
            "no zip",
        ),
    ],
)
def test_what_is_not_done_is_refused_in_words(place: Place, revision: Told, said: str) -> None:
    releases = Releases(place).lay_out()
    with pytest.raises(ClientError, match=said):
        releases.begun(revision)


def test_a_deployment_goes_on_after_the_sandbox_was_killed(tmp_path: Path, place: Place) -> None:
    home = tmp_path / "sandbox"
    running = process.start(home, free_port())
    own = _moved(place, Sandbox(home, running.url))
    try:
        own.start()
        releases = Releases(own).lay_out()
        two = releases.revision("two", "import time; time.sleep(4)")  # longer than a save waits
        begun = releases.begun(two)
        until(lambda: _saved(home) == {begun: "InProgress"})
        os.kill(running.pid, signal.SIGKILL)
        until(lambda: birth(running.pid) is None)

        process.start(home)

        assert releases.ended(begun)["status"] == "Succeeded"
        assert served(own) == {"two"}
        assert releases.group()["targetRevision"] == two
    finally:
        supervision.stop(own.home)
        process.stop(home)


def _moved(place: Place, sandbox: Sandbox) -> Place:
    """The same in another sandbox."""
    account = place.spec.account
    made = lay_out(lambda service: sandbox.client(service, REGION, account), USER_DATA)
    spec = replace(place.spec, endpoint=sandbox.endpoint, port=free_port(), **made)
    return Place(sandbox, spec, place.folder)


def _saved(home: Path) -> dict[str, str]:
    """The deployments that the sandbox's state on disk knows, with their statuses."""
    held = Snapshots(home / "state").newest() / "stores/code-deploy/records.json"
    if not held.exists():
        return {}
    return {one["id"]: one["status"] for one in json.loads(held.read_text())["deployments"]}
