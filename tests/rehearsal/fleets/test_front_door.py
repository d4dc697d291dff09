"""The stand-in of a load balancer, before targets that answer as a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from scripts.sandbox.fleets.connections import Connections
from scripts.sandbox.fleets.front_door import FrontDoor, FunctionFailed, refused
from scripts.sandbox.fleets.listeners import Condition, Forward, Rule, Rules
from scripts.sandbox.fleets.server import Limits, Server
from scripts.sandbox.fleets.target_groups import GroupSettings, Health, Stickiness, TargetGroup
from scripts.sandbox.fleets.wire import Reply, Request

HOST = "127.0.0.1"
GROUP = "arn:shop"
LAMBDA = "arn:lambda"
FAST = 500.0
SECONDS = 10.0


async def well(request: Request) -> Reply:
    told = {"target": request.target, "headers": request.headers, "body": request.body.decode()}
    cookies = (("set-cookie", "cart=mine; Path=/"),) if request.path == "/cart" else ()
    return Reply(200, cookies, json.dumps(told).encode())


@dataclass
class Scene:
    """A front door with a group of targets; `url` is for raw sockets too."""

    door: FrontDoor
    group: TargetGroup
    public: Server
    port: int = 0
    servers: dict[str, Server] = field(default_factory=dict)

    async def target(self, name: str, answer: Callable[[Request], Awaitable[Reply]] = well) -> None:
        self.servers[name] = Server(answer, refused)
        self.group.register(name, await self.servers[name].open(HOST, 0))
        assert await self.group.until_healthy(name, SECONDS)

    async def ask(self, target: str, *headers: tuple[str, str], **told: Any) -> Reply:
        connections = Connections(HOST, self.port)
        try:
            method = told.pop("method", "GET")
            return await connections.ask(
                Request(method, target, (("host", "shop"), *headers), **told)
            )
        finally:
            connections.close()

    async def seen(self, target: str, *headers: tuple[str, str], **told: Any) -> dict[str, str]:
        """The headers that the target was given."""
        reply = await self.ask(target, *headers, **told)
        assert reply.status == 200
        return dict(json.loads(reply.body)["headers"])

    async def raw(self, text: bytes) -> bytes:
        """What comes back on a connection of its own, to its end."""
        reader, writer = await asyncio.open_connection(HOST, self.port)
        writer.write(text)
        answer = await asyncio.wait_for(reader.read(), SECONDS)
        writer.close()
        return answer


@contextlib.asynccontextmanager
async def scene(limits: Limits | None = None, **settings: Any) -> AsyncIterator[Scene]:
    async def invoke(_function: str, event: Any) -> Any:
        if "explode" in event["path"]:
            raise FunctionFailed("it raised")
        if "odd" in event["path"]:
            return ["no answer"]
        if "header" in event["path"]:
            return {"statusCode": 200, "headers": {"X-Split": "a\r\nX-Forged: b"}}
        return {"statusCode": 404, "headers": {"X-Seen": event["httpMethod"]}, "body": "released"}

    group = TargetGroup(GroupSettings(path="/healthz", interval=10.0, **settings), FAST)
    rules = Rules(
        (
            Rule(1, (Condition("path-pattern", ("/takeover*",)),), Forward(LAMBDA)),
            Rule(2, (Condition("path-pattern", ("/nobody",)),), Forward("arn:empty")),
            Rule(float("inf"), (), Forward(GROUP)),
        )
    )
    door = FrontDoor(
        rules, {GROUP: group}, {LAMBDA: "responder"}, invoke, drops_invalid_headers=True
    )
    made = Scene(door, group, Server(door.answer, refused, limits or Limits()))
    made.port = await made.public.open(HOST, 0)
    try:
        yield made
    finally:
        await made.public.close(1.0)
        group.close()
        for server in made.servers.values():
            await server.close(0.0)


def test_a_target_sees_who_asked_and_how() -> None:
    async def run() -> None:
        async with scene() as here:
            await here.target("a")
            seen = await here.seen(
                "/p?q=1",
                ("x-forwarded-for", "203.0.113.9"),
                ("x-forwarded-proto", "gopher"),
                ("bad_name", "dropped"),
                ("connection", "keep-alive"),
                ("te", "trailers"),
            )
        assert seen["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"
        assert (seen["x-forwarded-proto"], seen["x-forwarded-port"]) == ("https", "443")
        assert seen["x-amzn-trace-id"].startswith("Root=1-")
        assert seen["host"] == "shop"
        assert not {"bad_name", "connection", "te"} & set(seen)

    asyncio.run(run())


def test_a_body_in_chunks_arrives_whole_and_with_its_length() -> None:
    async def run() -> None:
        async with scene() as here:
            await here.target("a")
            answer = await here.raw(
                b"POST /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
            )
        assert b'"body": "hello world"' in answer
        assert b'["content-length", "11"]' in answer
        assert b"chunked" not in answer

    asyncio.run(run())


def test_nothing_is_sent_to_a_group_without_targets() -> None:
    async def run() -> None:
        async with scene() as here:
            assert (await here.ask("/")).status == 503
            assert (await here.ask("/nobody")).status == 503

    asyncio.run(run())


def test_a_target_that_is_gone_is_a_502_and_one_that_says_nothing_a_504() -> None:
    async def silent(request: Request) -> Reply:
        if request.path == "/slow":
            await asyncio.sleep(SECONDS)
        return Reply(200)

    async def run() -> None:
        async with scene() as here:
            await here.target("a", silent)
            here.group.targets["a"].connections.answer_seconds = 0.1
            assert (await here.ask("/slow")).status == 504
            assert (await here.ask("/")).status == 200
            await here.servers["a"].close(0.0)
            page = await here.ask("/")
        assert page.status == 502
        assert b"<h1>502 Bad Gateway</h1>" in page.body

    asyncio.run(run())


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"what?\r\n\r\n", b""]
)
def test_half_an_answer_is_none(said: bytes) -> None:
    async def breaks(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    async def run() -> None:
        async with scene(unhealthy_threshold=10**6) as here:
            server = await asyncio.start_server(breaks, HOST, 0)
            here.group.register("a", server.sockets[0].getsockname()[1])
            reply = await here.ask("/")
            server.close()
        assert reply.status == 502

    asyncio.run(run())


def test_a_request_is_tried_once() -> None:
    """What a target did before it failed nobody knows: a checkout must not be repeated by the way."""
    asked = 0

    async def breaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        head = await reader.readuntil(b"\r\n\r\n")
        asked += head.startswith(b"POST")
        writer.close()

    async def run() -> None:
        async with scene() as here:
            server = await asyncio.start_server(breaks, HOST, 0)
            for name in ("a", "b"):
                here.group.register(name, server.sockets[0].getsockname()[1])
            assert (await here.ask("/", method="POST", body=b"x")).status == 502
            server.close()

    asyncio.run(run())
    assert asked == 1


class TestHealth:
    def test_a_new_target_gets_nothing_before_its_first_check_and_all_it_can_after(self) -> None:
        async def run() -> None:
            async with scene(healthy_threshold=9) as here:
                await here.target("a")  # healthy after one check, whatever the threshold
                assert (await here.ask("/")).status == 200

        asyncio.run(run())

    def test_it_takes_the_threshold_to_fall_and_to_rise(self) -> None:
        passing = True
        checks = 0

        async def moody(request: Request) -> Reply:
            nonlocal checks
            checks += request.path == "/healthz"
            return Reply(200 if passing else 500)

        async def run() -> None:
            nonlocal passing, checks
            async with scene(unhealthy_threshold=3, healthy_threshold=4) as here:
                await here.target("a", moody)
                passing, checks = False, 0
                while here.group.health("a") is Health.HEALTHY:
                    await asyncio.sleep(0.001)
                assert checks in (3, 4)  # one may have been under way
                passing, checks = True, 0
                while here.group.health("a") is Health.UNHEALTHY:
                    await asyncio.sleep(0.001)
                assert checks in (4, 5)

        asyncio.run(run())

    def test_only_healthy_targets_are_asked_and_all_where_there_is_none(self) -> None:
        sick = {"a"}

        def named(name: str) -> Callable[[Request], Awaitable[Reply]]:
            async def answer(request: Request) -> Reply:
                failing = name in sick and request.path == "/healthz"
                return Reply(500 if failing else 200, body=name.encode())

            return answer

        async def run() -> None:
            async with scene() as here:
                sick.clear()
                for name in ("a", "b"):
                    await here.target(name, named(name))
                sick.add("a")
                while here.group.health("a") is Health.HEALTHY:
                    await asyncio.sleep(0.001)
                assert {(await here.ask("/")).body for _ in range(6)} == {b"b"}
                sick.add("b")
                while here.group.health("b") is Health.HEALTHY:
                    await asyncio.sleep(0.001)
                assert {(await here.ask("/")).body for _ in range(6)} == {b"a", b"b"}

        asyncio.run(run())

    def test_a_check_that_is_not_answered_in_time_has_failed(self) -> None:
        async def silent(_request: Request) -> Reply:
            await asyncio.sleep(SECONDS)
            return Reply(200)

        async def run() -> None:
            async with scene(timeout=0.02) as here:
                server = Server(silent, refused)
                here.servers["a"] = server
                here.group.register("a", await server.open(HOST, 0))
                assert not await here.group.until_healthy("a", 0.3)
                assert here.group.health("a") is Health.UNHEALTHY

        asyncio.run(run())


class TestDraining:
    def test_what_is_under_way_is_finished_and_nothing_new_is_sent(self) -> None:
        arrived, let_go = asyncio.Event(), asyncio.Event()

        async def slow(request: Request) -> Reply:
            if request.path == "/slow":
                arrived.set()
                await let_go.wait()
            return Reply(200, body=b"a")

        async def run() -> None:
            async with scene() as here:
                await here.target("a", slow)
                under_way = asyncio.create_task(here.ask("/slow"))
                await arrived.wait()
                leaving = asyncio.create_task(here.group.deregister("a"))
                await asyncio.sleep(0)
                assert here.group.health("a") is Health.DRAINING
                assert (await here.ask("/")).status == 503
                assert not leaving.done()
                let_go.set()
                await asyncio.wait_for(leaving, SECONDS)
                assert (await under_way).body == b"a"
                assert here.group.health("a") is None

        asyncio.run(run())

    def test_the_delay_is_as_long_as_the_group_says_and_no_longer(self) -> None:
        arrived = asyncio.Event()

        async def endless(request: Request) -> Reply:
            if request.path == "/slow":
                arrived.set()
                await asyncio.sleep(SECONDS * 100)
            return Reply(200)

        async def run() -> None:
            async with scene(deregistration_delay=0.1 * FAST) as here:
                await here.target("a", endless)
                under_way = asyncio.create_task(here.ask("/slow"))
                await arrived.wait()
                await asyncio.wait_for(here.group.deregister("a"), SECONDS)
                assert here.group.health("a") is None
                under_way.cancel()

        asyncio.run(run())


class TestStickiness:
    STICKY = Stickiness("cart", 60)

    @staticmethod
    def cookies(reply: Reply) -> str:
        pairs = [value.partition(";")[0] for name, value in reply.headers if name == "set-cookie"]
        return "; ".join(pairs)

    def test_a_cart_stays_with_its_target_until_that_leaves(self) -> None:
        async def run() -> None:
            async with scene(stickiness=self.STICKY) as here:
                for name in ("a", "b", "c"):
                    await _named(here, name)
                first = await here.ask("/cart")
                tied = self.cookies(first)
                assert "AWSALBAPP-0=" in tied
                again = {(await here.ask("/", ("cookie", tied))).body for _ in range(9)}
                assert len(again) == 1
                await here.group.deregister(again.pop().decode())
                assert (await here.ask("/", ("cookie", tied))).status == 200

        asyncio.run(run())

    def test_it_takes_both_cookies_and_an_untouched_one(self) -> None:
        async def run() -> None:
            async with scene(stickiness=self.STICKY) as here:
                for name in ("a", "b"):
                    await _named(here, name)
                tied = self.cookies(await here.ask("/cart"))
                ours = tied.split("; ")[1]
                forged = tied[:-8] + "AAAAAAA="
                for cookie in (
                    ours,
                    forged,
                    "cart=x; AWSALBAPP-0=é",
                    "cart=x; AWSALBAPP-0=!",
                    "; ;",
                ):
                    header = ("cookie", cookie)
                    got = {(await here.ask("/", header)).body for _ in range(6)}
                    assert got == {b"a", b"b"}

        asyncio.run(run())

    def test_no_cookie_of_ours_without_the_shop_s(self) -> None:
        async def run() -> None:
            async with scene(stickiness=self.STICKY) as here:
                await _named(here, "a")
                assert self.cookies(await here.ask("/")) == ""

        asyncio.run(run())


async def _named(here: Scene, name: str) -> None:
    async def answer(request: Request) -> Reply:
        cookies = (("set-cookie", "cart=mine; Path=/"),) if request.path == "/cart" else ()
        return Reply(200, cookies, name.encode())

    await here.target(name, answer)


class TestFunctions:
    def test_one_answers_what_it_returned(self) -> None:
        async def run() -> None:
            async with scene() as here:
                reply = await here.ask("/takeover?x=1")
            assert (reply.status, reply.body) == (404, b"released")
            assert ("x-seen", "GET") in reply.headers

        asyncio.run(run())

    @pytest.mark.parametrize("path", ["/takeover/explode", "/takeover/odd", "/takeover/header"])
    def test_one_that_raises_or_answers_nonsense_is_a_502(self, path: str) -> None:
        async def run() -> None:
            async with scene() as here:
                assert (await here.ask(path)).status == 502

        asyncio.run(run())

    def test_one_takes_a_mebibyte(self) -> None:
        async def run() -> None:
            async with scene() as here:
                full = b"x" * (1024 * 1024)
                assert (await here.ask("/takeover", method="POST", body=full)).status == 404
                assert (await here.ask("/takeover", method="POST", body=full + b"x")).status == 413

        asyncio.run(run())


class TestRefusals:
    @pytest.mark.parametrize(
        ("request_line", "status"),
        [
            (b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", b"405"),
            (
                b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + b"1, " * 30 + b"1\r\n\r\n",
                b"463",
            ),
            (b"GET / HTTP/1.1\r\nHost: x\r\nbad header: y\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\n\r\n", b"400"),
            (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
            (
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                b"400",
            ),
            (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: odd\r\n\r\n", b"501"),
            (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000, b"413"),
            (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 17000 + b"\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 99000 + b"\r\n\r\n", b"400"),
            (b"GET /" + b"x" * 17000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS\r\n\r\n", b"400"),
        ],
    )
    def test_what_is_no_request_gets_a_load_balancer_s_answer(
        self, request_line: bytes, status: bytes
    ) -> None:
        async def run() -> None:
            async with scene(Limits(body=1000, idle=0.2)) as here:
                await here.target("a")
                assert (await here.raw(request_line)).startswith(b"HTTP/1.1 " + status)

        asyncio.run(run())

    def test_half_a_request_is_a_408_and_silence_ends_the_connection(self) -> None:
        async def run() -> None:
            async with scene(Limits(idle=0.1)) as here:
                assert (await here.raw(b"GET / HTT")).startswith(b"HTTP/1.1 408")
                assert await here.raw(b"") == b""

        asyncio.run(run())


class TestConnections:
    def test_a_connection_serves_many_requests_and_ends_once_it_is_old(self) -> None:
        async def run() -> None:
            async with scene(Limits(keep_alive=0.2)) as here:
                await here.target("a")
                reader, writer = await asyncio.open_connection(HOST, here.port)
                answers = 0
                async with asyncio.timeout(SECONDS):
                    while not reader.at_eof():
                        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                        head = (await reader.readuntil(b"\r\n\r\n")).lower()
                        length = int(head.partition(b"content-length: ")[2].split()[0])
                        await reader.readexactly(length)
                        answers += 1
                        if b"connection: close" in head:
                            assert await reader.read() == b""
                            break
                        await asyncio.sleep(0.02)
                writer.close()
                assert answers > 3

        asyncio.run(run())

    def test_targets_keep_their_connections(self) -> None:
        async def run() -> None:
            async with scene() as here:
                connected = 0
                inner = Server(well, refused)

                async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                    nonlocal connected
                    connected += 1
                    await inner._connected(reader, writer)

                server = await asyncio.start_server(count, HOST, 0)
                here.group.settings = GroupSettings(path="/healthz", interval=10**6)
                here.group.register("a", server.sockets[0].getsockname()[1])
                assert await here.group.until_healthy("a", SECONDS)
                connected = 0
                for _ in range(5):
                    assert (await here.ask("/")).status == 200
                assert connected == 1
                server.close()
                await inner.close(0.0)

        asyncio.run(run())

    def test_one_that_a_target_closed_meanwhile_is_not_used(self) -> None:
        async def run() -> None:
            async with scene() as here:
                await here.target("a")
                assert (await here.ask("/")).status == 200
                port = here.group.targets["a"].connections.port
                await here.servers["a"].close(0.0)
                here.servers["a"] = Server(well, refused)
                await _open_again(here.servers["a"], port)
                assert (await here.ask("/")).status == 200

        asyncio.run(run())

    def test_a_head_request_has_a_length_and_no_body(self) -> None:
        async def run() -> None:
            async with scene() as here:
                await here.target("a")
                answer = await here.raw(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert body == b""

        asyncio.run(run())

    def test_a_client_that_waits_to_be_told_to_go_on_is_told(self) -> None:
        async def run() -> None:
            async with scene() as here:
                await here.target("a")
                reader, writer = await asyncio.open_connection(HOST, here.port)
                head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                writer.write(head + b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
                writer.write(b"ok")
                assert b'"body": "ok"' in await reader.read()
                writer.close()

        asyncio.run(run())

    def test_a_server_that_closes_lets_what_is_under_way_finish(self) -> None:
        arrived, let_go = asyncio.Event(), asyncio.Event()

        async def slow(request: Request) -> Reply:
            if request.path == "/slow":
                arrived.set()
                await let_go.wait()
            return Reply(200, body=b"done")

        async def run() -> None:
            async with scene() as here:
                await here.target("a", slow)
                idle, idle_writer = await asyncio.open_connection(HOST, here.port)
                under_way = asyncio.create_task(here.ask("/slow"))
                await arrived.wait()
                closing = asyncio.create_task(here.public.close(SECONDS))
                assert await asyncio.wait_for(idle.read(), SECONDS) == b""
                idle_writer.close()
                let_go.set()
                assert (await under_way).body == b"done"
                await closing
                with (
                    pytest.raises(ConnectionRefusedError),
                    socket.create_connection((HOST, here.port)),
                ):
                    pass

        asyncio.run(run())


async def _open_again(server: Server, port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            await server.open(HOST, port)
            return
        await asyncio.sleep(0.01)
