"""The real shop in both regions, behind the front doors, on what is really deployed."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from scripts import project as projects
from scripts.sample_catalogue import Product, products
from scripts.sandbox import process
from scripts.sandbox.fleets import supervision
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.fleets.load import Findings, Round, shoppers
from tests.rehearsal.fleets.test_fleet import members, until

PRIMARY, STANDBY = "us-east-1", "us-west-2"
TOKEN = "tok_ok" + "a" * 20
CATALOGUE: list[Product] = list(products())


@dataclass
class Customer:
    """A connection, and the cookies that it was given."""

    connection: http.client.HTTPConnection
    cookies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, url: str) -> Customer:
        parts = urlsplit(url)
        return cls(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30))

    def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        told = {"Content-Type": "application/json", "Cookie": self.cookie, **headers}
        self.connection.request(method, path, json.dumps(body) if body else None, told)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer, answer.read()

    def json(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        answer, text = self.ask(method, path, body, **headers)
        assert answer.status < 300, (method, path, answer.status, text)
        return json.loads(text)

    def put(self, product: Product, quantity: int) -> Any:
        return self.json("PUT", f"/api/cart/lines/{product.product_id}", {"quantity": quantity})

    def checkout(self, key: str) -> Any:
        headers = {"Idempotency-Key": key}
        return self.json("POST", "/api/checkout", {"payment_token": TOKEN}, **headers)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


@dataclass(frozen=True)
class Shops:
    """dev, deployed into a sandbox of its own, and its shop in both regions."""

    sandbox: Sandbox
    opened: list[http.client.HTTPConnection] = field(default_factory=list)

    def run(self, *words: str, code: int = 0) -> str:
        main = "import sys; from scripts.cli import main; sys.exit(main())"
        root = str(projects.find(str(Path(__file__).parent)))
        ended = subprocess.run(
            [sys.executable, "-c", main, "--project", root, *words],
            env={**os.environ, "TRADEWIND_SANDBOX_HOME": str(self.sandbox.home)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout

    @property
    def told(self) -> list[Any]:
        found: list[Any] = json.loads(self.run("sandbox", "shop", "status", "--json"))["shops"]
        return found

    def home(self, region: str) -> Path:
        return supervision.home_of(self.sandbox.home, "dev-shop", region)

    def fleet(self, region: str) -> dict[str, Any]:
        return supervision.status(self.home(region)).document

    def customer(self, region: str) -> Customer:
        made = Customer.of(self.fleet(region)["url"])
        self.opened.append(made.connection)
        return made

    def has_cart(self, cookie: str, region: str) -> bool:
        """Whether a region's copy has a customer's cart."""
        table = self.sandbox.client("dynamodb", region)
        carts = table.scan(TableName="tradewind-dev-carts", ConsistentRead=True)["Items"]
        return any(one["cart_id"]["S"] in cookie for one in carts)

    def order(self, order_id: str, region: str = PRIMARY) -> dict[str, Any]:
        """As a region has it, once it has."""
        table = self.sandbox.client("dynamodb", region)

        def there() -> dict[str, Any]:
            found: dict[str, Any] = table.get_item(
                TableName="tradewind-dev-order-intake", Key={"order_id": {"S": order_id}}
            )
            item: dict[str, Any] = found.get("Item", {})
            return item

        until(there)
        return there()

    def broken_revision(self, place: Path) -> str:
        """What runs, but never ready."""
        newest = max(self.home(PRIMARY).glob("revisions/*"), key=lambda one: one.stat().st_mtime)
        shutil.copytree(newest, place, ignore=shutil.ignore_patterns("__pycache__"))
        (place / "shop" / "wsgi.py").write_text("raise RuntimeError('never ready')\n")
        return str(place)


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shops]:
    home = tmp_path_factory.mktemp("home")
    running = process.start(home, free_port())
    made = Shops(Sandbox(home, running.url))
    try:
        made.run("deploy", "dev", "--direct", "--sandbox", "--yes", "-q")
        made.run("sandbox", "shop", "start", "dev", "--port", str(free_port()))
        yield made
    finally:
        process.stop(home)


@pytest.fixture(autouse=True)
def _customers_leave(shops: Shops) -> Iterator[None]:
    yield
    while shops.opened:
        shops.opened.pop().close()


def test_it_serves_once_per_region_and_says_so(shops: Shops) -> None:
    assert [one["region"] for one in shops.told] == [PRIMARY, STANDBY]
    assert len({urlsplit(one["url"]).netloc for one in shops.told}) == 2
    for one in shops.told:
        assert [instance["health"] for instance in one["instances"]] == ["healthy", "healthy"]
        assert one["revision"].startswith("s3://tradewind-dev-artifacts-")
        answer, _ = shops.customer(one["region"]).ask("GET", "/products")
        assert answer.status == 200
        assert answer.headers["X-Tradewind-Region"] == one["region"]
    said = shops.run("sandbox", "status")
    assert "dev-shop-us-east-1-1" in said


def test_the_sample_is_there_once(shops: Shops) -> None:
    found = shops.customer(PRIMARY).json("GET", f"/api/products/{CATALOGUE[0].product_id}")
    assert (found["name"], found["price"]) == (CATALOGUE[0].name, CATALOGUE[0].price)
    shops.run("sandbox", "shop", "start", "dev")  # serves already, and has products
    table = shops.sandbox.client("dynamodb", PRIMARY)
    assert table.scan(TableName="tradewind-dev-catalogue", Select="COUNT")["Count"] >= 240


@pytest.mark.parametrize(("region", "other"), [(PRIMARY, STANDBY), (STANDBY, PRIMARY)])
def test_a_cart_is_checked_out_where_it_is_and_known_in_the_other_region(
    shops: Shops, region: str, other: str
) -> None:
    here, there, lamp = shops.customer(region), shops.customer(other), CATALOGUE[7]
    cart = here.put(lamp, 2)
    until(lambda: shops.has_cart(here.cookies["cart"], other))
    there.cookies["cart"] = here.cookies["cart"]
    # What is left of the stock is each region's own copy.
    (ours,), (theirs,) = cart["lines"], there.json("GET", "/api/cart")["lines"]
    assert {**theirs, "left": 0} == {**ours, "left": 0}

    key = str(uuid.uuid4())
    placed = here.checkout(key)
    assert (placed["state"], placed["region"]) == ("ACKNOWLEDGED", region)
    shops.order(placed["order_id"], other)  # before that, either region would take it
    assert there.checkout(key)["order_id"] == placed["order_id"]

    order = shops.order(placed["order_id"])
    assert order["worked_by"] == {"S": region}
    assert order["total"] == {"N": str(2 * lamp.price)}


def test_the_takeover_s_path_is_the_standby_s_function(shops: Shops) -> None:
    answer, said = shops.customer(STANDBY).ask("GET", "/takeover")
    assert (answer.status, said.strip()) == (404, b"no takeover requested")


def test_an_order_outlives_the_instance_that_took_it(shops: Shops) -> None:
    customer = shops.customer(PRIMARY)
    customer.put(CATALOGUE[3], 1)
    placed = customer.checkout(str(uuid.uuid4()))
    taken_by = shops.fleet(PRIMARY)["instances"]
    for one in taken_by:
        os.kill(one["pid"], signal.SIGKILL)

    def serves() -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return all(
                shops.customer(PRIMARY).ask("GET", "/healthz?deep=1")[0].status == 200
                for _ in range(8)
            )
        return False

    # Workers outlive their master for a moment: that they serve says nothing yet.
    until(lambda: {one["restarts"] for one in shops.fleet(PRIMARY)["instances"]} == {1})
    until(serves)
    found = shops.customer(PRIMARY).json("GET", f"/api/orders/{placed['order_id']}")
    assert found["order_id"] == placed["order_id"]


class Disappointed(Exception):
    """An answer that ends a customer's round."""


