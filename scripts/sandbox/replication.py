"""DynamoDB global tables: what is written in one region reaches the others later, or not at all.

ministack copies a write to every replica within the acknowledged write. Here each write is queued for every
other replica and applied there, in order, once `lag` seconds of the sandbox's clock have passed and the two
regions reach each other. Where the same item was written in two regions, the later write stands.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html

Whoever writes to a table with strong consistency has the write in every region that can be reached before it
is acknowledged (strong_tables.py says when that is refused); a region that cannot catches up from here.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import os
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from scripts.sandbox import stores
from scripts.sandbox.clock import CLOCK
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.seams import Kind, Seam

_DYNAMODB = "ministack.services.dynamodb"
_RESPONSES = "ministack.core.responses"
_USED_BY = "replication of global tables"

Item = dict[str, Any]
Table = dict[str, Any]
Key = tuple[str, str]


def _function(name: str, parameters: str, module: str = _DYNAMODB) -> Seam:
    return Seam(module, name, None, Kind.FUNCTION, tuple(parameters.split()), _USED_BY)


WRITTEN = _function("_replicate_write", "table event_name old_item new_item")
REPLICAS = _function("_replica_group", "table")
SET_ITEM = _function("_set_item", "table pk_val sk_val item")
REMOVE_ITEM = _function("_remove_item", "table pk_val sk_val")
KEY_VALUE = _function("_extract_key_val", "attr")
EMIT = _function("_emit_stream_event", "table_name event_name old_item new_item replicate")
TABLES = Seam(_DYNAMODB, "_tables", None, Kind.MAPPING, used_by=_USED_BY)
REQUEST_SCOPE = _function("request_scope", "account_id region", _RESPONSES)
ACCOUNT = _function("get_account_id", "", _RESPONSES)
REGION = _function("get_region", "", _RESPONSES)
SEAMS = (
    *(WRITTEN, REPLICAS, SET_ITEM, REMOVE_ITEM, KEY_VALUE, EMIT, TABLES),
    *(REQUEST_SCOPE, ACCOUNT, REGION),
)

#: Seconds that a write takes to another region: AWS says "usually within a second or less".
DEFAULT_LAG = 1.0

#: How ministack names the sort key of a table that has none.
NO_SORT_KEY = "__no_sort__"

#: Whether this context applies what arrives from another region, and makes no write of its own.
arriving: ContextVar[bool] = ContextVar("arriving", default=False)

#: Writes applied at a time, so that requests are answered between two helpings.
_HELPING = 50


@dataclass(frozen=True)
class Way:
    """A table's way from one region to another."""

    account: str
    table: str
    source: str
    target: str


@dataclass(frozen=True)
class Write:
    """One write on its way. `number` grows with the time of the write, and decides which one stands.

    `replica` is the TableId that it is for: a table of the same name that was made anew is another.
    `item` None is a deletion.
    """

    number: int
    written: float
    replica: str
    key: Key
    item: Item | None


@dataclass
class Count:
    """What became of the writes on a way.

    `superseded`: a later write of the same item stood there already. `dropped`: they are lost with the
    region that held them, or came too late for their table.
    """

    applied: int = 0
    superseded: int = 0
    dropped: int = 0


@dataclass
class Latency:
    """How long the writes took that arrived since it was told last, in seconds of the sandbox's clock."""

    arrived: int = 0
    total: float = 0.0
    shortest: float = 0.0
    longest: float = 0.0

    def add(self, seconds: float) -> None:
        """One write arrived."""
        self.shortest = min(self.shortest, seconds) if self.arrived else seconds
        self.arrived += 1
        self.total += seconds
        self.longest = max(self.longest, seconds)


