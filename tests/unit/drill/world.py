"""A shop in two regions that a drill can leave: no sockets, and a clock that moves only when somebody waits.

Whatever the drill does to the world passes `point`, where a test may kill it: from then on the process is
dead, and the world does nothing for it any more. What stands then stands for the next process.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from scripts.aws import Aws
from scripts.aws import Clock as AwsClock
from scripts.drill import engine, open_drill
from scripts.drill.calls import Call
from scripts.drill.company import Company, Outcome
from scripts.drill.data.relocation import Act, Relocation
from scripts.drill.events import DrillEvent, Moved
from scripts.drill.folder import Folder, new
from scripts.drill.journal import Kind, Line, Verified, read, verify
from scripts.drill.observations import Fetched, Lagged, Observation, Ordered, Probed, Resolved
from scripts.drill.parts import Parts, Sink
from scripts.drill.plan import Objectives, Pace, Plan, Trigger
from scripts.drill.report.evidence import Evidence
from scripts.drill.report.verdict import judge
from scripts.drill.report.writing import Written
from scripts.drill.stage import Stage
from scripts.drill.states import State, may_move
from scripts.drill.steps import Standing, Step, Token
from scripts.drill.story import Story
from scripts.drill.triggers.takeover import switch
from scripts.drill.verification import Drained, Verification
from scripts.drill.wire import tapped
from scripts.errors import Failed
from tests.functional.stubbed import Environment
from tests.unit.drill.tables import Tables, refusal
from tests.unit.drill.theatres import theatre

PRIMARY, STANDBY = "us-east-1", "us-west-2"
LEASES, SWITCH, INTAKE = "tradewind-dev-leases", "switch", "intake"
BUCKET = "artifacts-of-the-standby"

#: Seconds after which customers are served by the other region.
MOVED_WITHIN = 20.0

Result = TypeVar("Result")
Said = Mapping[str, Any]


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
                self.sink(Probed(at, THEATRE.takeover.id, checker, at, not asked, "200"))
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


class Session:
    """Makes clients of the world's AWS."""

    def __init__(self, world: World) -> None:
        self.world = world

    def create_client(self, service_name: str, region_name: str, **_: Any) -> Any:
        kinds = {"dynamodb": Dynamo, "s3": Bucket, "sts": Sts}
        return kinds[service_name](self.world, service_name, region_name)


class Service:
    """A client: each call is heard, and passes a point before it does something, and one after."""

    def __init__(self, world: World, name: str, region: str) -> None:
        self.world, self.name, self.region = world, name, region
        self.hear: Callable[..., None] = lambda event_name: None
        self.meta = SimpleNamespace(events=SimpleNamespace(register=self.register))

    def register(self, event: str, hear: Callable[..., None]) -> None:
        assert event == "before-send"
        self.hear = hear

    def __getattr__(self, operation: str) -> Any:
        if not hasattr(type(self), f"do_{operation}"):
            raise AttributeError(operation)
        return partial(self._call, operation)

    def _call(self, operation: str, **parameters: Any) -> Any:
        world = self.world
        if world.dead and threading.current_thread() is not threading.main_thread():
            raise refusal(operation, "RequestTimeout")
        called = "".join(part.title() for part in operation.split("_"))
        self.hear(event_name=f"before-send.{self.name}.{called}")
        world.point()
        world.refuses(operation, parameters)
        answer = getattr(self, f"do_{operation}")(parameters)
        world.point()
        return answer


class Sts(Service):
    def do_get_caller_identity(self, said: Said) -> Any:
        assert self.region == STANDBY, "the primary may be gone"
        return {"Account": "111111111111", "Arn": "arn:aws:sts::1:assumed-role/ops/ada"}


class Bucket(Service):
    """The standby's."""

    def do_put_object(self, said: Said) -> Any:
        if "IfNoneMatch" in said and said["Key"] in self.world.objects:
            raise refusal("PutObject", "PreconditionFailed")
        self.world.objects[said["Key"]] = said["Body"]
        return {}

    def do_get_object(self, said: Said) -> Any:
        return {"Body": SimpleNamespace(read=lambda: self.world.objects[said["Key"]])}

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **said: [self._call(operation, **said)])

    def do_list_objects_v2(self, said: Said) -> Any:
        keys = [one for one in sorted(self.world.objects) if one.startswith(said["Prefix"])]
        return {"Contents": [{"Key": key} for key in keys]}


class Dynamo(Service):
    """Tables of both regions, which are the same here."""

    def do_describe_table(self, said: Said) -> Any:
        return {"Table": {"TableStatus": "ACTIVE"}}

    def do_get_item(self, said: Said) -> Any:
        item = self.world.tables.get(said["TableName"], said["Key"])
        return {"Item": item} if item is not None else {}

    def do_put_item(self, said: Said) -> Any:
        self.world.tables.put(said["TableName"], said["Item"], said)
        self._note(said, "takeover" if "Drill" in said["Item"] else "switch")
        return {}

    def do_delete_item(self, said: Said) -> Any:
        self.world.tables.delete(said["TableName"], said["Key"], said)
        self._note(said, "switch")
        return {}

    def do_update_item(self, said: Said) -> Any:
        tables, expression = self.world.tables, said["UpdateExpression"]
        item = tables.update(said["TableName"], said["Key"], expression, said)
        return {"Attributes": item}

    def do_batch_get_item(self, said: Said) -> Any:
        ((table, asked),) = said["RequestItems"].items()
        found = (self.world.tables.get(table, key) for key in asked["Keys"])
        return {"Responses": {table: [item for item in found if item is not None]}}

    def _note(self, said: Said, what: str) -> None:
        if said["TableName"] == SWITCH:
            self.world.mutations.append(what)


