"""Deployment groups: which instances, how many at a time, what stops a deployment.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
"""

from __future__ import annotations

import uuid
from typing import Any

from scripts.sandbox.code_deploy import applications, paces
from scripts.sandbox.code_deploy.records import JSON, RECORDS, Deployment, Place
from scripts.sandbox.code_deploy.refusals import no_group, not_done
from scripts.sandbox.json_api import ApiError, Caller

_SETTINGS = (
    *("deploymentConfigName", "serviceRoleArn", "ec2TagFilters", "ec2TagSet"),
    *("onPremisesInstanceTagFilters", "onPremisesTagSet", "triggerConfigurations"),
    *("alarmConfiguration", "autoRollbackConfiguration", "outdatedInstancesStrategy"),
    *("deploymentStyle", "loadBalancerInfo", "terminationHookEnabled"),
)
_IN_PLACE = {"deploymentType": "IN_PLACE", "deploymentOption": "WITHOUT_TRAFFIC_CONTROL"}
_MOST_ALARMS = 10


def find(place: Place, application: str, name: str) -> JSON:
    """A deployment group. Raises ApiError."""
    applications.find(place, application)
    found = RECORDS.groups.get((place, application, name))
    if found is None:
        raise no_group(name)
    return found


def create(caller: Caller, said: JSON) -> JSON:
    """CreateDeploymentGroup."""
    place = Place(caller.account, caller.region)
    application, name = said["applicationName"], said["deploymentGroupName"]
    applications.find(place, application)
    if (place, application, name) in RECORDS.groups:
        raise ApiError(
            "DeploymentGroupAlreadyExistsException", f"Deployment Group already exists: {name}"
        )
    group: JSON = {
        "applicationName": application,
        "deploymentGroupId": str(uuid.uuid4()),
        "deploymentGroupName": name,
        "deploymentConfigName": paces.ONE_AT_A_TIME,
        "deploymentStyle": _IN_PLACE,
        "outdatedInstancesStrategy": "UPDATE",
        "computePlatform": "Server",
        "terminationHookEnabled": False,
        **_given(place, said),
    }
    group.setdefault("autoScalingGroups", [])
    RECORDS.groups[place, application, name] = _checked(group)
    applications.tag(
        caller,
        {
            "ResourceArn": f"arn:aws:codedeploy:{place.region}:{place.account}:"
            f"deploymentgroup:{application}/{name}",
            "Tags": said.get("tags", []),
        },
    )
    return {"deploymentGroupId": group["deploymentGroupId"]}


def update(caller: Caller, said: JSON) -> JSON:
    """UpdateDeploymentGroup."""
    place = Place(caller.account, caller.region)
    application, name = said["applicationName"], said["currentDeploymentGroupName"]
    new_name: str = said.get("newDeploymentGroupName") or name
    with RECORDS.lock:
        group = _checked({**find(place, application, name), **_given(place, said)})
        if new_name != name and (place, application, new_name) in RECORDS.groups:
            raise ApiError(
                "DeploymentGroupAlreadyExistsException",
                f"Deployment Group already exists: {new_name}",
            )
        del RECORDS.groups[place, application, name]
        RECORDS.groups[place, application, new_name] = {**group, "deploymentGroupName": new_name}
        for deployment in RECORDS.of_group(place, application, name):
            deployment.group = new_name
    return {"hooksNotCleanedUp": []}


def delete(caller: Caller, said: JSON) -> JSON:
    """DeleteDeploymentGroup; one that is not there is no error."""
    place = Place(caller.account, caller.region)
    RECORDS.groups.pop((place, said["applicationName"], said["deploymentGroupName"]), None)
    return {"hooksNotCleanedUp": []}


def get(caller: Caller, said: JSON) -> JSON:
    """GetDeploymentGroup."""
    place = Place(caller.account, caller.region)
    group = find(place, said["applicationName"], said["deploymentGroupName"])
    return {"deploymentGroupInfo": described(place, group)}


