"""Databases of RDS that can be connected to, and orders that are committed to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from scripts.errors import UsageError
from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.orders_stack import (
    PORT,
    Orders,
    eventually,
    order,
    orders_stack,
)

pytestmark = pytest.mark.usefixtures("postgres")

NOT_WRITABLE = "DatabaseNotWritable"


@pytest.fixture
def orders(sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[Orders]:
    account = f"55555{abs(hash(request.node.name)) % 10**7:07}"
    with orders_stack(sandbox, account) as standing:
        yield standing


@pytest.fixture
def function(orders: Orders, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The commit function, in an execution environment of this process."""
    module = orders.function(monkeypatch)
    yield module
    module.give_up()


def data_of(orders: Orders) -> list[Path]:
    """The directories that databases of the sandbox have their data in."""
    (database,) = orders.client("rds").describe_db_instances()["DBInstances"]
    return list((orders.sandbox.home / "databases").glob(database["DbiResourceId"]))


def test_a_database_is_a_record_until_somebody_connects(orders: Orders) -> None:
    assert not data_of(orders)
    orders.engine()
    assert data_of(orders)


def test_an_order_is_committed_once_with_all_its_lines(
    orders: Orders, function: ModuleType
) -> None:
    assert orders.commit(order()) == {"outcome": "committed"}
    assert orders.commit(order()) == {"outcome": "committed-before"}
    assert (orders.rows(function), orders.rows(function, "order_lines")) == (1, 2)
    with function.log_in() as connection:
        lines = connection.run(
            "SELECT line_number, product_id, quantity, unit_price FROM order_lines ORDER BY 1"
        )
    assert lines == [[1, "lamp", 2, 2500], [2, order()["items"][1]["product_id"], 1, 0]]


def test_of_two_commits_at_once_to_an_empty_database_one_writes(
    orders: Orders, function: ModuleType
) -> None:
    with ThreadPoolExecutor() as pool:
        outcomes = [each["outcome"] for each in pool.map(orders.commit, [order()] * 4)]
    assert sorted(outcomes) == ["committed", *["committed-before"] * 3]
    assert (orders.rows(function), orders.rows(function, "schema_versions")) == (1, 2)


def test_an_order_waits_for_a_database_that_is_stopped(orders: Orders) -> None:
    rds = orders.client("rds")
    orders.commit(order(1))
    rds.stop_db_instance(DBInstanceIdentifier="orders")
    for _ in range(2):
        assert orders.commit(order(2))["errorType"] == NOT_WRITABLE
    rds.start_db_instance(DBInstanceIdentifier="orders")
    assert orders.commit(order(2)) == {"outcome": "committed"}
    assert orders.commit(order(1)) == {"outcome": "committed-before"}


def test_an_order_waits_for_a_database_that_only_reads(
    orders: Orders, function: ModuleType
) -> None:
    orders.commit(order(1))
    with function.log_in() as connection:
        connection.run("ALTER DATABASE orders SET default_transaction_read_only = on")
    with pytest.raises(function.DatabaseNotWritable, match="25006"):
        function.handler({"order": order(2)}, None)
    with function.log_in() as connection:
        connection.run("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        connection.run("ALTER DATABASE orders RESET default_transaction_read_only")
    assert function.handler({"order": order(2)}, None) == {"outcome": "committed"}


def test_a_connection_that_was_cut_is_made_anew(orders: Orders, function: ModuleType) -> None:
    function.handler({"order": order(1)}, None)
    kept = function.Kept.connection
    with function.log_in() as connection:
        connection.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = current_user AND pid <> pg_backend_pid()"
        )
    assert function.handler({"order": order(2)}, None) == {"outcome": "committed"}
    assert function.Kept.connection is not kept


def test_an_order_that_the_database_refuses_is_told_by_its_sqlstate_alone(
    orders: Orders, function: ModuleType
) -> None:
    function.handler({"order": order(1)}, None)
    with pytest.raises(Exception, match=r"^SQLSTATE 23514$") as refused:
        function.handler({"order": order(2) | {"total": -1}}, None)
    assert refused.typename == "StatementRefused"
    assert refused.value.__suppress_context__, "the cause quotes the row"
    assert function.Kept.connection is None


def test_a_warm_function_commits_before_and_after_a_rotation(orders: Orders) -> None:
    orders.commit(order(1))
    before = orders.password()
    token = orders.rotate()
    eventually(lambda: orders.labelled("AWSCURRENT") == token, "the rotation")
    assert orders.password() != before
    assert orders.commit(order(2)) == {"outcome": "committed"}
    orders.client("rds").reboot_db_instance(DBInstanceIdentifier="orders")
    eventually(lambda: orders.commit(order(3)).get("outcome"), "a commit by a new login")


def test_a_new_master_password_is_in_force_when_rds_has_answered(
    orders: Orders, function: ModuleType
) -> None:
    orders.client("rds").modify_db_instance(
        DBInstanceIdentifier="orders", MasterUserPassword="chosen-by-hand"
    )
    with pytest.raises(function.DatabaseNotWritable, match="takes no password"):
        function.handler({"order": order()}, None)
    value = function.read("AWSCURRENT") | {"password": "chosen-by-hand"}
    orders.client("secretsmanager").put_secret_value(
        SecretId="orders", SecretString=json.dumps(value)
    )
    assert function.handler({"order": order()}, None) == {"outcome": "committed"}


def test_a_deleted_database_leaves_neither_engine_nor_data(sandbox: Sandbox) -> None:
    with orders_stack(sandbox, "555550000001") as orders:
        host, _ = orders.host(), orders.commit(order())
        (data,) = data_of(orders)
        assert data.is_dir()
    assert not data.exists()
    with pytest.raises(UsageError, match="No database that writes answers"):
        sandbox.engine(host, PORT)
