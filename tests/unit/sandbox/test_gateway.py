"""The gateway: who answers a request, decided before its body is read."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from scripts.sandbox.gateway import (
    Gateway,
    Head,
    Message,
    Response,
    Service,
    json_response,
    may_change,
    number_in,
)

SIGNED = "AWS4-HMAC-SHA256 Credential=111111111111/20260101/eu-west-1/sqs/aws4_request, Signature=0"


class Emulator:
    """An application that notes what it is asked."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await send({"type": "lifespan.startup.complete"})
            return
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"emulator"})


def ask(
    gateway: Gateway, *, path: str = "/", target: str = "", body: bytes = b"body"
) -> list[Message]:
    parts = [body[:2], body[2:]]
    sent: list[Message] = []

    async def receive() -> Message:
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"X-Amz-Target", target.encode()), (b"Authorization", SIGNED.encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"a=1",
        "headers": headers,
    }
    asyncio.run(gateway(scope, receive, send))
    return sent


def answering(name: str) -> Service:
    async def handle(head: Head, body: bytes) -> Response:
        return json_response({"service": name, "body": body.decode(), "query": head.query})

    return Service(name, lambda head: head.target.startswith(name), handle)


def test_the_first_service_that_matches_answers_with_the_whole_body() -> None:
    emulator = Emulator()
    gateway = Gateway(emulator, lambda head: None)
    gateway.add(answering("Other"))
    gateway.add(answering("Code"))
    gateway.add(answering("CodePipeline"))
    started, ended = ask(gateway, target="CodePipeline_20150709.ListPipelines")
    assert started["status"] == 200
    assert json.loads(ended["body"]) == {"service": "Code", "body": "body", "query": {"a": ["1"]}}
    assert emulator.bodies == []


def test_what_no_service_matches_reaches_the_emulator_unread() -> None:
    emulator = Emulator()
    gateway = Gateway(emulator, lambda head: None)
    gateway.add(answering("Other"))
    assert ask(gateway)[1]["body"] == b"emulator"
    assert emulator.bodies == [b"bo"]


def test_what_the_emulator_would_not_answer_is_refused() -> None:
    emulator = Emulator()
    gateway = Gateway(emulator, lambda head: Response(501, head.credential[2].encode()))
    started, ended = ask(gateway)
    assert (started["status"], ended["body"], emulator.bodies) == (501, b"sqs", [])


def test_a_change_is_noticed_and_a_reading_is_not() -> None:
    changed: list[int] = []
    gateway = Gateway(Emulator(), lambda head: None, on_change=lambda: changed.append(1))
    ask(gateway, target="DynamoDB_20120810.GetItem")
    assert changed == []
    ask(gateway, target="DynamoDB_20120810.PutItem")
    assert changed == [1]


@pytest.mark.parametrize(
    ("method", "target", "body", "changing"),
    [
        ("GET", "", b"", False),
        ("HEAD", "", b"", False),
        ("PUT", "", b"", True),
        ("POST", "", b"", True),
        ("POST", "AWSStepFunctions.DescribeExecution", b"{}", False),
        ("POST", "AWSStepFunctions.StartExecution", b"{}", True),
        ("POST", "", b"Action=DescribeStacks&Version=2010-05-15", False),
        ("POST", "", b"Version=2010-05-15&Action=UpdateStack", True),
    ],
)
def test_which_requests_may_change_something(
    method: str, target: str, body: bytes, changing: bool
) -> None:
    assert may_change(Head(method, "/", {}, {"x-amz-target": target}), body) is changing


def test_polling_is_not_taken_for_a_change() -> None:
    changed: list[int] = []
    gateway = Gateway(Emulator(), lambda head: None, on_change=lambda: changed.append(1))
    parts = [b"Action=DescribeStacks"]

    async def receive() -> Message:
        return {"type": "http.request", "body": parts.pop()}

    async def send(message: Message) -> None: ...

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(gateway(scope, receive, send))
    assert changed == []


def test_readiness_is_announced_once_the_emulator_has_loaded() -> None:
    ready: list[str] = []
    gateway = Gateway(Emulator(), lambda head: None, on_ready=lambda: ready.append("ready"))

    async def send(message: Message) -> None:
        ready.append(message["type"])

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    asyncio.run(gateway({"type": "lifespan"}, receive, send))
    assert ready == ["ready", "lifespan.startup.complete"]


def test_a_presigned_request_is_signed() -> None:
    query = {"X-Amz-Credential": ["111111111111/20260101/eu-west-1/s3/aws4_request"]}
    assert Head("GET", "/", query, {}).credential == ("111111111111", "eu-west-1", "s3")
    assert Head("GET", "/", {}, {}).credential == ("", "", "")


@pytest.mark.parametrize(
    ("body", "number"),
    [
        (b'{"lag": 0}', 0.0),
        (b'{"lag": 86400, "more": 1}', 86_400.0),
        (b'{"lag": -0.1}', None),
        (b'{"lag": 86400.5}', None),
        (b'{"lag": true}', None),
        (b'{"lag": "5"}', None),
        (b'{"lag": NaN}', None),
        (b'{"speed": 5}', None),
        (b"[5]", None),
        (b"5", None),
        (b"lag", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_a_number_in_a_body_is_one_and_within_its_bounds(body: bytes, number: float | None) -> None:
    assert number_in(body, "lag", 0, 86_400) == number
