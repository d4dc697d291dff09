"""What a claim may expect of a value, and how a value is broken to see that the claim notices.

`flips` gives wrong values. They come from the value as it stands wherever that decides (True becomes False),
not from what is expected: an expectation too weak for its value lets a mutant live.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from scripts.validate.intrinsics import text
from tests.coverage.paths import MISSING

if TYPE_CHECKING:
    from tests.coverage.claims import Look

#: How a value was broken, and what it became.
Flip: TypeAlias = tuple[str, Any]


class Expectation(Protocol):
    """What must hold of a value."""

    def complaint(self, value: Any, look: Look) -> str:
        """What is wrong with it; nothing if it holds."""

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        """Values near it that are wrong."""


def expectation(wanted: Any) -> Expectation:
    """An expectation as it is; a plain value stands for equality."""
    return wanted if hasattr(wanted, "flips") else Is(wanted)


@dataclass(frozen=True)
class Is:
    """The value is this one; braces in a text name regions: {peer}, {standby}."""

    wanted: Any

    def complaint(self, value: Any, look: Look) -> str:
        wanted = filled(self.wanted, look)
        return "" if plain(value) == plain(wanted) else f"is {shown(value)}, not {shown(wanted)}"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield from flips(value, look)


@dataclass(frozen=True)
class AtLeast:
    """A number, this or above."""

    least: float

    def complaint(self, value: Any, look: Look) -> str:
        number = _number(value)
        return (
            ""
            if number is not None and number >= self.least
            else (f"is {shown(value)}, below {self.least}")
        )

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield "below", self.least - 1


@dataclass(frozen=True)
class AtMost:
    """A number, this or below."""

    most: float

    def complaint(self, value: Any, look: Look) -> str:
        number = _number(value)
        return (
            ""
            if number is not None and number <= self.most
            else (f"is {shown(value)}, above {self.most}")
        )

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield "above", self.most + 1


@dataclass(frozen=True)
class OneOf:
    """One of a few values."""

    wanted: tuple[Any, ...]

    def __init__(self, *wanted: Any) -> None:
        object.__setattr__(self, "wanted", wanted)

    def complaint(self, value: Any, look: Look) -> str:
        allowed = [plain(filled(each, look)) for each in self.wanted]
        return "" if plain(value) in allowed else f"is {shown(value)}, none of {self.wanted}"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield from flips(value, look)


@dataclass(frozen=True)
class Given:
    """Something is there: which, is not ours to say (a name, a text for people)."""

    least: int = 1

    def complaint(self, value: Any, look: Look) -> str:
        if isinstance(value, bool):
            return "is a yes or a no: claim which"
        if value is MISSING:
            return "is missing"
        long = len(value) if isinstance(value, (str, list, dict)) else self.least
        return "" if long >= self.least else f"is {shown(value)}, too short"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        if isinstance(value, bool):
            yield from flips(value, look)
        elif isinstance(value, (str, list, dict)):
            yield "emptied", value[: self.least - 1] if not isinstance(value, dict) else {}


@dataclass(frozen=True)
class Absent:
    """Nothing is there; `planted` is what would be wrong."""

    planted: Any

    def complaint(self, value: Any, look: Look) -> str:
        return "" if value is MISSING else f"is {shown(value)}, and should not be there"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield "planted", self.planted


def flips(value: Any, look: Look) -> Iterator[Flip]:
    """What a value might wrongly be, by its kind alone."""
    match value:
        case bool():
            yield "flipped", not value
        case "true" | "false":
            yield "flipped", {"true": "false", "false": "true"}[value]
        case int() | float():
            yield "above", value + 1
            yield "below", value - 1
        case str() if [*look.platform.references(value)]:
            yield "another's", elsewhere(look, *(r.type for r in look.platform.references(value)))
            yield "literal", "a-literal"
        case str() if value:
            yield "changed", f"not-{value}"
            yield "emptied", ""
        case list():
            yield "emptied", []
            yield "one less", value[1:]
        case dict():
            yield "emptied", {}


def elsewhere(look: Look, *avoided: str) -> str:
    """A reference to a resource of the region that is of none of these."""
    for resource in look.platform.resources:
        names = {resource.type, f"{resource.layer}/{resource.logical_id}"}
        if resource.region == look.region and not names & {*avoided}:
            return f"<{resource.region}/{resource.layer}/{resource.logical_id}.Ref>"
    raise LookupError(avoided)


def filled(wanted: Any, look: Look) -> Any:
    """A text, or a list of texts, with the names in braces filled in."""
    match wanted:
        case str() if "{" in wanted:
            for name, value in look.names().items():
                wanted = wanted.replace(f"{{{name}}}", value)
        case list():
            return [filled(each, look) for each in wanted]
    return wanted


def shown(value: Any) -> str:
    """A value in a sentence."""
    said = repr(value)
    return said if len(said) < 120 else f"{said[:117]}..."


def plain(value: Any) -> Any:
    """A value as CloudFormation compares it: yes and no, and numbers, are texts."""
    match value:
        case bool() | int() | float():
            return text(value)
        case list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
    return value


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


@dataclass(frozen=True)
class AllOf:
    """Each of these expectations."""

    wanted: tuple[Any, ...]

    def __init__(self, *wanted: Any) -> None:
        object.__setattr__(self, "wanted", wanted)

    def complaint(self, value: Any, look: Look) -> str:
        said = [expectation(each).complaint(value, look) for each in self.wanted]
        return "; ".join(each for each in said if each)

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        for number, each in enumerate(self.wanted):
            for how, wrong in expectation(each).flips(value, look):
                yield f"{number}. {how}", wrong


@dataclass(frozen=True)
class Anything:
    """It is there, and its being there is all that it says."""

    def complaint(self, value: Any, look: Look) -> str:
        return "is missing" if value is MISSING else ""

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield from ()


def several(value: Any) -> list[Any]:
    """One or a list, as a list."""
    return value if isinstance(value, list) else [value]
