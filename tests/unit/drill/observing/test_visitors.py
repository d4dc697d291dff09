"""What a customer's machine remembers, and for how long: he moves neither earlier nor later than DNS."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from scripts.drill.clients import Client
from scripts.drill.observations import Fetched
from scripts.drill.stage import Asked, Unreachable
from scripts.drill.visitors import CachingVisitor, EdgeVisitor
from tests.unit.drill.observing.scene import (
    BEGAN,
    HERE,
    NAME,
    PRIMARY,
    STANDBY,
    THERE,
    StillClock,
    Zone,
)

PORT = 8080
REGIONS = {HERE: PRIMARY, THERE: STANDBY}
GET = Asked("GET", "/api/cart")


@dataclass
class Web:
    """What answers at the two addresses, in place of the machine's sockets."""

    connected: list[str] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    hangs_up: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def connection(self, host: str, port: int, timeout: float) -> _Connection:
        assert port == PORT
        return _Connection(self, host)


class _Headers(dict[str, str]):
    def get_all(self, name: str, default: list[str]) -> list[str]:
        return [self[name]] if name in self else default


@dataclass
class _Connection:
    web: Web
    host: str
    sock: object = None
    closed: bool = False
    used: bool = False

    def connect(self) -> None:
        if self.host in self.web.gone:
            raise ConnectionRefusedError("Connection refused")
        self.web.connected.append(self.host)
        self.sock = object()

    def request(self, method: str, path: str, body: Any, headers: dict[str, str]) -> None:
        assert not self.closed
        if self.host in self.web.gone or (self.web.hangs_up and self.used):
            raise ConnectionResetError("Connection reset by peer")
        self.used = True
        self.web.asked.append((method, self.host, headers))

    def getresponse(self) -> _Connection:
        return self

    @property
    def status(self) -> int:
        return 200

    @property
    def headers(self) -> _Headers:
        return _Headers(self.web.headers)

    def getheaders(self) -> list[tuple[str, str]]:
        return [("X-Tradewind-Region", REGIONS[self.host]), *self.web.headers.items()]

    def read(self, _: int) -> bytes:
        return b""

    def close(self) -> None:
        self.closed, self.sock = True, None


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    web = Web()
    monkeypatch.setattr("http.client.HTTPConnection", web.connection)
    return web


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def zone(clock: StillClock) -> Zone:
    return Zone(clock)


def visitor(zone: Zone, clock: StillClock, keep_alive: float = 60) -> CachingVisitor:
    return CachingVisitor(zone, clock, NAME, PORT, keep_alive)


def test_an_answer_is_believed_for_its_ttl_and_no_longer(
    web: Web, zone: Zone, clock: StillClock
) -> None:
    zone.fails_over_at = BEGAN + 1
    alone = visitor(zone, clock, keep_alive=0)
    for passed in (0, 30, 59.9):
        clock.time = BEGAN + passed
        assert alone.send(GET).address == HERE
    clock.time = BEGAN + 60
    assert alone.send(GET).address == THERE
    assert zone.asked == 2


def test_a_connection_outlives_the_answer_that_it_was_made_by(
    web: Web, zone: Zone, clock: StillClock
) -> None:
    """At worst it is made just before the answer runs out: then it takes both."""
    zone.fails_over_at = BEGAN + 1
    kept = visitor(zone, clock)
    kept.send(GET)
    kept.close()
    clock.time = BEGAN + 59
    kept.send(GET)
    clock.time = BEGAN + 118
    assert kept.send(GET).address == HERE
    clock.time = BEGAN + 119
    assert kept.send(GET).address == THERE


def test_a_connection_is_used_again(web: Web, zone: Zone, clock: StillClock) -> None:
    one = visitor(zone, clock)
    for _ in range(5):
        one.send(GET)
    assert web.connected == [HERE]


def test_a_page_is_asked_for_again_when_a_kept_connection_was_closed_and_an_order_is_not(
    web: Web, zone: Zone, clock: StillClock
) -> None:
    """Nobody can know what became of the order."""
    one = visitor(zone, clock)
    one.send(GET)
    web.hangs_up = True
    assert one.send(GET).status == 200
    with pytest.raises(Unreachable):
        one.send(Asked("POST", "/api/checkout"))