@dataclass
class Replication:
    """Every write that is on its way, and what became of the others."""

    lag: float = DEFAULT_LAG
    on_change: Callable[[], None] = lambda: None
    _queues: dict[Way, deque[Write]] = field(default_factory=lambda: defaultdict(deque))
    _counts: dict[Way, Count] = field(default_factory=lambda: defaultdict(Count))
    _latencies: dict[Way, Latency] = field(default_factory=lambda: defaultdict(Latency))
    #: When something was last kept from going that way.
    _held: dict[Way, float] = field(default_factory=dict)
    _stood: dict[tuple[str, str, str], OrderedDict[Key, int]] = field(
        default_factory=lambda: defaultdict(OrderedDict)
    )
    """Account, region, table -> item -> the write that stands there, as long as an older one may come."""
    _number: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _loop: asyncio.AbstractEventLoop | None = None
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def written(
        self, table: Table, _event: str, old_item: Item | None, new_item: Item | None
    ) -> None:
        """Take a write that a replica has just made to the others."""
        regions = REPLICAS.value(table)
        item = new_item if new_item is not None else old_item
        if not regions or item is None:
            return
        account, here, name = ACCOUNT.value(), REGION.value(), table["TableName"]
        key = _key(table, item)
        with self._lock:
            self._number += 1
            self._stands(account, here, name, key, self._number)
            for region in regions:
                replica = TABLES.value.get_scoped(account, region, name)
                if region == here or replica is None:
                    continue
                write = Write(
                    self._number, CLOCK.time(), replica["TableId"], key, copy.deepcopy(new_item)
                )
                self._queues[Way(account, name, here, region)].append(write)
            self.pump()
        self._wake()

    def pump(self, most: int = _HELPING) -> int:
        """Apply what is due, so many writes at most. How many it were."""
        with self._lock:
            done = 0
            for way, queue in list(self._queues.items()):
                while queue and done < most and self._is_due(way, queue[0]):
                    self._arrive(way, queue.popleft())
                    done += 1
                if not queue:
                    del self._queues[way]
            if done:
                self._forget_what_stood()
                self.on_change()
            return done

    def settle(self) -> None:
        """Apply all that is due."""
        while self.pump():
            pass

    async def settled(self) -> None:
        """The same, in helpings between which others are served: what is due then has arrived."""
        while self.pump():
            await asyncio.sleep(0)

    def brings(self, way: Way, key: Key) -> bool:
        """Whether a write of that item is on its way."""
        with self._lock:
            return any(write.key == key for write in self._queues.get(way, ()))

    def drop(self, region: str) -> int:
        """A region is gone for good: so is all that had not left it. How many writes that were."""
        with self._lock:
            lost = 0
            for way in [one for one in self._queues if region in (one.source, one.target)]:
                queue = self._queues.pop(way)
                if way.source == region:
                    self._counts[way].dropped += len(queue)
                    lost += len(queue)
            self._forget_what_stood()
        self.on_change()
        return lost

    def rebuilt(self, account: str, table: str, region: str, like: str) -> None:
        """A replica was made anew from that of another region: it lacks what that one lacks, and no more."""
        replica = TABLES.value.get_scoped(account, region, table)["TableId"]
        with self._lock:
            for way in self._towards(account, region, table):
                del self._queues[way]
            for way in self._towards(account, like, table):
                missing = (replace(one, replica=replica) for one in self._queues[way])
                self._queues[replace(way, target=region)] = deque(missing)
            self._stood[account, region, table] = self._stood[account, like, table].copy()
            self._forget_what_stood()
        self.on_change()

    def set_lag(self, seconds: float) -> None:
        """From now on, for what is on its way, too."""
        self.lag = seconds
        self.on_change()
        self._wake()

    def described(self) -> dict[str, Any]:
        """As the page shows it."""
        now = CLOCK.time()
        with self._lock:
            ways = sorted(self._queues.keys() | self._counts.keys(), key=asdict_values)
            return {
                "lag": self.lag,
                "tables": [
                    {
                        **asdict(way),
                        "queued": len(self._queues.get(way, ())),
                        "oldest_seconds": self._age(way, now),
                        **asdict(self._counts.get(way, Count())),
                    }
                    for way in ways
                ],
            }

    def latencies(self) -> dict[Way, Latency]:
        """How long what arrived since the last call has taken."""
        with self._lock:
            told, self._latencies = dict(self._latencies), defaultdict(Latency)
        return told

    async def run(self) -> None:
        """Apply writes as they become due, until cancelled."""
        self._loop = asyncio.get_running_loop()
        CLOCK.watch(self._wake)
        STANDING.watch(self._wake)
        while True:
            self._woken.clear()
            if self.pump() >= _HELPING:
                await asyncio.sleep(0)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._woken.wait()

    def save(self, directory: Path) -> None:
        """As one document."""
        with self._lock:
            document = {
                "lag": self.lag,
                "number": self._number,
                "queues": [
                    [asdict(way), [asdict(write) for write in queue]]
                    for way, queue in self._queues.items()
                ],
                "counts": [[asdict(way), asdict(count)] for way, count in self._counts.items()],
                "stood": [
                    [*place, [[*key, number] for key, number in keys.items()]]
                    for place, keys in self._stood.items()
                ],
            }
        stores.write_atomically(directory / "replication.json", json.dumps(document))

    def load(self, directory: Path) -> None:
        """What was saved."""
        kept: dict[str, Any] = stores.read_json(directory / "replication.json") or {}
        self.lag = float(kept.get("lag", DEFAULT_LAG))
        self._number = int(kept.get("number", 0))
        for way, queue in kept.get("queues", ()):
            writes = (Write(**{**write, "key": tuple(write["key"])}) for write in queue)
            self._queues[Way(**way)] = deque(writes)
        for way, count in kept.get("counts", ()):
            self._counts[Way(**way)] = Count(**count)
        for account, region, table, keys in kept.get("stood", ()):
            stood: OrderedDict[Key, int] = OrderedDict(
                ((one, other), number) for one, other, number in keys
            )
            self._stood[account, region, table] = stood

    def reset(self) -> None:
        """Nothing is on its way."""
        with self._lock:
            self.lag, self._number = DEFAULT_LAG, 0
            for kept in (self._queues, self._counts, self._latencies, self._held, self._stood):
                kept.clear()

    def _is_due(self, way: Way, write: Write) -> bool:
        if not STANDING.crosses(way.source, way.target):
            self._held[way] = CLOCK.time()
            return False
        return self._strong(way) or CLOCK.time() >= write.written + self.lag

    def _strong(self, way: Way) -> bool:
        table = TABLES.value.get_scoped(way.account, way.source, way.table)
        return bool(table) and table.get("MultiRegionConsistency") == "STRONG"

    def _arrive(self, way: Way, write: Write) -> None:
        count = self._counts[way]
        replica = TABLES.value.get_scoped(way.account, way.target, way.table)
        if replica is None or replica["TableId"] != write.replica:
            count.dropped += 1
            return
        stood: Mapping[Key, int] = self._stood.get((way.account, way.target, way.table), {})
        if stood.get(write.key, 0) > write.number:
            count.superseded += 1
            return
        self._stands(way.account, way.target, way.table, write.key, write.number)
        token = arriving.set(True)
        try:
            with REQUEST_SCOPE.value(way.account, way.target):
                _apply(replica, write)
        finally:
            arriving.reset(token)
        count.applied += 1
        if not self._strong(way):
            self._latencies[way].add(self._took(way, write))

    def _took(self, way: Way, write: Write) -> float:
        """How long a write took, in drill seconds: its lag, and what it was held back for. What the machine
        was late by is its own time, which a fast clock makes no more of.
        """
        due = write.written + self.lag
        free = max(due, self._held.get(way, due))
        return max(free - write.written, 0.0) + max(CLOCK.time() - free, 0.0) / CLOCK.speed

    def _stands(self, account: str, region: str, table: str, key: Key, number: int) -> None:
        """Remember which write stands, where an older one may still come."""
        if next(self._heads(account, region, table), None) is not None:
            stood = self._stood[account, region, table]
            stood[key] = number
            stood.move_to_end(key)

    def _heads(self, account: str, region: str, table: str) -> Iterator[int]:
        """The oldest write on each way to a replica."""
        for way in self._towards(account, region, table):
            if queue := self._queues[way]:
                yield queue[0].number

    def _towards(self, account: str, region: str, table: str) -> list[Way]:
        """The ways to a replica on which something is."""
        place = (account, region, table)
        return [way for way in self._queues if (way.account, way.target, way.table) == place]

    def _forget_what_stood(self) -> None:
        for place in list(self._stood):
            oldest = min(self._heads(*place), default=None)
            stood = self._stood[place]
            while stood and (oldest is None or next(iter(stood.values())) < oldest):
                stood.popitem(last=False)
            if not stood:
                del self._stood[place]

    def _age(self, way: Way, now: float) -> float | None:
        queue = self._queues.get(way)
        return round(now - queue[0].written, 3) if queue else None

    def _pause(self) -> float | None:
        """Seconds of this machine until the next write is due; None while none will be by itself."""
        with self._lock:
            due = [
                queue[0].written + self.lag
                for way, queue in self._queues.items()
                if queue and STANDING.crosses(way.source, way.target)
            ]
        if not due:
            return None
        return max(0.0, min(due) - CLOCK.time()) / CLOCK.speed

    def _wake(self) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and so will this process
                self._loop.call_soon_threadsafe(self._woken.set)


