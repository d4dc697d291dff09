"""What the sandbox makes of a history is what the documentation of Route 53 makes of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import assert_never

import pytest

from scripts.sandbox.alarm_states import BESIDES
from scripts.sandbox.routing.alarm_checks import healthy, last_known
from scripts.sandbox.routing.answers import LoadBalancer, View, answer
from scripts.sandbox.routing.health_checks import Alarm, HealthCheck
from scripts.sandbox.routing.judgement import Opinion, verdicts
from scripts.sandbox.routing.records import Zone
from tests.unit.sandbox.routing.histories import (
    ZONE,
    ZONE_ID,
    Asked,
    Configured,
    History,
    Probed,
    Reported,
    history,
)
from tests.unit.sandbox.routing.reference import CHECKERS, JSON, Outcome, World, permitted

HISTORIES, TOGETHER = 10_000, 8


class Sandbox:
    """The sandbox's own judgement and answers, which keep what they need of the past."""

    def __init__(self, told: History, dice: random.Random) -> None:
        self.opinions = {
            name: [Opinion()] * CHECKERS
            for name, config in told.checks.items()
            if "FailureThreshold" in config
        }
        self.alarms = {
            name: subject
            for name, config in told.checks.items()
            if isinstance(subject := described(name, config, told).subject, Alarm)
        }
        self.windows: dict[str, list[float | None]] = {name: [] for name in self.alarms}
        self.last = dict.fromkeys(self.alarms, True)
        self.zone = Zone.read(ZONE_ID, ZONE, told.records)
        self.balancers = {
            name.removesuffix("."): LoadBalancer(*one) for name, one in told.balancers.items()
        }
        self.told, self.dice = told, dice

    def probed(self, event: Probed, threshold: int) -> None:
        opinion = self.opinions[event.check][event.checker]
        self.opinions[event.check][event.checker] = opinion.after(event.passed, threshold)

    def heard(self, event: Reported) -> None:
        """Keep as many periods as the data plane asks CloudWatch for, and remember what they say."""
        name, alarm = event.check, self.alarms[event.check]
        window = [*self.windows[name], event.value][-alarm.stream.periods - BESIDES :]
        self.windows[name] = window
        self.last[name] = last_known(alarm, window, self.last[name])

    def health(self, checks: Mapping[str, JSON]) -> dict[str, bool]:
        return verdicts(
            {name: described(name, config, self.told) for name, config in checks.items()},
            {name: [one.healthy for one in all_] for name, all_ in self.opinions.items()},
            {
                name: healthy(alarm, self.windows[name], self.last[name])
                for name, alarm in self.alarms.items()
            },
        )

    def answers(self, name: str, health: Mapping[str, bool]) -> Outcome:
        view = View([self.zone], health.__getitem__, self.balancers)
        told = answer(view, name, "A", self.dice)
        assert {record.name for record in told.records} <= {name}
        return frozenset((record.value, record.ttl) for record in told.records)


def described(name: str, config: JSON, told: History) -> HealthCheck:
    """A check as the data plane reads it."""
    return HealthCheck.described(name, "111111111111", config, told.alarms.get(name))


def may_be(told: Outcome, allowed: set[Outcome]) -> bool:
    """Whether it is one of these; or any eight of one that has more."""
    return any(
        told == one if len(one) <= TOGETHER else len(told) == TOGETHER and told <= one
        for one in allowed
    )


def play(number: int, seen: Counter[str]) -> None:
    """One history, asked for at all its moments."""
    told = history(number)
    world = World(told.records, told.checks, alarms=told.alarms, balancers=told.balancers)
    sandbox = Sandbox(told, random.Random(number))
    names = sorted({record["Name"] for record in told.records})
    for event in told.events:
        match event:
            case Probed(check, checker, passed):
                world.found.setdefault((check, checker), []).append(passed)
                sandbox.probed(event, world.checks[check]["FailureThreshold"])
            case Reported(check, value):
                world.reported.setdefault(check, []).append(value)
                sandbox.heard(event)
            case Configured(check, changes):
                world.checks[check] |= changes
            case Asked():
                health = sandbox.health(world.checks)
                for name in names:
                    allowed = permitted(world, name, "A")
                    found = sandbox.answers(name, health)
                    assert may_be(found, allowed), (number, name, found, allowed, health)
                    seen["questions"] += 1
                    seen["of which with one right answer"] += len(allowed) == 1
                seen["checks that were unhealthy"] += sum(not well for well in health.values())
                seen["checks that were healthy"] += sum(health.values())
            case _:
                assert_never(event)


def test_every_answer_of_ten_thousand_histories_is_one_that_route_53_may_give(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = Counter[str]()
    for number in range(HISTORIES):
        play(number, seen)
    assert min(seen.values()) > HISTORIES, "it was worth asking"
    told = ", ".join(f"{count:,} {what}" for what, count in seen.items())
    with capsys.disabled():
        print(f"\n{HISTORIES:,} histories: {told}")  # noqa: T201