def batch_get(caller: Caller, said: JSON) -> JSON:
    """BatchGetDeploymentGroups."""
    place = Place(caller.account, caller.region)
    applications.find(place, said["applicationName"])
    keys = [(place, said["applicationName"], name) for name in said["deploymentGroupNames"]]
    missing = [name for _, _, name in (key for key in keys if key not in RECORDS.groups)]
    told: JSON = {
        "deploymentGroupsInfo": [
            described(place, RECORDS.groups[key]) for key in keys if key in RECORDS.groups
        ]
    }
    if missing:
        told["errorMessage"] = f"No Deployment Group found for name: {', '.join(missing)}"
    return told


def every(caller: Caller, said: JSON) -> JSON:
    """ListDeploymentGroups."""
    place, application = Place(caller.account, caller.region), said["applicationName"]
    applications.find(place, application)
    here = [name for where, of, name in RECORDS.groups if (where, of) == (place, application)]
    return {"applicationName": application, "deploymentGroups": sorted(here)}


def described(place: Place, group: JSON) -> JSON:
    """A group with its last deployments; the target revision is that which new instances get."""
    of = place, group["applicationName"], group["deploymentGroupName"]
    told = dict(group)
    every_one = RECORDS.of_group(*of)
    if every_one:
        told["lastAttemptedDeployment"] = _last(every_one[0])
    successful = RECORDS.last_successful(*of)
    if successful is not None:
        told["lastSuccessfulDeployment"] = _last(successful)
        told["targetRevision"] = successful.asked["revision"]
    return told


def _checked(group: JSON) -> JSON:
    """A group whose settings fit each other. Raises ApiError."""
    controlled = group["deploymentStyle"].get("deploymentOption") == "WITH_TRAFFIC_CONTROL"
    if controlled and not group.get("loadBalancerInfo"):
        raise ApiError(
            "InvalidLoadBalancerInfoException",
            "A load balancer is required for a deployment group with traffic control",
        )
    return group


def _last(deployment: Deployment) -> JSON:
    told: JSON = {
        "deploymentId": deployment.id,
        "status": deployment.status,
        "createTime": deployment.created,
    }
    return told | ({"endTime": deployment.ended} if deployment.ended is not None else {})


def _given(place: Place, said: JSON) -> JSON:
    """The settings of a group that were said. Raises ApiError."""
    given: dict[str, Any] = {name: said[name] for name in _SETTINGS if name in said}
    if "deploymentConfigName" in given:
        paces.find(place, given["deploymentConfigName"])
    if not str(given.get("serviceRoleArn", "arn:aws:iam::")).startswith("arn:aws:iam::"):
        raise ApiError("InvalidRoleException", "The service role ARN is not valid")
    if given.get("deploymentStyle", _IN_PLACE).get("deploymentType") == "BLUE_GREEN":
        raise not_done("InvalidDeploymentStyleException", "blue/green deployments")
    if "blueGreenDeploymentConfiguration" in said:
        raise not_done("InvalidBlueGreenDeploymentConfigurationException", "blue/green deployments")
    if "ecsServices" in said:
        raise not_done("InvalidECSServiceException", "deployments to ECS")
    alarms = given.get("alarmConfiguration", {})
    if len(alarms.get("alarms", ())) > _MOST_ALARMS:
        raise ApiError(
            "AlarmsLimitExceededException", f"A deployment group has at most {_MOST_ALARMS} alarms"
        )
    if alarms.get("enabled") and not alarms.get("alarms"):
        raise ApiError("InvalidAlarmConfigException", "An alarm configuration names alarms")
    rollback = given.get("autoRollbackConfiguration", {})
    if rollback.get("enabled") and not rollback.get("events"):
        raise ApiError(
            "InvalidAutoRollbackConfigException", "An automatic rollback names the events for it"
        )
    if "autoScalingGroups" in said:
        given["autoScalingGroups"] = [{"name": name} for name in said["autoScalingGroups"]]
    return given
