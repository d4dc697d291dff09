"""What the shop costs beyond a bare handler on the same server, and what a rolling restart costs."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scripts.sample_catalogue import products
from scripts.sandbox import process
from scripts.sandbox.fleets import supervision
from scripts.sandbox.fleets.spec import Spec
from tests.bench.ratio import Ratio
from tests.bench.timing import PROJECT, best
from tests.rehearsal.conftest import free_port
from tests.rehearsal.fleets.ground import lay_out

REGION, ACCOUNT = "us-east-1", "111111111111"
SHOP = PROJECT / "generator" / "runtime" / "shop"
TABLES = {"catalogue": "product_id", "carts": "cart_id", "order-intake": "order_id"}
PRODUCT = next(products())
TOKEN = "tok_ok" + "a" * 20

#: Customers at once, and the requests of one round, by what they do.
CUSTOMERS = 4
REQUESTS = {"list": 400, "page": 400, "cart": 80, "checkout": 60}
ROUNDS = 3

#: The same number of bytes from memory, and the one call that a request cannot do without.
BARE = """
import itertools, os, uuid
from shop.aws import Clients
from shop.wsgi import background

DYNAMODB = Clients(os.environ["AWS_DEFAULT_REGION"]).dynamodb()
LIST, PAGE = (b"x" * int(os.environ[name]) for name in ("LIST_BYTES", "PAGE_BYTES"))

def application(environ, start_response):
    path = environ["PATH_INFO"]
    environ["wsgi.input"].read()
    body = LIST if path == "/products" else PAGE
    if path.startswith("/products/"):
        key = {"product_id": {"S": path.removeprefix("/products/")}}
        DYNAMODB.get_item(TableName="catalogue", Key=key)
    elif path.startswith("/api/cart"):
        DYNAMODB.update_item(
            TableName="carts", Key={"cart_id": {"S": uuid.uuid4().hex}},
            UpdateExpression="SET expires_at = :at", ExpressionAttributeValues={":at": {"N": "1"}})
    elif path == "/api/checkout":
        DYNAMODB.put_item(
            TableName="order-intake", Item={"order_id": {"S": environ["HTTP_IDEMPOTENCY_KEY"]}},
            ConditionExpression="attribute_not_exists(order_id)")
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


def ratios() -> list[Ratio]:
    """The shop and the bare handler in turns, then the shop behind a front door while it is replaced."""
    with (
        tempfile.TemporaryDirectory(prefix="tradewind-bench-") as directory,
        _sandbox(Path(directory)) as sandbox,
    ):
        return [*_handlers(sandbox), _restart(sandbox)]


@dataclass(frozen=True)
class Sandbox:
    """A sandbox with the shop's tables, and the sample catalogue in one of them."""

    home: Path
    url: str

    def client(self, service: str) -> Any:
        """A client of the shop's account and region."""
        import boto3

        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="none",
        )

    @property
    def environment(self) -> dict[str, str]:
        """What the shop is told."""
        return {
            "AWS_DEFAULT_REGION": REGION,
            **{f"{name.upper().replace('-', '_')}_TABLE": name for name in TABLES},
        }


@contextlib.contextmanager
def _sandbox(home: Path) -> Iterator[Sandbox]:
    running = process.start(home, free_port())
    made = Sandbox(home, running.url)
    try:
        dynamodb = made.client("dynamodb")
        for name, key in TABLES.items():
            dynamodb.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            )
        for product in products():
            dynamodb.put_item(TableName="catalogue", Item=product.item())
        yield made
    finally:
        process.stop(home)


def _handlers(sandbox: Sandbox) -> Iterator[Ratio]:
    with (
        _served(sandbox, "shop.wsgi:application") as shop,
        _served(
            sandbox,
            "bare:application",
            LIST_BYTES=str(_size(shop, "/products")),
            PAGE_BYTES=str(_size(shop, f"/products/{PRODUCT.product_id}")),
        ) as bare,
    ):
        took = best(
            {
                f"{who} {what}": partial(_load, port, what)
                for what in REQUESTS
                for who, port in (("shop", shop), ("bare", bare))
            },
            ROUNDS,
        )
    each = {key: seconds / REQUESTS[key.split()[1]] * 1000 for key, seconds in took.items()}
    for what, name, limit, note in (
        (
            "list",
            "the catalogue's page",
            5.0,
            "both from memory: routing, checks, log and template",
        ),
        ("page", "a product's page", 2.0, "both read the product from DynamoDB"),
        (
            "cart",
            "a cart's line",
            5.0,
            "the bare handler writes; the shop reads product and cart, too",
        ),
        (
            "checkout",
            "a cart's line and its checkout",
            5.0,
            "the bare handler writes twice, and no more",
        ),
    ):
        ours, floor = each[f"shop {what}"], each[f"bare {what}"]
        yield Ratio(
            f"the shop under steady load, {name} / a bare handler on the same server",
            ours / floor,
            limit,
            f"{ours:.1f} ms / {floor:.1f} ms a request with {CUSTOMERS} customers at once, who share the "
            f"processors with it; {note}",
        )


