"""The list of top products is whole, in order, and never replaced by nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.runtime.loading import execution_environment


class Table:
    """A DynamoDB client that keeps what it is told to put."""

    def __init__(self) -> None:
        self.put: list[dict[str, Any]] = []

    def put_item(self, **request: Any) -> None:
        self.put.append(request)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("CATALOGUE_TABLE", "catalogue")
    monkeypatch.setenv("ITEM", "top-products")
    return Table()


def publish(table: Table, *ranked: tuple[str, int]) -> Any:
    """Hand it what the Data API answers for these rows."""
    rows = [[{"StringValue": product}, {"LongValue": sold}] for product, sold in ranked]
    publisher = execution_environment("top_products_writer", dynamodb=table)
    return publisher.handler({"Records": rows, "TotalNumRows": len(rows)}, None)


def test_the_most_popular_product_comes_first(table: Table) -> None:
    assert publish(table, ("mug", 12), ("tea", 7)) == {"published": 2}
    (put,) = table.put
    assert put["TableName"] == "catalogue"
    assert put["Item"]["product_id"] == {"S": "top-products"}
    assert put["Item"]["products"]["L"] == [
        {"M": {"product_id": {"S": "mug"}, "sold": {"N": "12"}}},
        {"M": {"product_id": {"S": "tea"}, "sold": {"N": "7"}}},
    ]
    assert int(put["Item"]["ranked_at"]["N"]) > 0


def test_a_day_without_a_sale_leaves_the_old_list(table: Table) -> None:
    assert publish(table) == {"published": 0}
    assert table.put == []


def test_a_row_that_is_not_as_expected_publishes_nothing(table: Table) -> None:
    publisher = execution_environment("top_products_writer", dynamodb=table)
    with pytest.raises(KeyError):
        publisher.handler({"Records": [[{"StringValue": "mug"}, {"isNull": True}]]}, None)
    assert table.put == []
