"""What the shop's tests work with: AWS at the seam of boto3, and a shop that is put together on it.

The clients are botocore's own, so every call is checked against AWS's models; what would go over the wire is
answered here. DynamoDB is the sandbox's: it evaluates conditions as strictly as AWS does.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError
from falcon.testing import Result, TestClient

REVISION = Path(__file__).parents[4] / "generator/runtime/shop"
sys.path.insert(0, str(REVISION))

REGION = "eu-west-1"
CATALOGUE, CARTS, INTAKE = "catalogue", "carts", "order-intake"
KEYS = {CATALOGUE: "product_id", CARTS: "cart_id", INTAKE: "order_id"}

TOKEN = "tok_okRehearsalPayment"
CARD = "4111 1111 1111 1111"

_account = itertools.count(100_000_000_000)


def part(name: str) -> Any:
    """A module of the shop."""
    return importlib.import_module(f"shop.{name}")


class Aws:
    """An account of its own, with the shop's tables; some of it may be out of order."""

    def __init__(self) -> None:
        self.session = boto3.session.Session(str(next(_account)), "secret", region_name=REGION)
        self.broken: set[str] = set()
        self.said: list[dict[str, Any]] = []
        self.measured: list[dict[str, Any]] = []
        self.liked: list[str] = []
        self.put_events: Callable[[list[Any]], list[Any]] = lambda entries: [{} for _ in entries]
        for table, key in KEYS.items():
            self.dynamodb().create_table(
                TableName=table,
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )

    def dynamodb(self) -> Any:
        client = self.client("dynamodb")
        client.meta.events.register("before-send.dynamodb", self._tables)
        return client

    dynamodb_probe = dynamodb

    def events(self) -> Any:
        return self.client("events", PutEvents=self._bus)

    def cloudwatch(self) -> Any:
        return self.client("cloudwatch", PutMetricData=self._measure)

    def recommendations(self) -> Any:
        return self.client("personalize-runtime", GetRecommendations=self._recommend)

    def client(self, service: str, **answers: Callable[[dict[str, Any]], Any]) -> Any:
        """A client whose operations are answered here, once botocore has accepted what is asked."""
        client = self.session.client(service, config=Config(retries={"total_max_attempts": 1}))
        for operation, answer in answers.items():
            client.meta.events.register(
                f"provide-client-params.{service}.{operation}",
                lambda params, answer=answer, **_: self._remember(params),
            )
            client.meta.events.register(
                f"before-call.{service}.{operation}",
                lambda answer=answer, **_: (AWSResponse("", 200, {}, None), answer(self._asked)),
            )
        return client

    def _remember(self, params: dict[str, Any]) -> None:
        self._asked = params

    def _tables(self, request: Any, **_: Any) -> AWSResponse:
        if "dynamodb" in self.broken:
            raise ConnectTimeoutError(endpoint_url=request.url)
        status, body = self.answer(request.headers, request.body)
        return AWSResponse(request.url, status, {}, _Raw(body))

    @staticmethod
    def answer(asked: Mapping[str, Any], body: bytes) -> tuple[int, bytes]:
        """DynamoDB's, to a request of the account that signed it."""
        from ministack.services import dynamodb

        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in asked.items()
        }
        _scope(headers["authorization"])
        status, _, told = asyncio.run(dynamodb.handle_request("POST", "/", headers, body, {}))
        return status, told.encode() if isinstance(told, str) else told

    def _bus(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "events" in self.broken:
            raise ConnectTimeoutError(endpoint_url="events")
        answers = self.put_events(asked["Entries"])
        self.said += [
            entry
            for entry, answer in zip(asked["Entries"], answers, strict=True)
            if "ErrorCode" not in answer
        ]
        return {"Entries": answers}

    def _measure(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "cloudwatch" in self.broken:
            raise ConnectTimeoutError(endpoint_url="cloudwatch")
        self.measured.append(asked)
        return {}

    def _recommend(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "recommendations" in self.broken:
            raise ConnectTimeoutError(endpoint_url="personalize")
        assert asked["userId"]
        return {"itemList": [{"itemId": product} for product in self.liked]}

    def item(self, table: str, key: str) -> dict[str, Any]:
        """As it is in the table."""
        found = self.dynamodb().get_item(TableName=table, Key={KEYS[table]: {"S": key}})
        return dict(found.get("Item", {}))

    def items(self, table: str) -> list[dict[str, Any]]:
        """All of a table."""
        return list(self.dynamodb().scan(TableName=table)["Items"])


class _Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.body


def _scope(authorization: str) -> None:
    """The sandbox tells accounts apart by their access keys."""
    from ministack.core import responses

    key, _, region = authorization.partition("Credential=")[2].split("/")[:3]
    responses.set_request_account_id(key)
    responses.set_request_region(region)


def sell(aws: Aws, product_id: str, price: int = 500, stock: int = 10, **more: str) -> None:
    """Put a product into the catalogue."""
    texts = {"name": product_id.title(), "currency": "EUR", "category": "Things", **more}
    aws.dynamodb().put_item(
        TableName=CATALOGUE,
        Item={
            "product_id": {"S": product_id},
            "price": {"N": str(price)},
            "stock": {"N": str(stock)},
            **{name: {"S": text} for name, text in texts.items()},
        },
    )


def settings(**more: Any) -> Any:
    """Of a shop that has what every shop has."""
    least = {
        "region": REGION,
        "catalogue_table": CATALOGUE,
        "carts_table": CARTS,
        "order_intake_table": INTAKE,
        "event_bus": "bus",
        "metrics_namespace": "Tradewind/Shop",
        "fleet": "fleet",
    }
    return part("settings").Settings(**(least | more))


def shop(aws: Aws, **more: Any) -> Any:
    """The shop, put together as it is on an instance."""
    return part("shop").build(settings(**more), aws)


class Browser:
    """A visitor, who keeps cookies."""

    def __init__(self, shop: Any) -> None:
        self.client = TestClient(part("application").application(shop))
        self.cookies: dict[str, str] = {}

    def __call__(self, method: str, path: str, **asked: Any) -> Result:
        headers = asked.pop("headers", {})
        if self.cookies:
            said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = {"Cookie": said, **headers}
        answer = self.client.simulate_request(method, path, headers=headers, **asked)
        jar = SimpleCookie(answer.headers.get("set-cookie", ""))
        self.cookies |= {name: morsel.value for name, morsel in jar.items()}
        return answer

    def get(self, path: str, **asked: Any) -> Result:
        return self("GET", path, **asked)

    def post(self, path: str, **fields: Any) -> Result:
        """A form."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self("POST", path, body=urlencode(fields), headers=form)

    def put(self, product_id: str, quantity: object) -> Result:
        """Into the cart."""
        return self("PUT", f"/api/cart/lines/{product_id}", json={"quantity": quantity})

    def check_out(self, key: str, token: object = TOKEN) -> Result:
        return self(
            "POST",
            "/api/checkout",
            json={"payment_token": token},
            headers={"Idempotency-Key": key},
        )
