"""Switchovers and failovers of Aurora's global databases: what RDS refuses of them, and how they go on.

    pending -> switching-over -> available    a switchover: the writer reads only, then the other writes
    pending -> failing-over -> available      a failover, which may lose data: nobody writes until its end

`PACE` says when, on the sandbox's clock. What has become of one is worked out from the time whenever somebody
asks, so that it goes on while the sandbox is away; engines are told by a thread.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from scripts.sandbox.clock import CLOCK
from scripts.sandbox.database_records import ACCOUNT_ENTRIES, READS_ONLY
from scripts.sandbox.databases import ENGINES, REQUEST
from scripts.sandbox.postgres import EngineFailed
from scripts.sandbox.resources.api_resources.clusters import CLUSTERS, GLOBAL_CLUSTERS
from scripts.sandbox.seams import Seam, everywhere

_RDS = "ministack.services.rds"
_USED_BY = "switchovers of global databases"


def _function(name: str, *parameters: str) -> Seam:
    return Seam(_RDS, name, parameters=parameters, used_by=_USED_BY)


SWITCHOVER, FAILOVER = (
    Seam(_RDS, "_ACTION_MAP", action, parameters=("p",), used_by=_USED_BY)
    for action in ("SwitchoverGlobalCluster", "FailoverGlobalCluster")
)
RESOLVE = _function("_resolve_global_writer_switch", "p", "exact_two")
SET_WRITER = _function("_set_global_cluster_writer", "global_cluster", "target_member")
TOLD = _function("_global_cluster_xml", "gc")
XML = _function("_xml", "status", "root_tag", "inner")
ERROR = _function("_error", "code", "message", "status")
SEAMS = (SWITCHOVER, FAILOVER, RESOLVE, SET_WRITER, TOLD, XML, ERROR)

#: Seconds after the request: when the work begins, when nobody writes any more, and when the other writes.
PACE = {"switching-over": (3.0, 8.0, 23.0), "failing-over": (3.0, 3.0, 18.0)}

#: Of a record: when its change of writers began, and how it is called once it is at work.
_BEGAN, _WORK = "_Began", "_Work"

AVAILABLE, _STATE = "available", "FailoverState"
_ENGINE = "aurora-postgresql"

Parameters = Mapping[str, Any]
Answer = Any

_moving = threading.Lock()

log = logging.getLogger("tradewind.sandbox")


def install() -> None:
    """Have both calls do so, and everybody see how far they are."""
    switchover, failover = SWITCHOVER.value, FAILOVER.value
    SWITCHOVER.replace(_of_postgres(switchover, "SwitchoverGlobalCluster", lambda _: False))
    FAILOVER.replace(_of_postgres(failover, "FailoverGlobalCluster", _may_lose))
    request = REQUEST.value

    def handle(*said: Any) -> Any:
        advance()
        return request(*said)

    REQUEST.replace(handle)


def resume() -> None:
    """Go on with what was under way when the sandbox ended."""
    if any(_BEGAN in record for record in _records()):
        _attend()


def advance() -> bool:
    """Have every record be as it is by now. Whether any is not at its end."""
    now, left = CLOCK.time(), False
    with _moving:
        for record in _records():
            if _BEGAN in record:
                _move(record, now - record[_BEGAN])
                left = left or _BEGAN in record
    return left


def _move(record: dict[str, Any], passed: float) -> None:
    work = record[_WORK]
    begins, fences, ends = PACE[work]
    members = {one["DBClusterArn"]: one for one in record["GlobalClusterMembers"]}
    target = members.get(record[_STATE]["ToDbClusterArn"])
    if passed >= ends or target is None:
        if target is not None:
            SET_WRITER.value(record, target)
        for name in (_BEGAN, _WORK, _STATE, READS_ONLY):
            record.pop(name, None)
        record["Status"] = AVAILABLE
    else:
        record[_STATE]["Status"] = work if passed >= begins else "pending"
        record[READS_ONLY] = passed >= fences


def _of_postgres(
    native: Callable[[Parameters], Answer], action: str, may_lose: Callable[[Parameters], bool]
) -> Callable[[Parameters], Answer]:
    """The call of an Aurora PostgreSQL database; of others it is the emulator's."""

    def begin(p: Parameters) -> Answer:
        resolved, refused = RESOLVE.value(p)
        if refused:
            return refused
        record, _target, target, writer = resolved
        if record["Engine"] != _ENGINE or {"AllowDataLoss", "Switchover"} <= set(p):
            return native(p)  # which refuses both at once
        lossy = may_lose(p)
        if (problem := _objection(record, writer, target, lossy)) is not None:
            return ERROR.value(*problem, 400)
        work = "failing-over" if lossy else "switching-over"
        with _moving:
            record.update(
                {
                    "Status": work,
                    _WORK: work,
                    _BEGAN: CLOCK.time(),
                    _STATE: {
                        "Status": "pending",
                        "FromDbClusterArn": writer["DBClusterArn"],
                        "ToDbClusterArn": target["DBClusterArn"],
                        "IsDataLossAllowed": lossy,
                    },
                }
            )
        _attend()
        inner = f"<GlobalCluster>{TOLD.value(record)}</GlobalCluster>"
        return XML.value(200, f"{action}Response", f"<{action}Result>{inner}</{action}Result>")

    return begin


def _may_lose(p: Parameters) -> bool:
    said = p.get("AllowDataLoss", "false")
    return str(said[0] if isinstance(said, list) else said).lower() == "true"


def _objection(
    record: Mapping[str, Any], writer: Mapping[str, Any], target: Mapping[str, Any], lossy: bool
) -> tuple[str, str] | None:
    """What RDS refuses, by its code, and why."""
    from ministack.core.responses import get_region

    name = record["GlobalClusterIdentifier"]
    home = _region(writer["DBClusterArn"])
    if record["Status"] != AVAILABLE:
        return (
            "InvalidGlobalClusterStateFault",
            f"The global cluster {name} is {record['Status']} and can't perform the requested operation.",
        )
    if not lossy and get_region() != home:
        return (
            "InvalidGlobalClusterStateFault",
            f"The global cluster {name} is switched over in the Region of its primary cluster, {home}.",
        )
    clusters = {each["DBClusterArn"]: each for each in everywhere(CLUSTERS).values()}
    asked = [target] if lossy else [writer, target]
    there = [clusters[one["DBClusterArn"]] for one in asked]
    for cluster in there:
        if cluster["Status"] != AVAILABLE:
            return (
                "InvalidDBClusterStateFault",
                f"The requested operation can't be performed while the cluster "
                f"{cluster['DBClusterIdentifier']} is {cluster['Status']}.",
            )
    versions = sorted({cluster["EngineVersion"] for cluster in there})
    if len(versions) > 1:
        return (
            "InvalidGlobalClusterStateFault",
            f"The clusters of {name} have the engine versions {' and '.join(versions)}, and not the same.",
        )
    return None


def _attend() -> None:
    """Have the engines follow until nothing is under way."""
    threading.Thread(target=_watch, name="global databases", daemon=True).start()


def _watch() -> None:
    while _followed(advance()):
        CLOCK.sleep(1.0)


def _followed(left: bool) -> bool:
    """Have the engines be told; one that fails now is told again with the next request of RDS."""
    try:
        ENGINES.follow()
    except EngineFailed as problem:
        log.warning("%s", problem.message)
    return left


def _records() -> list[dict[str, Any]]:
    return list(ACCOUNT_ENTRIES.value.__get__(GLOBAL_CLUSTERS.value).values())


def _region(arn: str) -> str:
    return arn.split(":")[3]