def asdict_values(way: Way) -> tuple[str, ...]:
    """What ways are sorted by."""
    return way.account, way.table, way.source, way.target


def _key(table: Table, item: Item) -> Key:
    partition = KEY_VALUE.value(item.get(table["pk_name"]))
    sort = KEY_VALUE.value(item.get(table["sk_name"])) if table["sk_name"] else NO_SORT_KEY
    return partition, sort


def _apply(replica: Table, write: Write) -> None:
    """Write to a replica as the table itself would, its stream included, and go no further."""
    before = replica["items"].get(write.key[0], {}).get(write.key[1])
    if write.item is None:
        REMOVE_ITEM.value(replica, *write.key)
        if before is None:
            return
        event = "REMOVE"
    else:
        SET_ITEM.value(replica, *write.key, copy.deepcopy(write.item))
        event = "INSERT" if before is None else "MODIFY"
    EMIT.value(replica["TableName"], event, before, copy.deepcopy(write.item), replicate=False)


REPLICATION = Replication()
# A copy of the process (process_copies.py) has the threads' locks as they were, and nobody who opens them.
os.register_at_fork(
    before=REPLICATION._lock.acquire,
    after_in_parent=REPLICATION._lock.release,
    after_in_child=REPLICATION._lock.release,
)
stores.register("replication", REPLICATION)


def install() -> None:
    """Have writes to global tables take their time."""
    WRITTEN.replace(REPLICATION.written)
