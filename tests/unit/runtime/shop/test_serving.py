"""The shop under gunicorn: it ends without failing anybody, survives a worker, and repeats nothing."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from tests.unit.runtime.shop.served import PATIENCE, Served, until
from tests.unit.runtime.shop.world import INTAKE, Aws

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="a worker is found through /proc"
)

CARD = b"4111111111111111"


class Customer(threading.Thread):
    """Asks one thing after the other over one connection, until the shop ends it."""

    def __init__(self, served: Served) -> None:
        super().__init__(daemon=True)
        self.connection = served.connection()
        self.statuses: list[int] = []
        self.ended_by_the_shop = False
        self.failure: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            while not self.ended_by_the_shop:
                self.connection.request("GET", "/api/products/lamp")
                answer = self.connection.getresponse()
                answer.read()
                self.statuses.append(answer.status)
                self.ended_by_the_shop = answer.headers.get("Connection") == "close"
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            self.failure = error
        finally:
            self.connection.close()


def test_no_request_fails_while_the_shop_ends(aws: Aws, tmp_path: Path) -> None:
    """Eight customers in the middle of it, each over a connection that is kept alive."""
    with Served(aws, tmp_path, pause=0.01) as served:
        customers = [Customer(served) for _ in range(8)]
        until(lambda: all(len(customer.statuses) >= 20 for customer in customers))
        served.terminate()
        for customer in customers:
            customer.join(PATIENCE)
            assert customer.failure is None
            assert customer.ended_by_the_shop
            assert set(customer.statuses) == {200}
        assert served.process.wait(PATIENCE) == 0


def test_it_says_no_before_it_ends(aws: Aws, tmp_path: Path) -> None:
    with Served(aws, tmp_path, SHOP_DRAIN_SECONDS="2") as served:
        line = served.connection()
        line.request("GET", "/products/lamp")
        answer = line.getresponse()
        answer.read()
        assert "Connection" not in answer.headers or answer.headers["Connection"] == "keep-alive"
        served.terminate()
        until(lambda: served.get("/healthz") == 404)
        line.request("GET", "/products/lamp")
        answer = line.getresponse()
        answer.read()
        assert (answer.status, answer.headers["Connection"]) == (200, "close")
        line.close()
        assert served.process.wait(PATIENCE) == 0


def test_a_worker_that_is_killed_is_replaced(aws: Aws, tmp_path: Path) -> None:
    with Served(aws, tmp_path) as served:
        until(lambda: len(served.workers()) == 2)
        killed, left = served.workers()
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(served.workers()) == 2 and killed not in served.workers())
        assert left in served.workers()
        assert served.get("/healthz?deep=1") == 200


def test_a_customer_buys(aws: Aws, tmp_path: Path) -> None:
    with Served(aws, tmp_path) as served:
        line = served.connection()
        json = {"Content-Type": "application/json"}
        line.request("PUT", "/api/cart/lines/lamp", b'{"quantity": 1}', json)
        answer = line.getresponse()
        answer.read()
        cart = answer.headers["Set-Cookie"].partition(";")[0]
        asked = {**json, "Cookie": cart, "Idempotency-Key": "a-key-of-a-customers-own"}
        body = b'{"payment_token": "tok_okRehearsalPayment"}'
        for _ in range(2):
            line.request("POST", "/api/checkout", body, asked)
            answer = line.getresponse()
            assert answer.status == 202
            answer.read()
        line.close()
    assert len(aws.items(INTAKE)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /" + CARD + b" HTTP/9.9\r\n\r\n",
        CARD + b" / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-Card " + CARD + b": x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + CARD + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + CARD + b"x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + CARD + b"zz\r\n",
        b"GET /?" + b"x" * 5000 + CARD + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + CARD + b"\r\n\r\n",
        b"GET /?q=" + CARD + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ],
)
def test_a_request_that_cannot_be_read_is_refused_and_not_repeated(
    aws: Aws, served_to_all: Served, raw: bytes
) -> None:
    answer = served_to_all.say(raw)
    assert answer.startswith(b"HTTP/1.1 4")
    assert CARD not in answer
    assert CARD.decode() not in served_to_all.log.read_text()


@pytest.fixture(scope="module")
def served_to_all(tmp_path_factory: pytest.TempPathFactory) -> object:
    with Served(Aws(), tmp_path_factory.mktemp("shop"), SHOP_WORKERS="1") as served:
        yield served


def test_a_body_that_comes_in_chunks_is_read(served_to_all: Served) -> None:
    answer = served_to_all.say(
        b"PUT /api/cart/lines/none HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"f\r\n" + b'{"quantity": 1}' + b"\r\n0\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 404"), (
        "there is no such product, so the body was understood"
    )


def test_head_has_no_body(served_to_all: Served) -> None:
    asked = b"HEAD /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answer = served_to_all.say(asked)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_it_serves_tls_with_the_certificate_that_the_first_boot_made(
    aws: Aws, tmp_path: Path
) -> None:
    key, certificate = tmp_path / "tls.key", tmp_path / "tls.crt"
    made = (
        "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=shop"
    )
    subprocess.run(
        [*made.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    served = Served(aws, tmp_path, SHOP_CERTIFICATE=str(certificate), SHOP_KEY=str(key))
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname = False
    served.tls = context
    with served:
        line = served.connection()
        line.request("GET", "/healthz")
        answer = line.getresponse()
        assert answer.status == 200
        assert "Strict-Transport-Security" in answer.headers
        line.close()
