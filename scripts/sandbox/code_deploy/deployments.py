"""The operations on deployments and their targets.

https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html
"""

from __future__ import annotations

from collections import Counter

from scripts.sandbox.code_deploy import applications, groups, paces
from scripts.sandbox.code_deploy.carrying import CARRIER
from scripts.sandbox.code_deploy.carrying import create as make
from scripts.sandbox.code_deploy.records import JSON, RECORDS, Deployment, Place, Target
from scripts.sandbox.code_deploy.refusals import no_deployment, not_done
from scripts.sandbox.json_api import ApiError, Caller

_OVERVIEW = ("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Ready")
_KEPT = ("ignoreApplicationStopFailures", "updateOutdatedInstancesOnly", "fileExistsBehavior")
_LONGEST_DESCRIPTION = 256


def create(caller: Caller, said: JSON) -> JSON:
    """CreateDeployment."""
    return {"deploymentId": begin(caller, said, creator="user").id}


def begin(caller: Caller, said: JSON, *, creator: str, job: str = "") -> Deployment:
    """A new deployment, begun. Raises ApiError."""
    place = Place(caller.account, caller.region)
    applications.find(place, said["applicationName"])
    if not said.get("deploymentGroupName"):
        raise ApiError(
            "DeploymentGroupNameRequiredException", "The deployment group name was not specified"
        )
    group = groups.find(place, said["applicationName"], said["deploymentGroupName"])
    _check(said)
    names = (
        group["applicationName"],
        group["deploymentGroupName"],
        said.get("deploymentConfigName") or group["deploymentConfigName"],
    )
    paces.find(place, names[2])
    with RECORDS.lock:
        for other in RECORDS.of_group(place, *names[:2]):
            if other.unfinished:
                raise ApiError(
                    "DeploymentLimitExceededException",
                    f"The Deployment Group '{other.group}' already has an active Deployment "
                    f"'{other.id}'",
                )
        deployment = make(place, names, _asked(said, group), creator=creator, job=job)
    CARRIER.start(deployment)
    return deployment


def get(caller: Caller, said: JSON) -> JSON:
    """GetDeployment."""
    return {"deploymentInfo": described(_find(caller, said["deploymentId"]))}


def batch_get(caller: Caller, said: JSON) -> JSON:
    """BatchGetDeployments; what is not there is left out."""
    here = Place(caller.account, caller.region)
    found = (RECORDS.deployments.get(name) for name in said["deploymentIds"])
    return {"deploymentsInfo": [described(one) for one in found if one and one.place == here]}


def every(caller: Caller, said: JSON) -> JSON:
    """ListDeployments, the newest first."""
    place = Place(caller.account, caller.region)
    application, group = said.get("applicationName"), said.get("deploymentGroupName")
    if bool(application) != bool(group):
        missing = "DeploymentGroupName" if application else "ApplicationName"
        raise ApiError(f"{missing}RequiredException", f"{missing} was not specified")
    if application and group:
        groups.find(place, application, group)
    wanted, times = said.get("includeOnlyStatuses"), said.get("createTimeRange", {})
    with RECORDS.lock:
        found = [
            one
            for one in RECORDS.deployments.values()
            if one.place == place
            and (not group or (one.application, one.group) == (application, group))
            and (not wanted or one.status in wanted)
            and times.get("start", 0) <= one.created <= times.get("end", float("inf"))
        ]
    found.sort(key=lambda one: one.created, reverse=True)
    return {"deployments": [one.id for one in found]}


def stop(caller: Caller, said: JSON) -> JSON:
    """StopDeployment."""
    deployment = _find(caller, said["deploymentId"])
    if not deployment.unfinished:
        raise ApiError(
            "DeploymentAlreadyCompletedException",
            f"Deployment {deployment.id} is already in {deployment.status} state",
        )
    if said.get("autoRollbackEnabled"):
        deployment.asked["autoRollbackConfiguration"] = {
            "enabled": True,
            "events": ["DEPLOYMENT_STOP_ON_REQUEST"],
        }
    elif "autoRollbackEnabled" in said:
        deployment.asked["autoRollbackConfiguration"] = {"enabled": False, "events": []}
    CARRIER.stop(deployment, "MANUAL_STOP")
    return {"status": "Pending", "statusMessage": "Deployment is being stopped."}


def targets(caller: Caller, said: JSON) -> JSON:
    """ListDeploymentTargets."""
    deployment = _find(caller, said["deploymentId"])
    wanted = said.get("targetFilters", {}).get("TargetStatus")
    found = [one.id for one in deployment.targets if not wanted or one.status in wanted]
    return {"targetIds": found}


def batch_get_targets(caller: Caller, said: JSON) -> JSON:
    """BatchGetDeploymentTargets."""
    deployment = _find(caller, said["deploymentId"])
    return {
        "deploymentTargets": [
            _target(deployment, _one(deployment, name)) for name in said["targetIds"]
        ]
    }


def get_target(caller: Caller, said: JSON) -> JSON:
    """GetDeploymentTarget."""
    deployment = _find(caller, said["deploymentId"])
    return {"deploymentTarget": _target(deployment, _one(deployment, said["targetId"]))}


def instances(caller: Caller, said: JSON) -> JSON:
    """ListDeploymentInstances."""
    deployment = _find(caller, said["deploymentId"])
    wanted = said.get("instanceStatusFilter")
    found = [one.id for one in deployment.targets if not wanted or one.status in wanted]
    return {"instancesList": found}


