"""A shop in two regions that a drill can leave: no sockets, and a clock that moves only when somebody waits.

Whatever the drill does to the world passes `point`, where a test may kill it: from then on the process is
dead, and the world does nothing for it any more. What stands then stands for the next process.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.aws import Clock as AwsClock
from scripts.drill import open_drill
from scripts.drill.calls import Call
from scripts.drill.events import DrillEvent
from scripts.drill.observations import Fetched, Observation, Ordered, Probed, Resolved
from scripts.drill.parts import Sink
from scripts.drill.plan import Objectives, Pace, Plan, Trigger
from scripts.drill.steps import Standing, Token
from tests.unit.drill.tables import Tables
from tests.unit.drill.theatres import theatre

PRIMARY, STANDBY = "us-east-1", "us-west-2"
LEASES, SWITCH, INTAKE = "tradewind-dev-leases", "switch", "intake"
BUCKET = "artifacts-of-the-standby"

#: Seconds after which customers are served by the other region.
MOVED_WITHIN = 20.0


class Killed(BaseException):
    """The process ends here. Nothing may catch it."""


THEATRE = theatre(
    PRIMARY,
    STANDBY,
    standby={"artifacts_bucket": BUCKET},
    ttl=10,
    keep_alive=0,
    switch_table=SWITCH,
    order_intake=INTAKE,
    intake_consistency="strong",
    global_cluster="orders",
)

PLAN = Plan(
    environment="dev",
    trigger=Trigger.TAKEOVER,
    data=False,
    hold=False,
    objectives=Objectives(rto=300, rpo=5, errors=1.0),
    pace=Pace(baseline=6, window=12, windows=1, longest=600, clients=2, period=6, orders=6),
    theatre=THEATRE,
)


@dataclass
class World:
    """What outlives a process: the tables, the bucket, what the data's steps changed, and time.

    `die_at` is the point at which the process is killed; `points` have been passed. `refuses` may raise for a
    call of AWS, by its operation. `shows` adds to what is observed at a moment.
    """

    time: float = 1_000_000.0
    tables: Tables = field(
        default_factory=lambda: Tables({LEASES: "lease", SWITCH: "Switch", INTAKE: "order_id"})
    )
    objects: dict[str, bytes] = field(default_factory=dict)
    config: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    die_at: int = 0
    points: int = 0
    dead: bool = False
    refuses: Callable[[str, Mapping[str, Any]], None] = lambda operation, parameters: None
    shows: Callable[[float], Iterable[Observation]] = lambda at: ()
    sells: bool = True
    mutations: list[str] = field(default_factory=list)
    watchers: list[Watcher] = field(default_factory=list)
    told: list[DrillEvent] = field(default_factory=list)
    _moved: float = 0.0
    _was: bool = False

    def point(self) -> None:
        """Here a test may kill the process."""
        if threading.current_thread() is not threading.main_thread():
            return
        if self.dead:
            raise Killed
        self.points += 1
        if self.points == self.die_at:
            self.dead = True
            raise Killed

    def reboot(self) -> None:
        """The next process begins, once the lease of the last has run out."""
        self.dead, self.die_at, self.points = False, 0, 0
        self.watchers.clear()
        self.time += 61.0

    def configuration(self) -> str:
        """All that a drill may change, in one text."""
        return json.dumps(
            {
                "switch": self.tables.items.get(SWITCH, {}),
                "open": self.tables.get(LEASES, {"lease": {"S": open_drill.ITEM}}),
                "data": self.config,
            },
            sort_keys=True,
        )

    @property
    def pulled(self) -> int:
        """How often a region was left."""
        return self.mutations.count("takeover")

    def asked(self) -> bool:
        """Whether the standby is asked to take over."""
        item = self.tables.get(SWITCH, {"Switch": {"S": "takeover"}})
        return item is not None and item.get("Requested") == {"BOOL": True}

    def serving(self) -> str:
        """Who serves customers: whoever should, a little later."""
        if self.asked() != self._was:
            self._was, self._moved = self.asked(), self.time
        late = self.time < self._moved + MOVED_WITHIN
        return STANDBY if self.asked() != late else PRIMARY

    def wait(self, seconds: float) -> None:
        """Time passes, second by second, and is watched."""
        end = self.time + seconds
        while self.time < end:
            self.time = min(self.time + 1.0, end)
            for watcher in self.watchers:
                watcher.look(self.time)


@dataclass
class WorldClock:
    """A drill's."""

    world: World
    speed: float = 1.0

    def now(self) -> float:
        return self.world.time

    def of(self, wall: float) -> float:
        return wall

    def sleep(self, seconds: float, until: threading.Event | None = None) -> bool:
        if until is not None and until.is_set():
            return True
        self.world.wait(seconds)
        return False


