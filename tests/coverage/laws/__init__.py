"""What holds of every resource, whatever layer it stands in: each law with the defects that would break it.

A row claims what users asked for, resource by resource. A law speaks of types, and mostly learns from AWS's
own data (as cfn-lint ships it) which they are: a layer that comes tomorrow is under it from its first line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.coverage.claims import Complaint
from tests.coverage.mutants import Edit
from tests.coverage.platform import Platform, Resource

Check: TypeAlias = Callable[[Platform], Iterator[Complaint]]


@dataclass(frozen=True)
class Defect:
    """Something wrong with one resource, and the words for it."""

    says: str
    of: Resource
    edits: tuple[Edit, ...] = ()
    gone: bool = False
    #: Whom the complaint names, where that is another.
    named: str = ""

    @property
    def culprit(self) -> str:
        """The resource, or the path, that a complaint must name."""
        return self.named or str(self.of)


@dataclass(frozen=True)
class Law:
    """A rule over a whole platform, and the defects to plant in it."""

    name: str
    check: Check
    defects: Callable[[Platform], Iterator[Defect]]


def named(statement: Any) -> list[Any]:
    """One or several, as a list."""
    return statement if isinstance(statement, list) else [statement]
