"""What the sandbox writes while its services go on, and at its end."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.sandbox import process_copies, seams
from scripts.sandbox.autosave import Autosave
from scripts.sandbox.process_copies import CopyLost
from scripts.sandbox.snapshots import Snapshots
from tests.rehearsal.sandbox.running import until


class Slow(Snapshots):
    """Snapshots whose writing waits until it is let go; told by files, for it may be a copy that writes."""

    def collect(self) -> dict[str, Any]:
        return {}

    def write(self, states: dict[str, Any]) -> None:
        alone = self.directory / "writing"
        alone.touch(exist_ok=False)
        self.entered.touch()
        until(self.released.exists)
        with self.directory.joinpath("written").open("a") as file:
            file.write(".")
        alone.unlink()

    def prune(self) -> None:
        """Nothing is kept beside it."""

    @property
    def entered(self) -> Path:
        return self.directory / "entered"

    @property
    def released(self) -> Path:
        return self.directory / "released"

    @property
    def written(self) -> int:
        file = self.directory / "written"
        return len(file.read_text()) if file.exists() else 0


@pytest.fixture(params=[True, False], ids=["in a copy", "here"])
def anywhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the machine offers copies of processes."""
    monkeypatch.setattr(process_copies, "OFFERED", request.param)


def test_an_end_in_the_middle_of_a_save_waits_for_it_and_saves_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_copies, "OFFERED", False)
    snapshots = Slow(tmp_path)
    autosave = Autosave(snapshots, quiet=0.01)

    async def ended() -> None:
        autosave.touch()
        running = asyncio.create_task(autosave.run())
        await asyncio.to_thread(until, snapshots.entered.exists)
        asyncio.get_running_loop().call_later(0.1, snapshots.released.touch)
        await autosave.end(running)
        assert await asyncio.gather(running, return_exceptions=True)

    asyncio.run(ended())
    assert snapshots.written == 2, "one after the other"
    assert not autosave.unsaved


@pytest.mark.skipif(not process_copies.OFFERED, reason="this machine has no such copies")
def test_an_end_waits_for_no_copy_and_saves_what_is_so_then(tmp_path: Path) -> None:
    """A stop has less time than a copy of a large state may take."""
    here = os.getpid()

    class Stuck(Slow):
        def write(self, states: dict[str, Any]) -> None:
            if os.getpid() == here:
                self.released.touch()
            super().write(states)

        def prune(self) -> None:
            (self.directory / "pruned").touch()

    snapshots = Stuck(tmp_path)
    autosave = Autosave(snapshots, quiet=0.01)

    async def ended() -> None:
        autosave.touch()
        running = asyncio.create_task(autosave.run())
        await asyncio.to_thread(until, snapshots.entered.exists)
        (tmp_path / "writing").unlink()
        await autosave.end(running)
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(asyncio.wait_for(ended(), 50))
    assert snapshots.written == 1
    assert (tmp_path / "pruned").exists(), "by the process itself"
    assert not autosave.unsaved


@pytest.mark.usefixtures("anywhere")
def test_what_never_falls_quiet_is_saved_all_the_same(tmp_path: Path) -> None:
    snapshots = Slow(tmp_path)
    snapshots.released.touch()
    autosave = Autosave(snapshots, quiet=0.2, longest=0.4)

    async def chatter() -> None:
        running = asyncio.create_task(autosave.run())
        while not snapshots.written:
            autosave.touch()
            await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(asyncio.wait_for(chatter(), 60))
    assert snapshots.written


def test_no_request_waits_for_a_save(tmp_path: Path) -> None:
    """The copy does not come to its end before the loop has gone on."""
    snapshots = Slow(tmp_path)

    async def served() -> None:
        saving = asyncio.create_task(Autosave(snapshots, quiet=9).save())
        await asyncio.to_thread(until, snapshots.entered.exists)
        snapshots.released.touch()
        await saving

    asyncio.run(asyncio.wait_for(served(), 60))
    assert snapshots.written == 1


@pytest.mark.parametrize("lost", [CopyLost("it took longer than 30 s"), OSError(11, "no fork")])
def test_where_the_copy_is_lost_the_state_is_saved_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: Exception
) -> None:
    async def run(*_: object) -> bool:
        raise lost

    monkeypatch.setattr(process_copies, "run", run)
    snapshots = Slow(tmp_path)
    snapshots.released.touch()
    autosave = Autosave(snapshots, quiet=9)
    autosave.touch()
    asyncio.run(autosave.save())
    assert snapshots.written == 1
    assert not autosave.unsaved


def test_a_copy_that_fails_leaves_the_state_to_be_saved_again(tmp_path: Path) -> None:
    snapshots = Slow(tmp_path / "missing")
    autosave = Autosave(snapshots, quiet=9)
    autosave.touch()
    asyncio.run(autosave.save())
    assert autosave.unsaved


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