class WallClock(AwsClock):
    """The table's."""

    def __init__(self, world: World) -> None:
        super().__init__(poll=1)
        self.world = world

    def now(self) -> float:
        return self.world.time

    def sleep(self, seconds: float) -> None:
        self.world.wait(seconds)


@dataclass
class Watcher:
    """Two customers, three of Route 53's checkers, a name server; as many orders as the plan wants."""

    world: World
    drill: str
    sink: Sink
    number: int

    def start(self) -> None:
        self.world.watchers.append(self)

    def stop(self) -> None:
        if self in self.world.watchers:
            self.world.watchers.remove(self)

    def look(self, at: float) -> None:
        region = self.world.serving()
        if at % 5 < 1:
            asked = self.world.asked()
            for checker in ("a", "b", "c"):
                self.sink(Probed(at, THEATRE.takeover.id, checker, at, asked, "200"))
                self.sink(Probed(at, THEATRE.standby_endpoint.id, checker, at, True, "200"))
            self.sink(Resolved(at, "ns", region, 10))
        if at % 6 < 1:
            for client in ("one", "two"):
                self.sink(Fetched(at, client, region, 200, 0.1, True))
        if at % 10 < 1:
            self.sink(self.order(at, self.number, region))
            self.number += 1
        for seen in self.world.shows(at):
            self.sink(seen)

    def order(self, at: float, number: int, region: str) -> Ordered:
        return order(self.world, self.drill, at, number, region)


def order(world: World, drill: str, at: float, number: int, region: str) -> Ordered:
    """An order that is taken, and in both regions at once."""
    id = f"{drill}-{number}"
    world.tables.items.setdefault(INTAKE, {})[f"order_id={id}"] = {"order_id": {"S": id}}
    return Ordered(at, number, id, region, 202, 0.1)


class Guard:
    """Sees the versions of the health checks as the world has them."""

    def __init__(self, world: World) -> None:
        self.world = world

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop."""

    @property
    def moved(self) -> Mapping[str, str]:
        return {id: f"it is at version {number}" for id, number in self.world.versions.items()}


@dataclass
class Setting:
    """A step of the data: a name that says `there` when it is made, and nothing when it is not.

    `slow` is how often it has to be looked at before it has come to its end.
    """

    world: World
    name: str
    slow: int = 0
    calls: tuple[Call, ...] = ()
    _left: int = 0

    def snapshot(self) -> Mapping[str, Any]:
        return {"was": self.world.config.get(self.name, "")}

    def make(self, token: Token) -> None:
        self._change("there")

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:
        if self._left:
            self._left -= 1
            return Standing.UNDER_WAY
        now = self.world.config.get(self.name, "")
        if now == "there":
            return Standing.MADE
        return Standing.NOT_MADE if now == before["was"] else Standing.ANOTHERS

    def undo(self, before: Mapping[str, Any], token: Token) -> None:
        self._change(before["was"])

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        if self.world.config.get(self.name, "") == before["was"]:
            return ()
        return (f"{self.name} is not as it was.",)

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        return (f"aws put {self.name} back",)

    def _change(self, to: str) -> None:
        self.world.point()
        self.world.refuses(self.name, {})
        self.world.mutations.append(self.name)
        self.world.config[self.name] = to
        if not to:
            del self.world.config[self.name]
        self._left = self.slow
        self.world.point()


@dataclass
class NothingWaits:
    """No order waits in the standby."""

    name: str = "hand-back"
    calls: tuple[Call, ...] = ()

    def snapshot(self) -> Mapping[str, Any]:
        return {"orders": []}
