"""What is too large or broken gets no further than the gate."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.unit.runtime.shop.world import Browser, part

gate = part("gate")


def asked(body: bytes, **environ: str) -> tuple[str, list[bytes]]:
    """What the gate answers, and what is behind it read."""
    read: list[bytes] = []
    said: list[str] = []

    def behind(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        read.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response("200 OK", [])
        return []

    environ = {"PATH_INFO": "/", "QUERY_STRING": "", **environ}
    environ_with_body: dict[str, Any] = {**environ, "wsgi.input": io.BytesIO(body)}
    gate.Gate(behind)(environ_with_body, lambda status, headers: said.append(status))
    return said[0], read


@pytest.mark.parametrize("length", [0, 1, gate.LARGEST])
def test_a_body_is_passed_on_whole(length: int) -> None:
    body = b"x" * length
    assert asked(body, CONTENT_LENGTH=str(length)) == ("200 OK", [body])
    assert asked(body, HTTP_TRANSFER_ENCODING="chunked") == ("200 OK", [body])


def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not() -> None:
    body = b"x" * (gate.LARGEST + 1)
    for told in ({"CONTENT_LENGTH": str(len(body))}, {"HTTP_TRANSFER_ENCODING": "chunked"}):
        status, read = asked(body, **told)
        assert status.startswith("413")
        assert read == []


def test_what_says_that_it_is_too_large_is_not_even_read() -> None:
    class Endless(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError

    environ = {"PATH_INFO": "/", "CONTENT_LENGTH": str(10**12), "wsgi.input": Endless()}
    said: list[str] = []
    gate.Gate(None)(environ, lambda status, headers: said.append(status))
    assert said[0].startswith("413")


@pytest.mark.parametrize("length", ["x", "-1", "3"])
def test_a_body_that_is_not_as_long_as_it_says_is_refused(length: str) -> None:
    """A checkout that was cut off must not be taken for a shorter one."""
    status, read = asked(b"xx", CONTENT_LENGTH=length)
    assert status.startswith("400")
    assert read == []


def test_what_is_refused_at_the_gate_bears_what_every_answer_bears(browser: Browser) -> None:
    answer = browser("POST", "/api/checkout", body="x" * 70_000)
    assert answer.status_code == 413
    assert answer.headers["x-tradewind-region"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.json["error"]["code"] == "too-large"
