"""What a change set would do to a stack and to the stacks nested in it: a tree, as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

#: CloudFormation's own words (API reference, ResourceChange.Action and .Replacement).
Action: TypeAlias = Literal["Add", "Modify", "Remove", "Import", "Dynamic", "SyncWithActual"]
Replacement: TypeAlias = Literal["", "False", "Conditional", "True"]

NESTED_STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Detail:
    """Why one part of a resource changes, as CloudFormation sees it (API reference, ResourceChangeDetail).

    `attribute`, `name` and `path` are the target, `recreation` whether a change of it replaces the resource
    ("Always", "Conditionally", "Never"), `evaluation` whether CloudFormation knows the new value ("Static")
    or not ("Dynamic"). `differs` is whether the values that it tells before and after are two; None where
    it does not tell both. The values themselves are not kept: they may be secrets.
    """

    attribute: str
    name: str = ""
    path: str = ""
    recreation: str = ""
    evaluation: str = ""
    source: str = ""
    entity: str = ""
    differs: bool | None = None


@dataclass(frozen=True)
class Change:
    """One resource's change; of a nested stack, with the changes inside it.

    `because` names what moves the change: properties, or attributes such as Tags.
    """

    action: Action
    logical_id: str
    type: str
    physical_id: str = ""
    replacement: Replacement = ""
    because: tuple[str, ...] = ()
    inside: tuple[Change, ...] = ()
    details: tuple[Detail, ...] = ()

    @property
    def removes(self) -> bool:
        """Whether the resource that stands now goes, or may go."""
        return self.action == "Remove" or self.replacement in ("True", "Conditional")


def walk(
    changes: Sequence[Change], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Change]]:
    """Every change with its path of logical ids from the root stack, parents before children."""
    for change in changes:
        path = (*above, change.logical_id)
        yield path, change
        yield from walk(change.inside, path)


def count(changes: Sequence[Change]) -> dict[str, int]:
    """How many resources are added, modified, replaced and removed; nested stacks do not count."""
    totals = {"add": 0, "modify": 0, "replace": 0, "remove": 0}
    for _, change in walk(changes):
        if change.type == NESTED_STACK:
            continue
        match change.action:
            case "Add" | "Import":
                totals["add"] += 1
            case "Remove":
                totals["remove"] += 1
            case _ if change.removes:
                totals["replace"] += 1
            case _:
                totals["modify"] += 1
    return totals
