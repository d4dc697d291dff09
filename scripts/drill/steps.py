"""What a drill changes: one change each, which can be read back, settled after a crash, and undone."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from scripts.drill.calls import Call


class Standing(StrEnum):
    """What reading AWS says of a change."""

    NOT_MADE = "not made"
    MADE = "made"
    UNDER_WAY = "under way"
    ANOTHERS = "another's"


@dataclass(frozen=True)
class Token:
    """Whose change it is: the drill, and the number of its lease, which only grows."""

    drill: str
    fence: int


class Step(Protocol):
    """A change. AWS keeps its token where the call takes one.

    A change is never made twice and never guessed at: after a crash `standing` reads what is so.
    """

    @property
    def name(self) -> str:
        """As the journal has it: `takeover`, `data.switchover`."""
        ...

    @property
    def calls(self) -> tuple[Call, ...]:
        """What making it asks of AWS."""
        ...

    def snapshot(self) -> Mapping[str, Any]:
        """What is so before it: JSON, enough to undo the change from another machine."""
        ...

    def make(self, token: Token) -> float | None:
        """Change it. Raises what AWS says. When it was so, in drill time; None for when the call returned."""
        ...

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:
        """Whether it is made, by reading."""
        ...

    def undo(self, before: Mapping[str, Any], token: Token) -> None:
        """Have it as it was. A no-op where it is."""
        ...

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """What is not as it was, a sentence each; nothing where all is."""
        ...

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """The commands of the aws command line that undo it, for the undo script."""
        ...


def quoted(document: object) -> str:
    """A document as one word of a shell."""
    return shlex.quote(json.dumps(document, sort_keys=True, separators=(",", ":")))
