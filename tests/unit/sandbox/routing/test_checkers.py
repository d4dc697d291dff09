"""Sixteen checkers at their own paces, on a clock that runs fast."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest

from scripts.sandbox.clock import Reading
from scripts.sandbox.routing.checkers import CHECKERS, Checker, Seat, Watch, groups
from scripts.sandbox.routing.health_checks import REGIONS, Endpoint, HealthCheck
from scripts.sandbox.routing.probes import Outcome
from scripts.sandbox.routing.timepiece import Timepiece

GOOD, BAD = Outcome(True, "Success: yes"), Outcome(False, "Failure: no")


def endpoint(**config: Any) -> Endpoint:
    made = {"Type": "HTTP", "IPAddress": "192.0.2.1", "RequestInterval": 10, **config}
    subject = HealthCheck.described("check", "111111111111", made).subject
    assert isinstance(subject, Endpoint)
    return subject


class Trial:
    """A watch whose endpoint answers as told; every exchange's drill time is kept."""

    def __init__(
        self,
        speed: float,
        one: Endpoint | None = None,
        *,
        answer: Outcome = GOOD,
        seed: int = 0,
        watched: bool = False,
    ) -> None:
        self.answer = answer
        self.asked: list[float] = []
        self.broken: list[BaseException] = []
        self.timepiece = Timepiece()
        self.turn(speed)
        self.watch = Watch(
            "check",
            one or endpoint(),
            self._ask,
            self.timepiece,
            lambda: None,
            self.broken.append,
            seed=seed,
            watched=watched,
        )

    def turn(self, speed: float) -> None:
        self.timepiece.turn(Reading(time.monotonic(), self.timepiece.time(), speed))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for a state; the limit is for a test that hangs."""
        async with asyncio.timeout(60):
            while not holds():
                await asyncio.sleep(0.002)

    async def _ask(self, _check: str, _endpoint: Endpoint) -> Outcome:
        self.asked.append(self.timepiece.time())
        return self.answer


def tried(trial: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(trial())  # type: ignore[arg-type]


def seats(*points: float) -> dict[Seat, float]:
    return {Seat(Checker("r", str(number))): point for number, point in enumerate(points)}


def test_there_are_sixteen_of_two_in_each_of_eight_regions() -> None:
    assert len(CHECKERS) == 16
    assert Counter(one.region for one in CHECKERS) == dict.fromkeys(REGIONS, 2)
    assert len({one.address for one in CHECKERS}) == 16


def test_who_is_close_looks_together_and_others_do_not() -> None:
    found = [(point, len(group)) for point, group in groups(seats(5, 0, 1, 2, 1.4), 1.5)]
    assert found == [(0, 3), (2, 1), (5, 1)]


def test_at_speed_one_nobody_waits_for_another() -> None:
    points = seats(*(number * 0.1 for number in range(16)))
    assert [len(group) for _, group in groups(points, 0.025)] == [1] * 16


def test_all_have_looked_once_at_once() -> None:
    async def trial() -> None:
        one = Trial(1.0)
        await one.until(lambda: one.watch.begun)
        assert len(one.asked) == 1
        assert one.watch.opinions == (True,) * 16
        one.watch.close()

    tried(trial)


@pytest.mark.parametrize("watched", [True, False])
def test_a_new_endpoint_is_thought_well_of_and_one_that_was_watched_is_not(watched: bool) -> None:
    async def trial() -> None:
        one = Trial(1.0, answer=BAD, watched=watched)
        await one.until(lambda: one.watch.begun)
        await asyncio.sleep(0)
        assert one.watch.opinions == (not watched,) * 16
        one.watch.close()

    tried(trial)


def test_it_takes_the_threshold_in_both_directions() -> None:
    async def trial() -> None:
        one = Trial(1000.0)
        await one.until(lambda: one.watch.begun)
        for answer, healthy in ((BAD, False), (GOOD, True)):
            one.answer, before = answer, len(one.asked)
            await one.until(lambda healthy=healthy: healthy in one.watch.opinions)  # type: ignore[misc]
            assert len(one.asked) - before >= 3
            await one.until(lambda healthy=healthy: one.watch.opinions == (healthy,) * 16)  # type: ignore[misc]
        one.watch.close()
        assert not one.broken

    tried(trial)


def test_checkers_look_at_points_of_the_interval_that_the_seed_gives() -> None:
    async def trial() -> None:
        def points(seed: int) -> list[float]:
            watch = Trial(1.0, seed=seed).watch
            watch.close()
            return [watch._point(one) for one in CHECKERS]

        assert points(7) == points(7)
        assert points(7) != points(8)
        assert all(0 <= point < 10 for point in points(7))
        assert max(points(7)) - min(points(7)) > 5, "they are spread over the interval"

    tried(trial)


def test_a_fast_clock_has_no_more_than_forty_exchanges_in_a_second() -> None:
    async def trial() -> None:
        one = Trial(120.0)
        await one.until(lambda: len(one.asked) > 40)
        gaps = [later - earlier for earlier, later in pairwise(one.asked[1:])]
        rounds = (one.asked[-1] - one.asked[1]) / 10
        assert len(gaps) / rounds <= 10 / (0.025 * 120) + 1.5
        one.watch.close()

    tried(trial)


def test_a_clock_that_is_set_wakes_who_waits() -> None:
    async def trial() -> None:
        one = Trial(1.0, endpoint(RequestInterval=30))
        await one.until(lambda: one.watch.begun)
        one.turn(10_000.0)
        one.watch.follow(one.watch.endpoint)
        await one.until(lambda: len(one.asked) > 20)
        one.watch.close()

    tried(trial)


def test_fewer_regions_are_fewer_checkers_and_who_stays_keeps_its_opinion() -> None:
    async def trial() -> None:
        one = Trial(1000.0)
        one.answer = BAD
        await one.until(lambda: not any(one.watch.opinions))
        one.turn(1.0)
        few = endpoint(Regions=["us-east-1", "eu-west-1", "sa-east-1"])
        one.watch.follow(few)
        assert one.watch.opinions == (False,) * 6
        one.watch.follow(endpoint())
        assert Counter(one.watch.opinions) == {False: 6, True: 10}
        one.watch.close()

    tried(trial)


def test_an_exchange_that_raises_is_told() -> None:
    async def trial() -> None:
        one = Trial(1.0)
        one.watch.close()

        async def ask(_check: str, _endpoint: Endpoint) -> Outcome:
            raise RuntimeError("not meant to be")

        broken: list[BaseException] = []
        watch = Watch("check", endpoint(), ask, one.timepiece, lambda: None, broken.append)
        await one.until(lambda: bool(broken))
        assert str(broken[0]) == "not meant to be"
        watch.close()

    tried(trial)


@pytest.mark.parametrize("answer", [GOOD, BAD])
def test_the_last_failure_is_remembered(answer: Outcome) -> None:
    async def trial() -> None:
        one = Trial(1000.0)
        one.answer = BAD
        await one.until(lambda: one.watch.begun)
        one.answer = answer
        count = len(one.asked)
        await one.until(lambda: len(one.asked) > count + 30)
        one.watch.close()
        for seat in one.watch.seats.values():
            assert seat.last is not None
            assert seat.failure is not None
            assert seat.last.outcome == answer
            assert seat.failure.outcome == BAD

    tried(trial)
