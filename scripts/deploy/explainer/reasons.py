"""Why a value changes, or will not: the way back from a property to what moves it, nearest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from scripts.deploy.explainer.comparison import Verdict, compare
from scripts.deploy.explainer.identity import tells_apart
from scripts.deploy.explainer.order import references, uses
from scripts.deploy.explainer.pairs import Pair
from scripts.deploy.explainer.terms import Attribute, Generation
from scripts.deploy.explanations import Certainty

#: What a root's parameter is: "setting db_instance_class (params/prod.yaml:12)".
Origin: TypeAlias = Callable[[str], str]

#: Steps that a person reads; what leads to it is mostly shorter.
LONGEST = 12

_OUTPUT = "Outputs."


def why(pair: Pair, before: Any, after: Any, verdict: Verdict, origin: Origin) -> tuple[str, ...]:
    """The way back of one expression. Where nothing that it rests on moves, the template itself did."""
    steps = list(dict.fromkeys(_Tracing(pair, verdict, origin).steps(after)))
    if verdict is not Verdict.SAME and not steps and before != after:
        steps.append(f"the template of {named(pair)} says so now")
    if verdict is Verdict.MAYBE and not steps:
        anew = "{{resolve:" in str(after)
        steps.append(
            "a dynamic reference is read anew when it is deployed"
            if anew
            else "what it is can be known only when it is deployed"
        )
    if verdict is Verdict.CHANGED and not steps:
        steps.append("the change set tells two values of it")
    return tuple(steps[:LONGEST])


def why_it_is_there(
    pair: Pair, condition: str, verdict: Verdict, origin: Origin
) -> tuple[str, ...]:
    """The way back of a resource's condition that turns round; of a phantom, that does not."""
    tracing = _Tracing(pair, verdict, origin)
    return tuple(dict.fromkeys(tracing.turned(condition)))[:LONGEST]


def named(pair: Pair) -> str:
    """A stack, as a reason names it."""
    return "/".join(pair.path) or "the root"


class _Tracing:
    """One walk back. It follows what moves; of a phantom, all that is said to move."""

    def __init__(self, pair: Pair, verdict: Verdict, origin: Origin) -> None:
        self.pair, self.verdict, self.origin = pair, verdict, origin
        self.seen: set[tuple[tuple[str, ...], str]] = set()

    def steps(self, expression: Any, pair: Pair | None = None) -> Iterator[str]:
        """What an expression of the wanted template rests on."""
        pair = pair or self.pair
        yield from self._conditions(expression, pair)
        for name in dict.fromkeys(references(expression)):
            yield from self._reference(pair, name, expression)

    def turned(self, condition: str, pair: Pair | None = None) -> Iterator[str]:
        """A condition, if it comes out otherwise than it did."""
        pair = pair or self.pair
        if pair.after is None or (pair.path, condition) in self.seen:
            return
        was = pair.before.condition(condition) if pair.before else None
        held = pair.after.condition(condition)
        stays = was is held and pair.before is not None
        if stays and self.verdict is not Verdict.SAME:
            return
        self.seen.add((pair.path, condition))
        becomes = {True: "holds", False: "does not hold", None: "may or may not hold"}[held]
        if stays:
            becomes = "comes out as it did"
        yield f"condition {condition} of {named(pair)} {becomes}"
        yield from self.steps(pair.after.template.get("Conditions", {}).get(condition), pair)

    def _conditions(self, expression: Any, pair: Pair) -> Iterator[str]:
        match expression:
            case list():
                for one in expression:
                    yield from self._conditions(one, pair)
            case {"Fn::If": [str(name), *branches]}:
                yield from self.turned(name, pair)
                yield from self._conditions(branches, pair)
            case {"Condition": str(name)} if len(expression) == 1:
                yield from self.turned(name, pair)
            case dict():
                for one in expression.values():
                    yield from self._conditions(one, pair)

    def _reference(self, pair: Pair, name: str, expression: Any) -> Iterator[str]:
        if (pair.path, name) in self.seen or pair.after is None:
            return
        self.seen.add((pair.path, name))
        if name in pair.after.template.get("Parameters", {}):
            yield from self._parameter(pair, name)
        elif name in pair.resources():
            yield from self._resource(pair, name, expression)

    def _parameter(self, pair: Pair, name: str) -> Iterator[str]:
        assert pair.after is not None
        before = pair.before.parameter(name) if pair.before else None
        verdict = compare(before, pair.after.parameter(name), pair.facts.known)
        if verdict is Verdict.SAME and self.verdict is not Verdict.SAME:
            return
        if pair.parent is None:
            if verdict is not Verdict.SAME:
                yield f"parameter {name} of {named(pair)}"
                if origin := self.origin(name):
                    yield origin
            return
        yield f"parameter {name} of {named(pair)}"
        was, given = (
            pair.parent.resource(pair.path[-1], wanted=wanted)
            .get("Properties", {})
            .get("Parameters", {})
            .get(name)
            for wanted in (False, True)
        )
        if was != given and self.verdict is not Verdict.SAME and pair.standing is not None:
            yield f"the template of {named(pair.parent)} says so now"
        yield from self.steps(given, pair.parent)

    def _resource(self, pair: Pair, name: str, expression: Any) -> Iterator[str]:
        asked = dict.fromkeys(attribute for held, attribute in uses(expression) if held == name)
        for attribute in asked:
            if attribute.startswith(_OUTPUT) and (nested := pair.nested.get(name)):
                output = attribute.removeprefix(_OUTPUT)
                if self.verdict is not Verdict.SAME and not self._moves(pair, name, attribute):
                    continue
                yield f"output {output} of {named(nested)}"
                world = nested.after or nested.before
                if world is not None:
                    said = world.template.get("Outputs", {}).get(output, {})
                    yield from self.steps(said.get("Value"), nested)
                continue
            assert pair.after is not None
            yield from self._fate(pair, name, pair.after.refer(name, attribute))

    def _moves(self, pair: Pair, name: str, attribute: str) -> bool:
        """Whether what a nested stack hands on comes out differently, or may."""
        assert pair.after is not None
        before = pair.before.refer(name, attribute) if pair.before else None
        after = pair.after.refer(name, attribute)
        return compare(before, after, pair.facts.known) is not Verdict.SAME

    def _fate(self, pair: Pair, name: str, answer: Any) -> Iterator[str]:
        where = "/".join((*pair.path, name))
        fate = pair.fates.get(name)
        match answer:
            case Attribute(generation=Generation.STANDING):
                if self.verdict is Verdict.SAME:
                    shows = tells_apart(answer.type, answer.name)  # an identity, and so no secret
                    known = pair.facts.known(answer) if shows else None
                    yield f"{where} stays as it is" + (f" ({known})" if known else "")
            case Attribute(generation=Generation.NEW) if fate and fate.replacement:
                yield f"{where} is replaced"
            case Attribute(generation=Generation.NEW):
                yield f"{where} is new"
            case Attribute() if fate and fate.replacement is Certainty.POSSIBLE:
                yield f"{where} may be replaced"
            case Attribute(name=attribute):
                yield f"{where} is updated, and its {attribute} may change"
