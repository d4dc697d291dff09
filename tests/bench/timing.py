"""Timing that a busy machine disturbs least: the contenders take turns, and the best of each counts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[2]
TRADEWIND = Path(sys.executable).with_name("tradewind")


def best(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of the fastest round of each."""
    fastest = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, run in contenders.items():
            began = time.perf_counter()
            run()
            fastest[name] = min(fastest[name], time.perf_counter() - began)
    return fastest


def command(*words: str | Path, **variables: str) -> Callable[[], object]:
    """Run a command in the project, with these variables besides ours, and mind that it succeeds."""
    ours = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment = {**ours, **variables}

    def run() -> object:
        return subprocess.run(words, cwd=PROJECT, env=environment, check=True, capture_output=True)

    return run


def python(code: str) -> Sequence[str]:
    """The words that run this code in a fresh interpreter."""
    return (sys.executable, "-c", code)


def seconds_inside(code: str, rounds: int) -> float:
    """Fresh interpreters run `code`, which prints seconds that it measured itself; the least counts."""
    return min(
        float(subprocess.run(python(code), cwd=PROJECT, check=True, capture_output=True).stdout)
        for _ in range(rounds)
    )
