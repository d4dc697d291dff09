"""Whether a value will be another one: two terms, compared as far as they can be known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from scripts.deploy.explainer.functions import is_settled
from scripts.deploy.explainer.identity import tells_apart
from scripts.deploy.explainer.terms import (
    NO_VALUE,
    Attribute,
    Call,
    Generation,
    Hidden,
    Term,
    Text,
    is_literal,
    replaced,
    scalar,
)
from scripts.deploy.explanations import Certainty

Known: TypeAlias = Callable[[Attribute], Term | None]


class Verdict(IntEnum):
    """How sure it is that a value changes; of several, the greatest counts."""

    SAME = 0
    MAYBE = 1
    CHANGED = 2

    @property
    def certainty(self) -> Certainty:
        """In the words of an explanation, for a change that CloudFormation announces."""
        return (Certainty.PHANTOM, Certainty.POSSIBLE, Certainty.CERTAIN)[self]


@dataclass(frozen=True)
class Difference:
    """A part of a value that differs or may; `steps` lead to it, none to the whole."""

    steps: tuple[str, ...]
    before: Term
    after: Term
    verdict: Verdict


def compare(before: Term, after: Term, known: Known) -> Verdict:
    """Whether `before` becomes something else at `after`; `known` is what resources answer now."""
    before, after = replaced(before, known), replaced(after, known)
    if is_literal(before) and is_literal(after):
        return Verdict.SAME if _plain(before) == _plain(after) else Verdict.CHANGED
    if before == after:
        return Verdict.SAME if is_settled(after) else Verdict.MAYBE
    match before, after:
        case Hidden(one), Hidden(other):
            return compare(one, other, known)
        case list(), list() if len(before) == len(after):
            return worst(compare(*pair, known) for pair in zip(before, after, strict=True))
        case (list(), list()) | (dict(), dict()) if _undecided(before) or _undecided(after):
            return Verdict.MAYBE
        case list(), list():
            return Verdict.CHANGED
        case dict(), dict() if before.keys() == after.keys():
            return worst(compare(before[key], after[key], known) for key in before)
        case dict(), dict():
            return Verdict.CHANGED
        case Attribute(), Attribute() if before.path == after.path and before.name == after.name:
            return _of_generations(after)
        case _, Attribute(generation=Generation.NEW) if tells_apart(after.type, after.name):
            return Verdict.CHANGED
        case Text(one), Text(other) if _aligned(one, other):
            return worst(compare(*pair, known) for pair in zip(one, other, strict=True))
        case Call(), Call() if _alike(before, after):
            pairs = zip(before.arguments, after.arguments, strict=True)
            inside = worst(compare(*pair, known) for pair in pairs)
            if before.function in _INJECTIVE:
                return inside
            return min(inside, Verdict.MAYBE) if is_settled(after) else Verdict.MAYBE
    if before is None or after is None or before is NO_VALUE or after is NO_VALUE:
        gone = after if before is None or before is NO_VALUE else before
        return Verdict.MAYBE if _undecided(gone) else Verdict.CHANGED
    return Verdict.MAYBE


def differences(
    before: Term, after: Term, known: Known, steps: tuple[str, ...] = ()
) -> Iterator[Difference]:
    """Where two values differ, as deep as their shapes are the same."""
    verdict = compare(before, after, known)
    if verdict is Verdict.SAME:
        return
    match before, after:
        case dict(), dict():
            for key in dict.fromkeys([*before, *after]):
                pair = before.get(key), after.get(key)
                yield from differences(*pair, known, (*steps, key))
            return
        case list(), list() if len(before) == len(after):
            for number, pair in enumerate(zip(before, after, strict=True)):
                yield from differences(*pair, known, (*steps, str(number)))
            return
    yield Difference(steps, before, after, verdict)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Of several, the one that counts; SAME of none."""
    return max(verdicts, default=Verdict.SAME)


#: Functions that give different values for different arguments.
_INJECTIVE = frozenset({"Fn::Base64", "list", "resolve"})


def _of_generations(after: Attribute) -> Verdict:
    """What a resource answers that stands before, and is or may be another after."""
    match after.generation:
        case Generation.NEW if tells_apart(after.type, after.name):
            return Verdict.CHANGED
        case Generation.STANDING:
            return Verdict.SAME
    return Verdict.MAYBE


def _plain(term: Term) -> Term:
    """As CloudFormation compares it: 5 is "5"."""
    match term:
        case dict():
            return {key: _plain(value) for key, value in term.items()}
        case list():
            return [_plain(value) for value in term]
    literal = scalar(term)
    return term if literal is None else literal


def _undecided(term: Term) -> bool:
    """Whether parts of it may turn out not to be there."""
    match term:
        case dict():
            return any(map(_undecided, term.values()))
        case list():
            return any(map(_undecided, term))
        case Call("Fn::If"):
            return True
    return False


def _aligned(one: tuple[Term, ...], other: tuple[Term, ...]) -> bool:
    """Whether two texts have literals in the same places."""
    return len(one) == len(other) and all(
        isinstance(left, str) == isinstance(right, str)
        for left, right in zip(one, other, strict=True)
    )


def _alike(before: Call, after: Call) -> bool:
    return before.function == after.function and len(before.arguments) == len(after.arguments)
