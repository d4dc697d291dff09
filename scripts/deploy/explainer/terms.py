"""Values as far as they can be known before a deploy: JSON, and what stands for the rest of it.

    "10.0.0.0/16"                                a literal, or a list or an object of terms
    Attribute(("Network", "Vpc"), "Ref")         what a resource will answer, whatever that is
    Text(("arn:aws:s3:::", Attribute(...)))      a text with such parts
    Call("Fn::GetAZs", ("us-east-1",))           a function that only CloudFormation evaluates
    Hidden(...)                                  a value that is never shown

Two terms that are equal stand for the same value if they are settled: an Attribute of a resource that stays
as it is has the value that it has now, whichever that may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from scripts.deploy.explanations import HIDDEN, LATER

#: JSON in which Attribute, Text, Call and Hidden may stand.
Term: TypeAlias = Any


class Generation(Enum):
    """Which resource answers: the one that stands, its successor, or one of the two."""

    STANDING = "standing"
    NEW = "new"
    EITHER = "either"


@dataclass(frozen=True)
class Attribute:
    """What the resource at a path answers to Ref ("Ref") or to Fn::GetAtt."""

    path: tuple[str, ...]
    name: str
    type: str = ""
    generation: Generation = Generation.STANDING

    def __str__(self) -> str:
        return "${" + "/".join(self.path) + ("" if self.name == "Ref" else f".{self.name}") + "}"


@dataclass(frozen=True)
class Text:
    """A text of literal and of other parts; never two literals side by side, never one literal alone."""

    parts: tuple[Term, ...]


@dataclass(frozen=True)
class Call:
    """A function of terms that cannot be evaluated here."""

    function: str
    arguments: tuple[Term, ...]


@dataclass(frozen=True)
class Hidden:
    """A parameter with NoEcho, or what was made of it."""

    inner: Term


#: What DescribeStacks tells of a parameter with NoEcho.
MASKED = "****"


class _NoValue(Enum):
    NO_VALUE = "AWS::NoValue"


#: `Ref: AWS::NoValue`: what is not there at all.
NO_VALUE = _NoValue.NO_VALUE


def text(parts: Iterator[Term] | list[Term]) -> Term:
    """The parts, joined as far as they are known."""
    joined: list[Term] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Text) else (part,):
            literal = scalar(piece)
            if literal is not None and joined and isinstance(joined[-1], str):
                joined[-1] += literal
            elif literal != "":
                joined.append(piece if literal is None else literal)
    if not joined:
        return ""
    return joined[0] if len(joined) == 1 else Text(tuple(joined))


def scalar(term: Term) -> str | None:
    """A literal as CloudFormation writes it, which does not tell 5 from "5"; None for anything else."""
    match term:
        case bool():
            return "true" if term else "false"
        case str():
            return term
        case int() | float():
            return str(term)
    return None


def is_literal(term: Term) -> bool:
    """Whether nothing in it is left to be known."""
    match term:
        case dict():
            return all(map(is_literal, term.values()))
        case list():
            return all(map(is_literal, term))
        case Attribute() | Text() | Call() | Hidden():
            return False
    return True


def leaves(term: Term) -> Iterator[Attribute | Call | Hidden]:
    """What is left to be known in it."""
    match term:
        case dict():
            for value in term.values():
                yield from leaves(value)
        case list():
            for value in term:
                yield from leaves(value)
        case Text(parts):
            for part in parts:
                yield from leaves(part)
        case Call(_, arguments):
            yield term
            for argument in arguments:
                yield from leaves(argument)
        case Attribute() | Hidden():
            yield term


def at(term: Term, steps: Sequence[str]) -> Term:
    """What stands at a path; where the path leads into what has no parts, that itself."""
    for step in steps:
        match term:
            case dict():
                term = term.get(step)
            case list() if step.isdigit() and int(step) < len(term):
                term = term[int(step)]
            case list():
                return None
            case _:
                return term
    return term


def replaced(term: Term, known: Callable[[Attribute], Term | None]) -> Term:
    """The term with those attributes in it whose value is known."""
    match term:
        case dict():
            return {key: replaced(value, known) for key, value in term.items()}
        case list():
            return [replaced(value, known) for value in term]
        case Text(parts):
            return text([replaced(part, known) for part in parts])
        case Call(function, arguments):
            return Call(function, tuple(replaced(one, known) for one in arguments))
        case Hidden(inner):
            return Hidden(replaced(inner, known))
        case Attribute():
            value = known(term)
            return term if value is None else value
    return term


def shown(term: Term) -> Any:
    """For a person to read, as JSON."""
    match term:
        case dict():
            return {key: shown(value) for key, value in term.items()}
        case list():
            return [shown(value) for value in term]
        case Text(parts):
            return "".join(_within(part) for part in parts)
        case Call("resolve", (str(reference),)):
            return reference
        case Call("AWS::StackId" | "AWS::StackName"):
            return LATER
        case Call(function, arguments):
            return {function: [shown(one) for one in arguments]}
        case Hidden():
            return HIDDEN
        case Attribute(generation=Generation.STANDING):
            return str(term)
        case Attribute():
            return LATER
        case _NoValue():
            return None
    return term


def _within(part: Term) -> str:
    """A part of a text, as a text: of a function, its name."""
    said = shown(part)
    return (
        said
        if isinstance(said, str)
        else f"${{{part.function}}}"
        if isinstance(part, Call)
        else str(said)
    )
