"""What the sandbox writes while its services go on, and at its end."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.sandbox import seams
from scripts.sandbox.autosave import Autosave
from scripts.sandbox.snapshots import Snapshots


class Slow(Snapshots):
    """Snapshots whose writing waits until it is let go; `together` tells of two at a time."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.entered, self.released = threading.Event(), threading.Event()
        self.writing = self.written = 0
        self.together = False

    def collect(self) -> dict[str, Any]:
        return {}

    def write(self, states: dict[str, Any]) -> None:
        self.writing += 1
        self.together |= self.writing > 1
        self.entered.set()
        self.released.wait(10)
        self.writing -= 1
        self.written += 1


def test_an_end_in_the_middle_of_a_save_waits_for_it_and_saves_again() -> None:
    snapshots = Slow()
    autosave = Autosave(snapshots, quiet=0.01)

    async def ended() -> None:
        autosave.touch()
        running = asyncio.create_task(autosave.run())
        await asyncio.to_thread(snapshots.entered.wait, 10)
        asyncio.get_running_loop().call_later(0.1, snapshots.released.set)
        await autosave.end(running)
        assert await asyncio.gather(running, return_exceptions=True)

    asyncio.run(ended())
    assert (snapshots.written, snapshots.together) == (2, False)
    assert not autosave.unsaved


def test_what_never_falls_quiet_is_saved_all_the_same() -> None:
    snapshots = Slow()
    snapshots.released.set()
    autosave = Autosave(snapshots, quiet=0.2, longest=0.4)

    async def chatter() -> None:
        running = asyncio.create_task(autosave.run())
        while not snapshots.written:
            autosave.touch()
            await asyncio.sleep(0.01)
        running.cancel()

    asyncio.run(asyncio.wait_for(chatter(), 10))
    assert snapshots.written


@pytest.mark.parametrize(("times", "unsaved"), [(2, []), (99, ["orders"])])
def test_a_state_that_changes_under_the_copy_is_copied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, unsaved: list[str]
) -> None:
    tries = iter(range(times))

    def get_state() -> dict[str, int]:
        for _ in tries:
            raise RuntimeError("dictionary changed size during iteration")
        return {"count": 1}

    savers = SimpleNamespace(value=lambda: {"orders": get_state})
    monkeypatch.setattr(seams, "SAVERS", savers)
    snapshots = Snapshots(tmp_path)
    states = snapshots.collect()

    assert snapshots.unsaved == unsaved
    assert states == ({} if unsaved else {"orders": {"count": 1}})
