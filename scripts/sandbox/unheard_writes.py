"""Writes that ministack tells neither streams nor replicas of: PartiQL's, and of items that expire.

An item expires once, in one region; the others hear of it like of any deletion, and not who deleted it.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import Any

from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.replication import (
    EMIT,
    REMOVE_ITEM,
    REPLICAS,
    REPLICATION,
    REQUEST_SCOPE,
    SET_ITEM,
    TABLES,
    Item,
    Key,
    Table,
    Way,
    arriving,
)
from scripts.sandbox.seams import Kind, Seam
from scripts.sandbox.stream_records import RECORDS

_DYNAMODB = "ministack.services.dynamodb"
_USED_BY = "writes of PartiQL"

INSERT = Seam(_DYNAMODB, "_partiql_insert", None, Kind.FUNCTION, ("table", "parsed"), _USED_BY)
UPDATE = Seam(
    _DYNAMODB, "_partiql_update", None, Kind.FUNCTION, ("table", "parsed", "data"), _USED_BY
)
DELETE = Seam(
    _DYNAMODB, "_partiql_delete", None, Kind.FUNCTION, ("table", "parsed", "data"), _USED_BY
)
SEAMS = (INSERT, UPDATE, DELETE)

#: The thread in which ministack looks for items that have expired.
REAPER = "dynamodb-ttl-reaper"

#: Who deletes them, as a stream's record says.
_SERVICE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}

Change = tuple[Item | None, Item | None]

#: What the statement of this context has changed so far.
_changes: ContextVar[list[Change] | None] = ContextVar("changes", default=None)


def install() -> None:
    """Have them told."""
    SET_ITEM.replace(partial(_set, SET_ITEM.value))
    REMOVE_ITEM.replace(partial(_remove, REMOVE_ITEM.value))
    for seam in (INSERT, UPDATE, DELETE):
        seam.replace(partial(_telling, seam.value))


def _telling(native: Callable[..., Any], table: Table, *asked: Any) -> Any:
    """A statement, and then its changes."""
    token = _changes.set([])
    try:
        answer = native(table, *asked)
        made = _changes.get() or []
    finally:
        _changes.reset(token)
    for old, new in made:
        event = "REMOVE" if new is None else "INSERT" if old is None else "MODIFY"
        EMIT.value(table["TableName"], event, old, new)
    return answer


def _set(
    native: Callable[..., Item | None], table: Table, pk_val: str, sk_val: str, item: Item
) -> Item | None:
    return _noted(native(table, pk_val, sk_val, item), item)


def _remove(
    native: Callable[..., Item | None], table: Table, pk_val: str, sk_val: str
) -> Item | None:
    if threading.current_thread().name == REAPER and not arriving.get():
        return _expire(native, table, pk_val, sk_val)
    return _noted(native(table, pk_val, sk_val), None)


def _noted(old: Item | None, new: Item | None) -> Item | None:
    changes = _changes.get()
    if changes is not None and (old is not None or new is not None):
        changes.append((old, new))
    return old


def _expire(
    native: Callable[..., Item | None], table: Table, pk_val: str, sk_val: str
) -> Item | None:
    """Delete an item for the service: in the first of the regions that hold it and reach one another."""
    _, _, _, region, account, *_ = table["TableArn"].split(":")
    ways = (
        Way(account, table["TableName"], other, region)
        for other in REPLICAS.value(table)
        if other < region and STANDING.reach(other, region)
    )
    if STANDING.down(region) or any(_deletes(way, (pk_val, sk_val)) for way in ways):
        return None
    old = native(table, pk_val, sk_val)
    if old is not None:
        with REQUEST_SCOPE.value(account, region):
            EMIT.value(table["TableName"], "REMOVE", old, None)
            for record in (RECORDS.value.get(table["TableName"]) or [])[-1:]:
                record["userIdentity"] = dict(_SERVICE)
    return old


def _deletes(way: Way, key: Key) -> bool:
    """Whether the region that a way is from will delete an item, or has and tells the other of it."""
    replica = TABLES.value.get_scoped(way.account, way.source, way.table)
    partition = replica["items"].get(key[0], {}) if replica is not None else {}
    return key[1] in partition or REPLICATION.brings(way, key)
