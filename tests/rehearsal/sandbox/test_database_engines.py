"""How long the engines behind databases of RDS run, and which endpoints lead to them."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.errors import UsageError
from scripts.sandbox import process
from scripts.sandbox.record import birth
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.global_database import (
    PEER,
    committing,
    global_database,
    group,
    writer,
)
from tests.rehearsal.sandbox.orders_stack import (
    PORT,
    REGION,
    eventually,
    order,
    orders_stack,
)

pytestmark = pytest.mark.usefixtures("postgres")

ACCOUNT = "777777777777"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox that a test may stop or kill."""
    running = process.start(tmp_path / "home", free_port())
    yield Sandbox(tmp_path / "home", running.url)
    process.stop(tmp_path / "home")


def engine(sandbox: Sandbox) -> int:
    """The process of the one engine."""
    (record,) = (sandbox.home / "databases").glob("db-*/data/postmaster.pid")
    return int(record.read_text().splitlines()[0])


def test_what_is_committed_outlives_a_stop_and_a_kill(own: Sandbox) -> None:
    log = own.home / "sandbox.log"
    with orders_stack(own, ACCOUNT) as orders:
        orders.commit(order(1))
        running = engine(own)
        process.stop(own.home)
        assert birth(running) is None, "an engine outlives the sandbox's stop"

        sandbox = process.start(own.home)
        assert orders.commit(order(1)) == {"outcome": "committed-before"}
        orders.commit(order(2))
        running = engine(own)
        eventually(lambda: "state saved" in log.read_text(), "a snapshot")
        os.kill(sandbox.pid, signal.SIGKILL)
        if shutil.which("setpriv"):
            eventually(lambda: birth(running) is None, "the end of the engine")

        process.start(own.home)
        assert orders.commit(order(2)) == {"outcome": "committed-before"}


def test_a_reset_leaves_neither_engine_nor_data(own: Sandbox) -> None:
    with orders_stack(own, ACCOUNT) as orders:
        orders.commit(order(1))
        running = engine(own)
        process.reset(own.home)
        assert birth(running) is None
        assert not (own.home / "databases").exists()
    with orders_stack(own, ACCOUNT) as orders:
        assert orders.commit(order(1)) == {"outcome": "committed"}


def test_a_reset_of_a_stopped_sandbox_leaves_no_data(own: Sandbox) -> None:
    with orders_stack(own, ACCOUNT) as orders:
        orders.commit(order(1))
        process.stop(own.home)
        process.reset(own.home)
        assert not (own.home / "databases").exists()
        process.start(own.home)


def test_an_engine_that_died_is_started_again(own: Sandbox) -> None:
    with orders_stack(own, ACCOUNT) as orders:
        orders.commit(order(1))
        os.kill(engine(own), signal.SIGKILL)
        eventually(lambda: orders.commit(order(1)).get("outcome"), "a new engine")


def test_only_the_writer_is_reached_and_on_its_port(sandbox: Sandbox) -> None:
    with orders_stack(sandbox, "777777000001") as orders:
        host = orders.host()
        with pytest.raises(UsageError, match="answers on port 5433, not on 5432"):
            sandbox.engine(host, 5432)
        orders.client("rds").stop_db_instance(DBInstanceIdentifier="orders")
        with pytest.raises(UsageError, match="is stopped"):
            sandbox.engine(host, PORT)
    with pytest.raises(UsageError, match="No database that writes"):
        sandbox.engine("orders.rds.amazonaws.com", PORT)


def test_a_failover_of_a_global_database_takes_its_orders_along(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = "777777000002"
    here, there = global_database(sandbox, account)
    host, peer = writer(sandbox, account, REGION), writer(sandbox, account, PEER)
    function = committing(monkeypatch, sandbox.engine(host, PORT))
    assert function.handler({"order": order(1)}, None) == {"outcome": "committed"}
    with pytest.raises(UsageError, match="secondary clusters"):
        sandbox.engine(peer, PORT)

    arn = sandbox.client("rds", PEER, account).describe_db_clusters()["DBClusters"][0][
        "DBClusterArn"
    ]
    sandbox.client("rds", PEER, account).failover_global_cluster(
        GlobalClusterIdentifier="orders", TargetDbClusterIdentifier=arn, AllowDataLoss=True
    )
    eventually(lambda: group(sandbox, account)["Status"] == "available", "the failover")
    with pytest.raises(function.DatabaseNotWritable):
        function.handler({"order": order(2)}, None)
    with pytest.raises(UsageError, match="No database that writes"):
        sandbox.engine(host, PORT)
    moved = committing(monkeypatch, sandbox.engine(peer, PORT))
    assert moved.handler({"order": order(1)}, None) == {"outcome": "committed-before"}
    moved.give_up()
    for stacks in (there, here):
        stacks.delete_stack(StackName="orders")
