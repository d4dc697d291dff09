"""Deployment configurations: how many of a group's instances must go on serving.

https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
"""

from __future__ import annotations

import time
import uuid

from scripts.sandbox.code_deploy.records import JSON, RECORDS, Place
from scripts.sandbox.code_deploy.refusals import no_config, not_done
from scripts.sandbox.json_api import ApiError, Caller

ONE_AT_A_TIME = "CodeDeployDefault.OneAtATime"

_PERCENT, _COUNT = "FLEET_PERCENT", "HOST_COUNT"
_BUILT_IN = {
    "CodeDeployDefault.AllAtOnce": 0,
    "CodeDeployDefault.HalfAtATime": 50,
    ONE_AT_A_TIME: 99,
}
"""Percent of the fleet, as GetDeploymentConfig tells them."""


def find(place: Place, name: str) -> JSON:
    """A configuration. Raises ApiError."""
    if name in _BUILT_IN:
        return _described(name, {"type": _PERCENT, "value": _BUILT_IN[name]}, "0", 0.0)
    found = RECORDS.configs.get((place, name))
    if found is None:
        raise no_config(name)
    return found


def demanded(config: JSON) -> JSON:
    """What a fleet is told of a configuration: a share, a number, or all but one."""
    if config["deploymentConfigName"] == ONE_AT_A_TIME:
        return {"all_but": 1}
    healthy = config["minimumHealthyHosts"]
    member = "minimum_healthy_percent" if healthy["type"] == _PERCENT else "minimum_healthy_hosts"
    return {member: healthy["value"]}


def create(caller: Caller, said: JSON) -> JSON:
    """CreateDeploymentConfig."""
    place, name = Place(caller.account, caller.region), said["deploymentConfigName"]
    if name in _BUILT_IN or (place, name) in RECORDS.configs:
        raise ApiError(
            "DeploymentConfigAlreadyExistsException",
            f"The deployment configuration {name} already exists",
        )
    if said.get("computePlatform", "Server") != "Server" or "trafficRoutingConfig" in said:
        raise not_done("InvalidComputePlatformException", "deployments to Lambda and ECS")
    if "zonalConfig" in said:
        raise not_done("InvalidZonalDeploymentConfigurationException", "zonal deployments")
    healthy = said.get("minimumHealthyHosts", {})
    if not {"type", "value"} <= healthy.keys():
        raise ApiError(
            "InvalidMinimumHealthyHostValueException", "minimumHealthyHosts has a type and a value"
        )
    highest = 99 if healthy["type"] == _PERCENT else None
    if healthy["value"] < 0 or (highest is not None and healthy["value"] > highest):
        raise ApiError(
            "InvalidMinimumHealthyHostValueException",
            "The minimum healthy instances value is a percentage of 0 to 99, or a number from 0",
        )
    identifier = str(uuid.uuid4())
    RECORDS.configs[place, name] = _described(name, healthy, identifier, time.time())
    return {"deploymentConfigId": identifier}


def get(caller: Caller, said: JSON) -> JSON:
    """GetDeploymentConfig."""
    place = Place(caller.account, caller.region)
    return {"deploymentConfigInfo": find(place, said["deploymentConfigName"])}


def every(caller: Caller, _said: JSON) -> JSON:
    """ListDeploymentConfigs."""
    place = Place(caller.account, caller.region)
    own = [name for where, name in RECORDS.configs if where == place]
    return {"deploymentConfigsList": [*_BUILT_IN, *sorted(own)]}


def delete(caller: Caller, said: JSON) -> JSON:
    """DeleteDeploymentConfig."""
    place, name = Place(caller.account, caller.region), said["deploymentConfigName"]
    if name in _BUILT_IN:
        raise ApiError(
            "InvalidOperationException", f"The predefined configuration {name} cannot be deleted"
        )
    for (where, *_), group in RECORDS.groups.items():
        if where == place and group["deploymentConfigName"] == name:
            raise ApiError(
                "DeploymentConfigInUseException",
                f"The deployment configuration {name} is in use by "
                f"the deployment group {group['deploymentGroupName']}",
            )
    RECORDS.configs.pop((place, name), None)
    return {}


def _described(name: str, healthy: JSON, identifier: str, created: float) -> JSON:
    return {
        "deploymentConfigId": identifier,
        "deploymentConfigName": name,
        "minimumHealthyHosts": healthy,
        "createTime": created,
        "computePlatform": "Server",
    }
