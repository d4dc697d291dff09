"""Secrets Manager: what ministack's own secret does otherwise than AWS, and rotation schedules."""

from __future__ import annotations

import json
from typing import Any

from scripts.sandbox.resources.api_resources.calls import CallRefused, call
from scripts.sandbox.resources.handlers import Handler, Properties
from scripts.sandbox.resources.schema_resources import Created
from scripts.sandbox.seams import Kind, Seam

RESOLVE_SECRET = Seam(
    "ministack.services.secretsmanager",
    "_resolve",
    None,
    Kind.FUNCTION,
    ("secret_id", "use_arn_scope"),
    "rotation schedules",
)
_RANDOM_SUFFIX = 7
"""Secrets Manager adds a hyphen and six characters to a secret's name in its ARN."""


def secret(native: Handler) -> Handler:
    """AWS::SecretsManager::Secret: `Ref` is the ARN, and a name that is taken is refused.

    What GenerateSecretString asks for is asked of GetRandomPassword, which keeps every exclusion.
    """

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        name = properties.get("Name")
        if name is not None and _is_there(str(name)):
            raise CallRefused(
                "secretsmanager",
                "ResourceExistsException",
                f"The operation failed because the secret {name} already exists.",
                400,
            )
        _, attributes = native["create"](logical_id, _with_value(properties), stack)
        return attributes["Arn"], attributes

    def update(
        arn: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Created:
        if old.get("GenerateSecretString") != new.get("GenerateSecretString"):
            new = _with_value(new)
        _, attributes = native["update"](_name(arn), old, new, stack, logical_id)
        return attributes["Arn"], attributes

    def delete(arn: str, properties: Properties) -> None:
        native["delete"](_name(arn), properties)

    return {
        "create": create,
        "update": update,
        "update_with_logical_id": True,
        "delete": delete,
    }


def rotation_schedule() -> Handler:
    """AWS::SecretsManager::RotationSchedule: rotates at once unless told not to."""

    def create(_logical_id: str, properties: Properties, _stack: str) -> Created:
        return _schedule(properties)

    def update(
        _arn: str, _old: Properties, new: Properties, _stack: str, _logical_id: str | None
    ) -> Created:
        return _schedule(new)

    def delete(arn: str, _properties: Properties) -> None:
        _, record = RESOLVE_SECRET.value(arn)
        if record is not None:
            record.update(RotationEnabled=False, RotationLambdaARN=None, RotationRules=None)

    return {
        "create": create,
        "update": update,
        "update_with_logical_id": True,
        "delete": delete,
    }


def _schedule(properties: Properties) -> Created:
    wanted: dict[str, Any] = {
        name: properties[name]
        for name in ("SecretId", "RotationLambdaARN", "RotationRules")
        if name in properties
    }
    wanted["RotateImmediately"] = properties.get("RotateImmediatelyOnUpdate", True)
    arn = str(call("secretsmanager", "RotateSecret", wanted)["ARN"])
    return arn, {"Id": arn}


def _with_value(properties: Properties) -> Properties:
    wanted = properties.get("GenerateSecretString")
    if not wanted or "SecretString" in properties:
        return properties
    value = str(call("secretsmanager", "GetRandomPassword", wanted)["RandomPassword"])
    if "SecretStringTemplate" in wanted:
        template = json.loads(wanted["SecretStringTemplate"])
        value = json.dumps({**template, wanted["GenerateStringKey"]: value})
    return {**properties, "SecretString": value}


def _is_there(name: str) -> bool:
    try:
        call("secretsmanager", "DescribeSecret", {"SecretId": name})
    except CallRefused as refusal:
        if refusal.is_missing:
            return False
        raise
    return True


def _name(arn: str) -> str:
    return arn.rpartition(":secret:")[2][:-_RANDOM_SUFFIX]
