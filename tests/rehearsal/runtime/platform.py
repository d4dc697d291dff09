"""dev, deployed into a sandbox of its own, its shop open: what a test orders there, and what became of it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from scripts.drill import shoppers
from scripts.sandbox import process
from scripts.wheelhouse import WHEELS
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.running import until

PRIMARY, STANDBY = "us-east-1", "us-west-2"

CATALOGUE, INTAKE = "tradewind-dev-catalogue", "tradewind-dev-order-intake"

#: A token by what the sandbox's payment processor makes of it.
TOKENS = {
    fate: f"tok_{fate}{'A1b2C3d4E5f6G7h8'}"
    for fate in ("ok", "declined", "broken", "lost", "flaky")
} | {"drill": shoppers.TOKEN}

#: What waits of minutes and hours are in a rehearsal: at this speed a quarter of an hour takes a second.
SPEED = 900

#: How it is deployed: from here, or by its pipeline, whose releases are recorded.
Way = Literal["direct", "pipeline"]


@dataclass
class Buyer:
    """A browser: a connection to the front door of a region, and its cookies."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Status and body. Headers are named with underscores."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(
                method, path, body, {"Content-Type": "application/json", "Cookie": cookie, **told}
            )
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, said

    def told(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """The document that a request is answered with; it has to succeed."""
        status, said = self.ask(method, path, json.dumps(body) if body else None, **headers)
        assert status < 300, (method, path, status, said)
        return json.loads(said)

    def order(self, product: str, pieces: int = 1, *, token: str = "ok", key: str = "") -> str:
        """Put a product into the cart and check out; gives the order's id. `key`: of the checkout."""
        self.told("PUT", f"/api/cart/lines/{product}", {"quantity": pieces})
        return self.check_out(token=token, key=key)

    def check_out(self, *, token: str = "ok", key: str = "") -> str:
        placed = self.told(
            "POST",
            "/api/checkout",
            {"payment_token": TOKENS[token]},
            Idempotency_Key=key or str(uuid.uuid4()),
        )
        name: str = placed["order_id"]
        return name


@dataclass(frozen=True)
class Platform:
    """The environment, by its APIs."""

    sandbox: Sandbox
    project: Path

    def client(self, service: str, region: str = PRIMARY) -> Any:
        return self.sandbox.client(service, region)

    def run(self, *words: str) -> str:
        """A command of the tool, on a project that has the repository's environments."""
        main = "import sys; from scripts.cli import main; sys.exit(main())"
        ended = subprocess.run(
            [sys.executable, "-c", main, "--project", str(self.project), *words],
            env={**os.environ, "TRADEWIND_SANDBOX_HOME": str(self.sandbox.home)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def buyer(self, region: str = PRIMARY) -> Buyer:
        """Somebody new."""
        told = json.loads(self.run("sandbox", "shop", "status", "--json"))["shops"]
        return Buyer(next(shop["url"] for shop in told if shop["region"] == region))

    @cached_property
    def buyer_of_all(self) -> Buyer:
        """One that comes back."""
        return self.buyer()

    def sell(self, product: str, stock: int, price: int = 500) -> str:
        """A product of this name is in the catalogue, with so many pieces; gives the name."""
        item = {
            "product_id": {"S": product},
            "name": {"S": product.title()},
            "description": {"S": "for a test"},
            "category": {"S": "tests"},
            "price": {"N": str(price)},
            "currency": {"S": "EUR"},
            "stock": {"N": str(stock)},
            "image": {"S": "/images/test.svg"},
        }
        self.client("dynamodb").put_item(TableName=CATALOGUE, Item=item)
        return product

    def acknowledge(self, product: str, pieces: int = 1, *, price: int = 500) -> str:
        """An order in order-intake as the shop puts it there, without the shop; gives its id."""
        name, line = str(uuid.uuid4()), {"quantity": {"N": str(pieces)}}
        item = {
            "order_id": {"S": name},
            "worked_by": {"S": PRIMARY},
            "state": {"S": "ACKNOWLEDGED"},
            "acknowledged_at": {"S": "2026-11-23T12:00:00.123+00:00"},
            "items": {
                "L": [
                    {"M": {**line, "product_id": {"S": product}, "unit_price": {"N": str(price)}}}
                ]
            },
            "total": {"N": str(pieces * price)},
            "currency": {"S": "EUR"},
            "payment_token": {"S": TOKENS["ok"]},
        }
        self.client("dynamodb").put_item(TableName=INTAKE, Item=item)
        return name

    def product(self, name: str) -> dict[str, Any]:
        """The product as it is: its stock, and what orders hold of it."""
        found = self.client("dynamodb").get_item(
            TableName=CATALOGUE, Key={"product_id": {"S": name}}, ConsistentRead=True
        )["Item"]
        return {key: next(iter(value.values())) for key, value in found.items()}

    def stock(self, name: str) -> int:
        """Pieces that anybody may buy; none is held for an order."""
        product = self.product(name)
        assert not [key for key in product if key.startswith("reserved_")], product
        return int(product["stock"])

    def intake(self, order_id: str) -> dict[str, Any]:
        """The order's item in order-intake."""
        found: dict[str, Any] = self.client("dynamodb").get_item(
            TableName=INTAKE, Key={"order_id": {"S": order_id}}, ConsistentRead=True
        )["Item"]
        return found

    def state(self, order_id: str) -> str:
        state: str = self.intake(order_id)["state"]["S"]
        return state

    def ended(self, *orders: str) -> list[str]:
        """The states that orders come to, each with its execution at its end."""

        def all_are() -> bool:
            return all(
                self.state(order_id) != "ACKNOWLEDGED"
                and self.run_of(order_id) not in ("", "RUNNING")
                for order_id in orders
            )

        until(all_are, seconds=120)
        return [self.state(order_id) for order_id in orders]

    def run_of(self, order_id: str, region: str = PRIMARY) -> str:
        """The status of the execution of the order workflow that bears the order's name, if there is one."""
        states = self.client("stepfunctions", region)
        try:
            told = states.describe_execution(executionArn=self.execution_arn(order_id, region))
        except states.exceptions.ExecutionDoesNotExist:
            return ""
        return str(told["status"])

    def execution_arn(self, order_id: str, region: str = PRIMARY) -> str:
        machine = f"tradewind-dev-order-workflow-{region}"
        return f"arn:aws:states:{region}:111111111111:execution:{machine}:{order_id}"

    def failures(self, order_id: str) -> list[str]:
        """The errors of every try of every step, in order; none before it runs."""
        if not self.run_of(order_id):
            return []
        pages = (
            self.client("stepfunctions")
            .get_paginator("get_execution_history")
            .paginate(executionArn=self.execution_arn(order_id))
        )
        return [
            event["taskFailedEventDetails"]["error"]
            for page in pages
            for event in page["events"]
            if event["type"] == "TaskFailed"
        ]

    def payment(self, order_id: str) -> dict[str, Any]:
        """What the processor's books say of an order; nothing at all if it was never asked."""
        orders: dict[str, dict[str, Any]] = self.sandbox.page("GET", "payments")["orders"]
        return orders.get(order_id, {"requests": 0, "charges": 0, "voids": 0})

    def database(self) -> Any:
        """A connection to the orders database, for a with statement."""
        from pg8000.native import Connection

        (instance,) = self.client("rds").describe_db_instances()["DBInstances"]
        endpoint = instance["Endpoint"]
        host, port = self.sandbox.engine(endpoint["Address"], endpoint["Port"])
        secret = self.client("secretsmanager").get_secret_value(
            SecretId="tradewind-dev-orders-database"
        )
        login = json.loads(secret["SecretString"])
        return Connection(
            login["username"],
            host=host,
            port=port,
            password=login["password"],
            database=login["dbname"],
        )

    def rows(self, *orders: str) -> list[int]:
        """How many rows of the database are of these orders; the first commit makes their table."""
        count = "SELECT CAST(order_id AS text), count(*) FROM orders GROUP BY 1"
        with self.database() as connection:
            ((table,),) = connection.run("SELECT to_regclass('orders')")
            counts = dict(connection.run(count)) if table else {}
        return [counts.get(order_id, 0) for order_id in orders]


@contextmanager
def deployed(
    home: Path, speed: float = SPEED, way: Way = "direct", /, **settings: object
) -> Iterator[Platform]:
    """The platform, with its shop open and its clock as fast as that, for as long as it is used; `settings`
    take the place of dev's own.
    """
    project, repository = home / "project", Path(__file__).parents[3]
    shutil.copytree(repository / "params", project / "params")
    say(project / "params" / "dev.yaml", settings)
    (repository / WHEELS).mkdir(parents=True, exist_ok=True)
    (project / WHEELS).parent.mkdir()
    (project / WHEELS).symlink_to(repository / WHEELS)
    running = process.start(home / "sandbox", free_port())
    platform = Platform(Sandbox(home / "sandbox", running.url), project)
    try:
        platform.run("build", "-q")
        how = ("--direct",) if way == "direct" else ()
        platform.run("deploy", "dev", *how, "--sandbox", "--yes", "-q")
        platform.run("sandbox", "shop", "start", "dev", "--port", str(free_port()))
        platform.sandbox.page("PUT", "clock", {"speed": speed})
        yield platform
    finally:
        process.stop(home / "sandbox")


def say(file: Path, settings: Mapping[str, object]) -> None:
    """Have an environment's file say these, whatever it said of them."""
    lines = file.read_text().splitlines()
    kept = [line for line in lines if line.partition(":")[0] not in settings]
    said = [f"{name}: {value}" for name, value in settings.items()]
    file.write_text("\n".join([*kept, *said, ""]))
