"""A change set read as a tree: its changes, with those inside nested stacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scripts import inventory
from scripts.aws import Aws
from scripts.changes import NESTED_STACK, Change, Detail
from scripts.deploy.change_sets.making import ChangeSet

#: What stands in place of a value that is known later, and of one that is hidden.
_UNTOLD = ("{{changeSet:KNOWN_AFTER_APPLY}}", "****")


def read(aws: Aws, made: ChangeSet) -> tuple[Change, ...]:
    """The changes, with those inside nested stacks; of a nested stack that goes, everything it holds."""
    return tuple(_read(aws, made.region, made.id))


def _read(aws: Aws, region: str, change_set_id: str) -> Iterator[Change]:
    described = aws.client("cloudformation", region).pages(
        "describe_change_set", "Changes", ChangeSetName=change_set_id, IncludePropertyValues=True
    )
    for said in list(described):
        resource = said["ResourceChange"]
        yield change(resource, tuple(_inside(aws, region, resource)))


def change(resource: Mapping[str, Any], inside: tuple[Change, ...] = ()) -> Change:
    """One ResourceChange of DescribeChangeSet; of a nested stack, with the changes inside it."""
    return Change(
        action=resource["Action"],
        logical_id=resource["LogicalResourceId"],
        type=resource["ResourceType"],
        physical_id=resource.get("PhysicalResourceId", ""),
        replacement=resource.get("Replacement", ""),
        because=_because(resource),
        inside=inside,
        details=tuple(_detail(said) for said in resource.get("Details", ())),
    )


def _detail(said: Mapping[str, Any]) -> Detail:
    target = said.get("Target", {})
    return Detail(
        attribute=target.get("Attribute", ""),
        name=target.get("Name", ""),
        path=target.get("Path", ""),
        recreation=target.get("RequiresRecreation", ""),
        evaluation=said.get("Evaluation", ""),
        source=said.get("ChangeSource", ""),
        entity=said.get("CausingEntity", ""),
        differs=_differs(target.get("BeforeValue"), target.get("AfterValue")),
    )


def _differs(before: str | None, after: str | None) -> bool | None:
    """Whether two values differ; None where one of them is not told, hidden, or known later.

    What the change set has instead of a value that the deploy will yield is seen in
    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2113
    """
    if before is None or after is None:
        return None
    if any(mark in value for mark in _UNTOLD for value in (before, after)):
        return None
    return before != after


def _inside(aws: Aws, region: str, resource: Mapping[str, Any]) -> Iterator[Change]:
    if resource["ResourceType"] != NESTED_STACK:
        return
    if resource["Action"] == "Remove":
        yield from _everything(aws, region, resource["PhysicalResourceId"])
    elif nested := resource.get("ChangeSetId"):
        yield from _read(aws, region, nested)


def _everything(aws: Aws, region: str, stack_id: str) -> Iterator[Change]:
    """A nested stack that goes has no change set of its own: what it holds goes with it."""
    for held in inventory.children(aws, region, stack_id):
        nested = _everything(aws, region, held.physical_id) if held.type == NESTED_STACK else ()
        yield Change("Remove", held.path[-1], held.type, held.physical_id, inside=tuple(nested))


def _because(resource: Mapping[str, Any]) -> tuple[str, ...]:
    targets = (detail.get("Target", {}) for detail in resource.get("Details", ()))
    return tuple(
        dict.fromkeys(target.get("Name") or target.get("Attribute", "") for target in targets)
    )
