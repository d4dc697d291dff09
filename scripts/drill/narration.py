"""What a drill tells, as lines for a person: pure, nothing is printed here.

Times are seconds since the fault once there is one, and before it since the drill was armed. What is only
seen passes by on the moving line, summed up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import assert_never

from scripts import checks
from scripts.drill.events import (
    Aborted,
    Changed,
    Checked,
    DrillEvent,
    HandedOver,
    Marked,
    Moved,
    Planned,
    Reported,
    Seen,
    Shared,
)
from scripts.drill.observations import (
    Alarmed,
    Fetched,
    Lagged,
    Observation,
    Ordered,
    Probed,
    Resolved,
    Stalled,
    Unread,
)

#: Drill seconds from which on it is said that something stood still; the report has all.
NOTABLE = 5.0
_MARKS = {
    "t0": "the fault",
    "t1": "the checkers agree: unhealthy",
    "t2": "a name server answers the standby",
    "t3": "the last cache has left the primary",
    "t4": "the standby took its first order",
    "t5": "the objective is held",
}


@dataclass
class _View:
    """The last of each that was seen."""

    checkers: dict[tuple[str, str], bool] = field(default_factory=dict)
    servers: dict[str, str] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)
    lags: dict[str, float] = field(default_factory=dict)
    orders: int = 0
    unread: int = 0

    def take(self, seen: Observation) -> bool:
        """Remember it; whether it changes the line."""
        before = str(self)
        match seen:
            case Probed():
                self.checkers[(seen.check, seen.checker)] = seen.success
            case Resolved():
                self.servers[seen.server] = seen.region
            case Fetched():
                self.clients[seen.client] = seen.region if seen.good else "nowhere"
            case Lagged():
                self.lags[seen.store] = seen.seconds
            case Ordered():
                self.orders += seen.acknowledged
            case Unread():
                self.unread += 1
            case Alarmed() | Stalled():
                return False
            case _:
                assert_never(seen)
        return str(self) != before

    def __str__(self) -> str:
        said = []
        if self.checkers:
            well = sum(self.checkers.values())
            said.append(f"checkers {well} of {len(self.checkers)} well")
        if self.servers:
            said.append(f"DNS {_counted(self.servers.values())}")
        if self.clients:
            said.append(f"clients {_counted(self.clients.values())}")
        if self.orders:
            said.append(f"{self.orders} orders")
        if self.lags:
            said.append(f"lag {max(self.lags.values()):.1f} s")
        return " · ".join(said)


@dataclass
class Narration:
    """A drill as it is told; `t0` is when the time that is said begins."""

    t0: float | None = None
    _view: _View = field(default_factory=_View)
    _latest: float = 0.0

    def lines(self, event: DrillEvent) -> Iterator[str]:
        """What is said of an event; nothing of what is merely seen."""
        match event:
            case Planned(drill, hash):
                yield f"drill {drill}, plan {hash}"
            case Checked(check):
                yield from checks.told(check)
            case Moved(at, _, after):
                self.t0 = at if self.t0 is None else self.t0
                yield f"{self._time(at)}  {after}"
            case Changed(at, step, done, undone):
                verb = (
                    ("undone" if undone else "made") if done else "undoing" if undone else "making"
                )
                yield f"{self._time(at)}    {verb} {step}"
            case Marked(at, mark):
                if mark == "t0":
                    self.t0 = at
                if mark in _MARKS:  # the others come with a state
                    yield f"{self._time(at)}    {mark.upper()} {_MARKS[mark]}"
            case Aborted(at, reason):
                yield f"{self._time(at)}  going back: {reason}"
            case HandedOver(at, reason, commands):
                yield f"{self._time(at)}  only a person can go on: {reason}"
                yield from (f"      {command}" for command in commands)
            case Reported(_, json, page):
                yield f"report: {page}"
                yield f"        {json}"
            case Shared(place):
                yield f"kept besides in {place}"
            case Seen(Alarmed(at, region, alarm, state)):
                yield f"{self._time(at)}    alarm {alarm} in {region}: {state}"
            case Seen(Stalled(at, where, seconds)) if seconds >= NOTABLE:
                yield f"{self._time(at)}    {where} stood still for {seconds:.1f} s of the drill"
            case Seen():
                pass
            case _:
                assert_never(event)

    def moving(self, event: DrillEvent) -> str:
        """What is seen now, in one line; empty where an event changes nothing of it. What comes late, such as
        a metric's lag, does not take the time back.
        """
        if not isinstance(event, Seen) or not self._view.take(event.observation):
            return ""
        self._latest = max(self._latest, event.observation.at)
        return f"{self._time(self._latest)}  {self._view}"

    def _time(self, at: float) -> str:
        return f"{at - (at if self.t0 is None else self.t0):+7.1f} s"


def _counted(regions: Iterable[str]) -> str:
    counts = Counter(region or "nowhere" for region in regions)
    return ", ".join(f"{count} {region}" for region, count in sorted(counts.items()))
