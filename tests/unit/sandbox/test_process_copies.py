"""Work done in a copy of this process."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.sandbox import process_copies
from scripts.sandbox.process_copies import CopyLost

pytestmark = pytest.mark.skipif(
    not process_copies.OFFERED, reason="this machine has no such copies"
)


def run(work: Callable[[], None], seconds: float = 60) -> bool:
    return asyncio.run(process_copies.run(work, seconds))


def test_it_has_what_this_process_has_and_changes_nothing_here(tmp_path: Path) -> None:
    said = ["before"]

    def work() -> None:
        said.append("in the copy")
        (tmp_path / "said").write_text(" ".join(said))

    assert run(work)
    assert (tmp_path / "said").read_text() == "before in the copy"
    assert said == ["before"]


def test_what_it_raises_is_told() -> None:
    def work() -> None:
        raise OSError("the disk is full")

    assert not run(work)


def test_one_that_is_killed_is_lost() -> None:
    with pytest.raises(CopyLost, match="SIGKILL"):
        run(lambda: os.kill(os.getpid(), signal.SIGKILL))


def test_one_that_waits_for_ever_is_ended(tmp_path: Path) -> None:
    def work() -> None:
        (tmp_path / "pid").write_text(str(os.getpid()))
        time.sleep(600)

    with pytest.raises(CopyLost, match="longer"):
        run(work, seconds=1)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
