"""A build as it was asked for: the project's settings, and what StartBuild says instead.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scripts.sandbox.builds import projects
from scripts.sandbox.json_api import JSON, ApiError

#: Members of StartBuild that stand in a setting's place.
_WHOLE = {
    "artifactsOverride": "artifacts",
    "secondaryArtifactsOverride": "secondaryArtifacts",
    "secondarySourcesOverride": "secondarySources",
    "secondarySourcesVersionOverride": "secondarySourceVersions",
    "sourceVersion": "sourceVersion",
    "cacheOverride": "cache",
    "serviceRoleOverride": "serviceRole",
    "timeoutInMinutesOverride": "timeoutInMinutes",
    "queuedTimeoutInMinutesOverride": "queuedTimeoutInMinutes",
    "encryptionKeyOverride": "encryptionKey",
    "logsConfigOverride": "logsConfig",
}

#: Those that stand in the place of a part of one.
_PART = {
    "sourceTypeOverride": ("source", "type"),
    "sourceLocationOverride": ("source", "location"),
    "buildspecOverride": ("source", "buildspec"),
    "environmentTypeOverride": ("environment", "type"),
    "imageOverride": ("environment", "image"),
    "computeTypeOverride": ("environment", "computeType"),
    "privilegedModeOverride": ("environment", "privilegedMode"),
    "imagePullCredentialsTypeOverride": ("environment", "imagePullCredentialsType"),
}

_OTHERS = frozenset({"projectName", "environmentVariablesOverride", "idempotencyToken"})


def asked(project: Mapping[str, Any], said: Mapping[str, Any]) -> JSON:
    """The settings of one build. Raises ApiError for what the sandbox cannot override."""
    for name in said:
        if name not in _WHOLE and name not in _PART and name not in _OTHERS:
            raise ApiError(projects.INVALID, f"The sandbox does not know {name} of StartBuild.")
    settings: JSON = {
        name: project[name]
        for name in (*projects.SETTINGS, "encryptionKey")
        if name in project and name != "tags"
    }
    for member, setting in _WHOLE.items():
        if member in said:
            settings[setting] = said[member]
    for member, (setting, part) in _PART.items():
        if member in said:
            settings[setting] = {**settings[setting], part: said[member]}
    environment = settings["environment"]
    settings["environment"] = {
        **environment,
        "environmentVariables": merged(
            environment.get("environmentVariables", ()),
            said.get("environmentVariablesOverride", ()),
        ),
    }
    projects.check(settings)
    return settings


def merged(own: Iterable[JSON], instead: Iterable[JSON]) -> list[JSON]:
    """Variables by their names, the later ones instead of the earlier."""
    by_name = {one["name"]: {"type": "PLAINTEXT", **one} for one in (*own, *instead)}
    return list(by_name.values())