def stage(world: World) -> Stage:
    """The world as a drill is given it."""
    aws = Aws(Session(world), Environment(), WallClock(world), asked_in=STANDBY)
    heard, wire = tapped(aws)
    nothing = cast(Any, None)
    return Stage(heard, WorldClock(world), nothing, nothing, rehearsal=True, wire=wire)


def parts(world: World, slow: int = 0) -> Parts:
    """A drill's parts, in the world; `slow` is the switchover."""

    def verify(stage: Stage, plan: Plan, drill: str, numbers: Iterable[int]) -> Verification:
        if not world.sells:
            return Verification((), ("nobody answers.",))
        orders = (order(world, drill, world.time, one, world.serving()) for one in numbers)
        return Verification(tuple(orders), ())

    return Parts(
        trigger=lambda stage, plan: switch(stage.aws, plan.theatre),
        relocation=lambda aws, theatre: relocation(world, slow),
        watch=lambda stage, plan, drill, sink, first: Watcher(world, drill, sink, first),
        guard=lambda stage, plan, sink: Guard(world),
        verify=verify,
        hand_back=lambda aws, plan: cast(Step, NothingWaits()),
        drained=lambda stage, plan, orders, patience: Drained(orders),
        unmeasured=lambda stage, plan: {},
        write=write,
    )


def relocation(world: World, slow: int = 0) -> Relocation:
    """A switchover between two fences."""
    there, back = Setting(world, "fence-there"), Setting(world, "fence-back")
    switchover = Setting(world, "switchover", slow)
    return Relocation(
        (there, back, switchover),
        switchover,
        (Act(there), Act(switchover), Act(there, undo=True)),
        (Act(back), Act(switchover, undo=True), Act(back, undo=True)),
    )


def write(directory: Path, evidence: Evidence) -> Written:
    """A report of one word."""
    verdict = judge(evidence)
    path = directory / "report.json"
    try:
        path.write_text(str(verdict), encoding="ascii")
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}.") from error
    return Written(verdict, path, path, {})


def company(**said: Any) -> Company:
    """Nobody objects."""
    usual = {"approve_data": lambda: nullcontext(lambda: True), "interrupted": threading.Event()}
    return Company(**{**usual, **said})


def begun(world: World, project: Path, plan: Plan = PLAN, **said: Any) -> Outcome:
    """A drill that is run to its end."""
    return ended(
        world, engine.run(stage(world), plan, new(project, "dev"), company(**said), parts(world))
    )


def again(world: World, folder: Folder, how: str = "resume", **said: Any) -> Outcome:
    """A drill that was left, gone on with."""
    there, beside = stage(world), company(**said)
    match how:
        case "resume":
            going = engine.resume(there, folder, beside, parts(world))
        case "abort":
            going = engine.abort(there, folder, beside, "enough", parts(world))
        case _:
            going = engine.failback(there, folder, beside, parts=parts(world))
    return ended(world, going)


def left(world: World, events: Generator[DrillEvent, None, Outcome], state: State) -> None:
    """Kill the process that has just brought a drill to that state, before it does anything more."""
    for event in events:
        if isinstance(event, Moved) and event.after is state:
            world.dead = True
            with suppress(Killed):
                events.throw(Killed())
            world.reboot()
            return
    raise AssertionError(f"it never was {state}")


def ended(world: World, events: Generator[DrillEvent, None, Result]) -> Result:
    """What a drill returns at its end; what it tells is in the world's `told`."""
    while True:
        try:
            world.told.append(next(events))
        except StopIteration as end:
            result: Result = end.value
            return result


def lines(folder: Folder) -> tuple[Line, ...]:
    """Its journal."""
    return read(folder.journal)


def lagging(seconds: float) -> Callable[[float], Iterable[Observation]]:
    """A world whose copies are late."""
    return lambda at: [Lagged(at, "order-intake", seconds)] if at % 2 < 1 else []


def with_data(plan: Plan = PLAN, **changed: Any) -> Plan:
    """A plan that moves the data."""
    return replace(plan, data=True, **changed)


def state_of(folder: Folder) -> State:
    """How far a drill is; PLANNED where its journal has no whole line."""
    try:
        return Story.of(lines(folder)).state
    except ValueError:
        return State.PLANNED


def held_together(world: World, folder: Folder, before: str) -> None:
    """What must be so after whatever followed a kill."""
    assert world.configuration() == before
    assert world.pulled <= 1
    assert isinstance(verify(folder.journal), Verified)
    states = [State.PLANNED]
    states += [State(one.said["state"]) for one in lines(folder) if one.kind is Kind.STATE]
    for one, other in pairwise(states):
        assert may_move(one, other), f"{one} -> {other}"
