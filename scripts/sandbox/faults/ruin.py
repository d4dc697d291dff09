"""A region that is destroyed: what had not left it is lost, and what it held; what comes back is empty.

Gone are the items of tables and their streams, the messages of queues, the executions of workflows, and what
waited to be copied to another region. What deploys made (stacks, settings, secrets, objects that releases are
made of) comes back with the region, as a deploy into an empty one would make it; a replica of a global table
has what the others hold.
"""

from __future__ import annotations

import copy
import logging
from collections import defaultdict
from typing import Any

from scripts.sandbox import seams
from scripts.sandbox.faults.crossings import CROSSINGS
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.replication import REPLICAS, REPLICATION, TABLES
from scripts.sandbox.seams import Kind, Seam
from scripts.sandbox.stream_records import RECORDS, TRIMMED
from scripts.sandbox.workflow_runs import EXECUTIONS

_DYNAMODB = "ministack.services.dynamodb"
_USED_BY = "regions that are destroyed"

QUEUES = Seam("ministack.services.sqs", "_queues", None, Kind.MAPPING, used_by=_USED_BY)
REPLACED = Seam(_DYNAMODB, "_items_replaced", None, Kind.FUNCTION, ("table",), _USED_BY)
SEAMS = (QUEUES, REPLACED)

log = logging.getLogger("tradewind.sandbox")


def destroy(region: str) -> None:
    """Lose what the region held."""
    writes, copies = REPLICATION.drop(region), CROSSINGS.drop(region)
    for _, table in _of(TABLES, region):
        _fill(table, {})
    for key, records in _of(RECORDS, region):
        trimmed = seams.everywhere(TRIMMED)
        trimmed[key] = trimmed.get(key, 0) + len(records)
        records.clear()
    for _, queue in _of(QUEUES, region):
        queue["messages"].clear()
    executions = seams.everywhere(EXECUTIONS)
    for key, execution in _of(EXECUTIONS, region):
        execution["status"] = "ABORTED"  # whoever runs it stops
        del executions[key]
    log.warning("%s is destroyed; %d writes and %d copies had not left it", region, writes, copies)


def rebuild(region: str) -> None:
    """Give the replicas in the region what the others hold."""
    for (account, _, name), table in _of(TABLES, region):
        others = (one for one in REPLICAS.value(table) if one != region)
        for other in others:
            survivor = TABLES.value.get_scoped(account, other, name)
            if survivor is not None and not STANDING.of(other).destroyed:
                _fill(table, copy.deepcopy(dict(survivor["items"])))
                REPLICATION.rebuilt(account, name, region, like=other)
                break


def _fill(table: dict[str, Any], items: dict[str, Any]) -> None:
    table["items"] = defaultdict(dict, items)
    REPLACED.value(table)


def _of(store: Seam, region: str) -> list[tuple[tuple[str, str, str], Any]]:
    return [(key, held) for key, held in list(seams.everywhere(store).items()) if key[1] == region]
