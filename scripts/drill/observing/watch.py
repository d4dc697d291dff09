"""Everybody who watches a drill, started and stopped together."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from scripts.aws import Aws
from scripts.drill import ledger
from scripts.drill.calls import Call
from scripts.drill.clients import Client
from scripts.drill.markers import Markers
from scripts.drill.observations import Observation
from scripts.drill.observing import alarms, checkers, copies, lags
from scripts.drill.observing.alarms import Alarms
from scripts.drill.observing.checkers import Checkers
from scripts.drill.observing.copies import Pictures, Trail
from scripts.drill.observing.name_servers import name_servers
from scripts.drill.observing.rounds import Observer, Periodic, Rounds, said
from scripts.drill.plan import Plan
from scripts.drill.shoppers import Shopper, Shopping
from scripts.drill.stage import Stage

#: Customers who buy; each comes back now and then, so each has a DNS answer and a connection to keep.
SHOPPERS = 3

#: Real seconds that the observers have to stop.
STOPPED_WITHIN = 1.0

#: Real seconds that a call has which only watches.
_CONNECT, _READ = 2, 3


class Watch:
    """The observers of a drill. `sink` is told everything, by one thread at a time, and nothing once `stop`
    has returned. `first` is the number of the first checkout: after a resume, one more than the last.
    """

    def __init__(
        self,
        stage: Stage,
        plan: Plan,
        drill: str,
        sink: Callable[[Observation], None],
        *,
        first: int = 1,
    ) -> None:
        self._stage, self._plan, self._drill, self._first = stage, plan, drill, first
        self._sink = sink
        self._telling = threading.Lock()
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._problem = ""

    @property
    def problem(self) -> str:
        """Why the sink took no more, if it raised: a full disk, say. Then nobody watches any longer."""
        return self._problem

    def start(self) -> None:
        """Look from now on."""
        phases = random.Random(self._drill)  # noqa: S311 - so that not all look at once
        for observer in tuple(
            self._observers()
        ):  # made all before the first one looks: that takes a while
            rounds = Rounds(
                observer,
                self._stage.clock,
                self._tell,
                self._stopped,
                phase=phases.uniform(0, self._arrival(observer)),
            )
            thread = threading.Thread(target=rounds.run, name=observer.name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _arrival(self, observer: Observer) -> float:
        """Drill seconds within which it looks first. Customers come all through the baseline, and so do the
        ends of their answers and connections.
        """
        return self._plan.pace.baseline if isinstance(observer, Client) else observer.period

    def stop(self) -> None:
        """No more looks. Who still waits for an answer is left to it, and what comes of that is not told."""
        self._stopped.set()
        end = time.monotonic() + STOPPED_WITHIN
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.0))
        with self._telling:
            self._threads.clear()

    def _tell(self, seen: Observation) -> None:
        with self._telling:
            if self._stopped.is_set():
                return
            try:
                self._sink(seen)
            except Exception as error:  # noqa: BLE001 - whatever the sink meets, an observer is not its cause
                self._problem = said(error)
                self._stopped.set()

    def _observers(self) -> Iterable[Observer]:
        stage, plan, clock = self._stage, self._plan, self._stage.clock
        aws, follow = hasty(stage.aws), Markers()
        yield Checkers(aws, clock, plan, rehearsal=stage.rehearsal)
        servers, unread = name_servers(stage.names, clock, plan)
        for one in unread:
            self._tell(one)
        yield from servers
        for number in range(1, plan.pace.clients + 1):
            yield Client(f"client {number}", stage.visitor(), clock, plan.pace.period)
        if plan.pace.orders:
            shoppers = [Shopper(stage.visitor(), clock, self._drill) for _ in range(SHOPPERS)]
            yield Shopping(shoppers, plan.pace.orders, self._first, follow.put)
        yield Trail(aws, clock, plan, follow)
        if "images" not in unmeasured(stage, plan):
            yield Pictures(aws, clock, plan, self._drill, follow.put)
        yield from lags.lags(aws, clock, plan)
        yield Alarms(aws, clock, plan)
        yield StagesOwn(stage)


class StagesOwn(Periodic):
    """By how much the stage itself was late: a rehearsal's checkers and name server run on this machine."""

    name, period = "the stage", 10.0

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def look(self) -> Iterable[Observation]:
        """Since it was asked last."""
        return self._stage.stalls()


def calls(plan: Plan) -> tuple[Call, ...]:  # noqa: ARG001 - every plan is watched alike
    """What watching asks of AWS. The way out needs none of it."""
    return (*checkers.CALLS, *lags.CALLS, *copies.CALLS, *alarms.CALLS, *ledger.CALLS)


def unmeasured(stage: Stage, plan: Plan) -> Mapping[str, str]:
    """Stores that have no lag to tell of here, and why."""
    found = {
        "images": "no rule of its bucket has replication time control, which alone is measured"
    }
    if not plan.theatre.standby.database:
        found["orders"] = "the database has no copy in the standby"
    return {**found, **stage.unmeasured}


def hasty(aws: Aws) -> Aws:
    """The same account, asked once and not for long: what only watches must not wait for a region that is
    gone.
    """
    from botocore.config import Config

    once = Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=_CONNECT,
        read_timeout=_READ,
    )
    usual = aws.options.get("config")
    config = usual.merge(once) if usual else once
    return replace(aws, options={**aws.options, "config": config})
