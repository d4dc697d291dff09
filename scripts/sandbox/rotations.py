"""Rotations of secrets, run as Secrets Manager runs them: the function, four times, after the answer.

A rotation begins with an empty version that is AWSPENDING. A step that fails ends it there; the next
RotateSecret is refused, and the same rotation is tried again from its first step.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html

ministack lets the old value be the new one, tells empty versions, and has a label on two versions at once.
"""

from __future__ import annotations

import contextvars
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from scripts.sandbox.event_targets import FIND, RECORD
from scripts.sandbox.resources.api_resources.secrets import RESOLVE_SECRET
from scripts.sandbox.seams import Seam

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"

_SECRETS = "ministack.services.secretsmanager"
_USED_BY = "rotations of secrets"

ROTATE = Seam(_SECRETS, "_rotate_secret", parameters=("data",), used_by=_USED_BY)
GET_VALUE = Seam(_SECRETS, "_get_secret_value", parameters=("data",), used_by=_USED_BY)
PUT_VALUE = Seam(_SECRETS, "_put_secret_value", parameters=("data",), used_by=_USED_BY)
SYNC_REPLICAS = Seam(_SECRETS, "_sync_replicas", parameters=("secret",), used_by=_USED_BY)
IS_REPLICA = Seam(_SECRETS, "_is_replica", parameters=("secret",), used_by=_USED_BY)
EXECUTE = Seam(
    "ministack.services.lambda_svc",
    "_execute_function_with_config_scope",
    parameters=("func", "event"),
    used_by=_USED_BY,
)
SEAMS = (ROTATE, GET_VALUE, PUT_VALUE, SYNC_REPLICAS, IS_REPLICA, EXECUTE)

Answer = tuple[int, dict[str, str], bytes]
Call = Callable[[dict[str, Any]], Answer]

log = logging.getLogger("tradewind.sandbox")

_NONE: Mapping[str, str] = {}

#: Secret -> the version of the rotation that runs; and -> function and version of the one after it; and the
#: versions whose rotation ends with the step that it is at.
_under_way: dict[str, str] = {}
_following: dict[str, tuple[dict[str, Any], str]] = {}
_cancelled: set[str] = set()
_lock = threading.Lock()


def install() -> None:
    """Have RotateSecret run functions, and versions be what a rotation finds on AWS."""
    ROTATE.replace(_rotating(ROTATE.value))
    GET_VALUE.replace(_refusing_empty_versions(GET_VALUE.value))
    PUT_VALUE.replace(_moving_labels(PUT_VALUE.value))


def _rotating(native: Call) -> Call:
    def rotate(data: dict[str, Any]) -> Answer:
        _, secret = RESOLVE_SECRET.value(data.get("SecretId"))
        if secret is None or secret.get("DeletedDate") or IS_REPLICA.value(secret):
            return native(data)  # refuses it
        arn = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
        if not arn:
            message = "No Lambda rotation function ARN is associated with this secret."
            return _refusal("InvalidRequestException", message)
        function, config, _ = FIND.value(arn)
        if not function or not config or not _may_be_called(function, secret["ARN"]):
            return _refusal("AccessDeniedException", _NOT_INVOKED)
        if (token := _pending(secret)) is not None:
            _begin(RECORD.value(function, config), secret["ARN"], token)
            return _refusal("InvalidRequestException", _INCOMPLETE)
        secret["RotationLambdaARN"] = arn
        secret["RotationRules"] = data.get("RotationRules") or secret.get("RotationRules")
        secret["RotationEnabled"] = True
        told = {"ARN": secret["ARN"], "Name": secret["Name"]}
        if data.get("RotateImmediately", True):
            token = data.get("ClientRequestToken") or str(uuid.uuid4())
            told["VersionId"] = token
            if token not in secret["Versions"]:
                _announce(secret, token)
                _begin(RECORD.value(function, config), secret["ARN"], token)
        SYNC_REPLICAS.value(secret)
        return _told(200, told)

    return rotate


def _may_be_called(function: Mapping[str, Any], secret_arn: str) -> bool:
    """Whether the function's policy lets Secrets Manager call it for this secret."""
    return any(
        _service(statement) == "secretsmanager.amazonaws.com"
        and all(fnmatchcase(secret_arn, arn) for arn in _conditions(statement, "SourceArn"))
        and set(_conditions(statement, "SourceAccount")) <= {secret_arn.split(":")[4]}
        for statement in (function.get("policy") or {}).get("Statement", [])
    )


def _service(statement: Mapping[str, Any]) -> str:
    principal = statement.get("Principal")
    return str(principal.get("Service", "")) if isinstance(principal, Mapping) else str(principal)


