"""All who watch a drill, at work: what fails is told, and nobody is held up by it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scripts.drill.clients import Client
from scripts.drill.clock import Accelerated
from scripts.drill.markers import Marker, Markers
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
from scripts.drill.observing import Watch, calls, unmeasured
from scripts.drill.observing.alarms import Alarms
from scripts.drill.observing.checkers import CALLS_A_SECOND, Checkers
from scripts.drill.observing.copies import Pictures, Trail
from scripts.drill.observing.lags import Lags, in_primary, in_standby
from scripts.drill.observing.name_servers import NameServer
from scripts.drill.observing.rounds import Periodic, Rounds
from scripts.drill.plan import Trigger
from scripts.drill.stage import Answer, Asked, Stage, Unreachable
from tests.unit.drill.observing.scene import (
    BEGAN,
    DRILL,
    HERE,
    NAME,
    PLAN,
    PRIMARY,
    STANDBY,
    THEATRE,
    THERE,
    Cloud,
    Shop,
    StillClock,
    Zone,
    plan,
    refused,
    stage,
)

#: Real seconds after which a test has waited long enough for anything.
LONG = 30.0


@dataclass
class Account:
    """What both regions answer to those who only watch."""

    gone: set[str] = field(default_factory=set)
    copied: bool = True
    alarms: dict[str, str] = field(default_factory=dict)
    checked: datetime = datetime(2026, 11, 23, tzinfo=UTC)
    latency: float = 700.0
    objects: list[tuple[str, str]] = field(default_factory=list)

    def answers(
        self, service: str, region: str, operation: str, said: dict[str, Any]
    ) -> dict[str, Any]:
        if region in self.gone and service != "route53":
            raise refused("ServiceUnavailable")
        made: Callable[..., dict[str, Any]] = getattr(self, operation)
        return made(said, region)

    def get_health_check_status(self, _: dict[str, Any], __: str) -> dict[str, Any]:
        report = {"Status": "Success: HTTP Status Code 200, OK", "CheckedTime": self.checked}
        return {
            "HealthCheckObservations": [
                {"Region": "eu-west-1", "IPAddress": f"192.0.2.{number}", "StatusReport": report}
                for number in range(16)
            ]
        }

    def get_metric_data(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        return {
            "MetricDataResults": [
                {"Id": query["Id"], "Timestamps": [self.checked], "Values": [self.latency]}
                for query in said["MetricDataQueries"]
            ]
        }

    def describe_alarms(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        key = f"{said['AlarmTypes'][0]}s"
        named = [{"AlarmName": name, "StateValue": state} for name, state in self.alarms.items()]
        return {key: named if key == "MetricAlarms" else []}

    def get_item(self, _: dict[str, Any], __: str) -> dict[str, Any]:
        return {"Item": {}} if self.copied else {}

    def put_object(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        self.objects.append((said["Bucket"], said["Key"]))
        return {}

    def head_object(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        if not self.copied:
            raise refused("404")
        assert said["Bucket"] == f"tradewind-dev-images-111111111111-{STANDBY}"
        return {}

    def delete_object(self, said: dict[str, Any], _: str) -> dict[str, Any]:
        self.objects.remove((said["Bucket"], said["Key"]))
        return {}


class Seen:
    """What was told, and a way to wait for more of it."""

    def __init__(self) -> None:
        self.all: list[Observation] = []
        self._more = threading.Condition()

    def tell(self, one: Observation) -> None:
        with self._more:
            self.all.append(one)
            self._more.notify_all()

    def of(self, kind: type[Observation]) -> list[Any]:
        return [one for one in self.all if isinstance(one, kind)]

    def wait(self, enough: Callable[[], bool]) -> None:
        with self._more:
            assert self._more.wait_for(enough, LONG), self.all[-20:]


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def clock() -> Accelerated:
    return Accelerated(time.monotonic(), BEGAN, 100.0)


def watched(
    account: Account, clock: Accelerated, visitor: Callable[[], Any] = Shop, **more: Any
) -> Stage:
    return stage(Cloud(account.answers), clock, Zone(clock), visitor, **more)


def test_everything_is_watched_from_the_start_to_the_stop_and_no_longer(
    account: Account, clock: Accelerated, seen: Seen
) -> None:
    shops = [Shop() for _ in range(5)]
    free = iter(shops)
    watch = Watch(watched(account, clock, lambda: next(free)), PLAN, DRILL, seen.tell, first=5)
    before = set(threading.enumerate())
    watch.start()
    kinds = (Probed, Resolved, Fetched, Ordered, Lagged)
    seen.wait(lambda: all(seen.of(kind) for kind in kinds))
    seen.wait(lambda: {one.client for one in seen.of(Fetched)} == {"client 1", "client 2"})
    seen.wait(lambda: {one.server for one in seen.of(Resolved)} == {"ns1", "ns2"})
    watch.stop()
    told = len(seen.all)
    for thread in set(threading.enumerate()) - before:
        thread.join(LONG)
        assert not thread.is_alive(), thread.name
    assert all(shop.closed for shop in shops)
    assert min(one.number for one in seen.of(Ordered)) == 5
    assert seen.of(Unread) == []
    time.sleep(0.05)
    assert len(seen.all) == told
    assert watch.problem == ""


def test_a_region_that_is_gone_is_told_and_the_others_are_watched_on(
    account: Account, clock: Accelerated, seen: Seen
) -> None:
    account.gone = {PRIMARY}
    watch = Watch(watched(account, clock), PLAN, DRILL, seen.tell)
    watch.start()
    seen.wait(lambda: any(PRIMARY in one.what for one in seen.of(Unread)))
    seen.wait(lambda: len(seen.of(Fetched)) > 5 and bool(seen.of(Probed)))
    watch.stop()


def test_without_name_servers_the_rest_is_watched(
    account: Account, clock: Accelerated, seen: Seen
) -> None:
    here = watched(account, clock)
    silent = Stage(here.aws, clock, Zone(clock, silent=True), Shop, rehearsal=True)
    watch = Watch(silent, PLAN, DRILL, seen.tell)
    watch.start()
    seen.wait(lambda: bool(seen.of(Fetched)))
    watch.stop()
    assert "name servers" in {one.what for one in seen.of(Unread)}


def test_a_customer_who_hangs_holds_up_nobody_who_wants_to_stop(
    account: Account, clock: Accelerated, seen: Seen
) -> None:
    hung = threading.Event()
    released = threading.Event()

    def hang(_: Asked) -> None:
        hung.set()
        released.wait(LONG)
        raise Unreachable("too late")

    watch = Watch(watched(account, clock, lambda: Shop(fails=hang)), PLAN, DRILL, seen.tell)
    watch.start()
    assert hung.wait(LONG)
    watch.stop()
    told = len(seen.all)
    released.set()
    time.sleep(0.05)
    assert len(seen.all) == told, "what comes of it later is not told"


def test_a_sink_that_takes_no_more_ends_the_watching_and_is_told(
    account: Account, clock: Accelerated
) -> None:
    def full(_: Observation) -> None:
        raise OSError(28, "No space left on device")

    watch = Watch(watched(account, clock), PLAN, DRILL, full)
    watch.start()
    until = time.monotonic() + LONG
    while not watch.problem and time.monotonic() < until:
        time.sleep(0.01)
    watch.stop()
    assert "No space left on device" in watch.problem


class Failing(Periodic):
    """Fails so often, and then sees."""

    name, period = "somebody", 2.0

    def __init__(self, clock: StillClock, times: int, stop: threading.Event) -> None:
        self.clock, self.times, self.stop = clock, times, stop
        self.looks: list[float] = []

    def look(self) -> list[Observation]:
        self.looks.append(self.clock.now())
        if len(self.looks) <= self.times:
            raise ValueError("not now")
        self.stop.set()
        return []


def test_who_fails_looks_again_later_each_time_up_to_a_minute_and_says_so(seen: Seen) -> None:
    clock, stop = StillClock(), threading.Event()
    observer = Failing(clock, 7, stop)
    Rounds(observer, clock, seen.tell, stop).run()
    pauses = [
        later - earlier for earlier, later in zip(observer.looks, observer.looks[1:], strict=False)
    ]
    assert pauses == [4, 8, 16, 32, 60, 60, 60]
    assert {(one.what, one.why) for one in seen.of(Unread)} == {("somebody", "ValueError: not now")}


def test_a_look_that_comes_late_is_a_stall(seen: Seen) -> None:
    """The machine held it up: what was to be seen then was seen later."""
    stop = threading.Event()

    class Late(StillClock):
        def sleep(self, seconds: float, until: threading.Event | None = None) -> bool:
            return super().sleep(seconds + 3, until)

    clock = Late()
    Rounds(Failing(clock, 0, stop), clock, seen.tell, stop).run()
    assert [(one.where, one.seconds) for one in seen.of(Stalled)] == [("somebody", 3.0)]


def test_a_look_that_takes_longer_than_its_period_is_slow_and_no_stall(seen: Seen) -> None:
    clock, stop = StillClock(), threading.Event()
    looks = []

    class Slow(Periodic):
        name, period = "somebody", 2.0

        def look(self) -> list[Observation]:
            clock.time += 30
            looks.append(clock.now())
            if len(looks) == 3:
                stop.set()
            return []

    Rounds(Slow(), clock, seen.tell, stop).run()
    assert len(looks) == 3
    assert seen.of(Stalled) == []


def test_a_client_whose_request_took_the_machine_longer_than_it_tells_is_late(seen: Seen) -> None:
    """At sixty times the speed, a second of the machine's is a minute in which it did not ask again."""
    clock, stop, asked = StillClock(speed=60), threading.Event(), []

    def slow(_: Asked) -> None:
        clock.time += 60
        asked.append(clock.now())
        if len(asked) == 2:
            stop.set()

    client = Client("one", Shop(fails=slow), clock, period=6)
    Rounds(client, clock, seen.tell, stop).run()
    assert [one.seconds for one in seen.of(Stalled)] == [54.0]