def test_who_cannot_connect_still_believes_the_answer(
    web: Web, zone: Zone, clock: StillClock
) -> None:
    zone.fails_over_at = BEGAN + 1
    web.gone.add(HERE)
    one = visitor(zone, clock)
    for passed in (0, 30, 59):
        clock.time = BEGAN + passed
        with pytest.raises(Unreachable, match=HERE):
            one.send(GET)
    assert zone.asked == 1
    assert one.renews_at == BEGAN + 60
    clock.time = BEGAN + 60
    assert one.send(GET).address == THERE


def test_a_name_that_nobody_answers_for_is_unreachable(
    web: Web, zone: Zone, clock: StillClock
) -> None:
    zone.silent = True
    with pytest.raises(Unreachable, match="not found"):
        visitor(zone, clock).send(GET)


def test_a_customer_keeps_cookies_and_names_the_shop(
    web: Web, zone: Zone, clock: StillClock
) -> None:
    one = visitor(zone, clock)
    web.headers["Set-Cookie"] = "cart=abc; Path=/; HttpOnly"
    one.send(GET)
    one.send(GET)
    assert [headers.get("Cookie") for _, _, headers in web.asked] == [None, "cart=abc"]
    assert {headers["Host"] for _, _, headers in web.asked} == {NAME}


def test_latency_that_was_put_on_is_the_drills_and_what_the_machine_needs_is_not(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At sixty times the speed the front door slept a sixtieth of what it tells."""
    fast = StillClock(speed=60)
    web.headers["X-Tradewind-Latency-Ms"] = "3000"
    ticks = itertools.count(step=0.125)
    monkeypatch.setattr("scripts.drill.visitors.time.monotonic", lambda: next(ticks))
    told = visitor(Zone(fast), fast).send(GET)
    assert told.seconds == pytest.approx(3 + 0.125 - 3 / 60)


def until_away(zone: Zone, clock: StillClock, seed: int) -> float:
    """Seconds from the flip to the first answer of the standby, of a client with some history."""
    dice = random.Random(seed)
    clock.time = BEGAN
    zone.fails_over_at = BEGAN + 200
    client = Client("one", visitor(zone, clock), clock, period=6)
    due = BEGAN + dice.uniform(0, 60)
    while True:
        clock.time = due
        if dice.random() < 0.1:
            client.close()  # a page was left, and another opened later
        (seen,) = client.look()
        assert isinstance(seen, Fetched)
        if seen.region == STANDBY:
            return seen.at - zone.fails_over_at
        due = client.next_at(due, clock.now())


def test_the_last_client_is_away_when_ttl_and_keep_alive_are_over_and_hardly_earlier(
    web: Web, zone: Zone, clock: StillClock
) -> None:
    """However its answer and its connection lie. Who forgot too early would keep the bound, too."""
    away = [until_away(zone, clock, seed) for seed in range(300)]
    assert min(away) >= 0
    assert 110 < max(away) <= 120 + 1e-6


def test_a_client_asks_at_the_moment_that_its_answer_runs_out(
    web: Web, zone: Zone, clock: StillClock
) -> None:
    """So it is DNS that is measured, and not how often the client asks."""
    client = Client("one", visitor(zone, clock), clock, period=7)
    sent, due = [], BEGAN
    while due <= BEGAN + 62:
        clock.time = due
        sent += [int(one.at - BEGAN) for one in client.look()]
        due = client.next_at(due, due)
    assert sent == [0, 7, 14, 21, 28, 35, 42, 49, 56, 60]


def test_whoever_comes_by_the_edge_resolves_nothing(
    monkeypatch: pytest.MonkeyPatch, web: Web
) -> None:
    asked = []

    def connection(host: str, port: int | None, timeout: float) -> _Connection:
        asked.append((host, port))
        return _Connection(web, HERE)

    monkeypatch.setattr("http.client.HTTPSConnection", connection)
    one = EdgeVisitor("https://shop.dev.example.com")
    told = one.send(GET)
    one.send(GET)
    one.close()
    assert (told.address, asked) == ("", [("shop.dev.example.com", None)])
