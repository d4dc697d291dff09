"""Names that will be in the way: CloudFormation makes the new before it removes the old."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from scripts.deploy.explainer.evaluation import Scope
from scripts.deploy.explainer.identity import names
from scripts.deploy.explainer.pairs import Pair
from scripts.deploy.explainer.terms import is_literal, replaced

#: A type and the values of the properties that make a resource unique.
Name: TypeAlias = tuple[str, tuple[str, ...]]


def taken(root: Pair) -> Mapping[Name, tuple[str, ...]]:
    """The names of all that stands, with the path of what bears them."""
    found: dict[Name, tuple[str, ...]] = {}
    for pair in root.every():
        if pair.standing is None or pair.before is None:
            continue
        for logical_id in pair.standing.resources:
            if name := _name(pair, logical_id, pair.before, wanted=False):
                found[name] = (*pair.path, logical_id)
    return found


def clash(pair: Pair, logical_id: str, held: Mapping[Name, tuple[str, ...]]) -> str:
    """Why a new resource cannot be made, where a name of its own is in the way; else empty.

    https://repost.aws/knowledge-center/cloudformation-custom-name
    """
    if pair.after is None or not (name := _name(pair, logical_id, pair.after, wanted=True)):
        return ""
    bearer = held.get(name)
    if bearer is None:
        return ""
    properties, _ = names(name[0])
    said = " and ".join(
        f"{key} {value}" for key, value in zip(properties, name[1], strict=True) if value
    )
    if bearer == (*pair.path, logical_id):
        return (
            f"CloudFormation will refuse it: a resource with a name of its own ({said}) is not replaced "
            "before it is given another name"
        )
    return (
        f"it will fail: {said} already exists, as {'/'.join(bearer)}, which goes only after this has come"
        if not _stays(pair, bearer)
        else f"it will fail: {said} already exists, as {'/'.join(bearer)}"
    )


def _stays(pair: Pair, bearer: tuple[str, ...]) -> bool:
    """Whether what bears the name is left where it is."""
    top = pair
    while top.parent is not None:
        top = top.parent
    for step in bearer[:-1]:
        below = top.nested.get(step)
        if below is None:
            return True
        top = below
    change = top.changes.get(bearer[-1])
    return change is None or change.action != "Remove"


def _name(pair: Pair, logical_id: str, scope: Scope, *, wanted: bool) -> Name | None:
    """What makes a resource unique, where the template says all of it."""
    resource = pair.resource(logical_id, wanted=wanted)
    type = str(resource.get("Type", ""))
    properties, optional = names(type)
    if not properties:
        return None
    values: list[str] = []
    for key in properties:
        given = resource.get("Properties", {}).get(key)
        if given is None and key not in optional:
            return None
        value = replaced(scope.evaluate(given), pair.facts.known)
        if key == properties[-1] and not is_literal(value):
            return None
        values.append("" if value is None else str(value))
    return type, tuple(values)
