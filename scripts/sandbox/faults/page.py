"""The pages of faults: `GET /_tradewind/faults`, and `GET`, `PUT`, `DELETE /_tradewind/faults/REGION`.

PUT {"down": true}     what is said of the region from now on; what is not said of it is well
DELETE                 the region is well again: what ran in it runs, what was held goes on
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from scripts.errors import Failed
from scripts.sandbox.clock import CLOCK
from scripts.sandbox.faults import crossings, functions, ruin
from scripts.sandbox.faults.fleets import Fleets
from scripts.sandbox.faults.standing import NONE, STANDING, Fault
from scripts.sandbox.gateway import Head, Response, Service, json_response
from scripts.sandbox.replication import REPLICATION

PATH = "/_tradewind/faults"

_REGION = re.compile(rf"{PATH}/([a-z]{{2}}(?:-[a-z]+)+-\d)")

#: Writes the sandbox's state: what a region that was destroyed has lost does not come back with a kill.
Save = Callable[[], Awaitable[None]]


class Faults:
    """Faults begin and end one at a time."""

    def __init__(self, home: Path, save: Save) -> None:
        self._fleets = Fleets(home)
        self._save = save
        self._changing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        CLOCK.watch(self._tell_later)

    async def begin(self, region: str, fault: Fault) -> None:
        """Have that be wrong with the region."""
        async with self._changing:
            # What is younger than the lag has not left; what is older has.
            await REPLICATION.settled()
            before = STANDING.of(region)
            with STANDING.returning(region):
                STANDING.set(region, fault)
                if fault.down:
                    await asyncio.to_thread(functions.kill, region)
                    await asyncio.to_thread(self._fleets.kill, region)
                if fault.destroyed and not before.destroyed:
                    ruin.destroy(region)
                    await self._save()
                await self._go_on()
                if before.down and not fault.down:
                    await asyncio.to_thread(self._fleets.bring_back, region)

    async def end(self, region: str) -> None:
        """Have nothing be wrong with it any more. Raises Failed when one of its fleets does not come up."""
        async with self._changing:
            before = STANDING.of(region)
            if before.destroyed:  # before it is well: a kill in between only has it done again
                ruin.rebuild(region)
                await self._save()
            with STANDING.returning(region):
                STANDING.set(region, NONE)
                await self._go_on()
                await asyncio.to_thread(self._fleets.bring_back, region)

    async def _go_on(self) -> None:
        """What was held goes its way, and front doors know what is wrong."""
        await REPLICATION.settled()
        crossings.settle()
        await asyncio.to_thread(self._fleets.tell)

    def _tell_later(self) -> None:
        """The clock was set: what a front door waits is counted on it."""
        if not STANDING.every():
            return
        try:
            task = asyncio.get_running_loop().create_task(asyncio.to_thread(self._fleets.tell))
        except RuntimeError:  # at start-up nobody is there yet
            return
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def service(home: Path, save: Save) -> Service:
    """The pages, for the sandbox in `home`."""
    faults = Faults(home, save)

    async def handle(head: Head, body: bytes) -> Response:
        return await _answer(faults, head, body)

    return Service("faults", lambda head: head.path.startswith(PATH), handle)


async def _answer(faults: Faults, head: Head, body: bytes) -> Response:
    if head.path == PATH and head.method == "GET":
        return json_response(described())
    match = _REGION.fullmatch(head.path)
    if match is None:
        name = head.path.removeprefix(f"{PATH}/")
        return _refused(404, f"{name!r} is not the name of a Region.")
    region = match[1]
    try:
        match head.method:
            case "GET":
                pass
            case "PUT":
                wanted = Fault.read(_document(body))
                if STANDING.of(region).destroyed and not wanted.destroyed:
                    raise ValueError("what is destroyed comes back by DELETE alone")
                await faults.begin(region, wanted)
            case "DELETE":
                await faults.end(region)
            case _:
                return _refused(405, "GET, PUT or DELETE")
    except ValueError as problem:
        return _refused(400, str(problem))
    except OSError as problem:
        return _refused(500, f"The fault was not set: {problem}")
    except Failed as problem:
        again = "Say it again: what has not come back is tried once more."
        return _refused(502, " ".join(filter(None, (problem.message, problem.fix, again))))
    return json_response(told(region))


def described() -> dict[str, object]:
    """What stands, by region."""
    return {region: fault.document for region, fault in STANDING.every().items()}


def told(region: str) -> dict[str, object]:
    """What stands in one region."""
    fault = STANDING.of(region).document
    return {"region": region, **fault, "since": STANDING.since(region), "speed": CLOCK.speed}


def _document(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise ValueError('say what is wrong, as {"down": true}')
    return said


def _refused(status: int, message: str) -> Response:
    return json_response({"message": message}, status)
