"""Route 53's checkers: sixteen, each at its own pace, who ask an endpoint again and again.

They do not know of each other: each asks at its own point of the interval, and makes up its own mind.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.sandbox.routing.health_checks import REGIONS, Endpoint
from scripts.sandbox.routing.judgement import Opinion
from scripts.sandbox.routing.probes import Outcome
from scripts.sandbox.routing.timepiece import Timepiece

#: Seconds of the machine within which one exchange serves all checkers that are due. A check of a fast clock
#: would else be nothing but connections: at 60 drill seconds in a second, this is 1.5 of them.
TOGETHER = 0.025


@dataclass(frozen=True)
class Checker:
    """One of AWS's checkers. Its address is one that is given away to nobody (RFC 5737)."""

    region: str
    address: str


CHECKERS = tuple(
    Checker(region, f"{network}.{number}")
    for number, region in enumerate(REGIONS, start=1)
    for network in ("198.51.100", "203.0.113")
)


@dataclass(frozen=True)
class Observation:
    """What a checker saw. `at` is drill time, `wall` the wall clock's, which AWS's timestamps are."""

    outcome: Outcome
    at: float
    wall: float


@dataclass(eq=False)
class Seat:
    """One checker at one endpoint: what it thinks, what it saw last, and what failed last."""

    checker: Checker
    opinion: Opinion = field(default_factory=Opinion)
    last: Observation | None = None
    failure: Observation | None = None

    def learn(self, seen: Observation, threshold: int) -> None:
        """One more result."""
        self.opinion = self.opinion.after(seen.outcome.success, threshold)
        self.last = seen
        if not seen.outcome.success:
            self.failure = seen


Ask = Callable[[str, Endpoint], Awaitable[Outcome]]


class Watch:
    """An endpoint that its checkers watch. `ask` makes one exchange for a check.

    `learnt` is called when there is something new to judge by, `broken` with what `ask` must not raise,
    `late` with the drill seconds by which an exchange took longer than at the clock's own pace. Of a new
    endpoint its checkers think well; of one that was `watched` all along, what the first look shows.
    """

    def __init__(
        self,
        check: str,
        endpoint: Endpoint,
        ask: Ask,
        timepiece: Timepiece,
        learnt: Callable[[], None],
        broken: Callable[[BaseException], None],
        *,
        seed: int = 0,
        watched: bool = False,
        late: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.check = check
        self.endpoint = endpoint
        self.seats: dict[Checker, Seat] = {}
        self._ask = ask
        self._timepiece = timepiece
        self._learnt = learnt
        self._broken = broken
        self._seed = seed
        self._watched = watched
        self._late = late
        self._pace_of: tuple[tuple[str, ...], float] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._asking: asyncio.Future[Outcome] | None = None
        self.follow(endpoint)

    @property
    def opinions(self) -> tuple[bool, ...]:
        """What each checker thinks of it."""
        return tuple(seat.opinion.healthy for seat in self.seats.values())

    @property
    def begun(self) -> bool:
        """Whether every checker has seen it once."""
        return all(seat.last is not None for seat in self.seats.values())

    def follow(self, endpoint: Endpoint) -> None:
        """Go by this configuration, and by the timepiece's speed; a checker that stays keeps its opinion."""
        self.endpoint = endpoint
        pace = (endpoint.regions, self._timepiece.speed)
        if pace == self._pace_of:
            return
        self.close()
        self._pace_of = pace
        wanted = [one for one in CHECKERS if one.region in endpoint.regions]
        self.seats = {one: self.seats.get(one) or Seat(one) for one in wanted}
        if new := [seat for seat in self.seats.values() if seat.last is None]:
            self._start(self._look_once(new, adopt=self._watched))
        for point, seats in groups(
            {seat: self._point(seat.checker) for seat in self.seats.values()},
            TOGETHER * self._timepiece.speed,
        ):
            self._start(self._look_again(seats, point))

    def close(self) -> None:
        """Watch no more."""
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    async def _look_once(self, seats: Sequence[Seat], *, adopt: bool) -> None:
        """The first look, of all together; with `adopt` it makes up their minds."""
        await self._look(seats)
        if adopt:
            for seat in seats:
                assert seat.last is not None
                seat.opinion = Opinion(seat.last.outcome.success)
            self._learnt()
        self._watched = False

    async def _look_again(self, seats: Sequence[Seat], point: float) -> None:
        """Look at this point, in drill seconds, of every interval."""
        interval = self.endpoint.interval
        due = _next(self._timepiece.time(), interval, point)
        while True:
            await self._timepiece.until(due)
            took = await self._look(seats)
            now = self._timepiece.time()
            due += interval + took
            if due < now:  # what a busy checker has missed, it does not make up for
                due = _next(now, interval, due)

    async def _look(self, seats: Sequence[Seat]) -> float:
        """One exchange, from which all of these learn; the drill seconds that it took."""
        began = time.monotonic()
        outcome = await self._exchange()
        self._late((time.monotonic() - began) * self._timepiece.speed - outcome.seconds)
        seen = Observation(outcome, self._timepiece.time(), time.time())
        for seat in seats:
            seat.learn(seen, self.endpoint.threshold)
        self._learnt()
        return outcome.seconds

    async def _exchange(self) -> Outcome:
        """One exchange. While the clock is fast, whoever looks while one is under way waits for that one: the
        endpoint would else have nothing to do but to answer checkers.
        """
        if self._timepiece.speed <= 1:
            return await self._ask(self.check, self.endpoint)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._ask(self.check, self.endpoint))
        return await asyncio.shield(self._asking)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            self._broken(problem)

    def _point(self, checker: Checker) -> float:
        """Where in the interval it looks, in drill seconds; the same for the same seed."""
        dice = random.Random(f"{self._seed}/{self.check}/{checker.address}")  # noqa: S311 - no secret
        return dice.random() * self.endpoint.interval


def groups(points: Mapping[Seat, float], together: float) -> Iterator[tuple[float, list[Seat]]]:
    """Checkers by the point at which they look: those within `together` of another look with it.

    So each goes on at an even pace, whichever exchange serves it.
    """
    group: list[Seat] = []
    first = -math.inf
    for seat, point in sorted(points.items(), key=lambda one: one[1]):
        if point - first >= together:
            if group:
                yield first, group
            first, group = point, []
        group.append(seat)
    if group:
        yield first, group


def _next(now: float, interval: float, point: float) -> float:
    """The next time after `now` that is at a point of the interval."""
    return now + (point - now) % interval
