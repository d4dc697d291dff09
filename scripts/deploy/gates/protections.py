"""What guards data, taken away or weakened: encryption, backups, deletion protection, replicas, TLS.

A table says where each guard stands and how strong a value is. A guard is lost where it is weaker afterwards;
what cannot be known counts as weaker, since a gate that guesses is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scripts.deploy.explainer.effects import default_policy
from scripts.deploy.explanations import LATER, Certainty, Explained, Explanation, Value
from scripts.deploy.gates.findings import Concern, Finding, of
from scripts.deploy.gates.guards import GUARDIANS, GUARDS, Guard
from scripts.deploy.gates.losses import STATEFUL
from scripts.deploy.gates.property_paths import ABSENT, Absent, at, is_unknown
from scripts.deploy.gates.worlds import is_whole, worlds

#: How well each policy keeps what a resource holds (DeletionPolicy, UpdateReplacePolicy).
_KEEPS = {"Delete": 0, "Snapshot": 1, "RetainExceptOnCreate": 2, "Retain": 2}


def protections(explanation: Explanation) -> Iterator[Finding]:
    """Every guard that a plan takes away."""
    for one in explanation.changes:
        if one.certainty is Certainty.PHANTOM:
            continue
        if one.change.action == "Remove":
            yield from _with_the_resource(one)
            continue
        before, after = worlds(one)
        yield from _policies(one)
        yield from _guards(one, before, after)


def _with_the_resource(one: Explained) -> Iterator[Finding]:
    """A resource that is nothing but a guard, and goes."""
    if one.change.type in GUARDIANS:
        concern, words = GUARDIANS[one.change.type]
        yield of(one, concern, f"would be removed: {words}", one.change.physical_id)


def _policies(one: Explained) -> Iterator[Finding]:
    """A resource that would be kept if its stack let go of it, and then would not."""
    if one.change.type not in STATEFUL:
        return
    for changed in one.properties:
        if changed.attribute not in ("DeletionPolicy", "UpdateReplacePolicy"):
            continue
        unsaid = "Delete"
        if changed.attribute == "DeletionPolicy":
            unsaid = default_policy(one.change.type, one.before or {})
        before, after = str(changed.before or unsaid), str(changed.after or unsaid)
        if _KEEPS.get(after, 0) < _KEEPS.get(before, 2):
            yield of(
                one,
                Concern.DELETION_PROTECTION_LOST,
                f"would have {changed.attribute} {after} instead of {before}",
                before,
                after,
            )


def _guards(
    one: Explained, before: Mapping[str, Value] | None, after: Mapping[str, Value]
) -> Iterator[Finding]:
    """Every guard that is lost, and of what goes as a whole, such as a replica, only the whole."""
    gone: list[str] = []
    for guard in sorted(GUARDS.get(one.change.type, ()), key=lambda each: each.path.count("/")):
        for place, finding in _lost(one, guard, before, after):
            if not any(place.startswith(f"{whole}/") for whole in gone):
                gone.append(place)
                yield finding


def _lost(
    one: Explained, guard: Guard, before: Mapping[str, Value] | None, after: Mapping[str, Value]
) -> Iterator[tuple[str, Finding]]:
    """The places where a guard is lost."""
    if before is None:  # it is new: it can lose nothing, but it can be made open to everybody
        for place, value in at(after, guard.path).items():
            said = guard.concern is Concern.PUBLIC_ACCESS and not isinstance(value, Absent)
            if said and guard.strength(value) == 0:
                yield place, _finding(one, guard, place, ABSENT, value)
        return
    stood, stands = at(before, guard.path), at(after, guard.path)
    for place, was in stood.items():
        value = stands.get(place, ABSENT)
        unread = is_unknown(value) and not is_whole(one)  # announced, and nobody can tell what
        if _is_weaker(guard, was, value) or (unread and guard.strength(value) is None):
            yield place, _finding(one, guard, place, was, value)


def _is_weaker(guard: Guard, was: Value | Absent, value: Value | Absent) -> bool:
    if was == value:
        return False
    had, has = guard.strength(was), guard.strength(value)
    if had is None:
        return not has
    return had > 0 if has is None else has < had


def _finding(
    one: Explained, guard: Guard, place: str, was: Value | Absent, value: Value | Absent
) -> Finding:
    before, after = _told(was), _told(value)
    if is_unknown(value):
        change = f"{place}, {before or 'unset'} today, cannot be known before it is deployed"
    elif before:
        change = f"{place} would be {after or 'unset'} instead of {before}"
    else:
        change = f"{place} would be {after or 'unset'}"
    return of(one, guard.concern, f"would lose {guard.what}: {change}", before, after)


def _told(value: Value | Absent) -> str:
    """A guard's value in a word; a structure is only said to be there."""
    if isinstance(value, Absent) or value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and LATER in value:
        return LATER
    return "set" if isinstance(value, dict | list) else str(value)
