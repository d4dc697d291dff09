"""The orders secret is not rotated while its database is elsewhere.

CancelRotateSecret keeps who rotates and when; yet both are in the snapshot, so that whatever becomes of them
meanwhile they are put back. A rotation that is under way is not cut off: that would leave its labels, and
the database's password, between two versions.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.steps import Standing, Token, quoted
from scripts.drill.theatre import Theatre
from scripts.errors import Refused

_READ = Call(
    "secretsmanager",
    "DescribeSecret",
    Where.IMPAIRED,
    Plane.CONTROL,
    "reads whether the orders secret rotates",
    needed=False,
)
_CANCEL = Call(
    "secretsmanager",
    "CancelRotateSecret",
    Where.IMPAIRED,
    Plane.CONTROL,
    "suspends the rotation of the orders secret",
    needed=False,
)


class RotationSuspended:
    """Of the primary's orders secret. One that does not rotate is left as it is."""

    name = "data.rotation"
    calls = (_READ, _CANCEL)

    def __init__(self, aws: Aws, theatre: Theatre) -> None:
        self._region = theatre.primary.name
        self._secrets = aws.client("secretsmanager", self._region)
        self._secret = theatre.primary.secrets["orders"]

    def snapshot(self) -> Mapping[str, Any]:
        """Whether it rotates, by what, and by which rules."""
        told = self._read()
        return {
            "enabled": bool(told.get("RotationEnabled", False)),
            "function": told.get("RotationLambdaARN", ""),
            "rules": dict(told.get("RotationRules", {})),
        }

    def make(self, token: Token) -> None:  # noqa: ARG002 - Secrets Manager keeps no token
        """Suspend it. Raises Refused while a rotation is under way."""
        told = self._read()
        if rotating(told):
            raise Refused(
                f"The orders secret is being rotated in {self._region}: its database must not move now.",
                fix="Wait until AWSPENDING has gone from its versions, or rotate it again if that failed: "
                f"aws secretsmanager describe-secret --region {self._region} --secret-id {self._secret}",
            )
        if told.get("RotationEnabled"):
            self._secrets.call("cancel_rotate_secret", SecretId=self._secret)

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:  # noqa: ARG002
        """Whether it is suspended. Where nothing rotated, it is."""
        if self._read().get("RotationEnabled") and before["enabled"]:
            return Standing.NOT_MADE
        return Standing.MADE

    def undo(self, before: Mapping[str, Any], token: Token) -> None:  # noqa: ARG002
        """Resume it by the rules that it had; its first rotation comes when they say so, and not now."""
        if before["enabled"] and self.snapshot() != before:
            self._secrets.call(
                "rotate_secret",
                SecretId=self._secret,
                RotationLambdaARN=before["function"],
                RotationRules=dict(before["rules"]),
                RotateImmediately=False,
            )

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """What of the rotation is not as it was."""
        now = self.snapshot()
        return tuple(
            f"The rotation of the orders secret has {key} {now[key]}, and had {before[key]}."
            for key in ("enabled", "function", "rules")
            if now[key] != before[key]
        )

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """The call that resumes it."""
        if not before["enabled"]:
            return ()
        return (
            f"aws secretsmanager rotate-secret --region {self._region} --secret-id {self._secret}"
            f" --rotation-lambda-arn {before['function']} --rotation-rules {quoted(before['rules'])}"
            " --no-rotate-immediately",
        )

    def _read(self) -> dict[str, Any]:
        return self._secrets.call("describe_secret", SecretId=self._secret)


def rotating(told: Mapping[str, Any]) -> bool:
    """Whether a version of the secret, as DescribeSecret tells it, waits to be the current one."""
    return any(
        "AWSPENDING" in stages and "AWSCURRENT" not in stages
        for stages in told.get("VersionIdsToStages", {}).values()
    )