def shopping(region: str, orders: dict[str, int]) -> Any:
    """Rounds of browsing, of filling a cart, and of checking out; every answer is held to the catalogue."""

    def of(number: int) -> Round:
        turns = itertools.count(number * 17)

        def one(connection: http.client.HTTPConnection, found: Findings) -> None:
            with contextlib.suppress(Disappointed):
                round_of(Customer(connection), next(turns), found)

        return one

    def round_of(customer: Customer, turn: int, found: Findings) -> None:
        product = CATALOGUE[turn % len(CATALOGUE)]

        def ask(method: str, path: str, body: object = None, **headers: str) -> Any:
            answer, text = customer.ask(method, path, body, **headers)
            found.statuses[answer.status] += 1
            if answer.headers["X-Tradewind-Region"] != region:
                found.wrong.append(f"{path}: {answer.headers['X-Tradewind-Region']}")
            if answer.status not in (200, 202):
                found.wrong.append(f"{method} {path}: {answer.status} {text[:200]!r}")
                raise Disappointed
            return json.loads(text) if "json" in answer.headers["Content-Type"] else text

        page = ask("GET", f"/products/{product.product_id}")
        if product.name.encode() not in page:
            found.wrong.append(f"{product.product_id}: another page")
        ask("GET", f"/api/search?q={product.category}")
        cart = ask("PUT", f"/api/cart/lines/{product.product_id}", {"quantity": 2})
        if cart["total"] != 2 * product.price:
            found.wrong.append(f"{product.product_id}: {cart}")
        if turn % 4 == 0:
            key = {"Idempotency-Key": str(uuid.uuid4())}
            placed = ask("POST", "/api/checkout", {"payment_token": TOKEN}, **key)
            orders[placed["order_id"]] = 2 * product.price

    return of


