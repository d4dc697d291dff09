"""Why a drill ends early, where its whole course does not show it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from scripts.aws import Aws, AwsSaidNo
from scripts.drill import abort
from scripts.drill.abort import Versions, View
from scripts.drill.observations import Fetched, Lagged, Observation, Ordered, Unread
from scripts.drill.plan import Plan, Trigger
from scripts.drill.states import State
from tests.unit.drill.world import PLAN, PRIMARY, STANDBY, World, WorldClock


def view(recent: Sequence[Observation], plan: Plan = PLAN, state: State = State.FAILING) -> View:
    """A drill at second 1,000, in its state since second 990."""
    return View(plan, state, since=990.0, now=1000.0, armed=900.0, recent=recent)


def requests(region: str, good: int, bad: int, at: float = 995.0) -> list[Observation]:
    return [
        Fetched(at, "one", region, 200 if number < good else 503, 0.1, number < good)
        for number in range(good + bad)
    ]


class TestErrorsOfTheStandby:
    def test_too_many(self) -> None:
        assert "failed 1 of 20" in abort.standby_errors(view(requests(STANDBY, 19, 1)))

    def test_as_many_as_may_fail(self) -> None:
        assert abort.standby_errors(view(requests(STANDBY, 99, 1))) == ""

    def test_too_few_to_tell(self) -> None:
        assert abort.standby_errors(view(requests(STANDBY, 0, 9))) == ""

    def test_the_primarys_are_what_the_drill_is_about(self) -> None:
        assert abort.standby_errors(view(requests(PRIMARY, 0, 50))) == ""
        assert abort.standby_errors(view(requests("", 0, 50))) == ""

    def test_once_it_serves_alone_nobody_else_can_have_failed(self) -> None:
        nobody = [Ordered(995.0, number, "", "", 0, 0.1) for number in range(10)]
        assert "failed 10 of 10" in abort.standby_errors(view(nobody, state=State.VERIFIED))
        before = requests("", 0, 50, at=985.0)
        assert abort.standby_errors(view(before, state=State.VERIFIED)) == ""


class TestLag:
    def readings(self, *seconds: float) -> list[Observation]:
        return [Lagged(990.0 + at, "orders", said) for at, said in enumerate(seconds)]

    def test_one_reading_may_be_an_accident(self) -> None:
        assert abort.lag(view(self.readings(1.0, 9.0))) == ""
        assert abort.lag(view(self.readings(9.0, 1.0))) == ""
        assert "9 seconds behind" in abort.lag(view(self.readings(1.0, 9.0, 9.0)))

    def test_pictures_may_be_late(self) -> None:
        assert abort.lag(view([Lagged(990.0 + at, "images", 900.0) for at in range(3)])) == ""

    def test_a_region_that_is_really_gone_sends_nothing(self) -> None:
        lost = replace(PLAN, trigger=Trigger.OUTAGE)
        assert abort.lag(view(self.readings(99.0, 99.0), lost)) == ""
        assert abort.lag(view(self.readings(99.0, 99.0), lost, State.ARMED)) != ""


@dataclass
class Checks:
    """Route 53, as the health checks' versions are asked of it."""

    versions: dict[str, int] = field(default_factory=dict)
    silent: bool = False

    def client(self, service: str, region: str) -> Checks:
        assert (service, region) == ("route53", "us-east-1")
        return self

    def call(self, operation: str, **said: Any) -> Any:
        if self.silent:
            raise AwsSaidNo("route53 in us-east-1 cannot be reached.")
        return {"HealthCheck": {"HealthCheckVersion": self.versions.get(said["HealthCheckId"], 1)}}


class TestHealthChecksThatMove:
    def versions(self, checks: Checks, plan: Plan = PLAN, told: Any = None) -> Versions:
        return Versions(cast(Aws, checks), WorldClock(World()), plan, told or (lambda seen: None))

    @pytest.mark.parametrize(
        "check", ["primary-endpoint", "standby-endpoint", "takeover", "primary-check"]
    )
    def test_any_of_the_four(self, check: str) -> None:
        versions = self.versions(Checks({check: 2}))
        versions.look()
        assert list(versions.moved) == [check]

    def test_not_the_one_that_the_drill_inverts(self) -> None:
        inverting = replace(PLAN, trigger=Trigger.INVERT)
        versions = self.versions(Checks({"primary-endpoint": 2}), inverting)
        versions.look()
        assert versions.moved == {}
        versions = self.versions(Checks({"primary-endpoint": 4}), inverting)
        versions.look()
        assert list(versions.moved) == ["primary-endpoint"]

    def test_a_control_plane_that_is_away_ends_nothing(self) -> None:
        seen: list[Unread] = []
        heard = threading.Event()

        def told(one: Unread) -> None:
            seen.append(one)
            heard.set()
            versions.stop()

        versions = self.versions(Checks(silent=True), told=told)
        versions.start()
        assert heard.wait(30)
        assert seen[0].why == "route53 in us-east-1 cannot be reached."
        assert versions.moved == {}
