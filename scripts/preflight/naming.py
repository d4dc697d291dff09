"""What it is to have a name of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scripts.preflight.taken import Taken
from scripts.preflight.wanted import Resource


@dataclass(frozen=True)
class Named:
    """A kind of thing whose name is one in a region, or in the account.

    `types` tells the property that it is in; `only`, which of a type are meant; `copies`, the property that
    lists the regions that get the same under the same name. `remedy` has the region and the name put in.
    """

    what: str
    types: Mapping[str, str]
    taken: Taken
    remedy: str
    everywhere: bool = False
    copies: str = ""
    only: Callable[[Resource], bool] = lambda _one: True


def delete(command: str) -> str:
    """The remedy that is one command; its last word is the option that takes the name."""
    service, operation, option = command.split()
    return (
        f"Look whose it is, then delete it: aws {service} {operation} --region {{region}} "
        f"{option} {{name}}"
    )
