"""What CodeDeploy keeps is read again; what it is told is what AWS takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.code_deploy import applications, groups, paces
from scripts.sandbox.code_deploy.records import RECORDS, Deployment, Event, Place, Records, Target
from scripts.sandbox.fleets.deployments import Demand
from scripts.sandbox.json_api import ApiError, Caller

HERE = Place("111111111111", "eu-west-1")
CALLER = Caller(HERE.account, HERE.region)
ROLE = "arn:aws:iam::111111111111:role/deployer"


@pytest.fixture(autouse=True)
def nothing_there() -> None:
    RECORDS.reset()


def deployment(name: str, status: str, created: float, key: str = "one.zip") -> Deployment:
    revision = {"revisionType": "S3", "s3Location": {"key": key}}
    made = Deployment(
        name,
        HERE.account,
        HERE.region,
        "shop",
        "shop",
        "pace",
        {"revision": revision},
        "user",
        created,
    )
    made.status = status
    made.targets = [Target("i-1", status, 2.0, [Event("ApplicationStop", status, 1.0, 2.0)])]
    return made


def group(**said: Any) -> dict[str, Any]:
    """A deployment group of an application that is there."""
    if (HERE, "shop") not in RECORDS.applications:
        applications.create(CALLER, {"applicationName": "shop"})
    names = {"applicationName": "shop", "deploymentGroupName": "shop", "serviceRoleArn": ROLE}
    groups.create(CALLER, {**names, **said})
    return groups.find(HERE, "shop", "shop")


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    group(tags=[{"Key": "a", "Value": "b"}], autoScalingGroups=["fleet"])
    paces.create(
        CALLER,
        {
            "deploymentConfigName": "pace",
            "minimumHealthyHosts": {"type": "FLEET_PERCENT", "value": 50},
        },
    )
    RECORDS.deployments["d-1"] = deployment("d-1", "Succeeded", 1.0)
    RECORDS.save(tmp_path)

    again = Records()
    again.load(tmp_path)

    assert again == RECORDS


def test_the_target_revision_is_that_of_the_last_success() -> None:
    made = group()
    assert "targetRevision" not in groups.described(HERE, made)
    for number, (status, key) in enumerate(
        [("Succeeded", "old.zip"), ("Succeeded", "good.zip"), ("Failed", "bad.zip")]
    ):
        name = f"d-{number}"
        RECORDS.deployments[name] = deployment(name, status, float(number), key)
    told = groups.described(HERE, made)
    assert told["targetRevision"]["s3Location"]["key"] == "good.zip"
    assert told["lastSuccessfulDeployment"]["deploymentId"] == "d-1"
    assert told["lastAttemptedDeployment"]["deploymentId"] == "d-2"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"deploymentConfigName": "none"}, "DeploymentConfigDoesNotExistException"),
        ({"serviceRoleArn": "deployer"}, "InvalidRoleException"),
        (
            {"deploymentStyle": {"deploymentType": "BLUE_GREEN"}},
            "InvalidDeploymentStyleException",
        ),
        (
            {
                "deploymentStyle": {
                    "deploymentType": "IN_PLACE",
                    "deploymentOption": "WITH_TRAFFIC_CONTROL",
                }
            },
            "InvalidLoadBalancerInfoException",
        ),
        ({"alarmConfiguration": {"enabled": True}}, "InvalidAlarmConfigException"),
        ({"autoRollbackConfiguration": {"enabled": True}}, "InvalidAutoRollbackConfigException"),
        ({"ecsServices": []}, "InvalidECSServiceException"),
    ],
)
def test_a_group_that_aws_would_not_take_is_refused(said: dict[str, Any], code: str) -> None:
    with pytest.raises(ApiError) as refused:
        group(**said)
    assert refused.value.code == code
    assert not RECORDS.groups


def test_names_are_taken_once() -> None:
    group()
    with pytest.raises(ApiError) as refused:
        group()
    assert refused.value.code == "DeploymentGroupAlreadyExistsException"
    with pytest.raises(ApiError) as refused:
        applications.create(CALLER, {"applicationName": "shop"})
    assert refused.value.code == "ApplicationAlreadyExistsException"


def test_what_is_renamed_takes_its_deployments_along() -> None:
    group()
    RECORDS.deployments["d-1"] = deployment("d-1", "Succeeded", 1.0)
    names = {"applicationName": "shop", "currentDeploymentGroupName": "shop"}
    groups.update(CALLER, {**names, "newDeploymentGroupName": "other"})
    applications.update(CALLER, {"applicationName": "shop", "newApplicationName": "market"})
    told = groups.described(HERE, groups.find(HERE, "market", "other"))
    assert told["lastSuccessfulDeployment"]["deploymentId"] == "d-1"


def test_a_configuration_in_use_stays() -> None:
    healthy = {"type": "HOST_COUNT", "value": 1}
    paces.create(CALLER, {"deploymentConfigName": "pace", "minimumHealthyHosts": healthy})
    group(deploymentConfigName="pace")
    with pytest.raises(ApiError) as refused:
        paces.delete(CALLER, {"deploymentConfigName": "pace"})
    assert refused.value.code == "DeploymentConfigInUseException"


@pytest.mark.parametrize(
    ("name", "healthy", "instances", "must_serve"),
    [
        ("CodeDeployDefault.AllAtOnce", None, 4, 0),
        ("CodeDeployDefault.HalfAtATime", None, 5, 3),
        ("CodeDeployDefault.OneAtATime", None, 2, 1),
        ("own", {"type": "HOST_COUNT", "value": 3}, 4, 3),
        ("own", {"type": "FLEET_PERCENT", "value": 51}, 4, 3),
    ],
)
def test_how_many_must_go_on_serving(
    name: str, healthy: dict[str, Any] | None, instances: int, must_serve: int
) -> None:
    if healthy:
        paces.create(CALLER, {"deploymentConfigName": name, "minimumHealthyHosts": healthy})
    demand = Demand.read(paces.demanded(paces.find(HERE, name)))
    assert demand.of(instances) == must_serve


@pytest.mark.parametrize(
    "healthy",
    [
        {"type": "FLEET_PERCENT", "value": 100},
        {"type": "HOST_COUNT", "value": -1},
        {"type": "HOST_COUNT"},
    ],
)
def test_a_configuration_that_could_never_be_kept_is_refused(healthy: dict[str, Any]) -> None:
    with pytest.raises(ApiError) as refused:
        paces.create(CALLER, {"deploymentConfigName": "p", "minimumHealthyHosts": healthy})
    assert refused.value.code == "InvalidMinimumHealthyHostValueException"
