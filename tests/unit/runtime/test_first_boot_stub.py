"""The stub keeps a fresh fleet alive and out of Route 53's answers."""

from __future__ import annotations

import http.client
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loopback import LoopbackServer, serving

SOURCE = Path(__file__).parents[3] / "generator/runtime/first_boot/stub.py"


@pytest.fixture
def port() -> Iterator[int]:
    spec = importlib.util.spec_from_file_location("stub", SOURCE)
    assert spec
    assert spec.loader
    stub = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(stub)
    with serving(LoopbackServer(stub.Stub)) as server:
        yield server.port


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("HEAD", "/healthz", 200),
        ("GET", "/healthz?deep=1", 404),
        ("GET", "/healthz?x=1&deep=1", 404),
        ("GET", "/", 503),
        ("GET", "/healthzz", 503),
        ("POST", "/checkout", 503),
    ],
)
def test_it_is_alive_and_does_not_serve(port: int, method: str, path: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request(method, path, body=b"{}" if method == "POST" else None)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == status
    assert answer.headers["Cache-Control"] == "no-store"
