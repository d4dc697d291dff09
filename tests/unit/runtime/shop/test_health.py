"""How the shop says that it stands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.drill.triggers import app_health
from tests.unit.runtime.shop.world import CARTS, CATALOGUE, INTAKE, REGION, Aws, Browser, part


@pytest.fixture
def draining() -> Iterator[Any]:
    yield part("draining")
    part("draining").end()


def test_it_is_alive_and_can_sell(browser: Browser) -> None:
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/healthz?deep=1").status_code == 200


def test_without_its_tables_it_is_alive_and_cannot_sell(aws: Aws, browser: Browser) -> None:
    """404: a 5XX would count as an error of the shop, and stop the deployment that mends it."""
    aws.broken.add("dynamodb")
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/healthz?deep=1").status_code == 404


@pytest.mark.parametrize("table", [CATALOGUE, CARTS, INTAKE])
def test_each_table_counts(aws: Aws, browser: Browser, table: str) -> None:
    aws.dynamodb().delete_table(TableName=table)
    assert browser.get("/healthz?deep=1").status_code == 404


def test_while_it_drains_it_says_no(draining: Any, browser: Browser) -> None:
    draining.begin()
    assert browser.get("/healthz").status_code == 404
    assert browser.get("/healthz?deep=1").status_code == 404
    assert browser.get("/products").status_code == 200, "and serves all the same"


@pytest.mark.parametrize(("said", "status"), [("elsewhere", 200), (REGION, 404)])
def test_a_region_that_is_said_to_be_unwell_says_no_and_sells_all_the_same(
    aws: Aws, browser: Browser, said: str, status: int
) -> None:
    """What a drill with the trigger app-health writes (scripts/drill/triggers/app_health.py)."""
    item = {**app_health.KEY, app_health.UNWELL: {"SS": ["another", said]}}
    aws.dynamodb().put_item(TableName=CARTS, Item=item)
    assert browser.get("/healthz?deep=1").status_code == status
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/products").status_code == 200


class Table:
    """Counts how often it is asked, and answers when it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.let = threading.Event()

    def get_item(self, **_: Any) -> dict[str, Any]:
        self.asked += 1
        self.let.wait(30)
        return {}


def test_many_probes_ask_the_tables_once(aws: Aws) -> None:
    now = [100.0]
    table = Table()
    table.let.set()
    health = part("health").Health(table, {"one": "id"}, "here", clock=lambda: now[0])
    assert [health.able() for _ in range(50)] == [True] * 50
    assert table.asked == 1
    now[0] += part("health").FRESH
    assert health.able()
    assert table.asked == 2


def test_a_table_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part("health"), "TIMEOUT", 0.01)
    table = Table()
    health = part("health").Health(table, {"one": "id", "two": "id"}, "here")
    assert not health.able()
    table.let.set()
