"""Global tables with strong consistency (MRSC): two of three Regions have a write before it is acknowledged.

ministack forgets the mode. Here a table is made as AWS makes it, told as AWS tells it, and refuses what AWS
refuses: other numbers of Regions, Regions of two sets, items that were there before, local indexes, a time to
live, transactions; and writes and strongly consistent reads in a Region that reaches neither of the others.
AWS documents that it refuses these, and not in which words: the codes are of its model.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.replication import ACCOUNT, REGION, REPLICAS, REPLICATION, TABLES
from scripts.sandbox.seams import Kind, Seam

Request = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Call = Callable[[Request], Answer]
Table = dict[str, Any]

_DYNAMODB = "ministack.services.dynamodb"
_USED_BY = "tables with strong consistency"


def _function(name: str, parameters: str = "data") -> Seam:
    return Seam(_DYNAMODB, name, None, Kind.FUNCTION, tuple(parameters.split()), _USED_BY)


DESCRIPTION = _function("_table_description", "name")
UPDATE = _function("_update_table")
DELETE = _function("_delete_table")
TTL = _function("_update_ttl")
WRITES = tuple(map(_function, ("_put_item", "_update_item", "_delete_item")))
READS = tuple(map(_function, ("_get_item", "_query", "_scan")))
BATCHES = tuple(map(_function, ("_batch_write_item", "_batch_get_item")))
STATEMENTS = tuple(map(_function, ("_execute_statement", "_batch_execute_statement")))
TRANSACTIONS = tuple(map(_function, ("_transact_write_items", "_transact_get_items")))
TIMES_TO_LIVE = Seam(_DYNAMODB, "_ttl_settings", None, Kind.MAPPING, used_by=_USED_BY)
NORMAL_NAME = _function("_normalize_table_name", "value")
SEAMS = (
    *(DESCRIPTION, UPDATE, DELETE, TTL, TIMES_TO_LIVE, NORMAL_NAME),
    *(*WRITES, *READS, *BATCHES, *STATEMENTS, *TRANSACTIONS),
)

STRONG = "STRONG"

#: The Regions that such a table can be in: all three of one set.
REGION_SETS = (
    frozenset({"us-east-1", "us-east-2", "us-west-2"}),
    frozenset({"eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"}),
    frozenset({"ap-northeast-1", "ap-northeast-2", "ap-northeast-3"}),
)

_NO_TTL = "Time to Live (TTL) is not supported for MRSC global tables."
_NO_TRANSACTIONS = "Transaction operations are not supported for MRSC global tables."
_NO_LOCAL_INDEXES = "Local secondary indexes (LSIs) are not supported for MRSC global tables."
_NOT_EMPTY = "An MRSC global table can only be created from a table that contains no data."
_NO_MORE = "You cannot add additional replicas to an existing MRSC global table."
_NOT_ONE = "You cannot delete a single replica or a witness from a MRSC global table."
_THREE = "A MRSC global table must be deployed in exactly three Regions of one Region set."
_ONLY_WITH_CREATE = (
    "MultiRegionConsistency is only valid when you create a global table by specifying one or more "
    "Create actions in ReplicaUpdates."
)


def install() -> None:
    """Have ministack know such tables."""
    DESCRIPTION.replace(partial(_described, DESCRIPTION.value))
    UPDATE.replace(partial(_updated, UPDATE.value))
    DELETE.replace(partial(_deleted, DELETE.value))
    TTL.replace(partial(_without_ttl, TTL.value))
    for seam in TRANSACTIONS:
        seam.replace(partial(_without_transactions, seam.value))
    for seam in WRITES:
        seam.replace(partial(_with_a_quorum, seam.value, _table_named, always=True))
    for seam in READS:
        seam.replace(partial(_with_a_quorum, seam.value, _table_named, always=False))
    for seam, always in zip(BATCHES, (True, False), strict=True):
        seam.replace(partial(_with_a_quorum, seam.value, _tables_of_a_batch, always=always))
    for seam in STATEMENTS:
        seam.replace(partial(_with_a_quorum, seam.value, _tables_of_statements, always=False))


def is_strong(table: Mapping[str, Any] | None) -> bool:
    """Whether a table is one."""
    return bool(table) and (table or {}).get("MultiRegionConsistency") == STRONG


def has_quorum(table: Table, region: str) -> bool:
    """Whether a region reaches one of the two others that a table is in."""
    others = {*REPLICAS.value(table), *_witnesses(table)} - {region}
    return any(STANDING.reach(region, other) for other in others)


def _witnesses(table: Mapping[str, Any]) -> list[str]:
    return [one["RegionName"] for one in table.get("GlobalTableWitnesses", ())]


def _here(name: object) -> Table | None:
    found: Table | None = TABLES.value.get(NORMAL_NAME.value(name)) if name else None
    return found


def _described(native: Callable[[str], dict[str, Any]], name: str) -> dict[str, Any]:
    told, table = native(name), TABLES.value[name]
    if REPLICAS.value(table):
        told["MultiRegionConsistency"] = table.get("MultiRegionConsistency", "EVENTUAL")
        if table.get("GlobalTableWitnesses"):
            told["GlobalTableWitnesses"] = table["GlobalTableWitnesses"]
    return told


def _updated(native: Call, data: Request) -> Answer:
    table = _here(data.get("TableName"))
    created, deleted = _regions(data, "ReplicaUpdates")
    witness, no_witness = _regions(data, "GlobalTableWitnessUpdates")
    if table is None:
        return native(data)
    if is_strong(table):
        if created or witness:
            return _refused("ValidationException", _NO_MORE)
        left = {*REPLICAS.value(table), *_witnesses(table)} - {*deleted, *no_witness}
        if (deleted or no_witness) and len(left) != 1:
            return _refused("ValidationException", _NOT_ONE)
        answer = native(data)
        if answer[0] == 200 and deleted:
            _make_single(table)
        return answer
    if data.get("MultiRegionConsistency") is not None and not created:
        return _refused("ValidationException", _ONLY_WITH_CREATE)
    if data.get("MultiRegionConsistency") != STRONG:
        return native(data)
    problem = _problem(table, created, witness)
    if problem is not None:
        return _refused("ValidationException", problem)
    return _made_strong(native, data, table, created, witness)


def _problem(table: Table, created: list[str], witness: list[str]) -> str | None:
    """Why a table cannot be one."""
    regions = {REGION.value(), *created, *witness}
    if len(witness) > 1 or len(created) + len(witness) != 2 or len(regions) != 3:
        return _THREE
    if not any(regions <= one for one in REGION_SETS) or REPLICAS.value(table):
        return _THREE
    if any(table["items"].values()):
        return _NOT_EMPTY
    if table.get("LocalSecondaryIndexes"):
        return _NO_LOCAL_INDEXES
    ttl = TIMES_TO_LIVE.value.get(table["TableName"]) or {}
    return _NO_TTL if ttl.get("TimeToLiveStatus") == "ENABLED" else None


def _made_strong(
    native: Call, data: Request, table: Table, created: list[str], witness: list[str]
) -> Answer:
    """Streams are not how it replicates: they stay as they were."""
    stream = {
        name: table.get(name)
        for name in ("StreamSpecification", "LatestStreamLabel", "LatestStreamArn")
    }
    status, headers, body = native(data)
    if status != 200:
        return status, headers, body
    name, streams = (
        table["TableName"],
        bool((stream["StreamSpecification"] or {}).get("StreamEnabled")),
    )
    for region in (REGION.value(), *created):
        member = TABLES.value.get_scoped(ACCOUNT.value(), region, name)
        member["MultiRegionConsistency"] = STRONG
        member["GlobalTableWitnesses"] = [
            {"RegionName": one, "WitnessStatus": "ACTIVE"} for one in witness
        ]
        if not streams:
            member["StreamSpecification"] = None
            member.pop("LatestStreamLabel", None)
            member.pop("LatestStreamArn", None)
    return _told({"TableDescription": DESCRIPTION.value(name)})


def _make_single(table: Table) -> None:
    table.pop("MultiRegionConsistency", None)
    table.pop("GlobalTableWitnesses", None)


def _deleted(native: Call, data: Request) -> Answer:
    table = _here(data.get("TableName"))
    if table is not None and is_strong(table) and REPLICAS.value(table):
        return _refused("ValidationException", _NOT_ONE)
    return native(data)


def _without_ttl(native: Call, data: Request) -> Answer:
    wanted = (data.get("TimeToLiveSpecification") or {}).get("Enabled")
    if wanted and is_strong(_here(data.get("TableName"))):
        return _refused("ValidationException", _NO_TTL)
    return native(data)


def _without_transactions(native: Call, data: Request) -> Answer:
    named = (
        operation.get("TableName")
        for item in data.get("TransactItems") or ()
        if isinstance(item, dict)
        for operation in item.values()
        if isinstance(operation, dict)
    )
    if any(is_strong(_here(name)) for name in named):
        return _refused("ValidationException", _NO_TRANSACTIONS)
    return native(data)


def _with_a_quorum(
    native: Call,
    tables: Callable[[Request], Iterable[tuple[object, bool]]],
    data: Request,
    *,
    always: bool,
) -> Answer:
    """The call, unless one of its tables cannot answer it; `always`, or if it asks for consistency."""
    region = REGION.value()
    for name, consistent in tables(data):
        table = _here(name)
        if table is None or not is_strong(table) or not (always or consistent):
            continue
        if not has_quorum(table, region):
            return _refused("InternalServerError", "Internal server error", 500)
        REPLICATION.settle()  # what this region missed comes before what it answers
    return native(data)


def _table_named(data: Request) -> Iterable[tuple[object, bool]]:
    yield data.get("TableName"), bool(data.get("ConsistentRead"))


def _tables_of_a_batch(data: Request) -> Iterable[tuple[object, bool]]:
    for name, asked in (data.get("RequestItems") or {}).items():
        yield name, isinstance(asked, dict) and bool(asked.get("ConsistentRead"))


def _tables_of_statements(data: Request) -> Iterable[tuple[object, bool]]:
    """Of PartiQL: what is no SELECT writes; the table is named after a word that the verb has."""
    for one in data.get("Statements") or [data]:
        text = str(one.get("Statement", ""))
        words = text.replace('"', " ").split()
        verb = words[0].upper() if words else ""
        after = {"SELECT": "FROM", "DELETE": "FROM", "INSERT": "INTO", "UPDATE": "UPDATE"}.get(
            verb, ""
        )
        upper = [word.upper() for word in words]
        if after in upper[:-1]:
            name = words[upper.index(after) + 1].partition(".")[0]
            yield name, verb != "SELECT" or bool(one.get("ConsistentRead"))


def _regions(data: Request, updates: str) -> tuple[list[str], list[str]]:
    """The Regions that a request creates and deletes."""
    created, deleted = (
        [
            str(update[action].get("RegionName"))
            for update in data.get(updates) or ()
            if isinstance(update, dict) and isinstance(update.get(action), dict)
        ]
        for action in ("Create", "Delete")
    )
    return created, deleted


def _refused(code: str, message: str, status: int = 400) -> Answer:
    return _told({"__type": code, "message": message}, status, code)


def _told(document: Mapping[str, Any], status: int = 200, code: str = "") -> Answer:
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-requestid": str(uuid.uuid4())}
    if code:
        headers["x-amzn-errortype"] = code
    return status, headers, json.dumps(document, default=str).encode()
