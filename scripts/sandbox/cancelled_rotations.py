"""CancelRotateSecret, which ministack has no route for: a secret is rotated no more, until it is again.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html
"""

from __future__ import annotations

from scripts.sandbox import rotations
from scripts.sandbox.gateway import Service
from scripts.sandbox.json_api import JSON, ApiError, Caller, JsonApi
from scripts.sandbox.resources.api_resources.secrets import RESOLVE_SECRET
from scripts.sandbox.vault_policies import SET_ACCOUNT, SET_REGION

SERVICE, TARGET = "secretsmanager", "secretsmanager"
OPERATION = "CancelRotateSecret"


def service() -> Service:
    """This one operation; all others are the emulator's."""
    api = JsonApi(SERVICE, TARGET, {OPERATION: _cancel}, invalid="InvalidParameterException")
    whole = api.service()
    return Service(
        "cancelled rotations", lambda head: head.target == f"{TARGET}.{OPERATION}", whole.handle
    )


def _cancel(caller: Caller, said: JSON) -> JSON:
    SET_ACCOUNT.value(caller.account)
    SET_REGION.value(caller.region)
    _, secret = RESOLVE_SECRET.value(said["SecretId"])
    if secret is None:
        raise ApiError(
            "ResourceNotFoundException", "Secrets Manager can't find the specified secret."
        )
    if secret.get("DeletedDate"):
        raise ApiError("InvalidRequestException", _DELETED)
    if rotations.IS_REPLICA.value(secret):
        raise ApiError("InvalidRequestException", _REPLICA)
    if not secret.get("RotationLambdaARN"):
        raise ApiError("InvalidRequestException", _NEVER_ROTATED)
    token = rotations.cancel(secret)
    told = {"ARN": secret["ARN"], "Name": secret["Name"]}
    return told if token is None else {**told, "VersionId": token}


_DELETED = "You can't perform this operation on the secret because it was marked for deletion."
_REPLICA = "You can't perform this operation on a replica secret."
_NEVER_ROTATED = (
    "You tried to enable rotation on a secret that doesn't already have a Lambda function ARN configured and "
    "you didn't include such an ARN as a parameter in this call."
)
