from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scripts.checks import Verdict
from scripts.drill.preflight import backups, replication
from scripts.drill.preflight.ground import Ground
from tests.unit.drill.preflight.grounds import PRIMARY, STANDBY, THEATRE, Cloud, dev

#: What the stubbed clock says.
NOW = datetime.fromtimestamp(1_000_000, UTC)


def measured(*values: float) -> dict[str, Any]:
    return {"Datapoints": [{"Maximum": value} for value in values]}


@pytest.mark.parametrize(
    ("values", "verdict"),
    [((800.0, 5000.0), Verdict.PASSED), ((5001.0,), Verdict.REFUSED), ((), Verdict.UNKNOWN)],
)
def test_a_table_s_lag_is_milliseconds_held_against_the_rpo(
    values: tuple[float, ...], verdict: Verdict
) -> None:
    cloud = Cloud()
    cloud.says("cloudwatch", "get_metric_statistics", measured(*values), PRIMARY)

    answer = replication.table_lag(lambda theatre: theatre.carts, cloud.ground())

    assert answer.verdict is verdict
    assert answer.expected == "at most 5 s"


def test_strong_consistency_has_no_lag_and_publishes_none() -> None:
    ground = Cloud().ground(theatre=replace(THEATRE, intake_consistency="strong"))

    answer = replication.table_lag(lambda theatre: theatre.order_intake, ground)

    assert answer.verdict is Verdict.PASSED


@pytest.mark.parametrize(("cluster", "lag"), [("tradewind-dev-orders", 6000.0), ("", 6.0)])
def test_aurora_tells_milliseconds_and_rds_seconds(cluster: str, lag: float) -> None:
    cloud = Cloud()
    cloud.says("cloudwatch", "get_metric_statistics", measured(lag))

    answer = replication.orders_lag(cloud.ground(theatre=replace(THEATRE, global_cluster=cluster)))

    assert answer.verdict is Verdict.REFUSED
    assert answer.found.startswith("6 s at most")


def test_a_standby_without_a_database_has_no_lag_of_orders() -> None:
    theatre = replace(THEATRE, standby=replace(THEATRE.standby, database=""))

    answer = replication.orders_lag(Cloud().ground(theatre=theatre))

    assert answer.verdict is Verdict.NOT_APPLICABLE


def test_a_replica_that_is_not_active_is_refused_by_name() -> None:
    for status, verdict in (("ACTIVE", Verdict.PASSED), ("CREATING", Verdict.REFUSED)):
        cloud = Cloud()
        for replicas in ([{"RegionName": STANDBY, "ReplicaStatus": status}],) * 3:
            cloud.says("dynamodb", "describe_table", {"Table": {"Replicas": replicas}}, PRIMARY)

        answer = replication.replicas_are_active(cloud.ground())

        assert answer.verdict is verdict
        if verdict is Verdict.REFUSED:
            assert "carts is CREATING" in answer.found


def vault(cloud: Cloud, *, made: timedelta, points: list[tuple[timedelta, str]]) -> Ground:
    """The standby's vault, of that age, with points of those ages, copied from those vaults."""
    cloud.says("backup", "describe_backup_vault", {"CreationDate": NOW - made})
    told = [
        {"CreationDate": NOW - age, "Status": "COMPLETED"}
        | ({"SourceBackupVaultArn": source} if source else {})
        for age, source in points
    ]
    cloud.says("backup", "list_recovery_points_by_backup_vault", {"RecoveryPoints": told})
    return cloud.ground()


OLD, FRESH = timedelta(days=30), timedelta(hours=20)
THERE = f"arn:aws:backup:{PRIMARY}:111111111111:backup-vault:tradewind-dev-{PRIMARY}"


@pytest.mark.parametrize(
    ("points", "verdict"),
    [
        ([(FRESH, "")], Verdict.PASSED),
        ([], Verdict.REFUSED),
        ([(FRESH, THERE)], Verdict.REFUSED),
    ],
)
def test_a_vault_holds_a_point_of_its_own_region_of_the_last_day_and_a_half(
    points: list[tuple[timedelta, str]], verdict: Verdict
) -> None:
    ground = vault(Cloud(), made=OLD, points=points)

    assert backups.recovery_points("standby", ground).verdict is verdict


@pytest.mark.parametrize(
    ("points", "verdict"),
    [([(FRESH, THERE)], Verdict.PASSED), ([(FRESH, "")], Verdict.REFUSED)],
)
def test_copies_are_what_came_from_the_other_vault(
    points: list[tuple[timedelta, str]], verdict: Verdict
) -> None:
    ground = replace(vault(Cloud(), made=OLD, points=points), environment=dev(backup_copies="true"))

    assert backups.copies(ground).verdict is verdict


def test_no_backup_is_due_in_a_vault_that_is_younger_than_the_plan_s_interval() -> None:
    cloud = Cloud()
    cloud.says("backup", "describe_backup_vault", {"CreationDate": NOW - timedelta(hours=36)})

    assert backups.recovery_points("standby", cloud.ground()).verdict is Verdict.NOT_APPLICABLE


def test_what_a_toggle_leaves_out_is_not_asked_for() -> None:
    without = replace(Cloud().ground(), environment=dev(backups="false", backup_copies="true"))

    assert backups.recovery_points("primary", without).verdict is Verdict.NOT_APPLICABLE
    assert backups.copies(without).verdict is Verdict.NOT_APPLICABLE
    assert backups.copies(Cloud().ground()).found == "backup_copies is off"
