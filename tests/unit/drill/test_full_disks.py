"""A drill whose disk has no room, at whatever line that is."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from scripts.drill import journal
from scripts.drill.closing import ReportUnwritten
from scripts.drill.engine import NotBegun
from scripts.drill.folder import latest
from scripts.drill.observations import Observation
from scripts.drill.report.verdict import Verdict
from tests.unit.drill.drills import again, begun, held_together
from tests.unit.drill.world import World


def test_at_whatever_line_all_is_restored(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, ends = world.configuration(), set[Verdict | None]()
    for line in range(1, 30):
        left = iter(range(line))

        def write(handle: int, data: bytes, left: Any = left) -> int:
            if next(left, None) is None:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return os.write(handle, data)

        monkeypatch.setattr(journal, "write", write)
        world.mutations.clear()
        if line < 3:
            with pytest.raises(NotBegun, match="No space left on device"):
                begun(world, tmp_path / str(line))
            assert world.pulled == 0
        else:
            outcome = begun(world, tmp_path / str(line))
            assert "No space" in outcome.why or "no room" in outcome.why or line == 29
            ends.add(outcome.verdict)
            held_together(world, outcome.folder, before)
        assert world.configuration() == before
    assert ends == {Verdict.ABORTED, Verdict.MET}


def test_observations_that_cannot_be_kept_end_it(world: World, tmp_path: Path) -> None:
    before, began = world.configuration(), world.time

    def fill(at: float) -> tuple[Observation, ...]:
        if at == began + 15:
            (there := latest(tmp_path, "dev").observations).unlink()
            there.mkdir()
        return ()

    world.shows = fill
    outcome = begun(world, tmp_path)
    assert outcome.verdict is Verdict.ABORTED
    assert "observations.jsonl cannot be written" in outcome.why
    assert world.configuration() == before


def test_a_report_that_cannot_be_written_may_be_written_later(world: World, tmp_path: Path) -> None:
    before, began = world.configuration(), world.time

    def block(at: float) -> tuple[Observation, ...]:
        if at == began + 15:
            latest(tmp_path, "dev").report.mkdir()
        return ()

    world.shows = block
    with pytest.raises(ReportUnwritten, match="All is as it was before the drill") as raised:
        begun(world, tmp_path)
    assert raised.value.exit_code == 1
    assert world.configuration() == before
    folder = latest(tmp_path, "dev")
    folder.report.rmdir()
    assert again(world, folder, "resume").verdict is Verdict.MET
    assert folder.report.exists()