def test_what_a_checker_saw_is_told_once_however_often_it_is_asked(account: Account) -> None:
    clock = StillClock()
    checkers = Checkers(stage(Cloud(account.answers)).aws, clock, PLAN, rehearsal=False)
    first, again = list(checkers.look()), list(checkers.look())
    assert [len(first), len(again), len(list(checkers.look()))] == [16, 16, 0]
    account.checked += timedelta(seconds=10)
    (probe, *_) = checkers.look()
    assert isinstance(probe, Probed)
    assert (probe.success, probe.checked_at) == (True, account.checked.timestamp())


@pytest.mark.parametrize("trigger", list(Trigger))
def test_the_check_that_is_moved_is_asked_about_every_other_time(
    account: Account, trigger: Trigger
) -> None:
    asked: list[str] = []

    def answers(*said: Any) -> dict[str, Any]:
        asked.append(said[3]["HealthCheckId"])
        return account.answers(*said)

    checkers = Checkers(stage(Cloud(answers)).aws, StillClock(), plan(trigger), rehearsal=False)
    for _ in range(8):
        list(checkers.look())
    moved = "takeover" if trigger is Trigger.TAKEOVER else "primary-endpoint"
    assert asked[::2] == [moved] * 4
    assert set(asked) == {"takeover", "primary-endpoint", "standby-endpoint"}


