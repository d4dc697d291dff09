"""Each way to leave a region, on the sandbox: made once, read back, told apart from others', undone."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scripts.aws import Aws, AwsSaidNo, connect_endpoint
from scripts.drill.steps import Standing, Step, Token
from scripts.drill.triggers import app_health, takeover
from scripts.drill.triggers.app_health import diagnosis
from scripts.drill.triggers.invert import Inversion
from scripts.drill.triggers.takeover import switch
from tests.rehearsal.conftest import Sandbox
from tests.unit.drill.report.observed import THEATRE

_ACCOUNTS = itertools.count(990000000000)

OURS, LATER = Token("ours", 7), Token("later", 8)


class Place:
    """An account with the tables and the check that a drill touches."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.account = str(next(_ACCOUNTS))
        self.sandbox = sandbox
        here = THEATRE.standby.name
        for table, key in ((THEATRE.switch_table, "Switch"), (THEATRE.carts, "cart_id")):
            self.client("dynamodb", here).create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            )
        self.route53 = self.client("route53", "us-east-1")
        made = self.route53.create_health_check(
            CallerReference=self.account,
            HealthCheckConfig={
                "Type": "HTTP",
                "FullyQualifiedDomainName": "shop.example.com",
                "RequestInterval": 10,
                "FailureThreshold": 3,
            },
        )
        check = replace(
            THEATRE.primary_endpoint,
            id=made["HealthCheck"]["Id"],
            version=made["HealthCheck"]["HealthCheckVersion"],
        )
        self.theatre = replace(THEATRE, primary_endpoint=check)

    def client(self, service: str, region: str) -> Any:
        return self.sandbox.client(service, region, self.account)

    @property
    def aws(self) -> Aws:
        return connect_endpoint(self, self.sandbox.endpoint)

    name = "prod"
    primary_region = THEATRE.primary.name

    @property
    def account_id(self) -> str:
        return self.account

    def update(self, **said: Any) -> None:
        """Somebody else changes the health check."""
        self.route53.update_health_check(HealthCheckId=self.theatre.primary_endpoint.id, **said)

    def put(self, table: str, item: dict[str, Any]) -> None:
        self.client("dynamodb", THEATRE.standby.name).put_item(TableName=table, Item=item)


@pytest.fixture
def place(sandbox: Sandbox) -> Place:
    return Place(sandbox)


def step_of(place: Place, kind: Callable[..., Step]) -> Step:
    return kind(place.aws, place.theatre)


@pytest.mark.parametrize("kind", [switch, diagnosis, Inversion])
def test_it_is_made_read_back_and_undone(place: Place, kind: Callable[..., Step]) -> None:
    step = step_of(place, kind)
    before = step.snapshot()
    assert step.standing(before, OURS) is Standing.NOT_MADE
    step.make(OURS)
    assert step.standing(before, OURS) is Standing.MADE
    assert step.restored(before)
    step.undo(before, OURS)
    assert step.restored(before) == ()
    assert step.by_hand(before)[0].startswith("aws ")


@pytest.mark.parametrize("kind", [switch, diagnosis])
def test_what_somebody_else_has_put_there_is_not_taken(
    place: Place, kind: Callable[..., Step]
) -> None:
    step_of(place, kind).make(LATER)
    step = step_of(place, kind)
    with pytest.raises(AwsSaidNo) as refused:
        step.make(OURS)
    assert refused.value.code == "ConditionalCheckFailedException"
    assert step.standing({"item": None}, OURS) is Standing.ANOTHERS
    with pytest.raises(AwsSaidNo):
        step.undo({"item": None}, OURS)
    assert step.standing({"item": None}, LATER) is Standing.MADE


def test_a_drill_that_was_overtaken_asks_for_nothing(place: Place) -> None:
    """The fence only grows: whoever comes back from a long pause finds a later one there."""
    place.put(
        THEATRE.switch_table, {**takeover.KEY, "Requested": {"BOOL": False}, "Fence": {"N": "9"}}
    )
    with pytest.raises(AwsSaidNo):
        step_of(place, switch).make(LATER)


@pytest.mark.parametrize(
    ("kind", "table", "item"),
    [
        (switch, THEATRE.switch_table, {**takeover.KEY, "Requested": {"BOOL": False}}),
        (diagnosis, THEATRE.carts, {**app_health.KEY, "note": {"S": "somebody's"}}),
    ],
)
def test_an_item_that_was_there_is_put_back(
    place: Place, kind: Callable[..., Step], table: str, item: dict[str, Any]
) -> None:
    place.put(table, item)
    step = step_of(place, kind)
    before = step.snapshot()
    step.make(OURS)
    step.undo(before, OURS)
    assert step.snapshot() == {"item": item}


def test_a_check_that_somebody_else_has_changed_is_left_alone(place: Place) -> None:
    step = step_of(place, Inversion)
    before = step.snapshot()
    step.make(OURS)
    place.update(FailureThreshold=5)
    assert step.standing(before, OURS) is Standing.ANOTHERS
    with pytest.raises(AwsSaidNo) as refused:
        step.undo(before, OURS)
    assert refused.value.code == "HealthCheckVersionMismatch"
    assert step.restored(before) == (
        f"FailureThreshold of health check {place.theatre.primary_endpoint.id} is 5, and was 3.",
        f"Inverted of health check {place.theatre.primary_endpoint.id} is True, and was False.",
    )


def test_a_check_that_was_changed_since_it_was_planned_is_not_inverted(place: Place) -> None:
    step = step_of(place, Inversion)
    place.update(FailureThreshold=5)
    with pytest.raises(AwsSaidNo) as refused:
        step.make(OURS)
    assert refused.value.code == "HealthCheckVersionMismatch"
    assert step.snapshot()["config"].get("Inverted", False) is False


def test_a_check_that_was_inverted_is_so_again(place: Place) -> None:
    place.update(Inverted=True)
    check = place.theatre.primary_endpoint
    place.theatre = replace(
        place.theatre, primary_endpoint=replace(check, version=check.version + 1, inverted=True)
    )
    step = step_of(place, Inversion)
    before = step.snapshot()
    step.make(OURS)
    assert step.snapshot()["config"]["Inverted"] is False
    step.undo(before, OURS)
    assert step.restored(before) == ()
