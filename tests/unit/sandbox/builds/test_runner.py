"""A build that has ended is nobody's any more before anything is told of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.sandbox.builds import metrics, runner
from scripts.sandbox.builds.execution import Execution
from scripts.sandbox.builds.records import Build
from scripts.sandbox.builds.runner import Runner
from scripts.sandbox.faults.standing import Standing
from scripts.sandbox.fleets.account import Account


def test_cloudwatch_hears_of_a_build_once_it_does_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    builds, all_told = Runner(), threading.Event()

    def note(what: str) -> Callable[..., None]:
        return lambda *_: seen.append(f"{what}, {len(builds._running)} run")

    def nobody(number: str, region: str) -> Account:
        return Account("http://127.0.0.1:1", number, region)

    def tell(*_: object) -> None:
        note("told")()
        all_told.set()

    monkeypatch.setattr(runner, "STANDING", Standing())
    monkeypatch.setattr(runner, "of_this_sandbox", nobody)
    monkeypatch.setattr(Execution, "run", note("it works"))
    monkeypatch.setattr(metrics, "tell", tell)
    builds.settle(tmp_path, note("to be saved"))
    build = Build("it:1", "1" * 12, "eu-west-1", "it", 1, time.time(), "me", {})

    builds.start(build)
    assert all_told.wait(30)

    assert seen == ["it works, 1 run", "to be saved, 0 run", "told, 0 run"]
