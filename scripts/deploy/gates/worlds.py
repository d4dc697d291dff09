"""A resource's properties as they stand and as they will be, as well as an explanation knows them."""

from __future__ import annotations

from collections.abc import Mapping

from scripts.deploy.explanations import HIDDEN, Explained, PropertyChange, Value


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
