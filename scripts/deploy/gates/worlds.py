"""A resource's properties as they stand and as they will be, as well as an explanation knows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from scripts.deploy.explanations import HIDDEN, Explained, Explanation, PropertyChange, Value


def worlds(one: Explained) -> tuple[Mapping[str, Value] | None, Mapping[str, Value]]:
    """Its properties before (None: there was none) and after.

    Where nobody could read all of them, those that change are there, and no others (`is_whole`).
    """
    changed = [each for each in one.properties if each.attribute in ("Properties", "Tags")]
    before = one.before if is_whole(one) else _of(changed, before=True)
    after = one.after if is_whole(one) else _of(changed, before=False)
    return None if one.change.action in ("Add", "Import") else before, after or {}


def is_whole(one: Explained) -> bool:
    """Whether all its properties are known, and not only those that change."""
    match one.change.action:
        case "Add" | "Import":
            return one.after is not None
        case "Remove":
            return one.before is not None
    return one.before is not None and one.after is not None


def _of(changed: list[PropertyChange], *, before: bool) -> dict[str, Value]:
    values = {
        each.path: HIDDEN if each.secret else each.before if before else each.after
        for each in changed
    }
    return {name: value for name, value in values.items() if value is not None}


def choices(explanation: Explanation) -> Iterator[Explanation]:
    """The explanation; where conditions are not known yet, as if all held, and as if none did."""
    some, other = (
        tuple(
            replace(one, after={name: _chosen(value, which) for name, value in one.after.items()})
            if one.after is not None
            else one
            for one in explanation.changes
        )
        for which in (1, 2)
    )
    yield replace(explanation, changes=some)
    if other != some:
        yield replace(explanation, changes=other)


def _chosen(value: Value, which: int) -> Value:
    match value:
        case {"Fn::If": list(said)} if len(value) == 1 and len(said) == 3:
            return _chosen(said[which], which)
        case dict():
            return {key: _chosen(held, which) for key, held in value.items()}
        case list():
            held = [(each, _chosen(each, which)) for each in value]
            return [chosen for each, chosen in held if chosen is not None or each is None]
    return value
