"""What becomes of each resource: the change set says what may become of it, the two worlds what will.

A change set is the authority on which resources are looked at, and on which properties cannot change without
a replacement. It is none on whether a value that it does not know comes out differently: `Replacement: True`
stands there for a value that is KNOWN_AFTER_APPLY, too
(https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2113).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scripts.changes import NESTED_STACK, Change, Detail
from scripts.deploy.explainer.comparison import Verdict, compare, worst
from scripts.deploy.explainer.evaluation import Scope
from scripts.deploy.explainer.identity import is_custom
from scripts.deploy.explainer.order import in_order
from scripts.deploy.explainer.pairs import UNTOUCHED, Fate, Pair, Part
from scripts.deploy.explainer.terms import NO_VALUE, Attribute, Generation, Term, at
from scripts.deploy.explanations import Certainty

#: Parts of a resource beside its properties that a change set names (ResourceTargetDefinition.Attribute).
ATTRIBUTES = ("Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy")

#: What says of a part that its resource may become another one (RequiresRecreation).
_FEARED = ("Conditionally", "Always")


def decide(pair: Pair) -> None:
    """Decide on every change of a stack and of those below it, producers before consumers."""
    known = [name for name in in_order(pair.resources()) if name in pair.changes]
    for logical_id in dict.fromkeys([*known, *pair.changes]):
        change = _resolved(pair, pair.changes[logical_id])
        pair.changes[logical_id] = change
        pair.fates[logical_id] = _decided(pair, change)


def _resolved(pair: Pair, change: Change) -> Change:
    """What CloudFormation leaves open (Dynamic): by its condition it comes, goes or stays."""
    if change.action != "Dynamic" or pair.before is None or pair.after is None:
        return change
    match pair.before.stands(change.logical_id), pair.after.stands(change.logical_id):
        case True, True:
            return replace(change, action="Modify")
        case True, False if change.type != NESTED_STACK:  # what it holds is told only of a Remove
            return replace(change, action="Remove")
        case False, True:
            return replace(change, action="Add")
    return change


def _decided(pair: Pair, change: Change) -> Fate:
    wanted = pair.after.stands(change.logical_id) if pair.after else None
    match change.action:
        case "Add":
            if change.type == NESTED_STACK:
                _nested(pair, change)
            certainty = _of(wanted) if pair.after else Certainty.CERTAIN
            return Fate(certainty, generation=Generation.NEW, parts=_parts(pair, change))
        case "Import":
            pair.facts.answers[(*pair.path, change.logical_id), "Ref"] = change.physical_id
            return Fate(Certainty.CERTAIN, parts=_parts(pair, change))
        case "Remove":
            return _removed(pair, change, wanted)
        case "Dynamic":
            return _unread(pair, change)
    if change.type == NESTED_STACK:
        return _restacked(pair, change)
    return _modified(pair, change)


def _of(stands: bool | None) -> Certainty:
    """How sure it is that something comes."""
    match stands:
        case True:
            return Certainty.CERTAIN
        case False:
            return Certainty.PHANTOM
    return Certainty.POSSIBLE


def _removed(pair: Pair, change: Change, wanted: bool | None) -> Fate:
    """A change set guesses at conditions that rest on what it does not know; the two worlds know them."""
    if pair.after is not None and wanted is True:
        return UNTOUCHED
    if change.type == NESTED_STACK:
        decide(pair.nest(change.logical_id, None, change))
    certain = wanted is False or pair.after is None
    return Fate(Certainty.CERTAIN if certain else Certainty.POSSIBLE, parts=_parts(pair, change))


def _modified(pair: Pair, change: Change) -> Fate:
    if pair.before is None or pair.after is None:
        return _unread(pair, change)
    parts = _parts(pair, change)
    restacked = any(detail.attribute == "Tags" for detail in change.details) and not any(
        part.attribute == "Tags" for part in parts
    )
    overall = worst(part.verdict for part in parts)
    certainty = Certainty.CERTAIN if restacked else overall.certainty
    replacement = _replacement(pair, change, parts)
    generation = {
        Certainty.CERTAIN: Generation.NEW,
        Certainty.POSSIBLE: Generation.EITHER,
    }.get(replacement or Certainty.PHANTOM, Generation.STANDING)
    touched = any(part.verdict > Verdict.SAME and part.attribute == "Properties" for part in parts)
    return Fate(certainty, replacement, generation, touched, parts, restacked)


def _unread(pair: Pair, change: Change) -> Fate:
    """A change that cannot be looked into: it counts as it stands in the change set."""
    replacement = {"True": Certainty.CERTAIN, "Conditional": Certainty.POSSIBLE}.get(
        change.replacement
    )
    undecided = replacement or change.action == "Dynamic"
    generation = Generation.EITHER if undecided else Generation.STANDING
    named = dict.fromkeys((one.name or one.attribute, one.attribute) for one in change.details)
    parts = tuple(
        Part(name, later, later, Verdict.MAYBE, attribute)
        for name, attribute in named
        for later in (_told_by_aws(pair, change.logical_id, name),)
    )
    return Fate(Certainty.POSSIBLE, replacement, generation, touched=True, parts=parts)


def _replacement(pair: Pair, change: Change, parts: tuple[Part, ...]) -> Certainty | None:
    """Whether the resource becomes another one; None where nobody fears it."""
    if _type(pair, change, wanted=False) != _type(pair, change, wanted=True):
        return Certainty.CERTAIN
    feared = [detail for detail in change.details if detail.recreation in _FEARED]
    if not feared:
        moved = [part.verdict for part in parts if part.attribute == "Properties"]
        if is_custom(change.type) and worst(moved) is not Verdict.SAME:
            return Certainty.POSSIBLE
        if change.replacement not in ("True", "Conditional"):
            return None
        unsaid = [Verdict.MAYBE]  # it is announced, and nothing says by what
        return min(worst(moved or unsaid), _CEILING[change.replacement]).certainty
    verdict = worst(
        min(_changed(pair, change, detail), _CEILING[detail.recreation]) for detail in feared
    )
    return verdict.certainty


#: What a change of a part means for its resource, at the worst.
_CEILING = {
    "True": Verdict.CHANGED,
    "Always": Verdict.CHANGED,
    "Conditional": Verdict.MAYBE,
    "Conditionally": Verdict.MAYBE,
}


def _changed(pair: Pair, change: Change, detail: Detail) -> Verdict:
    """Whether the very part that a detail is about changes: its path may lead into a property."""
    if detail.differs:
        return Verdict.CHANGED
    path = [step for step in detail.path.split("/") if step][1:] or [detail.name]
    if not path[0]:
        return Verdict.CHANGED
    before, after = (
        at(_value(pair, change.logical_id, path[0], wanted=wanted), path[1:])
        for wanted in (False, True)
    )
    if before is None and after is None and len(path) > 1:  # it leads nowhere that is known
        return _changed(pair, change, replace(detail, path="", name=path[0]))
    return compare(before, after, pair.facts.known)


def _value(pair: Pair, logical_id: str, name: str, *, wanted: bool) -> Term:
    """A property's value in either world; None where it is not given."""
    scope = pair.after if wanted else pair.before
    if scope is None:
        return None
    properties = pair.resource(logical_id, wanted=wanted).get("Properties", {})
    value = scope.evaluate(properties.get(name))
    return None if value is NO_VALUE else value