def _conditions(statement: Mapping[str, Any], key: str) -> list[str]:
    """The values that any operator of a statement asks of `aws:<key>`."""
    return [
        str(value)
        for asked in (statement.get("Condition") or {}).values()
        for name, value in asked.items()
        if name.lower() == f"aws:{key}".lower()
    ]


def _pending(secret: Mapping[str, Any]) -> str | None:
    """The version of a rotation that is not complete."""
    for token, version in secret["Versions"].items():
        if PENDING in version["Stages"] and CURRENT not in version["Stages"]:
            return str(token)
    return None


def _announce(secret: dict[str, Any], token: str) -> None:
    """A version that has a label and no value yet."""
    _take_off(secret, PENDING)
    secret["Versions"][token] = {
        "SecretString": None,
        "SecretBinary": None,
        "CreatedDate": int(time.time()),
        "Stages": [PENDING],
    }


def _take_off(secret: dict[str, Any], label: str) -> None:
    for version in secret["Versions"].values():
        version["Stages"] = [each for each in version["Stages"] if each != label]


def _begin(function: dict[str, Any], arn: str, token: str) -> None:
    """Run the steps in a thread of their own, unless they run already; after those of another version."""
    with _lock:
        if arn in _under_way:
            if _under_way[arn] != token:
                _following[arn] = (function, token)
            return
        _under_way[arn] = token
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(_run, function, arn, token), daemon=True)
    thread.start()


def cancel(secret: dict[str, Any]) -> str | None:
    """No rotation from now on; the version of one that is under way, which has no step after this one.

    Labels stay where that leaves them. What rotates, and by which rules, is kept for the next RotateSecret.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html
    """
    secret["RotationEnabled"] = False
    SYNC_REPLICAS.value(secret)
    with _lock:
        _following.pop(secret["ARN"], None)
        token = _under_way.get(secret["ARN"])
        if token is not None:
            _cancelled.add(token)
    return token


def _run(function: dict[str, Any], arn: str, token: str) -> None:
    try:
        for step in STEPS:
            if token in _cancelled:
                log.warning("%s of %s for %s was cancelled", step, token, arn)
                return
            event = {"Step": step, "SecretId": arn, "ClientRequestToken": token}
            answer = EXECUTE.value(function, event)
            if answer.get("error"):
                log.warning("%s of %s for %s failed: %s", step, token, arn, answer.get("body"))
                return
    finally:
        with _lock:
            del _under_way[arn]
            _cancelled.discard(token)
            following = _following.pop(arn, None)
        if following is not None:
            _begin(following[0], arn, following[1])


def _refusing_empty_versions(native: Call) -> Call:
    def get(data: dict[str, Any]) -> Answer:
        status, headers, body = native(data)
        told = json.loads(body) if status == 200 else {}
        if status != 200 or "SecretString" in told or "SecretBinary" in told:
            return status, headers, body
        stage = data.get("VersionStage", CURRENT)
        by_id = data.get("VersionId")
        which = f"VersionId: {by_id}" if by_id else f"staging label: {stage}"
        message = f"Secrets Manager can't find the specified secret value for {which}"
        return _refusal("ResourceNotFoundException", message)

    return get


def _moving_labels(native: Call) -> Call:
    """A version's value is given once, and a label is on one version at a time.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
    """

    def put(data: dict[str, Any]) -> Answer:
        _, secret = RESOLVE_SECRET.value(data.get("SecretId"))
        token = data.get("ClientRequestToken")
        version = (secret or {"Versions": {}})["Versions"].get(token)
        if secret is None or secret.get("DeletedDate") or IS_REPLICA.value(secret):
            return native(data)
        if version is not None and _value(version) != (None, None):
            if _value(version) != _value(data):
                return _refusal("ResourceExistsException", _IN_USE.format(token, secret["ARN"]))
            told = {"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token}
            told["VersionStages"] = version["Stages"]
            return _told(200, told)
        for label in data.get("VersionStages", []):
            if label != CURRENT:
                _take_off(secret, label)
        return native(data)

    return put


def _value(holder: Mapping[str, Any]) -> tuple[Any, Any]:
    return holder.get("SecretString"), holder.get("SecretBinary")


def _refusal(code: str, message: str) -> Answer:
    return _told(400, {"__type": code, "Message": message}, {"x-amzn-errortype": code})


def _told(status: int, document: Mapping[str, Any], headers: Mapping[str, str] = _NONE) -> Answer:
    body = json.dumps(document).encode()
    return status, {"Content-Type": "application/x-amz-json-1.1", **headers}, body


_INCOMPLETE = "A previous rotation isn't complete. That rotation will be reattempted."
_NOT_INVOKED = (
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy "
    "grants access to the principal secretsmanager.amazonaws.com."
)
_IN_USE = (
    "You can't use ClientRequestToken {} because that value is already in use for a version of "
    "secret {}."
)
