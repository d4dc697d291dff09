"""One exchange with an endpoint that serves, dies, hangs, errs, or talks nonsense."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from scripts.sandbox.routing import probes
from scripts.sandbox.routing.health_checks import Endpoint, HealthCheck
from scripts.sandbox.routing.probes import Outcome

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

#: As fast as no endpoint's patience outlasts a test.
FAST = 60.0


def endpoint(kind: str = "HTTP", **config: Any) -> Endpoint:
    made: dict[str, Any] = {"Type": kind, "FullyQualifiedDomainName": "shop.example.com", **config}
    subject = HealthCheck.described("check", "111111111111", made).subject
    assert isinstance(subject, Endpoint)
    return subject


@contextlib.asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def says(text: str, asked: list[str] | None = None) -> Serve:
    """A server that answers so; what it was asked is put into `asked`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if asked is not None:
            asked.extend(head.decode().splitlines())
        writer.write(text.encode())
        await writer.drain()

    return serve


def probed(serve: Serve, one: Endpoint | None = None, speed: float = FAST) -> Outcome:
    async def run() -> Outcome:
        async with serving(serve) as port:
            return await probes.probe("check", one or endpoint(), "127.0.0.1", port, speed)

    return asyncio.run(run())


def with_status(line: str, *headers: str, body: str = "") -> Serve:
    lines = [f"HTTP/1.1 {line}", f"Content-Length: {len(body)}", *headers, "", body]
    return says("\r\n".join(lines))


@pytest.mark.parametrize("line", ["200 OK", "204 No Content", "302 Found", "399 Odd"])
def test_two_and_three_hundreds_are_well(line: str) -> None:
    found = probed(with_status(line))
    assert found.success
    said = line.replace(" ", ", ", 1)
    assert found.status == f"Success: HTTP Status Code {said}. Resolved IP: 127.0.0.1"


@pytest.mark.parametrize("line", ["404 Not Found", "500 Oh", "503 Service Temporarily Unavailable"])
def test_four_and_five_hundreds_are_not(line: str) -> None:
    found = probed(with_status(line))
    assert not found.success
    said = line.replace(" ", ", ", 1)
    assert found.status == f"Failure: HTTP Status Code {said}. Resolved IP: 127.0.0.1"


def test_an_address_of_the_check_itself_is_not_told_again() -> None:
    found = probed(with_status("200 OK"), endpoint(IPAddress="192.0.2.44"))
    assert found.status == "Success: HTTP Status Code 200, OK"


def test_nobody_there() -> None:
    async def run() -> Outcome:
        async with serving(says("")) as port:
            pass
        return await probes.probe("check", endpoint(), "127.0.0.1", port, FAST)

    found = asyncio.run(run())
    assert not found.success
    assert found.status.startswith("Failure: Connection refused.")


def test_one_that_dies_before_it_answers() -> None:
    found = probed(says(""))
    assert not found.success
    assert found.status.startswith("Failure: The connection ended before an answer")


def test_one_that_hangs() -> None:
    async def serve(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    found = probed(serve)
    assert not found.success
    assert found.status.startswith("Failure: Connection timed out.")


def test_one_that_talks_nonsense() -> None:
    found = probed(says("HTTP/1.1 200 OK\r\nno header\r\n\r\n"))
    assert not found.success
    assert "RFC 7230" in found.status


@pytest.mark.parametrize(("milliseconds", "success"), [(500, True), (2500, False)])
def test_latency_counts_as_the_drill_has_it(milliseconds: int, success: bool) -> None:
    latency = f"X-Tradewind-Latency-Ms: {milliseconds}"
    found = probed(with_status("200 OK", latency))
    assert found.success is success
    assert found.seconds >= milliseconds / 1000 * (1 - 1 / FAST)


def test_latency_that_was_waited_for_is_not_counted_twice() -> None:
    found = probed(with_status("200 OK", "X-Tradewind-Latency-Ms: 2500"), speed=1.0)
    assert found.success, "at speed 1 the front door has slept all of it: what was measured is it"


def test_the_search_string_must_be_within_the_first_5120_bytes() -> None:
    def searched(before: int) -> Outcome:
        body = "x" * before + "Well" + "x" * 9000
        one = endpoint("HTTP_STR_MATCH", SearchString="Well")
        return probed(with_status("200 OK", body=body), one)

    assert searched(0).success
    assert searched(5116).success
    assert not searched(5117).success
    assert "5120" in searched(5117).status


def test_the_search_string_has_case_and_does_not_save_a_500() -> None:
    one = endpoint("HTTP_STR_MATCH", SearchString="Well")
    assert not probed(with_status("200 OK", body="well"), one).success
    assert not probed(with_status("500 No", body="Well"), one).success


def test_tcp_asks_for_nothing_but_a_connection() -> None:
    assert probed(says(""), endpoint("TCP", Port=25)).success


def test_what_an_endpoint_is_asked() -> None:
    asked: list[str] = []
    answer = says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", asked)
    probed(answer, endpoint("HTTPS", Port=443, ResourcePath="/healthz?deep=1"))
    assert asked[0] == "GET /healthz?deep=1 HTTP/1.1"
    assert "Host: shop.example.com" in asked
    assert any(line.startswith("User-Agent: Amazon-Route53-Health-Check-Service") for line in asked)


@pytest.mark.parametrize(
    ("kind", "config", "host"),
    [
        ("HTTP", {"Port": 80}, "shop.example.com"),
        ("HTTPS", {"Port": 443}, "shop.example.com"),
        ("HTTP", {"Port": 443}, "shop.example.com:443"),
        ("HTTPS_STR_MATCH", {"Port": 8443, "SearchString": "x"}, "shop.example.com:8443"),
        ("HTTP", {"IPAddress": "192.0.2.44", "Port": 80}, "shop.example.com"),
    ],
)
def test_the_host_header(kind: str, config: dict[str, Any], host: str) -> None:
    assert endpoint(kind, **config).host == host


def test_the_host_header_without_a_name() -> None:
    made = {"Type": "HTTP", "IPAddress": "192.0.2.44", "Port": 8080}
    subject = HealthCheck.described("check", "111111111111", made).subject
    assert isinstance(subject, Endpoint)
    assert subject.host == "192.0.2.44:8080"