def test_route_53_is_asked_less_often_than_it_allows_however_fast_the_clock(
    account: Account,
) -> None:
    aws = stage(Cloud(account.answers)).aws
    for speed in (1.0, 60.0, 120.0):
        checkers = Checkers(aws, StillClock(speed=speed), PLAN, rehearsal=False)
        assert speed / checkers.period <= CALLS_A_SECOND


def test_a_name_servers_answer_is_told_as_the_region_that_it_leads_to() -> None:
    clock = StillClock()
    zone = Zone(clock, fails_over_at=BEGAN + 10)
    server = NameServer(zone, clock, PLAN, "ns1")

    def region() -> str:
        (one,) = server.look()
        assert isinstance(one, Resolved)
        return one.region

    assert region() == PRIMARY
    clock.time = BEGAN + 10
    assert region() == STANDBY


def test_an_address_that_is_nobodys_is_looked_for_again_but_not_each_time() -> None:
    clock, zone = StillClock(), Zone(StillClock())
    moved = {HERE: "127.0.0.99"}
    asks: list[str] = []

    class Moving:
        def servers(self, name: str) -> tuple[str, ...]:
            return zone.servers(name)

        def ask(self, server: str, name: str) -> Any:
            asks.append(name)
            answer = zone.ask(server, name)
            address = moved.get(answer.addresses[0], answer.addresses[0])
            known = name != NAME and clock.now() < BEGAN + 60
            return type(answer)((HERE if known and address != THERE else address,), 60)

    server = NameServer(Moving(), clock, PLAN, "ns1")
    regions = []
    for at in range(0, 120, 2):
        clock.time = BEGAN + at
        (one,) = server.look()
        assert isinstance(one, Resolved)
        regions.append(one.region)
    assert regions == [""] * 30 + [PRIMARY] * 30
    assert len([name for name in asks if name != NAME]) == 2 * 3


def test_an_answer_of_both_regions_is_neithers() -> None:
    class Both(Zone):
        def ask(self, server: str, name: str) -> Answer:
            return Answer((HERE, THERE), 60) if name == NAME else super().ask(server, name)

    clock = StillClock()
    (one,) = NameServer(Both(clock), clock, PLAN, "ns1").look()
    assert isinstance(one, Resolved)
    assert one.region == ""


def test_alarms_are_told_when_they_change(account: Account) -> None:
    account.alarms = {"tradewind-dev-a": "ALARM", "tradewind-dev-b": "OK"}
    alarms = Alarms(stage(Cloud(account.answers)).aws, StillClock(), PLAN)
    assert list(alarms.look()) == []
    account.alarms = {"tradewind-dev-a": "OK", "tradewind-dev-b": "ALARM"}
    changed = list(alarms.look())
    assert changed == [
        Alarmed(BEGAN, STANDBY, "tradewind-dev-a", "OK"),
        Alarmed(BEGAN, STANDBY, "tradewind-dev-b", "ALARM"),
    ]


