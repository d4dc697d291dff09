"""The catalogue, page by page, in the order in which the table has it: the same each time it is walked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boto3.dynamodb.types import TypeDeserializer

#: The item that holds the ranking of the warehouse, and is no product (generator/top_products.py).
TOP_PRODUCTS = "top-products"

#: `name` is among DynamoDB's reserved words.
ATTRIBUTES = (
    "product_id",
    "name",
    "description",
    "category",
    "price",
    "currency",
    "stock",
    "image",
)

_plain = TypeDeserializer().deserialize


@dataclass(frozen=True)
class Page:
    """Products, and the key to go on after; None at the end."""

    products: list[dict[str, object]]
    last: dict[str, object] | None


class Catalogue:
    """The table, read as it is at the time: eventually consistent, for a feed is old when it is read."""

    def __init__(self, dynamodb, table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def after(self, last: Mapping[str, object] | None, most: int) -> Page:
        """The next page."""
        names = {f"#{number}": name for number, name in enumerate(ATTRIBUTES)}
        answer = self.dynamodb.scan(
            TableName=self.table,
            Limit=most,
            ProjectionExpression=", ".join(names),
            ExpressionAttributeNames=names,
            **({"ExclusiveStartKey": dict(last)} if last else {}),
        )
        products = [
            {name: _plain(value) for name, value in item.items()} for item in answer["Items"]
        ]
        return Page(
            [product for product in products if product["product_id"] != TOP_PRODUCTS],
            answer.get("LastEvaluatedKey"),
        )
