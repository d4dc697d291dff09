"""What a project is made of, and what AWS refuses of it.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from scripts.sandbox.json_api import JSON, ApiError

INVALID = "InvalidInputException"
PIPELINE = "CODEPIPELINE"

#: What a project may be made and updated with, beside its name.
SETTINGS = (
    *("description", "source", "secondarySources", "sourceVersion", "secondarySourceVersions"),
    *("artifacts", "secondaryArtifacts", "cache", "environment", "serviceRole"),
    *("timeoutInMinutes", "queuedTimeoutInMinutes", "encryptionKey", "tags", "vpcConfig"),
    *("logsConfig", "fileSystemLocations", "buildBatchConfig", "concurrentBuildLimit"),
    "autoRetryLimit",
)

_SOURCES = frozenset({"NO_SOURCE", "S3", PIPELINE})
_DEFAULTS: JSON = {"timeoutInMinutes": 60, "queuedTimeoutInMinutes": 480}


def create(account: str, region: str, said: Mapping[str, Any]) -> JSON:
    """A new project. Raises ApiError."""
    now = time.time()
    name = said["name"]
    project: JSON = {
        "name": name,
        "arn": f"arn:aws:codebuild:{region}:{account}:project/{name}",
        "encryptionKey": f"arn:aws:kms:{region}:{account}:alias/aws/s3",
        "cache": {"type": "NO_CACHE"},
        "badge": {"badgeEnabled": False},
        "projectVisibility": "PRIVATE",
        "created": now,
        **_DEFAULTS,
        **_given(said),
        "lastModified": now,
    }
    check(project)
    return project


def update(project: Mapping[str, Any], said: Mapping[str, Any]) -> JSON:
    """A project with what was said instead. Raises ApiError."""
    changed = {**project, **_given(said), "lastModified": time.time()}
    if changed.get("concurrentBuildLimit", 0) < 0:  # -1 takes the limit off
        del changed["concurrentBuildLimit"]
    check(changed)
    return changed


def check(project: Mapping[str, Any]) -> None:
    """Raise ApiError for what AWS would not take, or what nothing here could build."""
    source, artifacts = project["source"]["type"], project["artifacts"]["type"]
    if PIPELINE in (source, artifacts) and source != artifacts:
        raise ApiError(
            INVALID,
            "Invalid input: when using CodePipeline both sourceType, and artifactType must be set to: "
            "CODEPIPELINE",
        )
    if source == "NO_SOURCE" and not project["source"].get("buildspec"):
        raise ApiError(
            INVALID, "Invalid project source: buildspec is required when source type is NO_SOURCE"
        )
    for one in (project["source"], *project.get("secondarySources", ())):
        _check_source(one)
    for one in artifacts_of(project):
        if one["type"] == "S3" and not one.get("location"):
            raise ApiError(INVALID, "Invalid artifacts: location is required for artifact type S3")
    _check_identifiers("source", "sourceIdentifier", project.get("secondarySources", ()))
    _check_identifiers("artifact", "artifactIdentifier", project.get("secondaryArtifacts", ()))
    if project.get("badge", {}).get("badgeEnabled") and source == PIPELINE:
        raise ApiError(INVALID, "Build badges are not supported for CodePipeline source")
    if project.get("logsConfig", {}).get("s3Logs", {}).get("status") == "ENABLED":
        raise ApiError(INVALID, "The sandbox writes no logs of builds to S3.")
    if not str(project["serviceRole"]).startswith("arn:aws:iam::"):
        raise ApiError(INVALID, "Invalid service role: Service role must be an ARN")


def artifacts_of(project: Mapping[str, Any]) -> list[JSON]:
    """The artifacts of a project, the primary first."""
    return [project["artifacts"], *project.get("secondaryArtifacts", ())]


def _check_source(source: Mapping[str, Any]) -> None:
    kind = source["type"]
    if kind not in _SOURCES:
        raise ApiError(
            INVALID, f"The sandbox builds from S3, from CodePipeline or from no source, not {kind}."
        )
    if kind == "S3" and "/" not in source.get("location", ""):
        raise ApiError(INVALID, "Invalid project source: location must be a valid S3 source")


def _check_identifiers(kind: str, member: str, given: Any) -> None:
    names = [one.get(member) for one in given]
    if not all(names):
        raise ApiError(INVALID, f"Invalid input: {member} is required for a secondary {kind}")
    if len(set(names)) != len(names):
        raise ApiError(INVALID, f"Invalid input: a {member} stands twice")


def _given(said: Mapping[str, Any]) -> JSON:
    given = {name: said[name] for name in SETTINGS if name in said}
    if "badgeEnabled" in said:
        given["badge"] = {"badgeEnabled": said["badgeEnabled"]}
    return given
