"""What stands: a region and what is wrong with it. The one truth that everything else asks."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from scripts.sandbox import stores
from scripts.sandbox.clock import CLOCK


@dataclass(frozen=True)
class Fault:
    """What is wrong with a region.

    `down`: nothing in it runs, and nothing answers. `destroyed`: it is down, and what it held is gone.
    `errors`: the share of its front door's answers that are 503, drawn by `seed`. `latency`: by so many
    milliseconds of the sandbox's clock each of them is later. `partition`: it serves, and nothing crosses
    between it and other regions. `replication_pause`: it serves, and what it writes does not leave it.
    """

    down: bool = False
    destroyed: bool = False
    errors: float = 0.0
    latency: float = 0.0
    partition: bool = False
    replication_pause: bool = False
    seed: int = 0

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Fault:
        """Of a document as `document` gives it. Raises ValueError that says what is wrong with it."""
        known = {"down", "destroyed", "errors", "latency", "partition", "replication_pause", "seed"}
        if unknown := sorted(document.keys() - known):
            raise ValueError(f"{unknown[0]!r} is no fault; there are {', '.join(sorted(known))}")
        for name in ("down", "destroyed", "partition", "replication_pause"):
            if not isinstance(document.get(name, False), bool):
                raise ValueError(f"{name} is true or false, and not {document[name]!r}")
        for name, most in (("errors", 1.0), ("latency", 600_000.0)):
            value = document.get(name, 0)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"{name} is a number, and not {value!r}")
            if not 0 <= value <= most:
                raise ValueError(f"{name} is from 0 to {most:g}, and not {value!r}")
        if not isinstance(document.get("seed", 0), int):
            raise ValueError(f"seed is a whole number, and not {document['seed']!r}")
        said = cls(**document)
        return replace(said, down=True) if said.destroyed else said

    @property
    def document(self) -> dict[str, Any]:
        """As the page shows it."""
        return asdict(self)


NONE = Fault()


class Standing:
    """Every region's fault, on disk at every change: one that was acknowledged outlives a kill."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._faults: dict[str, Fault] = {}
        self._since: dict[str, float] = {}
        self._outages: dict[str, int] = {}
        self._returning: set[str] = set()
        self._changed = threading.Condition()
        self._watchers: list[Callable[[], None]] = []

    def settle(self, path: Path) -> None:
        """Keep it at `path` from now on, and go on from what is there."""
        self._path = path
        told: dict[str, dict[str, Any]] = stores.read_json(path) or {}
        self._faults = {region: Fault.read(one) for region, one in told.items()}

    def of(self, region: str) -> Fault:
        """What is wrong with a region; `NONE` where nothing is."""
        return self._faults.get(region, NONE)

    def every(self) -> dict[str, Fault]:
        """All that stands, by region."""
        return dict(sorted(self._faults.items()))

    def set(self, region: str, fault: Fault) -> None:
        """From now on that is wrong with the region; nothing, where it is `NONE`. Raises OSError where that
        cannot be kept, and changes nothing.
        """
        with self._changed:
            self._keep({**self._faults, region: fault})
            self._since[region] = CLOCK.time()
            if fault.down and not self.down(region):
                self._outages[region] = self.outages(region) + 1
            if fault == NONE:
                self._faults.pop(region, None)
            else:
                self._faults[region] = fault
            self._changed.notify_all()
        for watcher in self._watchers:
            watcher()

    def since(self, region: str) -> float:
        """When what is wrong with a region, or that nothing is, was set in this process; 0 where never."""
        return self._since.get(region, 0.0)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call it whenever something changed, on whatever thread changed it."""
        self._watchers.append(watcher)

    def down(self, region: str) -> bool:
        """Whether nothing runs there."""
        return self.of(region).down

    def outages(self, region: str) -> int:
        """How often a region went down since the process began: what failed meanwhile may be its doing."""
        return self._outages.get(region, 0)

    def crosses(self, source: str, target: str) -> bool:
        """Whether what was written in one region reaches another now."""
        if source == target:
            return not self.down(source)
        one, other = self.of(source), self.of(target)
        return not (
            one.down or other.down or one.partition or other.partition or one.replication_pause
        )

    def reach(self, one: str, other: str) -> bool:
        """Whether two regions can talk with each other, as a quorum must; a pause stops that, too."""
        return self.crosses(one, other) and self.crosses(other, one)

    def wait_while_down(self, region: str, still: Callable[[], bool] = lambda: True) -> bool:
        """Stand still as long as a region is down and it is `still` so; whether that took any time.

        For threads of their own alone: a shared pool would fill up with those who wait.
        """
        waited = False
        with self._changed:
            while self.down(region) and still():
                waited = True
                self._changed.wait(0.2)
        return waited

    @contextlib.contextmanager
    def returning(self, region: str) -> Iterator[None]:
        """The region comes back: it answers already, and its fleets do not serve yet."""
        with self._changed:
            self._returning.add(region)
        try:
            yield
        finally:
            with self._changed:
                self._returning.discard(region)
                self._changed.notify_all()

    def wait_for_fleets(self, region: str, still: Callable[[], bool]) -> None:
        """Stand still as long as a region is down, or its fleets are on their way back."""
        with self._changed:
            while (self.down(region) or region in self._returning) and still():
                self._changed.wait(0.2)

    def save(self, directory: Path) -> None:
        """It is kept already."""

    def load(self, directory: Path) -> None:
        """See `settle`."""

    def reset(self) -> None:
        """Nothing is wrong anywhere."""
        for region in self.every():
            self.set(region, NONE)

    def _keep(self, faults: Mapping[str, Fault]) -> None:
        if self._path is not None:
            told = {name: one.document for name, one in faults.items() if one != NONE}
            stores.write_atomically(self._path, json.dumps(told))


STANDING = Standing()
stores.register("faults", STANDING)
