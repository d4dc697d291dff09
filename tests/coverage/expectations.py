"""What a claim may expect of a value, and how a value is broken to see that the claim notices.

`flips` gives wrong values. They come from the value as it stands wherever that decides (True becomes False),
not from what is expected: an expectation too weak for its value lets a mutant live.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from scripts.validate.intrinsics import text
from tests.coverage.paths import MISSING, find

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
        return "" if _plain(value) == _plain(wanted) else f"is {shown(value)}, not {shown(wanted)}"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield from flips(value, look)


@dataclass(frozen=True)
class AtLeast:
    """A number, this or above."""

    least: float

    def complaint(self, value: Any, look: Look) -> str:
        number = _number(value)
        return "" if number is not None and number >= self.least else (
            f"is {shown(value)}, below {self.least}"
        )

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield "below", self.least - 1


@dataclass(frozen=True)
class AtMost:
    """A number, this or below."""

    most: float

    def complaint(self, value: Any, look: Look) -> str:
        number = _number(value)
        return "" if number is not None and number <= self.most else (
            f"is {shown(value)}, above {self.most}"
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
        allowed = [_plain(filled(each, look)) for each in self.wanted]
        return "" if _plain(value) in allowed else f"is {shown(value)}, none of {self.wanted}"

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


@dataclass(frozen=True)
class Holds:
    """A list that holds all of these, or a text in which all of these stand."""

    wanted: tuple[Any, ...]

    def __init__(self, *wanted: Any) -> None:
        object.__setattr__(self, "wanted", wanted)

    def complaint(self, value: Any, look: Look) -> str:
        if not isinstance(value, (str, list)):
            return f"is {shown(value)}"
        held = value if isinstance(value, str) else [_plain(item) for item in value]
        lacking = [w for w in self.wanted if _plain(filled(w, look)) not in held]
        return f"has no {', '.join(map(str, lacking))}" if lacking else ""

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        for wanted in self.wanted:
            if isinstance(value, str):
                yield f"without {wanted}", value.replace(text(filled(wanted, look)), "")
            else:
                less = [item for item in value if _plain(item) != _plain(filled(wanted, look))]
                yield f"without {wanted}", less


@dataclass(frozen=True)
class Only:
    """A list of these in any order, and of no other."""

    wanted: tuple[Any, ...]

    def __init__(self, *wanted: Any) -> None:
        object.__setattr__(self, "wanted", wanted)

    def complaint(self, value: Any, look: Look) -> str:
        wanted = sorted(_plain(filled(each, look)) for each in self.wanted)
        held = sorted(map(_plain, value)) if isinstance(value, list) else value
        return "" if held == wanted else f"is {shown(value)}, not {', '.join(wanted)}"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        for number, item in enumerate(value):
            yield f"without {shown(item)}", value[:number] + value[number + 1 :]
        yield "with one more", [*value, "one-more"]


@dataclass(frozen=True)
class Refers:
    """A reference to a resource: one of these types, or of these as template/LogicalId, of the same region.

    `region` names another: {peer}, {primary}. `times` counts what a list refers to.
    """

    to: tuple[str, ...]
    region: str
    times: int | None

    def __init__(self, *to: str, region: str = "{region}", times: int | None = None) -> None:
        object.__setattr__(self, "to", to)
        object.__setattr__(self, "region", region)
        object.__setattr__(self, "times", times)

    def complaint(self, value: Any, look: Look) -> str:
        found = look.platform.references(value)
        region = self.region.format(**look.names())
        if not found:
            return f"is {shown(value)}, and refers to nothing"
        for resource in found:
            names = {resource.type, f"{resource.layer}/{resource.logical_id}"}
            if resource.region != region or not names & {*self.to}:
                return f"refers to {resource}, not to {' or '.join(self.to)} in {region}"
        if self.times is not None and len({str(r) for r in found}) != self.times:
            return f"refers to {len({str(r) for r in found})}, not to {self.times}"
        return ""

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        other = elsewhere(look, *self.to)
        yield "another's", [other] if isinstance(value, list) else other
        if isinstance(value, list):
            yield "emptied", []
            if self.times is not None:
                yield "one less", value[1:]


@dataclass(frozen=True)
class Item:
    """A list with an item that has all of this; `least` so many."""

    has: Mapping[str, Any]
    least: int = 1

    def complaint(self, value: Any, look: Look) -> str:
        if not isinstance(value, list):
            return f"is {shown(value)}, no list of items with {', '.join(self.has)}"
        lacking = [[*self._lacks(item, look)] for item in value]
        if sum(not held for held in lacking) >= self.least:
            return ""
        nearest = min((len(held) for held in lacking if held), default=0)
        near = "; ".join(s for held in lacking if len(held) == nearest for s in held)
        return f"has no item with {', '.join(self.has)}: {near}"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        """Each property, in all items that have it all."""
        yield "emptied", []
        holding = [number for number, item in enumerate(value) if not [*self._lacks(item, look)]]
        yield "without", [item for number, item in enumerate(value) if number not in holding]
        for path, wanted in self.has.items():
            for how in self._ways(value[holding[0]], path, wanted, look):
                broken = copy.deepcopy(value)
                for number in holding:
                    self._break(broken[number], path, wanted, how, look)
                yield f"{path} {how}", broken

    def _lacks(self, item: Any, look: Look) -> Iterator[str]:
        for path, wanted in self.has.items():
            found = find(path, item, look.platform).nodes if isinstance(item, dict) else ()
            values = [node.value for node in found] or [MISSING]
            said = [s for value in values if (s := expectation(wanted).complaint(value, look))]
            if said:
                yield f"{path} {said[0]}"

    def _ways(self, item: Any, path: str, wanted: Any, look: Look) -> list[str]:
        node = find(path, item, look.platform).nodes[0]
        ways = [how for how, _ in expectation(wanted).flips(node.value, look)]
        return ways if node.value is MISSING else ["removed", *ways]

    def _break(self, item: Any, path: str, wanted: Any, how: str, look: Look) -> None:
        for node in find(path, item, look.platform).nodes[:1]:
            if how == "removed":
                node.holder.pop(node.key)
            else:
                node.holder[node.key] = dict(expectation(wanted).flips(node.value, look))[how]


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
    """A text with the names in braces filled in."""
    if isinstance(wanted, str) and "{" in wanted:
        for name, value in look.names().items():
            wanted = wanted.replace(f"{{{name}}}", value)
    return wanted


def shown(value: Any) -> str:
    """A value in a sentence."""
    said = repr(value)
    return said if len(said) < 120 else f"{said[:117]}..."


def _plain(value: Any) -> Any:
    """A value as CloudFormation compares it: yes and no, and numbers, are texts."""
    match value:
        case bool() | int() | float():
            return text(value)
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {key: _plain(item) for key, item in value.items()}
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


@dataclass(frozen=True)
class Without:
    """Nowhere in the value stands any of these texts."""

    planted: tuple[str, ...]

    def __init__(self, *planted: str) -> None:
        object.__setattr__(self, "planted", planted)

    def complaint(self, value: Any, look: Look) -> str:
        if value is MISSING:
            return "is missing"
        found = [text for text in self.planted if text in repr(value)]
        return f"has {', '.join(found)}" if found else ""

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        for planted in self.planted:
            yield f"with {planted}", [*several(value), {"Name": planted}]


@dataclass(frozen=True)
class AccountOnly:
    """The condition of a statement holds its principal to this account."""

    def complaint(self, value: Any, look: Look) -> str:
        account = look.platform.environment.account_id
        held = {
            key: wanted
            for operator, keys in (value.items() if isinstance(value, dict) else ())
            if operator.startswith(("StringEquals", "StringLike", "Arn"))
            for key, wanted in keys.items()
        }
        accounts = several(held.get("aws:SourceAccount", []))
        sources = several(held.get("aws:SourceArn", []))
        if accounts == [account] or (sources and all(f":{account}:" in each for each in sources)):
            return ""
        return f"is {shown(value)}, and holds nobody to {account}"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield "emptied", {}
        yield "another's", {"StringEquals": {"aws:SourceAccount": "999999999999"}}


@dataclass(frozen=True)
class NoWildcard:
    """An action, spelt out."""

    def complaint(self, value: Any, look: Look) -> str:
        named = isinstance(value, str) and ":" in value and not {"*", "?"} & {*value}
        return "" if named else f"is {shown(value)}, no action spelt out"

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        service, _, action = value.partition(":")
        yield "a service's", f"{service}:*"
        yield "a verb's", f"{service}:{action[:3]}*"
        yield "everything", "*"


#: Actions that take a resource in the data, and not where we use them.
SCOPED_OTHERWISE = {
    "cloudwatch:PutMetricData": "the data set of the data is not a metric's; the namespace is a condition",
    "cloudwatch:DescribeAlarms": "composite alarms are described under * only",
}


@dataclass(frozen=True)
class Scoped:
    """A statement that allows everything's use for those actions only that AWS cannot scope."""

    def complaint(self, value: Any, look: Look) -> str:
        if value is MISSING or value["Effect"] != "Allow":
            return "is missing" if value is MISSING else ""
        if "*" not in several(value.get("Resource", "*")):
            return ""
        loose = [action for action in several(value.get("Action", "*")) if scopable(action)]
        return f"allows {', '.join(loose)} on everything" if loose else ""

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        if value["Effect"] == "Allow" and "*" not in several(value["Resource"]):
            yield "on everything", {**value, "Resource": ["*"]}
        elif value["Effect"] == "Allow":
            wider = [*several(value["Action"]), "sqs:SendMessage"]
            yield "with one more", {**value, "Action": wider}


@cache
def _authorization() -> dict[str, Any]:
    """cfn-lint's copy of AWS's service authorization reference: which action takes which resources."""
    package = find_spec("cfnlint")
    assert package and package.submodule_search_locations
    data = Path(package.submodule_search_locations[0]) / "data/AdditionalSpecs/Policies.json"
    said: dict[str, Any] = json.loads(data.read_text())
    return said


def scopable(action: str) -> bool:
    """Whether AWS lets a policy name the resources of an action; True for an action that it does not know."""
    if action in SCOPED_OTHERWISE:
        return False
    service, _, name = action.lower().partition(":")
    known = _authorization().get(service, {}).get("Actions", {}).get(name)
    return known is None or bool(known.get("Resources"))


def several(value: Any) -> list[Any]:
    """One or a list, as a list."""
    return value if isinstance(value, list) else [value]
