"""The commit of an order: by which password, over which connection, and what it says when it cannot.

What it writes is seen against a real PostgreSQL, in tests/rehearsal/sandbox/test_databases.py.
"""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from tests.unit.runtime.loading import execution_environment

ORDER = {
    "order_id": "3f2c7c1e-0000-4000-8000-000000000001",
    "region": "eu-west-1",
    "acknowledged_at": "2026-11-23T12:00:00Z",
    "items": [{"product_id": "lamp", "quantity": 1, "unit_price": 2500}],
    "total": 2500,
    "currency": "EUR",
}
COMMITTED = {"outcome": "committed"}


class Secrets:
    """One secret: its passwords by their stages."""

    class exceptions:  # noqa: N801 - botocore's name
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self, **passwords: str) -> None:
        self.passwords = passwords
        self.broken: Exception | None = None

    def get_secret_value(self, SecretId: str, VersionStage: str) -> Any:  # noqa: N803
        if self.broken is not None:
            raise self.broken
        if VersionStage not in self.passwords:
            raise self.exceptions.ResourceNotFoundException
        return {"SecretString": json.dumps({"password": self.passwords[VersionStage]})}


class Database:
    """It takes one password; an order is new to it while `rows` is 1."""

    def __init__(self, commit: ModuleType, password: str) -> None:
        self.commit, self.password = commit, password
        self.logins: list[str] = []
        self.written: list[dict[str, Any]] = []
        self.statements: list[str] = []
        self.fails: Exception | None = None
        self.closed, self.rows = 0, 1

    def connect(self, host: str, port: str, login: dict[str, str], application: str) -> Database:
        self.logins.append(login["password"])
        if login["password"] != self.password:
            raise self.commit.LoginRefused
        return self

    def run(self, statement: str, **values: Any) -> list[list[Any]]:
        if self.fails is not None and values:
            raise self.fails
        if values:
            self.written.append(values)
            self.statements.append(statement)
        return [[self.rows]]

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def secrets() -> Secrets:
    return Secrets(AWSCURRENT="current")


@pytest.fixture
def commit(secrets: Secrets, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for name, value in {"HOST": "orders", "PORT": "5433", "SECRET": "s"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    return execution_environment("order_commit", secrets=secrets, bring_up_to_date=lambda _: None)


@pytest.fixture
def database(commit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Database:
    taken = Database(commit, "current")
    monkeypatch.setitem(vars(commit), "connect", taken.connect)
    return taken


def handle(commit: ModuleType, **changes: Any) -> Any:
    return commit.handler({"action": "commit", "order": ORDER | changes}, None)


def test_a_connection_is_kept_for_the_next_order(commit: ModuleType, database: Database) -> None:
    assert [handle(commit), handle(commit)] == [COMMITTED, COMMITTED]
    assert database.logins == ["current"]


def test_what_the_dashboard_counts_is_said_once(
    commit: ModuleType, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """generator/layers/order_steps.py counts the lines that begin with `committed `."""
    caplog.set_level("INFO")

    handle(commit)
    database.rows = 0
    handle(commit)

    order_id = ORDER["order_id"]
    assert caplog.messages == [f"committed {order_id}", f"committed-before {order_id}"]


def test_a_drills_order_comes_to_a_table_apart_and_is_not_counted(
    commit: ModuleType, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    assert handle(commit, drill=True) == {"outcome": "drill-committed"}

    assert database.written == [
        {name: ORDER[name] for name in ("order_id", "region", "acknowledged_at")}
    ]
    assert all("drill_orders" in statement for statement in database.statements)
    assert not [line for line in caplog.messages if line.startswith("committed ")]


def test_a_connection_is_given_up_at_the_first_error(
    commit: ModuleType, database: Database
) -> None:
    """After a failover it may lead to a replica, however often it is asked."""
    handle(commit)
    database.fails = commit.DatabaseNotWritable("SQLSTATE 25006")
    with pytest.raises(commit.DatabaseNotWritable):
        handle(commit)
    assert database.closed == 1
    database.fails = None
    handle(commit)
    assert database.logins == ["current", "current"]


def test_a_rotation_under_way_keeps_nobody_out(
    commit: ModuleType, database: Database, secrets: Secrets
) -> None:
    secrets.passwords["AWSPENDING"] = database.password = "pending"
    assert handle(commit) == COMMITTED
    assert database.logins == ["current", "pending"]


def test_a_rotation_that_ends_between_two_looks_keeps_nobody_out(
    commit: ModuleType, database: Database, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.password = "new"
    refuse = database.connect

    def connect(*told: Any) -> Database:
        secrets.passwords = {"AWSCURRENT": "new"} if database.logins else secrets.passwords
        return refuse(*told)

    secrets.passwords = {"AWSCURRENT": "older", "AWSPENDING": "old"}
    monkeypatch.setitem(vars(commit), "connect", connect)
    assert handle(commit) == COMMITTED
    assert database.logins == ["older", "old", "new"]


def test_a_password_is_tried_once(commit: ModuleType, database: Database, secrets: Secrets) -> None:
    secrets.passwords["AWSPENDING"], database.password = "current", "another"
    with pytest.raises(commit.DatabaseNotWritable, match="takes no password"):
        handle(commit)
    assert database.logins == ["current"]


@pytest.mark.parametrize(
    "broken",
    [
        ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue"),
        ConnectTimeoutError(endpoint_url="https://secretsmanager"),
        Secrets.exceptions.ResourceNotFoundException(),
    ],
    ids=["an error", "no answer", "no secret"],
)
def test_a_secret_that_cannot_be_read_is_waited_for(
    commit: ModuleType, database: Database, secrets: Secrets, broken: Exception
) -> None:
    """Two minutes of Secrets Manager's must not void a charge."""
    secrets.broken = broken
    with pytest.raises(commit.DatabaseNotWritable):
        handle(commit)
    assert not database.logins


def test_an_order_waits_in_a_region_that_has_no_database(
    commit: ModuleType, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST", "")
    with pytest.raises(commit.DatabaseNotWritable, match="no database in this region"):
        handle(commit)
    assert not database.logins


def test_an_order_that_is_not_whole_is_a_bug_and_no_reason_to_wait(
    commit: ModuleType, database: Database
) -> None:
    with pytest.raises(KeyError, match="total"):
        commit.handler({"order": {name: ORDER[name] for name in ORDER if name != "total"}}, None)
    assert not database.logins


def test_nothing_that_an_order_does_not_need_is_written(
    commit: ModuleType, database: Database
) -> None:
    handle(commit, payment_token="tok_1234567890abcdef", customer_id="c-1")
    (values,) = database.written
    assert "tok_" not in json.dumps(values)
    assert values["customer_id"] == "c-1"
