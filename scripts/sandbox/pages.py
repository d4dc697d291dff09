"""The sandbox's own pages: `GET /_tradewind/status` and `POST /_tradewind/reset`."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from scripts.sandbox import function_logs, seams, stores
from scripts.sandbox.autosave import Autosave
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.gateway import (
    Application,
    Head,
    Message,
    Response,
    Service,
    json_response,
)
from scripts.sandbox.limits import every_limit
from scripts.sandbox.routing.supervision import ATTENDANCE

STATUS_PATH = "/_tradewind/status"
RESET_PATH = "/_tradewind/reset"

Handler = Callable[[Head, bytes], Awaitable[Response]]


def services(inner: Application, autosave: Autosave, native: frozenset[str]) -> tuple[Service, ...]:
    """The pages. `native` are the resource types that ministack has by itself."""
    began, resetting = time.monotonic(), asyncio.Lock()

    async def status(_head: Head, _body: bytes) -> Response:
        told = _status(began, native, autosave.snapshots.unsaved)
        routing = await asyncio.to_thread(ATTENDANCE.described)
        return json_response({**told, "routing": routing})

    async def reset(_head: Head, _body: bytes) -> Response:
        async with resetting:
            with function_logs.emptying():
                await _reset_emulator(inner)
                stores.reset()
            await autosave.save()
        return json_response({"reset": True})

    return _page("status", "GET", STATUS_PATH, status), _page("reset", "POST", RESET_PATH, reset)


def _page(name: str, method: str, path: str, handler: Handler) -> Service:
    return Service(name, lambda head: (head.method, head.path) == (method, path), handler)


def _status(began: float, native: frozenset[str], unsaved: list[str]) -> dict[str, object]:
    stacks: dict[str, Counter[str]] = defaultdict(Counter)
    for (account, region, _), record in list(seams.everywhere(seams.STACKS).items()):
        stacks[f"{account}/{region}"][record["StackStatus"]] += 1
    return {
        "ready": True,
        "pid": os.getpid(),
        "ministack": seams.installed_version(),
        "uptime_seconds": round(time.monotonic() - began, 1),
        "stacks": stacks,
        "resource_types": _resource_types(native),
        "limits": [asdict(limit) for limit in every_limit()],
        "unsaved_services": unsaved,
        "faults": {region: fault.document for region, fault in STANDING.every().items()},
    }


def _resource_types(native: frozenset[str]) -> dict[str, list[str]]:
    """Every resource type, by what stands behind it.

    A handler that the sandbox adds may say so by its `backing`: `api` when it makes the resource
    through the emulator's API, `schema` when it is a record checked against its provider schema.
    """
    kinds: dict[str, list[str]] = defaultdict(list)
    for name, handler in sorted(seams.RESOURCE_HANDLERS.value.items()):
        kinds[handler.get("backing") or ("native" if name in native else "added")].append(name)
    return kinds


async def _reset_emulator(inner: Application) -> None:
    """Have ministack empty itself, which it does between two requests."""
    answers: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/_ministack/reset",
        "raw_path": b"/_ministack/reset",
        "query_string": b"",
        "headers": [],
        "scheme": "http",
    }
    await inner(scope, receive, send)
    if answers[0]["status"] != 200:
        raise RuntimeError(f"ministack's reset answered {answers[0]['status']}")
