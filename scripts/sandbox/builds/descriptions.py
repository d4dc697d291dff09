"""Builds and projects as the API tells of them."""

from __future__ import annotations

from urllib.parse import quote

from scripts.sandbox.builds.records import JSON, Build

_SETTINGS = (
    *("source", "secondarySources", "secondarySourceVersions", "cache", "environment"),
    *("serviceRole", "timeoutInMinutes", "queuedTimeoutInMinutes", "vpcConfig", "encryptionKey"),
    "fileSystemLocations",
)


def log_of(build: Build) -> tuple[str, str]:
    """The group and the stream of a build's log; both empty where it has none."""
    said = build.asked.get("logsConfig", {}).get("cloudWatchLogs", {})
    if said.get("status", "ENABLED") != "ENABLED":
        return "", ""
    group = said.get("groupName") or f"/aws/codebuild/{build.project}"
    stream = said.get("streamName")
    return group, f"{stream}/{build.uuid}" if stream else build.uuid


def described(build: Build) -> JSON:
    """As BatchGetBuilds tells it."""
    asked = build.asked
    told: JSON = {
        "id": build.id,
        "arn": build.arn,
        "buildNumber": build.number,
        "startTime": build.start,
        "currentPhase": build.phase,
        "buildStatus": build.status,
        "projectName": build.project,
        "phases": [phase.described() for phase in build.phases],
        "logs": _logs(build),
        "buildComplete": not build.running,
        "initiator": build.initiator,
        "artifacts": _artifacts(build),
        "exportedEnvironmentVariables": [
            {"name": name, "value": value} for name, value in build.exported.items()
        ],
        **{name: asked[name] for name in _SETTINGS if name in asked},
    }
    if build.end is not None:
        told["endTime"] = build.end
    if asked.get("sourceVersion"):
        told["sourceVersion"] = asked["sourceVersion"]
    if build.resolved_version:
        told["resolvedSourceVersion"] = build.resolved_version
    if secondary := [_known(one) for one in build.artifacts if one.get("artifactIdentifier")]:
        told["secondaryArtifacts"] = secondary
    return told


def link(build: Build) -> str:
    """Where the console shows it."""
    console = f"https://{build.region}.console.aws.amazon.com/codebuild/home"
    return f"{console}?region={build.region}#/builds/{quote(build.id, safe='')}/view/new"


def _artifacts(build: Build) -> JSON:
    primary = (_known(one) for one in build.artifacts if not one.get("artifactIdentifier"))
    return next(primary, {"location": ""})


def _known(artifact: JSON) -> JSON:
    return {name: value for name, value in artifact.items() if name != "version"}


def _logs(build: Build) -> JSON:
    group, stream = log_of(build)
    if not group:
        return {"cloudWatchLogs": {"status": "DISABLED"}, "s3Logs": {"status": "DISABLED"}}
    console = f"https://console.aws.amazon.com/cloudwatch/home?region={build.region}"
    place = f"arn:aws:logs:{build.region}:{build.account}:log-group"
    return {
        "groupName": group,
        "streamName": stream,
        "deepLink": f"{console}#logsV2:log-groups/log-group/{_twice(group)}/log-events/{_twice(stream)}",
        "cloudWatchLogsArn": f"{place}:{group}:log-stream:{stream}",
        "cloudWatchLogs": {"status": "ENABLED", "groupName": group},
        "s3Logs": {"status": "DISABLED", "encryptionDisabled": False},
    }


def _twice(name: str) -> str:
    """As the console's addresses have a name."""
    return quote(quote(name, safe=""), safe="").replace("%", "$")
