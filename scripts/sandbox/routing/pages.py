"""The sandbox's pages of Route 53's data plane.

GET  /_tradewind/routing?after=VERSION   what the data plane is told, once it is another version
POST /_tradewind/routing/start           have it run; answers once every checker has looked once.
                                         {"seed": 7} places the checkers in their intervals
GET  /_tradewind/routing/status          its process, its DNS port, the health of every check
GET  /_tradewind/routing/stalls?since=T  when it was late: monotonic time, seconds, drill seconds
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scripts.errors import Failed
from scripts.sandbox.clock import CLOCK
from scripts.sandbox.gateway import Head, Response, Service, json_response
from scripts.sandbox.routing import survey
from scripts.sandbox.routing.supervision import ATTENDANCE

PATH = "/_tradewind/routing"

#: Seconds for which a question for news is kept open, and between two looks at what nobody announces, such
#: as a fleet that was started.
POLL, GLANCE = 20.0, 0.25


class News:
    """Wakes whoever waits for a change, from any thread."""

    def __init__(self) -> None:
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self.over = False

    def end(self) -> None:
        """There will be no more: nobody shall wait for it."""
        self.over = True
        self.tell()

    def tell(self) -> None:
        """Something has changed."""
        for loop, event in tuple(self._waiting):
            loop.call_soon_threadsafe(event.set)

    async def wait(self, seconds: float) -> None:
        """Until something changes, and so long at most."""
        waiting = (asyncio.get_running_loop(), asyncio.Event())
        self._waiting.add(waiting)
        try:
            await asyncio.wait_for(waiting[1].wait(), seconds)
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(waiting)


NEWS = News()


def services(home: Path) -> tuple[Service, ...]:
    """The pages. `home` is the sandbox's."""
    CLOCK.watch(NEWS.tell)

    async def told(head: Head, _body: bytes) -> Response:
        return json_response(await news(home, head.query.get("after", [""])[0]))

    async def start(_head: Head, body: bytes) -> Response:
        try:
            seed = json.loads(body or b"{}").get("seed")
        except (ValueError, AttributeError):
            seed = "none"
        if not (seed is None or (isinstance(seed, int) and not isinstance(seed, bool))):
            return json_response({"message": 'say {"seed": <a whole number>}, or nothing'}, 400)
        return await _answered(lambda: ATTENDANCE.start(seed))

    async def status(_head: Head, _body: bytes) -> Response:
        return await _answered(lambda: ATTENDANCE.ask("/status"))

    async def stalls(head: Head, _body: bytes) -> Response:
        since = head.query.get("since", ["0"])[0]
        try:
            float(since)
        except ValueError:
            return json_response({"message": "since is a monotonic time, in seconds"}, 400)
        return await _answered(lambda: ATTENDANCE.ask(f"/stalls?since={since}")["stalls"])

    def page(method: str, path: str, answer: Any) -> Service:
        return Service("routing", lambda head: (head.method, head.path) == (method, path), answer)

    return (
        page("GET", PATH, told),
        page("POST", f"{PATH}/start", start),
        page("GET", f"{PATH}/status", status),
        page("GET", f"{PATH}/stalls", stalls),
    )


async def news(home: Path, after: str) -> survey.JSON:
    """What the data plane is to know, as soon as that is no longer version `after`; or in time the same."""
    deadline = time.monotonic() + POLL
    while True:
        try:
            document = survey.document(home)
        except (
            RuntimeError
        ):  # a stack operation, on a thread of its own, added to what was being read
            await asyncio.sleep(0)
            continue
        left = deadline - time.monotonic()
        if document["version"] != after or left <= 0 or NEWS.over:
            return document
        await NEWS.wait(min(GLANCE, left))


async def _answered(ask: Callable[[], Any]) -> Response:
    try:
        return json_response(await asyncio.to_thread(ask))
    except Failed as problem:
        return json_response({"message": problem.message}, 503)