def _parts(pair: Pair, change: Change) -> tuple[Part, ...]:
    """What differs, and what is announced to, of a resource in both worlds."""
    return tuple(_compared(pair, change))


def _compared(pair: Pair, change: Change) -> Iterator[Part]:
    logical_id = change.logical_id
    announced: dict[str, list[Detail]] = {}
    for detail in change.details:
        name = "Tags" if detail.attribute == "Tags" else detail.name or detail.attribute
        announced.setdefault(name, []).append(detail)
    before, after = (pair.resource(logical_id, wanted=wanted) for wanted in (False, True))
    gone = change.action == "Remove"
    come = change.action == "Add"
    names = dict.fromkeys([*before.get("Properties", {}), *after.get("Properties", {})])
    for name in names:
        old = None if come else _value(pair, logical_id, name, wanted=False)
        new = None if gone else _value(pair, logical_id, name, wanted=True)
        verdict = compare(old, new, pair.facts.known)
        details = announced.get(name, [])
        if verdict is not Verdict.CHANGED and any(detail.differs for detail in details):
            verdict, new = Verdict.CHANGED, _told_by_aws(pair, logical_id, name)
        tags = name == "Tags" and not any(one.recreation in _FEARED for one in details)
        if verdict is Verdict.CHANGED or (details and not (tags and verdict is Verdict.SAME)):
            yield Part(name, old, new, verdict, "Tags" if tags else "Properties")
    if come or gone:
        return
    for name in ATTRIBUTES:
        old = _attribute(pair.before, before, name)
        new = _attribute(pair.after, after, name)
        verdict = compare(old, new, pair.facts.known)
        if verdict is not Verdict.SAME or name in announced:
            yield Part(name, old, new, verdict, name)


def _told_by_aws(pair: Pair, logical_id: str, name: str) -> Term:
    """A value that the change set tells, and no template: not shown, for it may be a secret."""
    return Attribute((*pair.path, logical_id), name, generation=Generation.EITHER)


def _attribute(scope: Scope | None, resource: Mapping[str, Any], name: str) -> Term:
    return scope.evaluate(resource.get(name)) if scope else None


def _type(pair: Pair, change: Change, *, wanted: bool) -> str:
    return str(pair.resource(change.logical_id, wanted=wanted).get("Type", change.type))


def _nested(pair: Pair, change: Change) -> Pair:
    """The nested stack of a change, decided."""
    wanted = pair.wanted.nested.get(change.logical_id) if pair.wanted else None
    nested = pair.nest(change.logical_id, wanted, change)
    decide(nested)
    return nested


def _restacked(pair: Pair, change: Change) -> Fate:
    """A nested stack that stays: it changes as far as its address, its parameters or its insides do."""
    nested = _nested(pair, change)
    if pair.before is None or pair.after is None or nested.before is None or nested.after is None:
        return Fate(Certainty.POSSIBLE, touched=True)
    parts = tuple(part for part in _parts(pair, change) if part.verdict is not Verdict.SAME)
    verdicts = [part.verdict for part in parts]
    verdicts += [_VERDICT[fate.certainty] for fate in nested.fates.values()]
    restacked = any(detail.attribute == "Tags" for detail in change.details)
    certainty = Certainty.CERTAIN if restacked else worst(verdicts).certainty
    return Fate(certainty, parts=parts, restacked=restacked)


_VERDICT = {verdict.certainty: verdict for verdict in Verdict}


def outputs_changed(nested: Pair) -> list[str]:
    """The outputs of a nested stack that come out differently."""
    if nested.before is None or nested.after is None:
        return []
    before, after = (
        {
            name: scope.evaluate(said.get("Value"))
            for name, said in scope.template.get("Outputs", {}).items()
            if "Condition" not in said or scope.condition(said["Condition"]) is not False
        }
        for scope in (nested.before, nested.after)
    )
    return [
        name
        for name in dict.fromkeys([*before, *after])
        if compare(before.get(name), after.get(name), nested.facts.known) is not Verdict.SAME
    ]