def test_a_rolling_restart_under_load_fails_no_request_and_loses_no_order(shops: Shops) -> None:
    orders: dict[str, int] = {}
    before = {one["pid"] for one in shops.fleet(PRIMARY)["instances"]}

    with shoppers(4, shops.fleet(PRIMARY)["url"], shopping(PRIMARY, orders)) as found:
        until(lambda: found.asked > 80)
        shops.run("sandbox", "shop", "roll", "dev", "--region", PRIMARY)
        after = found.asked
        until(lambda: found.asked > after + 80)

    assert found.wrong == []
    assert set(found.statuses) == {200, 202}
    assert not before & {one["pid"] for one in shops.fleet(PRIMARY)["instances"]}
    assert len(orders) > 10
    kept = {name: int(shops.order(name, STANDBY)["total"]["N"]) for name in orders}
    assert kept == orders


def test_a_revision_that_never_gets_ready_is_rolled_back_under_load(
    shops: Shops, tmp_path: Path
) -> None:
    orders: dict[str, int] = {}
    broken = shops.broken_revision(tmp_path / "broken")
    before = shops.fleet(STANDBY)["revision"]

    with shoppers(4, shops.fleet(STANDBY)["url"], shopping(STANDBY, orders)) as found:
        until(lambda: found.asked > 80)
        said = shops.run(
            "sandbox", "shop", "roll", "dev", "--region", STANDBY, "--to", broken, "--json", code=1
        )
        after = found.asked
        until(lambda: found.asked > after + 80)

    assert found.wrong == []
    assert set(found.statuses) == {200, 202}
    told = json.loads(said)
    assert (told["status"], told["rolled_back"]) == ("Failed", True)
    assert {one["revision"] for one in shops.fleet(STANDBY)["instances"]} == {before}


def test_a_stop_leaves_nothing(shops: Shops) -> None:
    groups = [shops.fleet(region)["pid"] for region in (PRIMARY, STANDBY)]
    shops.run("sandbox", "shop", "stop", "dev")
    assert [members(group) for group in groups] == [[], []]
    assert shops.told == []
    assert "No shop was running" not in shops.run("sandbox", "shop", "status")