def _restart(sandbox: Sandbox) -> Ratio:
    """A fleet of two behind its front door: steady, and while each instance is replaced."""
    lines = "\n".join(f"{name}={value}" for name, value in sandbox.environment.items())
    spec = Spec(
        name="bench",
        region=REGION,
        account=ACCOUNT,
        endpoint=sandbox.url,
        host="127.0.0.1",
        port=free_port(),
        instances=2,
        revision=str(SHOP),
        **lay_out(sandbox.client, f"cat >/etc/shop.env <<'END'\n{lines}\nEND\n"),
        environment_file="/etc/shop.env",
        arguments=("-m", "gunicorn", "-c", "gunicorn.conf.py", "shop.wsgi:application"),
        bind="SHOP_BIND",
        ready="/healthz?deep=1",
        variables={},
    )
    home = supervision.home_of(sandbox.home, spec.name, spec.region)
    supervision.start(home, spec)
    asked = 0
    steady = min(_timed(partial(_load, spec.port, "page")) for _ in range(ROUNDS))
    steady /= REQUESTS["page"]
    began = time.perf_counter()
    supervision.deploy(home, str(SHOP), 50)
    while supervision.status(home).document["deployment"]["status"] == "InProgress":
        _load(spec.port, "page")
        asked += REQUESTS["page"]
    rolling = (time.perf_counter() - began) / asked
    ended = supervision.status(home).document["deployment"]["status"]
    assert ended == "Succeeded", ended
    return Ratio(
        "a product's page while every instance is replaced / before",
        rolling / steady,
        4.0,
        f"{rolling * 1000:.1f} ms / {steady * 1000:.1f} ms a request through the front door; {asked} "
        "requests, none failed; half the fleet serves, and starting the other half takes a processor",
    )


def _load(port: int, what: str) -> None:
    """A round of one kind of request by all customers. Raises AssertionError for any that fails."""
    failures: list[str] = []
    share = REQUESTS[what] // CUSTOMERS

    def customer() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for ask in itertools.repeat(_ASKS[what], share):
                ask(connection)
        except (AssertionError, OSError, http.client.HTTPException) as failure:
            failures.append(repr(failure))
        finally:
            connection.close()

    threads = [threading.Thread(target=customer) for _ in range(CUSTOMERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def _ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: Mapping[str, object] | None = None,
    **headers: str,
) -> tuple[http.client.HTTPResponse, bytes]:
    said = json.dumps(body) if body else None
    connection.request(method, path, said, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status in (200, 202), (path, answer.status, text[:200])
    return answer, text


def _list(connection: http.client.HTTPConnection) -> None:
    _ask(connection, "GET", "/products")


def _page(connection: http.client.HTTPConnection) -> None:
    _ask(connection, "GET", f"/products/{PRODUCT.product_id}")


def _cart(connection: http.client.HTTPConnection) -> str:
    path = f"/api/cart/lines/{PRODUCT.product_id}"
    answer, _ = _ask(connection, "PUT", path, {"quantity": 2})
    return str(answer.headers.get("Set-Cookie", "")).partition(";")[0]


def _checkout(connection: http.client.HTTPConnection) -> None:
    """With the cart that it takes."""
    key = {"Idempotency-Key": str(uuid.uuid4()), "Cookie": _cart(connection)}
    _ask(connection, "POST", "/api/checkout", {"payment_token": TOKEN}, **key)


_ASKS: Mapping[str, Callable[[http.client.HTTPConnection], object]] = {
    "list": _list,
    "page": _page,
    "cart": _cart,
    "checkout": _checkout,
}


@contextlib.contextmanager
def _served(sandbox: Sandbox, application: str, **variables: str) -> Iterator[int]:
    """gunicorn with the shop's own settings, on a port of its own."""
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory, "shop")
        shutil.copytree(SHOP, place)
        (place / "bare.py").write_text(BARE)
        served = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", application],
            cwd=place,
            env={
                **os.environ,
                **sandbox.environment,
                **variables,
                "AWS_ENDPOINT_URL": sandbox.url,
                "AWS_ACCESS_KEY_ID": ACCOUNT,
                "AWS_SECRET_ACCESS_KEY": "none",
                "SHOP_BIND": f"127.0.0.1:{port}",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _until_served(port)
            yield port
        finally:
            served.terminate()
            served.wait()


def _until_served(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the server never came up")


def _size(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        return len(_ask(connection, "GET", path)[1])
    finally:
        connection.close()


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
