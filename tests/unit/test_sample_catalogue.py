"""The sample catalogue: what a shop on this machine sells."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

from scripts import sample_catalogue
from scripts.sample_catalogue import products


def test_it_is_240_products_in_12_categories_of_20() -> None:
    made = list(products())
    by_category: dict[str, int] = {}
    for product in made:
        by_category[product.category] = by_category.get(product.category, 0) + 1
    assert len({product.product_id for product in made}) == len(made) == 240
    assert set(by_category.values()) == {20}
    assert len(by_category) == 12


def test_every_product_can_be_sold() -> None:
    for product in products():
        least, most = sample_catalogue.CATEGORIES[product.category][1:]
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", product.product_id)
        assert least * 100 <= product.price < most * 100
        assert product.stock >= 20


def test_it_is_the_same_in_every_process() -> None:
    code = "from scripts.sample_catalogue import products; print(*products(), sep='\\n')"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


class Table:
    """DynamoDB with one table; it takes ten items of a batch, and gives the rest back."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.items = {item["product_id"]["S"]: item for item in items}
        self.paused = 0

    def client(self, _service: str, _region: str) -> Table:
        return self

    @property
    def clock(self) -> Table:
        return self

    def pause(self) -> None:
        self.paused += 1

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "scan":
            told = [{k: v for k, v in item.items() if k == "price"} for item in self.items.values()]
            return {"Items": told[: parameters["Limit"]]}
        ((table, writes),) = parameters["RequestItems"].items()
        assert len(writes) <= 25
        for write in writes[:10]:
            item = write["PutRequest"]["Item"]
            self.items[item["product_id"]["S"]] = item
        return {"UnprocessedItems": {table: writes[10:]} if writes[10:] else {}}


def seeded(table: Table) -> int:
    return sample_catalogue.seed(table, "us-east-1", "catalogue")  # type: ignore[arg-type]


def test_an_empty_catalogue_gets_all_of_it_though_dynamodb_takes_it_by_and_by() -> None:
    table = Table()
    assert seeded(table) == 240
    assert len(table.items) == 240
    assert table.paused > 0


def test_a_list_of_top_products_is_no_product() -> None:
    assert seeded(Table({"product_id": {"S": "top-products"}, "products": {"L": []}})) == 240


def test_a_catalogue_that_sells_something_is_left_alone() -> None:
    table = Table({"product_id": {"S": "theirs"}, "price": {"N": "1"}})
    assert seeded(table) == 0
    assert list(table.items) == ["theirs"]
