"""The databases that ministack's records of RDS tell of: those of PostgreSQL, where they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scripts.sandbox import seams
from scripts.sandbox.database_engines import Login
from scripts.sandbox.resources.api_resources.clusters import CLUSTERS, GLOBAL_CLUSTERS, INSTANCES
from scripts.sandbox.seams import Kind, Seam

#: Global clusters are an account's, in no region.
ACCOUNT_ENTRIES = Seam(
    "ministack.core.responses",
    "AccountScopedDict._data",
    kind=Kind.VALUE,
    used_by="databases that can be connected to",
)

#: Of a global cluster's record: no cluster of it writes at the moment (global_databases.py).
READS_ONLY = "_ReadsOnly"

#: A member of a cluster, and a read replica.
_NOT_BY_ITSELF = ("DBClusterIdentifier", "ReadReplicaSourceDBInstanceIdentifier")


@dataclass(frozen=True)
class Database:
    """What the records say of one set of data: where it is written, and by whom.

    `identity` is the data's own, as RDS has it: of two databases that bear one name after the other, each
    has another. `writer` and `owner` are ARNs: of what writes now, and of what the master user came with.
    """

    identity: str
    endpoint: str
    port: int
    status: str
    writer: str
    owner: str
    login: Login
    reads_only: bool = False


def databases() -> Iterator[Database]:
    """Every database that writes, in all accounts and regions."""
    for instance in list(seams.everywhere(INSTANCES).values()):
        if _is_postgres(instance) and not any(instance.get(name) for name in _NOT_BY_ITSELF):
            yield _of_instance(instance)
    clusters = list(seams.everywhere(CLUSTERS).values())
    alone = {each["DBClusterArn"]: each for each in clusters if _is_postgres(each)}
    for group in list(ACCOUNT_ENTRIES.value.__get__(GLOBAL_CLUSTERS.value).values()):
        members = group["GlobalClusterMembers"]
        there = [alone.pop(member["DBClusterArn"], None) for member in members]
        for cluster, member in zip(there, members, strict=True):
            if cluster is not None and member["IsWriter"]:
                whole = _of_cluster(cluster, there[0] or cluster, group["GlobalClusterResourceId"])
                yield replace(whole, reads_only=bool(group.get(READS_ONLY)))
    for cluster in alone.values():
        yield _of_cluster(cluster, cluster, cluster["DbClusterResourceId"])


def _is_postgres(record: Mapping[str, Any]) -> bool:
    return "postgres" in record.get("Engine", "")


def _of_instance(record: Mapping[str, Any]) -> Database:
    arn, endpoint = record["DBInstanceArn"], record["Endpoint"]
    return Database(
        identity=record["DbiResourceId"],
        endpoint=endpoint["Address"],
        port=int(endpoint["Port"]),
        status=record["DBInstanceStatus"],
        writer=arn,
        owner=arn,
        login=_login(record, record.get("DBName")),
    )


def _of_cluster(writer: Mapping[str, Any], owner: Mapping[str, Any], identity: str) -> Database:
    return Database(
        identity=identity,
        endpoint=writer["Endpoint"],
        port=int(writer["Port"]),
        status=writer["Status"],
        writer=writer["DBClusterArn"],
        owner=owner["DBClusterArn"],
        login=_login(owner, owner.get("DatabaseName")),
    )


def _login(record: Mapping[str, Any], database: str | None) -> Login:
    return Login(record["MasterUsername"], record["_MasterUserPassword"], database or "")