def batch_get_instances(caller: Caller, said: JSON) -> JSON:
    """BatchGetDeploymentInstances."""
    deployment = _find(caller, said["deploymentId"])
    known = {one.id: one for one in deployment.targets}
    missing = [name for name in said["instanceIds"] if name not in known]
    told: JSON = {
        "instancesSummary": [
            _instance(deployment, known[name]) for name in said["instanceIds"] if name in known
        ]
    }
    return told | ({"errorMessage": f"No instances: {', '.join(missing)}"} if missing else {})


def get_instance(caller: Caller, said: JSON) -> JSON:
    """GetDeploymentInstance."""
    deployment = _find(caller, said["deploymentId"])
    for one in deployment.targets:
        if one.id == said["instanceId"]:
            return {"instanceSummary": _instance(deployment, one)}
    raise ApiError("InstanceDoesNotExistException", f"No instance {said['instanceId']}")


def described(deployment: Deployment) -> JSON:
    """As GetDeployment tells it."""
    asked = deployment.asked
    counts = Counter(target.status for target in deployment.targets)
    told: JSON = {
        "applicationName": deployment.application,
        "deploymentGroupName": deployment.group,
        "deploymentConfigName": deployment.config,
        "deploymentId": deployment.id,
        "revision": asked["revision"],
        "status": deployment.status,
        "createTime": deployment.created,
        "deploymentOverview": {name: counts.get(name, 0) for name in _OVERVIEW},
        "description": asked.get("description", ""),
        "creator": deployment.creator,
        "rollbackInfo": _rollback(deployment),
        "deploymentStyle": asked["deploymentStyle"],
        "instanceTerminationWaitTimeStarted": False,
        "deploymentStatusMessages": deployment.notes,
        "computePlatform": "Server",
        **{name: asked[name] for name in _KEPT},
    }
    for name in ("loadBalancerInfo", "autoRollbackConfiguration"):
        if asked.get(name):
            told[name] = asked[name]
    if deployment.previous:
        told["previousRevision"] = deployment.previous
    if deployment.started is not None:
        told["startTime"] = deployment.started
    if deployment.ended is not None:
        told["completeTime"] = deployment.ended
    if deployment.code:
        told["errorInformation"] = {"code": deployment.code, "message": deployment.message}
    return told


def _asked(said: JSON, group: JSON) -> JSON:
    """What a deployment is made with: what was said, and of the group what was not."""
    alarms = said.get("overrideAlarmConfiguration") or group.get("alarmConfiguration") or {}
    rollback = said.get("autoRollbackConfiguration") or group.get("autoRollbackConfiguration")
    return {
        "revision": said["revision"],
        "description": said.get("description", ""),
        "ignoreApplicationStopFailures": said.get("ignoreApplicationStopFailures", False),
        "updateOutdatedInstancesOnly": said.get("updateOutdatedInstancesOnly", False),
        "fileExistsBehavior": said.get("fileExistsBehavior", "DISALLOW"),
        "deploymentStyle": group["deploymentStyle"],
        "loadBalancerInfo": group.get("loadBalancerInfo", {}),
        "autoRollbackConfiguration": rollback or {"enabled": False, "events": []},
        "alarmConfiguration": alarms,
        "triggerConfigurations": group.get("triggerConfigurations", []),
    }


def _check(said: JSON) -> None:
    """Raise ApiError for what AWS does not take, or the sandbox does not do."""
    for member, code in (
        ("targetInstances", "InvalidTargetInstancesException"),
        ("updateOutdatedInstancesOnly", "InvalidUpdateOutdatedInstancesOnlyValueException"),
    ):
        if said.get(member):
            raise not_done(code, f"{member} of CreateDeployment")
    if said.get("deploymentMode", "STANDARD") != "STANDARD":
        raise not_done("InvalidInputException", "deployments that only restart")
    if len(said.get("description", "")) > _LONGEST_DESCRIPTION:
        raise ApiError("DescriptionTooLongException", "The description is too long")
    revision = said.get("revision")
    if revision is None:
        raise ApiError("RevisionRequiredException", "The revision was not specified")
    location = revision.get("s3Location", {})
    if revision.get("revisionType") != "S3" or not {"bucket", "key"} <= location.keys():
        raise not_done("InvalidRevisionException", "revisions from elsewhere than S3")
    if location.get("bundleType") != "zip":
        raise not_done("InvalidRevisionException", "revisions that are no zip")


def _rollback(deployment: Deployment) -> JSON:
    told = {
        "rollbackDeploymentId": deployment.rolled_back_by,
        "rollbackTriggeringDeploymentId": deployment.rolls_back,
        "rollbackMessage": deployment.rollback_message,
    }
    return {name: value for name, value in told.items() if value}


def _find(caller: Caller, name: str) -> Deployment:
    found = RECORDS.deployments.get(name)
    if found is None or found.place != Place(caller.account, caller.region):
        raise no_deployment(name)
    return found


def _one(deployment: Deployment, name: str) -> Target:
    for target in deployment.targets:
        if target.id == name:
            return target
    raise ApiError("DeploymentTargetDoesNotExistException", f"No target {name}")


def _target(deployment: Deployment, target: Target) -> JSON:
    told = _summary(deployment, target)
    place = f"arn:aws:ec2:{deployment.region}:{deployment.account}:instance/{target.id}"
    return {
        "deploymentTargetType": "InstanceTarget",
        "instanceTarget": {"targetId": target.id, "targetArn": place, **told},
    }


def _instance(deployment: Deployment, target: Target) -> JSON:
    return {"instanceId": target.id, **_summary(deployment, target)}


def _summary(deployment: Deployment, target: Target) -> JSON:
    told: JSON = {
        "deploymentId": deployment.id,
        "status": target.status,
        "lifecycleEvents": [event.described() for event in target.events],
    }
    return told | ({"lastUpdatedAt": target.updated} if target.updated else {})
