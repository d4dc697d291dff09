"""What may be expected of a list, of a text, and of what either refers to."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.bundles import function_bundle
from generator.errors import BuildError
from scripts.validate.intrinsics import text
from tests.coverage.expectations import Flip, elsewhere, expectation, filled, plain, several, shown
from tests.coverage.paths import MISSING, find

if TYPE_CHECKING:
    from tests.coverage.claims import Look


@dataclass(frozen=True)
class Holds:
    """A list that holds all of these, or a text in which all of these stand."""

    wanted: tuple[Any, ...]

    def __init__(self, *wanted: Any) -> None:
        object.__setattr__(self, "wanted", wanted)

    def complaint(self, value: Any, look: Look) -> str:
        if not isinstance(value, (str, list)):
            return f"is {shown(value)}"
        held = value if isinstance(value, str) else [plain(item) for item in value]
        lacking = [w for w in self.wanted if plain(filled(w, look)) not in held]
        return f"has no {', '.join(map(str, lacking))}" if lacking else ""

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        for wanted in self.wanted:
            if isinstance(value, str):
                yield f"without {wanted}", value.replace(text(filled(wanted, look)), "")
            else:
                less = [item for item in value if plain(item) != plain(filled(wanted, look))]
                yield f"without {wanted}", less


@dataclass(frozen=True)
class Bundled:
    """The key of a function's bundle as it is now, in whose files all of these stand."""

    wanted: tuple[str, ...]

    def __init__(self, *wanted: str) -> None:
        object.__setattr__(self, "wanted", wanted)

    def complaint(self, value: Any, look: Look) -> str:
        name = Path(str(value)).stem
        try:
            bundle = function_bundle(name)
        except BuildError:
            return f"is {shown(value)}, which is no function's bundle"
        if value != bundle.key:
            return f"is {shown(value)}, and the bundle is {bundle.key}"
        code = "".join(member.source.read_text() for member in bundle.members)
        lacking = [wanted for wanted in self.wanted if wanted not in code]
        return f"is {name}, which has no {', '.join(lacking)}" if lacking else ""

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        yield "another's", function_bundle("search_indexer").key
        yield "an older one", function_bundle(Path(value).stem).key.replace("/", "/0", 1)


@dataclass(frozen=True)
class Only:
    """A list of these in any order, and of no other."""

    wanted: tuple[Any, ...]

    def __init__(self, *wanted: Any) -> None:
        object.__setattr__(self, "wanted", wanted)

    def complaint(self, value: Any, look: Look) -> str:
        wanted = sorted(plain(filled(each, look)) for each in self.wanted)
        held = sorted(map(plain, value)) if isinstance(value, list) else value
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
class Mentions:
    """Somewhere in the value stands each of these texts."""

    wanted: tuple[str, ...]

    def __init__(self, *wanted: str) -> None:
        object.__setattr__(self, "wanted", wanted)

    def complaint(self, value: Any, look: Look) -> str:
        said = "" if value is MISSING else json.dumps(value)
        lacking = [each for each in (filled(w, look) for w in self.wanted) if each not in said]
        return f"mentions no {', '.join(lacking)}" if lacking else ""

    def flips(self, value: Any, look: Look) -> Iterator[Flip]:
        for wanted in self.wanted:
            found = filled(wanted, look)
            yield f"without {found}", json.loads(json.dumps(value).replace(found, "something"))
