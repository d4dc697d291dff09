"""The primary's own health check says the opposite: Inverted, under HealthCheckVersion. Control plane, in
us-east-1.

It does not latch: nothing but the inversion keeps traffic away, and whoever updates the check ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.steps import Standing, Token
from scripts.drill.theatre import Theatre

#: Where Route 53's control plane is. https://docs.aws.amazon.com/general/latest/gr/r53.html
ROUTE_53 = "us-east-1"

_READ = Call("route53", "GetHealthCheck", Where.GLOBAL, Plane.CONTROL, "reads the check's version")
_WRITE = Call("route53", "UpdateHealthCheck", Where.GLOBAL, Plane.CONTROL, "inverts the check")


class Inversion:
    """Of the check on the primary's endpoint. A check that somebody else has changed meanwhile is left
    alone.
    """

    name = "invert"
    calls = (_READ, _WRITE)

    def __init__(self, aws: Aws, theatre: Theatre) -> None:
        self._route53 = aws.client("route53", ROUTE_53)
        self._planned = theatre.primary_endpoint
        self._id = self._planned.id

    def snapshot(self) -> Mapping[str, Any]:
        """Its configuration, and the version that an update must name."""
        return self._read()

    def make(self, token: Token) -> None:  # noqa: ARG002 - Route 53 keeps no token; the version is the lock
        """Invert it, as it was planned. Route 53 refuses where somebody has changed it since."""
        self._update(self._planned.version, inverted=not self._planned.inverted)

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:  # noqa: ARG002
        """One version on, and the opposite: ours."""
        now = self._read()
        if now == before:
            return Standing.NOT_MADE
        return Standing.MADE if now == _inverted(before) else Standing.ANOTHERS

    def undo(self, before: Mapping[str, Any], token: Token) -> None:  # noqa: ARG002
        """As it was, unless somebody else has changed it since."""
        self._update(before["version"] + 1, inverted=_says(before))

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """What of the configuration differs; versions only grow."""
        now, then = self._read()["config"], before["config"]
        return tuple(
            f"{key} of health check {self._id} is {now.get(key)}, and was {then.get(key)}."
            for key in sorted({*now, *then})
            if now.get(key) != then.get(key)
        )

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """Whatever its version is by then."""
        flag = "--inverted" if _says(before) else "--no-inverted"
        return (f"aws route53 update-health-check --health-check-id {self._id} {flag}",)

    def _read(self) -> dict[str, Any]:
        check = self._route53.call("get_health_check", HealthCheckId=self._id)["HealthCheck"]
        return {"version": check["HealthCheckVersion"], "config": check["HealthCheckConfig"]}

    def _update(self, version: int, *, inverted: bool) -> None:
        self._route53.call(
            "update_health_check",
            HealthCheckId=self._id,
            HealthCheckVersion=version,
            Inverted=inverted,
        )


def _says(snapshot: Mapping[str, Any]) -> bool:
    return bool(snapshot["config"].get("Inverted", False))


def _inverted(before: Mapping[str, Any]) -> dict[str, Any]:
    config = {**before["config"], "Inverted": not _says(before)}
    return {"version": before["version"] + 1, "config": config}
