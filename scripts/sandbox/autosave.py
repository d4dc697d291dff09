"""When the state is written: after a moment of quiet, now and then where there is none, and at stop."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field

from scripts.sandbox import process_copies, seams
from scripts.sandbox.clock import CLOCK
from scripts.sandbox.snapshots import Snapshots

#: The same while the clock is made to run faster, quiet or not: then every second counts.
HURRIED = 60.0
#: Seconds that a copy of the process has for a snapshot.
COPY_SECONDS = 60.0

log = logging.getLogger("tradewind.sandbox")


@dataclass
class Autosave:
    """Writes a snapshot once nothing has changed for `quiet` seconds, or something has for `longest`.

    What changed in the last moments before a SIGKILL is lost; what was saved before is whole.
    """

    snapshots: Snapshots
    quiet: float
    longest: float = 10.0
    _changed: float | None = None
    _changed_first: float = 0.0
    _ending: bool = False
    _saving: asyncio.Lock = field(default_factory=asyncio.Lock)

    def touch(self) -> None:
        """Something may have changed."""
        now = time.monotonic()
        if self._changed is None:
            self._changed_first = now
        self._changed = now

    @property
    def unsaved(self) -> bool:
        """Whether something may have changed since the last save."""
        return self._changed is not None

    async def save(self) -> None:
        """Write a snapshot of what is so now. Errors are logged: a full disk must not end the sandbox."""
        async with self._saving:
            began = time.monotonic()
            self._changed = None
            if await self._beside() if process_copies.OFFERED else await self._here():
                log.info("state saved in %.2f s", time.monotonic() - began)
            else:
                self.touch()

    async def _beside(self) -> bool:
        """In a copy of the process, so that no request waits for it."""
        try:
            return await process_copies.run(
                self.snapshots.take, COPY_SECONDS, lambda: not self._ending
            )
        except (process_copies.CopyLost, OSError) as problem:
            if self._ending:
                return False
            log.warning("the state is saved here, for its copy was lost: %s", problem)
        return await self._here()

    async def _here(self) -> bool:
        """The state is copied at once, while requests wait, and written beside the event loop."""
        try:
            await asyncio.to_thread(self.snapshots.write, self.snapshots.collect())
        except OSError as problem:
            log.error("the state was not saved: %s", problem)
            return False
        self.snapshots.prune()
        return True

    async def run(self) -> None:
        """Save whenever the sandbox falls quiet, until cancelled."""
        while True:
            await asyncio.sleep(self.quiet / 4)
            if self._changed is None or busy():
                continue
            now = time.monotonic()
            if CLOCK.speed > 1:
                due = now - self._changed_first >= HURRIED
            else:
                due = now - self._changed >= self.quiet or (
                    now - self._changed_first >= self.longest
                )
            if due:
                await self.save()

    async def end(self, running: asyncio.Task[None]) -> None:
        """End `running` between two saves, and save a last time.

        A save in a copy is given up, for it may take longer than a stop; one made here comes to its end.
        """
        self._ending = True
        async with self._saving:
            running.cancel()
            self._changed = None
            if not await self._here():
                self.touch()


async def drain(seconds: float) -> None:
    """Wait for stack operations under way to end, at most `seconds`."""
    deadline = time.monotonic() + seconds
    while busy() and time.monotonic() < deadline:
        await asyncio.sleep(0.05)


def busy() -> bool:
    """Whether a stack operation is under way, in any account and region."""
    return any(
        record.get("StackStatus", "").endswith("_IN_PROGRESS")
        and record.get("StackStatus") != "REVIEW_IN_PROGRESS"
        for record in list(seams.everywhere(seams.STACKS).values())
    )
