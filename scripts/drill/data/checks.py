"""What must be so before the data are moved: a table, as the preflight's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from scripts.aws import Aws, AwsSaidNo
from scripts.checks import Check, Verdict
from scripts.drill.data import global_database
from scripts.drill.data.fence import CommitsFenced
from scripts.drill.data.global_database import GlobalDatabase
from scripts.drill.data.rotation import rotating
from scripts.drill.theatre import Region, Theatre


def checks(aws: Aws, theatre: Theatre) -> Iterator[Check]:
    """Each of them; what cannot be read is unknown, and the rest is asked all the same."""
    try:
        database = global_database.read(aws, theatre.standby.name, theatre.global_cluster)
    except AwsSaidNo as problem:
        yield _unknown("data: writer", problem)
    else:
        yield _writer(theatre, database)
        yield _rest(database)
    yield _asked("data: engine versions", partial(_versions, aws, theatre))
    yield _asked("data: rotation", partial(_rotation, aws, theatre))
    for region in (theatre.primary, theatre.standby):
        yield _asked(f"data: commits in {region.name}", partial(_open, aws, theatre, region))


def _writer(theatre: Theatre, database: GlobalDatabase) -> Check:
    at_home = database.writer == theatre.primary.database_arn
    away = theatre.standby.database_arn in database.readers
    return Check(
        "data: writer",
        _verdict(at_home and away),
        found=f"{database.id} is written in {database.region or 'no region'}",
        expected=f"written in {theatre.primary.name}, with a secondary cluster in {theatre.standby.name}",
        remedy=""
        if at_home and away
        else "Drill without --data, or switch the database back first: aws rds switchover-global-cluster "
        f"--region {database.region} --global-cluster-identifier {database.id} "
        f"--target-db-cluster-identifier {theatre.primary.database_arn}",
    )


def _rest(database: GlobalDatabase) -> Check:
    return Check(
        "data: at rest",
        _verdict(database.settled),
        found=database.under_way or database.status,
        expected=global_database.AVAILABLE,
        remedy="" if database.settled else "Wait until the global database is available.",
    )


def _versions(aws: Aws, theatre: Theatre) -> Check:
    """Aurora switches over between the same major and minor versions only."""
    one, other = (_version(aws, region) for region in (theatre.primary, theatre.standby))
    return Check(
        "data: engine versions",
        _verdict(one == other),
        found=f"{one} in {theatre.primary.name}, {other} in {theatre.standby.name}",
        expected="the same in both",
        remedy=""
        if one == other
        else f"Upgrade the secondary cluster first: tradewind deploy {theatre.environment}",
    )


def _version(aws: Aws, region: Region) -> str:
    answer = aws.client("rds", region.name).call(
        "describe_db_clusters", DBClusterIdentifier=region.database
    )
    version: str = answer["DBClusters"][0]["EngineVersion"]
    return version


def _rotation(aws: Aws, theatre: Theatre) -> Check:
    home = theatre.primary
    told = aws.client("secretsmanager", home.name).call(
        "describe_secret", SecretId=home.secrets["orders"]
    )
    busy = rotating(told)
    return Check(
        "data: rotation",
        _verdict(not busy),
        found="under way" if busy else "at rest",
        expected="at rest",
        remedy="Wait until the orders secret has no version that is AWSPENDING alone."
        if busy
        else "",
    )


def _open(aws: Aws, theatre: Theatre, region: Region) -> Check:
    closed = CommitsFenced(aws, theatre, region.name, "there").closed
    return Check(
        f"data: commits in {region.name}",
        _verdict(not closed),
        found="fenced" if closed else "open",
        expected="open",
        remedy="Somebody has taken the commit function's concurrency: end that drill, or deploy."
        if closed
        else "",
    )


def _asked(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except AwsSaidNo as problem:
        return _unknown(name, problem)


def _unknown(name: str, problem: AwsSaidNo) -> Check:
    return Check(name, Verdict.UNKNOWN, problem.message, "readable", problem.fix)


def _verdict(good: bool) -> Verdict:
    return Verdict.PASSED if good else Verdict.REFUSED
