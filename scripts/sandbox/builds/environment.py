"""The variables that the commands of a build see: those of AWS, and nothing of this machine's own.

A start says more than the project, and the project more than the buildspec.
https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.sandbox.builds.buildspec import Buildspec
from scripts.sandbox.builds.records import Build
from scripts.sandbox.fleets.account import Account

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class SecretFailed(Exception):
    """A variable whose value is kept elsewhere, and is not there."""


@dataclass
class Variables:
    """Variables by name; `secret` are the names of those that were looked up."""

    values: dict[str, str] = field(default_factory=dict)
    secret: set[str] = field(default_factory=set)


def declared(account: Account, buildspec: Buildspec, environment: Mapping[str, Any]) -> Variables:
    """What buildspec, project and start declare. Raises SecretFailed."""
    found = Variables(dict(buildspec.variables))
    for name, key in buildspec.parameter_store.items():
        _add_secret(found, name, _parameter(account, key))
    for name, reference in buildspec.secrets_manager.items():
        _add_secret(found, name, _secret(account, reference))
    for one in environment.get("environmentVariables", ()):
        name, value = one["name"], one["value"]
        match one.get("type", "PLAINTEXT"):
            case "PARAMETER_STORE":
                _add_secret(found, name, _parameter(account, value))
            case "SECRETS_MANAGER":
                _add_secret(found, name, _secret(account, value))
            case _:
                found.values[name] = value
                found.secret.discard(name)
    return found


def of_aws(
    build: Build, account: Account, scratch: Path, tools: Path, bytecode: Path
) -> dict[str, str]:
    """What AWS, and the sandbox in its place, gives every build."""
    home, temporary = scratch / "home", scratch / "tmp"
    for place in (home, temporary):
        place.mkdir(exist_ok=True)
    return {
        "PATH": f"{tools}:{_SYSTEM_PATH}",
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "PYTHONPYCACHEPREFIX": str(bytecode),
        "AWS_REGION": build.region,
        "AWS_DEFAULT_REGION": build.region,
        "AWS_ENDPOINT_URL": account.endpoint,
        "AWS_ACCESS_KEY_ID": account.number,
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def of_codebuild(build: Build, directories: Mapping[str, Path], version: str) -> dict[str, str]:
    """What CodeBuild tells a build of itself; `directories` are its sources, the primary's name empty."""
    told = {
        "CODEBUILD_CI": "true",
        "CODEBUILD_BUILD_ARN": build.arn,
        "CODEBUILD_BUILD_ID": build.id,
        "CODEBUILD_BUILD_NUMBER": str(build.number),
        "CODEBUILD_BUILD_IMAGE": build.asked["environment"]["image"],
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_INITIATOR": build.initiator,
        "CODEBUILD_KMS_KEY_ID": build.asked["encryptionKey"],
        "CODEBUILD_LOG_PATH": build.uuid,
        "CODEBUILD_PROJECT_ARN": build.arn.replace(":build/", ":project/").rpartition(":")[0],
        "CODEBUILD_RESOLVED_SOURCE_VERSION": build.resolved_version,
        "CODEBUILD_SOURCE_VERSION": version,
        "CODEBUILD_START_TIME": str(int(build.start * 1000)),
    }
    for name, directory in directories.items():
        told[f"CODEBUILD_SRC_DIR_{name}" if name else "CODEBUILD_SRC_DIR"] = str(directory)
    return told


def _add_secret(found: Variables, name: str, value: str) -> None:
    found.values[name] = value
    found.secret.add(name)


def _parameter(account: Account, name: str) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        told = account.client("ssm").get_parameter(Name=name, WithDecryption=True)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            raise SecretFailed(f"parameter does not exist: {name}") from None
        raise SecretFailed(_said(error)) from None
    except BotoCoreError as error:
        raise SecretFailed(str(error)) from None
    return str(told["Parameter"]["Value"])


def _secret(account: Account, reference: str) -> str:
    """A secret by `secret-id:json-key:version-stage:version-id`; its id may be an ARN."""
    from botocore.exceptions import BotoCoreError, ClientError

    parts = reference.split(":")
    length = 7 if reference.startswith("arn:") else 1
    secret, rest = ":".join(parts[:length]), [*parts[length:], "", "", ""]
    asked = {"SecretId": secret, "VersionStage": rest[1], "VersionId": rest[2]}
    try:
        told = account.client("secretsmanager").get_secret_value(
            **{name: value for name, value in asked.items() if value}
        )
    except ClientError as error:
        raise SecretFailed(_said(error)) from None
    except BotoCoreError as error:
        raise SecretFailed(str(error)) from None
    text = str(told.get("SecretString", ""))
    if not rest[0]:
        return text
    try:
        return str(json.loads(text)[rest[0]])
    except (ValueError, KeyError, TypeError):
        raise SecretFailed(f"{secret} has no key {rest[0]}") from None


def _said(error: Any) -> str:
    said = error.response["Error"]
    return f"{said['Code']}: {said.get('Message', '')}"
