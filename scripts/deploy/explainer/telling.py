"""What became of each resource, in words: the fates of two worlds as an Explanation's changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast, get_args

from scripts.changes import NESTED_STACK, Change
from scripts.deploy.explainer import effects, reasons
from scripts.deploy.explainer.clashes import Name, clash
from scripts.deploy.explainer.comparison import Verdict, differences, worst
from scripts.deploy.explainer.fates import outputs_changed
from scripts.deploy.explainer.hiding import hidden, holds_secret
from scripts.deploy.explainer.pairs import Fate, Pair, Part
from scripts.deploy.explainer.reasons import Origin
from scripts.deploy.explainer.terms import at, replaced, shown
from scripts.deploy.explanations import Certainty, Effect, Explained, Policy, PropertyChange

#: A template's file and a logical id -> the source line that made it, empty where that is not known.
Line: TypeAlias = Callable[[str, str], str]


class Telling:
    """Fates put into words."""

    def __init__(
        self,
        root: str,
        origin: Origin,
        line: Line,
        held: Mapping[Name, tuple[str, ...]],
    ) -> None:
        self.root, self.origin, self.line, self.held = root, origin, line, held

    def of(self, pair: Pair, changes: Sequence[Change]) -> Iterator[Explained]:
        """The changes of a stack, each followed by those inside it."""
        for change in (pair.changes[one.logical_id] for one in changes):
            yield self._explained(pair, change)
            nested = pair.nested.get(change.logical_id)
            if change.inside and nested is not None:
                yield from self.of(nested, change.inside)

    def _explained(self, pair: Pair, change: Change) -> Explained:
        fate = pair.fates[change.logical_id]
        policy = _policy(pair, change)
        template = _template(pair, self.root)
        return Explained(
            path=(*pair.path, change.logical_id),
            change=change,
            effect=_effect(change, fate, policy),
            layer="/".join(pair.path),
            template=template,
            line=self.line(template, change.logical_id),
            properties=tuple(self._part(pair, change, part) for part in fate.parts),
            certainty=fate.certainty,
            replacement=fate.replacement,
            why=self._why(pair, change, fate),
            policy=policy,
            warnings=tuple(self._warnings(pair, change, fate, policy)),
            before=None if change.action == "Add" else _whole(pair, change, wanted=False),
            after=None if change.action == "Remove" else _whole(pair, change, wanted=True),
        )

    def _part(self, pair: Pair, change: Change, part: Part) -> PropertyChange:
        before, after = (_told(pair, term, part.name) for term in (part.before, part.after))
        return PropertyChange(
            path=part.name,
            before=before,
            after=after,
            secret=holds_secret(before) or holds_secret(after),
            why=self._part_why(pair, change, part),
            attribute=part.attribute,
            certainty=part.verdict.certainty,
            within=tuple(_within(pair, part, before, after)),
        )

    def _part_why(self, pair: Pair, change: Change, part: Part) -> tuple[str, ...]:
        if change.action in ("Add", "Remove"):
            return ()
        old, new = (self._expression(pair, change, part, wanted=wanted) for wanted in (False, True))
        return reasons.why(pair, old, new, part.verdict, self.origin)

    def _expression(self, pair: Pair, change: Change, part: Part, *, wanted: bool) -> Any:
        resource = pair.resource(change.logical_id, wanted=wanted)
        if part.attribute in ("Properties", "Tags"):
            return resource.get("Properties", {}).get(part.name)
        return resource.get(part.name)

    def _why(self, pair: Pair, change: Change, fate: Fate) -> tuple[str, ...]:
        """Of the whole: the reasons of what counts most, and why it is there at all."""
        said: list[str] = []
        if change.action in ("Add", "Remove"):
            resource = {
                **pair.resource(change.logical_id, wanted=False),
                **pair.resource(change.logical_id, wanted=True),
            }
            if "Condition" in resource:
                verdict = Verdict.SAME if fate.certainty is Certainty.PHANTOM else Verdict.CHANGED
                condition = str(resource["Condition"])
                said += reasons.why_it_is_there(pair, condition, verdict, self.origin)
            said = said or [_why_there(pair)]
        counts = worst(part.verdict for part in fate.parts)
        for part in fate.parts:
            if part.verdict is counts:
                said += self._part_why(pair, change, part)
        if fate.restacked:
            said.append("the tags of the stack reach it")
        if change.type == NESTED_STACK and change.action not in ("Add", "Remove"):
            said += _why_nested(pair, change)
        return tuple(dict.fromkeys(said))[: reasons.LONGEST]

    def _warnings(self, pair: Pair, change: Change, fate: Fate, policy: Policy) -> Iterator[str]:
        comes = change.action == "Add" or fate.replacement in (
            Certainty.CERTAIN,
            Certainty.POSSIBLE,
        )
        if fate.certainty is Certainty.PHANTOM:
            return
        if comes and (in_the_way := clash(pair, change.logical_id, self.held)):
            yield in_the_way
        goes = change.action == "Remove" or fate.replacement is Certainty.CERTAIN
        if goes and policy.startswith("Retain"):
            yield f"{policy}: the old one stays, is paid for, and no stack knows it any more"


def _why_there(pair: Pair) -> str:
    """Why something comes or goes that rests on no condition."""
    if pair.standing is None and pair.parent is not None:
        return f"it comes with {reasons.named(pair)}"
    if pair.wanted is None and pair.parent is not None:
        return f"it goes with {reasons.named(pair)}"
    return f"the template of {reasons.named(pair)} says so now"


def _why_nested(pair: Pair, change: Change) -> Iterator[str]:
    nested = pair.nested.get(change.logical_id)
    if nested is None:
        return
    if any(fate.certainty is not Certainty.PHANTOM for fate in nested.fates.values()):
        yield "what is in it changes"
        return
    if outputs := outputs_changed(nested):
        yield f"nothing in it changes but its outputs: {', '.join(outputs)}"
    else:
        yield "nothing in it changes"


def _effect(change: Change, fate: Fate, policy: Policy) -> Effect:
    if fate.certainty is Certainty.PHANTOM:
        return effects.of_nothing()
    if change.action == "Remove":
        return effects.of_removal(change.type, policy)
    if change.action in ("Add", "Import"):
        return effects.of_creation()
    if change.type == NESTED_STACK:
        return effects.of_nested_stack()
    if change.action == "Dynamic":
        gone = effects.of_removal(change.type, policy)
        return Effect(gone.level, f"if it comes or goes: {gone.words}", gone.source)
    moved = [(one.attribute, one.name) for one in fate.parts if one.verdict is not Verdict.SAME]
    updated = effects.of_update(change.type, [*moved, *([("Tags", "Tags")] * fate.restacked)])
    match fate.replacement:
        case Certainty.CERTAIN:
            return effects.of_replacement(change.type, fate.replacement, policy)
        case Certainty.POSSIBLE:
            replaced_by = effects.of_replacement(change.type, fate.replacement, policy)
            return effects.worse(replaced_by, updated)
    return updated


def _policy(pair: Pair, change: Change) -> Policy:
    """What becomes of the resource that goes. CloudFormation goes by the template that it deploys."""
    before, after = (pair.resource(change.logical_id, wanted=wanted) for wanted in (False, True))
    removed = change.action == "Remove"
    resource, scope = (before, pair.before) if removed else (after, pair.after)
    said = scope.evaluate(resource.get(_POLICIES[removed])) if scope else None
    for policy in get_args(Policy):
        if said == policy:
            return cast(Policy, policy)
    return (
        effects.default_policy(change.type, resource.get("Properties", {})) if removed else "Delete"
    )


_POLICIES = ("UpdateReplacePolicy", "DeletionPolicy")


def _template(pair: Pair, root: str) -> str:
    """The file of a stack's template: for a nested one, the last part of its TemplateURL."""
    if pair.parent is None:
        return f"{root}.json"
    for wanted in (True, False):
        properties = pair.parent.resource(pair.path[-1], wanted=wanted).get("Properties", {})
        url = properties.get("TemplateURL")
        if isinstance(url, dict):
            url = url.get("Fn::Sub")
        if isinstance(url, list) and url:
            url = url[0]
        if isinstance(url, str):
            return url.rpartition("/")[2]
    return ""


def _told(pair: Pair, term: Any, name: str) -> Any:
    """A property's value as it may be shown."""
    return hidden(shown(replaced(term, pair.facts.known)), name)


def _whole(pair: Pair, change: Change, *, wanted: bool) -> Mapping[str, Any] | None:
    """All properties in one of the worlds, as they may be shown; None where nobody could read them."""
    scope = pair.after if wanted else pair.before
    resource = pair.resource(change.logical_id, wanted=wanted)
    if scope is None or not resource:
        return None
    properties: dict[str, Any] = scope.evaluate(resource.get("Properties", {}))
    return {name: _told(pair, term, name) for name, term in properties.items()}


def _within(pair: Pair, part: Part, before: Any, after: Any) -> Iterator[PropertyChange]:
    """The parts that differ, each showing what the whole does: a secret may be one by its neighbour."""
    for one in differences(part.before, part.after, pair.facts.known):
        if not one.steps:
            continue
        old, new = (at(value, one.steps) for value in (before, after))
        yield PropertyChange(
            path=".".join((part.name, *one.steps)),
            before=old,
            after=new,
            secret=holds_secret(old) or holds_secret(new),
            attribute=part.attribute,
            certainty=one.verdict.certainty,
        )
