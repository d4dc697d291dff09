"""An item that expires does so once, and only where it did the stream says who deleted it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.sandbox import replication, unheard_writes
from scripts.sandbox.faults.standing import Fault, Standing
from scripts.sandbox.replication import Replication

ACCOUNT, HERE, THERE, TABLE = "111111111111", "us-east-1", "us-west-2", "orders"

SERVICE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}

Record = dict[str, Any]


class Enough(Exception):
    """The thread has looked once."""


class World:
    """A global table of ministack's whose items expire, and the thread that looks for them."""

    def __init__(self, dynamodb: Any, patch: pytest.MonkeyPatch) -> None:
        self.standing, self.replication = Standing(), Replication(lag=0.0)
        self._dynamodb = dynamodb
        for module in (replication, unheard_writes):
            patch.setattr(module, "STANDING", self.standing)
        patch.setattr(unheard_writes, "REPLICATION", self.replication)
        patch.setattr(dynamodb, "_replicate_write", self.replication.written)
        patch.setattr(
            dynamodb, "_remove_item", partial(unheard_writes._remove, dynamodb._remove_item)
        )
        patch.setattr(dynamodb, "time", SimpleNamespace(time=time.time, sleep=self._sleep))
        self._reaper: threading.Thread | None = None
        self._rests = 0

    def table(self) -> None:
        key = {"AttributeName": "id", "KeyType": "HASH"}
        told = {
            "TableName": TABLE,
            "KeySchema": [key],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        }
        replica = {"TableName": TABLE, "ReplicaUpdates": [{"Create": {"RegionName": THERE}}]}
        ttl = {"Enabled": True, "AttributeName": "until"}
        with replication.REQUEST_SCOPE.value(ACCOUNT, HERE):
            self._dynamodb._create_table(told)
            self._dynamodb._update_table(replica)
            self._dynamodb._update_ttl({"TableName": TABLE, "TimeToLiveSpecification": ttl})

    def put_expired(self, region: str = HERE) -> None:
        item = {"id": {"S": "one"}, "until": {"N": "1"}}
        with replication.REQUEST_SCOPE.value(ACCOUNT, region):
            self._dynamodb._put_item({"TableName": TABLE, "Item": item})

    def lose(self, region: str) -> None:
        """As a region that was rebuilt lacks what nobody could give it."""
        self._dynamodb._tables.get_scoped(ACCOUNT, region, TABLE)["items"].clear()

    def expire(self) -> None:
        """One look of the thread; what it deletes arrives elsewhere after it."""
        self.replication.lag, self._rests = 3600.0, 0
        self._reaper = threading.Thread(target=self._look, name=unheard_writes.REAPER, daemon=True)
        self._reaper.start()
        self._reaper.join(30)
        self.replication.lag = 0.0
        self.replication.settle()

    def removed(self, region: str) -> list[Record | None]:
        """Who deleted items, as the region's stream tells."""
        records = self._dynamodb._stream_records.get_scoped(ACCOUNT, region, TABLE)
        return [one.get("userIdentity") for one in records if one["eventName"] == "REMOVE"]

    def _look(self) -> None:
        with contextlib.suppress(Enough):
            self._dynamodb._ttl_reaper()

    def _sleep(self, seconds: float) -> None:
        """It rests before each look. ministack's own thread rests as long as it wants to."""
        if threading.current_thread() is not self._reaper:
            time.sleep(seconds)
        elif self._rests:
            raise Enough
        else:
            self._rests = 1


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    from ministack.services import dynamodb

    made = World(dynamodb, monkeypatch)
    made.table()
    yield made
    dynamodb.reset()


def test_an_item_expires_in_one_region_and_is_deleted_in_the_others(world: World) -> None:
    world.put_expired()

    world.expire()

    assert (world.removed(HERE), world.removed(THERE)) == ([SERVICE], [None])


def test_one_that_was_written_elsewhere_expires_where_the_others_do(world: World) -> None:
    world.put_expired(THERE)

    world.expire()

    assert (world.removed(HERE), world.removed(THERE)) == ([SERVICE], [None])


@pytest.mark.parametrize("fault", [Fault(down=True), Fault(partition=True)])
def test_without_the_first_region_it_expires_in_the_next(world: World, fault: Fault) -> None:
    world.put_expired()
    world.standing.set(HERE, fault)

    world.expire()

    assert world.removed(THERE) == [SERVICE]


def test_one_that_the_first_region_lacks_expires_where_it_is(world: World) -> None:
    world.put_expired()
    world.lose(HERE)

    world.expire()

    assert (world.removed(HERE), world.removed(THERE)) == ([], [SERVICE])
