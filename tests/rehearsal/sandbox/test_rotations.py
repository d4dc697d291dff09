"""Rotations of the database's secret, by Secrets Manager of the sandbox, against a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.orders_stack import (
    Orders,
    eventually,
    orders_stack,
)

pytestmark = pytest.mark.usefixtures("postgres")

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
MOMENTS = [f"{when} {step}" for step in STEPS for when in ("before", "after")]
CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


@pytest.fixture(scope="module")
def orders(sandbox: Sandbox) -> Iterator[Orders]:
    with orders_stack(sandbox, "666666666666") as standing:
        yield standing


@pytest.fixture
def function(orders: Orders, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The commit function, in an execution environment of this process."""
    module = orders.function(monkeypatch)
    yield module
    module.give_up()


@contextmanager
def always_let_in(function: ModuleType) -> Iterator[None]:
    """Whoever holds the secret can log in, again and again, for as long as this lasts."""
    failures: list[BaseException] = []
    logins, done = [0], threading.Event()

    def log_in() -> None:
        while not done.wait(0.02):
            try:
                function.log_in().close()
                logins[0] += 1
            except Exception as failure:  # noqa: BLE001 - whatever it is, it is the finding
                failures.append(failure)

    thread = threading.Thread(target=log_in)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    assert not failures
    assert logins[0]


def ended(orders: Orders, token: str) -> bool:
    """Whether the sandbox has told that the rotation failed."""
    return f"of {token} for" in (orders.sandbox.home / "sandbox.log").read_text()


def refused(orders: Orders) -> bool:
    """Whether RotateSecret is refused because one is not complete."""
    with pytest.raises(ClientError, match="A previous rotation isn't complete") as refusal:
        orders.rotate()
    return bool(refusal.value.response["Error"]["Code"] == "InvalidRequestException")


def test_a_rotation_sets_a_new_password_while_everybody_is_let_in(
    orders: Orders, function: ModuleType
) -> None:
    old = orders.password()
    with always_let_in(function):
        token = orders.rotate()
        eventually(lambda: orders.labelled(CURRENT) == token, "the rotation")
    assert orders.password() != old
    former = function.read(CURRENT) | {"password": old}
    with pytest.raises(function.LoginRefused):
        function.connect(*orders.engine(), former, "test")


@pytest.mark.parametrize("moment", MOMENTS[:-1])
def test_a_rotation_killed_at_any_step_is_finished_by_the_next_run(
    orders: Orders, function: ModuleType, moment: str
) -> None:
    current = orders.labelled(CURRENT)
    with always_let_in(function):
        orders.be_fatal_at(moment)
        token = orders.rotate()
        eventually(lambda: ended(orders, token), f"the kill {moment}")
        assert (orders.labelled(CURRENT), orders.labelled(PENDING)) == (current, token)
        orders.be_fatal_at("")
        assert refused(orders)
        eventually(lambda: orders.labelled(CURRENT) == token, "the second try")
    function.connect(*orders.engine(), function.read(CURRENT), "test").close()


def test_a_rotation_killed_when_it_was_done_is_done(orders: Orders, function: ModuleType) -> None:
    orders.be_fatal_at(MOMENTS[-1])
    token = orders.rotate()
    eventually(lambda: ended(orders, token), "the kill after the last step")
    assert orders.labelled(CURRENT) == token
    orders.be_fatal_at("")
    following = orders.rotate()
    eventually(lambda: orders.labelled(CURRENT) == following, "the next rotation")


def test_a_password_that_a_cancelled_rotation_has_set_is_found_by_the_next(
    orders: Orders, function: ModuleType
) -> None:
    """Its version has lost its label, and the database takes no other password."""
    orders.be_fatal_at("after setSecret")
    lost = orders.rotate()
    eventually(lambda: ended(orders, lost), "the kill")
    orders.be_fatal_at("")
    orders.client("secretsmanager").update_secret_version_stage(
        SecretId="orders", VersionStage=PENDING, RemoveFromVersionId=lost
    )
    with pytest.raises(function.DatabaseNotWritable, match="takes no password"):
        function.log_in()
    token = orders.rotate()
    eventually(lambda: orders.labelled(CURRENT) == token, "the rotation after it")
    function.log_in().close()
    assert lost not in orders.stages()


def test_a_secret_whose_rotation_was_cancelled_keeps_who_rotates_it_until_it_is_resumed(
    orders: Orders,
) -> None:
    secrets = orders.client("secretsmanager")
    before = secrets.describe_secret(SecretId="orders")
    current = orders.labelled(CURRENT)

    told = secrets.cancel_rotate_secret(SecretId="orders")

    assert (told["ARN"], told.get("VersionId")) == (before["ARN"], None)
    during = secrets.describe_secret(SecretId="orders")
    assert not during["RotationEnabled"]
    for kept in ("RotationLambdaARN", "RotationRules"):
        assert during[kept] == before[kept]

    secrets.rotate_secret(
        SecretId="orders",
        RotationLambdaARN=before["RotationLambdaARN"],
        RotationRules=before["RotationRules"],
        RotateImmediately=False,
    )

    assert secrets.describe_secret(SecretId="orders")["RotationEnabled"]
    assert orders.labelled(CURRENT) == current


def test_what_never_rotated_or_is_not_there_is_not_cancelled(orders: Orders) -> None:
    secrets = orders.client("secretsmanager")
    secrets.create_secret(Name="still", SecretString="{}")
    with pytest.raises(ClientError, match="doesn't already have a Lambda function ARN") as never:
        secrets.cancel_rotate_secret(SecretId="still")
    assert never.value.response["Error"]["Code"] == "InvalidRequestException"
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.cancel_rotate_secret(SecretId="nobody")


def test_a_function_that_secrets_manager_may_not_call_rotates_nothing(orders: Orders) -> None:
    """Its policy lets it be called for another secret."""
    secrets = orders.client("secretsmanager")
    secrets.create_secret(Name="another", SecretString="{}")
    function = orders.client("lambda").get_function(FunctionName="rotation")["Configuration"]
    with pytest.raises(ClientError, match="cannot invoke the specified Lambda function"):
        secrets.rotate_secret(SecretId="another", RotationLambdaARN=function["FunctionArn"])
    told = secrets.describe_secret(SecretId="another")
    assert not told["RotationEnabled"]
    assert len(told["VersionIdsToStages"]) == 1