def test_metrics_of_lag_are_told_in_seconds_and_once(account: Account) -> None:
    aws = stage(Cloud(account.answers)).aws
    lags = Lags(aws, StillClock(), PRIMARY, in_primary(THEATRE))
    told = list(lags.look())
    assert [(one.store, one.seconds) for one in told if isinstance(one, Lagged)] == [
        ("order-intake", 0.7),
        ("carts", 0.7),
        ("catalogue", 0.7),
    ]
    assert list(lags.look()) == []
    account.latency = 900.0
    assert len(list(lags.look())) == 3, "the minute goes on, and its maximum grew"
    assert [one.store for one in in_standby(THEATRE)] == ["images"]


def trail(account: Account, clock: StillClock, markers: Markers) -> Trail:
    return Trail(stage(Cloud(account.answers)).aws, clock, PLAN, markers)


def test_lag_is_how_long_a_copy_was_missed(account: Account) -> None:
    clock, markers = StillClock(), Markers()
    follower = trail(account, clock, markers)
    account.copied = False
    markers.put(Marker("carts", PRIMARY, "abc", BEGAN))
    for at in (1, 2, 3):
        clock.time = BEGAN + at
        assert list(follower.look()) == []
    account.copied = True
    clock.time = BEGAN + 4
    assert list(follower.look()) == [Lagged(BEGAN + 4, "carts", 4.0)]
    assert list(follower.look()) == []


def test_what_this_machine_needs_to_look_is_no_lag_of_a_fast_clock(account: Account) -> None:
    clock, markers = StillClock(speed=60), Markers()
    follower = trail(account, clock, markers)
    markers.put(Marker("order-intake", PRIMARY, "abc", BEGAN))
    clock.time = BEGAN + 6  # a tenth of a second later
    assert list(follower.look()) == [Lagged(BEGAN + 6, "order-intake", 0.1)]


def test_a_copy_that_does_not_come_is_told_as_behind_for_as_long_as_it_was_waited_for(
    account: Account,
) -> None:
    clock, markers = StillClock(), Markers()
    follower = trail(account, clock, markers)
    account.copied = False
    markers.put(Marker("carts", PRIMARY, "abc", BEGAN))
    clock.time = BEGAN + 60
    assert list(follower.look()) == [Lagged(BEGAN + 60, "carts", 60.0)]
    assert list(follower.look()) == []


def test_a_region_that_cannot_be_asked_has_no_lag(account: Account) -> None:
    clock, markers = StillClock(), Markers()
    account.gone = {PRIMARY}
    markers.put(Marker("carts", STANDBY, "abc", BEGAN))
    (told,) = trail(account, clock, markers).look()
    assert isinstance(told, Unread)


def test_an_object_is_written_followed_and_removed(account: Account) -> None:
    clock, markers = StillClock(), Markers()
    follower = trail(account, clock, markers)
    aws = stage(Cloud(account.answers)).aws
    pictures = Pictures(aws, clock, PLAN, DRILL, markers.put)
    assert list(pictures.look()) == []
    assert account.objects == [
        (f"tradewind-dev-images-111111111111-{PRIMARY}", f"drills/{DRILL}/1")
    ]
    clock.time += 2
    assert list(follower.look()) == [Lagged(BEGAN + 2, "images", 2.0)]
    assert account.objects == []


@pytest.mark.parametrize("waited", [5, 60])
def test_an_object_whose_copy_does_not_come_is_removed_too(account: Account, waited: int) -> None:
    clock, markers = StillClock(), Markers()
    account.copied = False
    follower = trail(account, clock, markers)
    pictures = Pictures(stage(Cloud(account.answers)).aws, clock, PLAN, DRILL, markers.put)
    assert list(pictures.look()) == []
    clock.time += waited
    list(follower.look())
    follower.close()
    assert account.objects == []


def test_a_store_without_a_copy_is_said_to_be_unmeasured() -> None:
    found = unmeasured(stage(unmeasured={"images": "S3 is not copied here"}), PLAN)
    assert found == {
        "orders": "the database has no copy in the standby",
        "images": "S3 is not copied here",
    }


def test_what_watching_calls_is_declared_and_nothing_hangs_on_it(
    account: Account, clock: Accelerated, seen: Seen
) -> None:
    cloud = Cloud(account.answers)
    watch = Watch(stage(cloud, clock, Zone(clock), Shop), PLAN, DRILL, seen.tell)
    watch.start()
    seen.wait(lambda: {"carts", "images"} <= {one.store for one in seen.of(Lagged)})
    watch.stop()
    declared = calls(PLAN)
    assert not [call for call in declared if call.needed]
    named = {call.operation for call in declared}
    made = {"".join(part.title() for part in name.split("_")) for _, _, name in cloud.calls}
    assert made <= named
