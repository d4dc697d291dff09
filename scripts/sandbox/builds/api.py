"""The operations of CodeBuild; what is not here is refused by name.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from scripts.sandbox.builds import projects, requests
from scripts.sandbox.builds.descriptions import described
from scripts.sandbox.builds.projects import INVALID, PIPELINE
from scripts.sandbox.builds.records import RECORDS, STOPPED, SUCCEEDED, Build
from scripts.sandbox.builds.runner import RUNNER
from scripts.sandbox.json_api import JSON, ApiError, Caller, JsonApi

_AT_ONCE = 100
"""How many a listing tells, and how many a batch may name."""


def start(
    caller: Caller,
    project: JSON,
    asked: JSON,
    initiator: str,
    *,
    delivery: JSON | None = None,
    job: str = "",
    retry_of: str = "",
) -> Build:
    """Make a build and begin it. Raises ApiError where the project has as many as it may."""
    with RECORDS.lock:
        _within_limit(caller, project)
        build = Build(
            f"{project['name']}:{uuid.uuid4()}",
            caller.account,
            caller.region,
            project["name"],
            RECORDS.number(project["arn"]),
            time.time(),
            initiator,
            asked,
            delivery,
            job,
            retry_of=retry_of,
        )
        RECORDS.builds[build.id] = build
    RUNNER.start(build)
    return build


def project_of(caller: Caller, name: str) -> JSON:
    """A project. Raises ApiError."""
    found = RECORDS.project(caller.account, caller.region, name)
    if found is None:
        arn = f"arn:aws:codebuild:{caller.region}:{caller.account}:project/{name}"
        raise ApiError("ResourceNotFoundException", f"Project cannot be found: {arn}")
    return found


def _create_project(caller: Caller, said: JSON) -> JSON:
    place = caller.account, caller.region, said["name"]
    with RECORDS.lock:
        if place in RECORDS.projects:
            arn = RECORDS.projects[place]["arn"]
            raise ApiError("ResourceAlreadyExistsException", f"Project already exists: {arn}")
        project = projects.create(caller.account, caller.region, said)
        RECORDS.projects[place] = project
    return {"project": project}


def _update_project(caller: Caller, said: JSON) -> JSON:
    with RECORDS.lock:
        project = projects.update(project_of(caller, said["name"]), said)
        RECORDS.projects[caller.account, caller.region, project["name"]] = project
    return {"project": project}


def _delete_project(caller: Caller, said: JSON) -> JSON:
    """Deletes a project and its builds; one that is not there is no error."""
    with RECORDS.lock:
        project = RECORDS.project(caller.account, caller.region, said["name"])
        if project is not None:
            del RECORDS.projects[caller.account, caller.region, project["name"]]
            RECORDS.numbers.pop(project["arn"], None)
            for build in _builds_of(caller, project["name"]):
                RUNNER.stop(build)
                RECORDS.builds.pop(build.id, None)
    return {}


def _batch_get_projects(caller: Caller, said: JSON) -> JSON:
    found = {name: RECORDS.project(caller.account, caller.region, name) for name in said["names"]}
    return {
        "projects": [project for project in found.values() if project],
        "projectsNotFound": [name for name, project in found.items() if project is None],
    }


def _list_projects(caller: Caller, said: JSON) -> JSON:
    with RECORDS.lock:
        here = [
            project
            for place, project in RECORDS.projects.items()
            if place[:2] == (caller.account, caller.region)
        ]
    key = {"CREATED_TIME": "created", "LAST_MODIFIED_TIME": "lastModified"}
    here.sort(
        key=lambda project: project[key.get(said.get("sortBy", "NAME"), "name")],
        reverse=said.get("sortOrder") == "DESCENDING",
    )
    return _page("projects", [project["name"] for project in here], said)


def _start_build(caller: Caller, said: JSON) -> JSON:
    project = project_of(caller, said["projectName"])
    asked = requests.asked(project, said)
    if asked["source"]["type"] == PIPELINE:
        raise ApiError(
            INVALID,
            "Cannot start a build whose source type is CODEPIPELINE: CodePipeline starts it.",
        )
    return {"build": described(start(caller, project, asked, caller.name or caller.account))}


def _retry_build(caller: Caller, said: JSON) -> JSON:
    build = _build(caller, said.get("id", ""))
    if build.running or build.status == SUCCEEDED:
        raise ApiError(INVALID, f"Build is not in a state that can be retried: {build.status}")
    if build.delivery is not None:
        raise ApiError(INVALID, "Cannot retry a build that CodePipeline started.")
    project = project_of(caller, build.project)
    again = start(caller, project, build.asked, build.initiator, retry_of=build.id)
    return {"build": described(again)}


def _stop_build(caller: Caller, said: JSON) -> JSON:
    build = _build(caller, said["id"])
    was_running = build.running
    RUNNER.stop(build)
    told = described(build)
    return {"build": {**told, "buildStatus": STOPPED} if was_running else told}


def _batch_get_builds(caller: Caller, said: JSON) -> JSON:
    if len(said["ids"]) > _AT_ONCE:
        raise ApiError(INVALID, f"Invalid input: at most {_AT_ONCE} ids")
    found = {name: RECORDS.build(caller.account, caller.region, name) for name in said["ids"]}
    return {
        "builds": [described(build) for build in found.values() if build],
        "buildsNotFound": [name for name, build in found.items() if build is None],
    }


def _batch_delete_builds(caller: Caller, said: JSON) -> JSON:
    deleted, kept = [], []
    with RECORDS.lock:
        for name in said["ids"]:
            build = RECORDS.build(caller.account, caller.region, name)
            if build is None:
                continue
            if build.running:
                kept.append({"id": name, "statusCode": "BUILD_IN_PROGRESS"})
                continue
            del RECORDS.builds[build.id]
            deleted.append(build.arn)
    return {"buildsDeleted": deleted, "buildsNotDeleted": kept}


def _list_builds(caller: Caller, said: JSON) -> JSON:
    ids = [build.id for build in RECORDS.of(caller.account, caller.region)]
    return _page("ids", _ordered(ids, said), said)


def _list_builds_for_project(caller: Caller, said: JSON) -> JSON:
    project = project_of(caller, said["projectName"])
    ids = [build.id for build in _builds_of(caller, project["name"])]
    return _page("ids", _ordered(ids, said), said)


def _invalidate_cache(caller: Caller, said: JSON) -> JSON:
    project_of(caller, said["projectName"])
    return {}


def _build(caller: Caller, name: str) -> Build:
    found = RECORDS.build(caller.account, caller.region, name)
    if found is None:
        raise ApiError("ResourceNotFoundException", f"Build cannot be found: {name}")
    return found


def _builds_of(caller: Caller, project: str) -> list[Build]:
    here = RECORDS.of(caller.account, caller.region)
    return [build for build in here if build.project == project]


def _within_limit(caller: Caller, project: Mapping[str, Any]) -> None:
    limit = project.get("concurrentBuildLimit")
    running = sum(build.running for build in _builds_of(caller, project["name"]))
    if limit and running >= limit:
        raise ApiError(
            "AccountLimitExceededException",
            f"Cannot have more than {limit} active builds for the project {project['name']}",
        )


def _ordered(ids: list[str], said: JSON) -> list[str]:
    return ids[::-1] if said.get("sortOrder") == "ASCENDING" else ids


def _page(member: str, names: list[str], said: JSON) -> JSON:
    token = said.get("nextToken", "0")
    if not token.isdecimal():
        raise ApiError(INVALID, "Invalid token")
    first = int(token)
    told: JSON = {member: names[first : first + _AT_ONCE]}
    if len(names) > first + _AT_ONCE:
        told["nextToken"] = str(first + _AT_ONCE)
    return told


API = JsonApi(
    "codebuild",
    "CodeBuild_20161006",
    {
        "CreateProject": _create_project,
        "UpdateProject": _update_project,
        "DeleteProject": _delete_project,
        "BatchGetProjects": _batch_get_projects,
        "ListProjects": _list_projects,
        "InvalidateProjectCache": _invalidate_cache,
        "StartBuild": _start_build,
        "RetryBuild": _retry_build,
        "StopBuild": _stop_build,
        "BatchGetBuilds": _batch_get_builds,
        "BatchDeleteBuilds": _batch_delete_builds,
        "ListBuilds": _list_builds,
        "ListBuildsForProject": _list_builds_for_project,
    },
    invalid=INVALID,
)

handle_request = API.handle_request
