"""Applications, their revisions, and tags."""

from __future__ import annotations

import time
import uuid

from scripts.sandbox.code_deploy.records import JSON, RECORDS, Place
from scripts.sandbox.code_deploy.refusals import no_application, not_done
from scripts.sandbox.json_api import ApiError, Caller


def find(place: Place, name: str) -> JSON:
    """An application. Raises ApiError."""
    found = RECORDS.applications.get((place, name))
    if found is None:
        raise no_application(name)
    return found


def create(caller: Caller, said: JSON) -> JSON:
    """CreateApplication."""
    place, name = _place(caller), said["applicationName"]
    if (place, name) in RECORDS.applications:
        raise ApiError("ApplicationAlreadyExistsException", f"Application already exists: {name}")
    if said.get("computePlatform", "Server") != "Server":
        raise not_done("InvalidComputePlatformException", "deployments to Lambda and ECS")
    identifier = str(uuid.uuid4())
    RECORDS.applications[place, name] = {
        "applicationId": identifier,
        "applicationName": name,
        "createTime": time.time(),
        "linkedToGitHub": False,
        "computePlatform": "Server",
    }
    _add_tags(_arn(place, f"application:{name}"), said.get("tags", ()))
    return {"applicationId": identifier}


def get(caller: Caller, said: JSON) -> JSON:
    """GetApplication."""
    return {"application": find(_place(caller), said["applicationName"])}


def batch_get(caller: Caller, said: JSON) -> JSON:
    """BatchGetApplications."""
    return {"applicationsInfo": [find(_place(caller), name) for name in said["applicationNames"]]}


def every(caller: Caller, _said: JSON) -> JSON:
    """ListApplications."""
    here = [name for place, name in RECORDS.applications if place == _place(caller)]
    return {"applications": sorted(here)}


def update(caller: Caller, said: JSON) -> JSON:
    """UpdateApplication: another name."""
    place, name, other = _place(caller), said.get("applicationName"), said.get("newApplicationName")
    if not name or not other or name == other:
        return {}
    with RECORDS.lock:
        application = find(place, name)
        if (place, other) in RECORDS.applications:
            raise ApiError(
                "ApplicationAlreadyExistsException", f"Application already exists: {other}"
            )
        del RECORDS.applications[place, name]
        RECORDS.applications[place, other] = {**application, "applicationName": other}
        for where, of, group in list(RECORDS.groups):
            if (where, of) == (place, name):
                moved = RECORDS.groups.pop((where, of, group))
                RECORDS.groups[place, other, group] = {**moved, "applicationName": other}
        for deployment in RECORDS.deployments.values():
            if (deployment.place, deployment.application) == (place, name):
                deployment.application = other
    return {}


def delete(caller: Caller, said: JSON) -> JSON:
    """DeleteApplication, and its groups; one that is not there is no error."""
    place, name = _place(caller), said["applicationName"]
    with RECORDS.lock:
        RECORDS.applications.pop((place, name), None)
        RECORDS.tags.pop(_arn(place, f"application:{name}"), None)
        for where, of, group in list(RECORDS.groups):
            if (where, of) == (place, name):
                del RECORDS.groups[where, of, group]
    return {}


def revisions(caller: Caller, said: JSON) -> JSON:
    """ListApplicationRevisions: what was deployed, the newest first."""
    place, name = _place(caller), said["applicationName"]
    find(place, name)
    told: list[JSON] = []
    for one in sorted(RECORDS.deployments.values(), key=lambda one: one.created, reverse=True):
        revision = one.asked["revision"]
        if (one.place, one.application) == (place, name) and revision not in told:
            told.append(revision)
    return {"revisions": told}


def tag(_caller: Caller, said: JSON) -> JSON:
    """TagResource."""
    _add_tags(said["ResourceArn"], said["Tags"])
    return {}


def untag(_caller: Caller, said: JSON) -> JSON:
    """UntagResource."""
    for key in said["TagKeys"]:
        RECORDS.tags.get(said["ResourceArn"], {}).pop(key, None)
    return {}


def tags(_caller: Caller, said: JSON) -> JSON:
    """ListTagsForResource."""
    held = RECORDS.tags.get(said["ResourceArn"], {})
    return {"Tags": [{"Key": key, "Value": value} for key, value in held.items()]}


def _add_tags(arn: str, given: object) -> None:
    if isinstance(given, list) and given:
        held = RECORDS.tags.setdefault(arn, {})
        held.update({one["Key"]: one.get("Value", "") for one in given})


def _arn(place: Place, resource: str) -> str:
    return f"arn:aws:codedeploy:{place.region}:{place.account}:{resource}"


def _place(caller: Caller) -> Place:
    return Place(caller.account, caller.region)
