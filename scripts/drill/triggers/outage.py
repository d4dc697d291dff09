"""The region is really gone. Only a rehearsal can do that; nothing is asked of AWS, and nothing latches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.drill.calls import Call
from scripts.drill.stage import Outage
from scripts.drill.steps import Standing, Token
from scripts.drill.theatre import Theatre
from scripts.errors import UsageError


class RegionLost:
    """The primary, taken away; found out by the checkers alone."""

    name = "outage"
    calls: tuple[Call, ...] = ()

    def __init__(self, outage: Outage | None, theatre: Theatre) -> None:
        if outage is None:
            raise UsageError(
                "A region can be taken away in the sandbox only.",
                fix="Add --sandbox, or take another --trigger.",
            )
        self._outage, self._region = outage, theatre.primary.name

    def snapshot(self) -> Mapping[str, Any]:
        """Whether it was there."""
        return {"away": self._outage.standing(self._region)}

    def make(self, token: Token) -> float:  # noqa: ARG002 - a region keeps no token
        """Take it away."""
        return self._outage.begin(self._region)

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:  # noqa: ARG002
        """Whether it is away, and was not."""
        away = self._outage.standing(self._region)
        if before["away"]:
            return Standing.ANOTHERS
        return Standing.MADE if away else Standing.NOT_MADE

    def undo(self, before: Mapping[str, Any], token: Token) -> None:  # noqa: ARG002
        """Bring it back, unless it was away before."""
        if not before["away"]:
            self._outage.end(self._region)

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """Whether it is there as before."""
        if self._outage.standing(self._region) == before["away"]:
            return ()
        return (f"{self._region} is not as it was.",)

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002
        """The sandbox's own command."""
        return (f"tradewind sandbox fault {self._region} --clear",)
