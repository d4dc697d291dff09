"""Linting happens in other processes, whose end is told and never waited for."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from scripts.errors import Failed
from scripts.validate.cfn_lint import Job
from scripts.validate.workers import Workers

ECHO = """
import json, sys
for line in sys.stdin:
    job = json.loads(line)
    found = {"template": job["template"], "path": "", "rule": "X", "message": str(len(job["regions"])),
             "line": 0, "regions": [], "variant": job["variant"], "fix": ""}
    print(json.dumps({"findings": [found]}), flush=True)
"""


def workers(count: int, script: str) -> Workers:
    return Workers(count, (sys.executable, "-c", script))


def jobs(directory: Path, count: int) -> list[Job]:
    found = []
    for number in range(count):
        file = directory / f"{number}.json"
        file.write_text("{}")
        found.append(Job(file, file.name, "as shipped", ("eu-west-1",)))
    return found


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_job_is_answered_once(count: int, tmp_path: Path) -> None:
    with workers(count, ECHO) as pool:
        answered = [found.template for _, (found,) in pool.examine(jobs(tmp_path, 3))]
    assert sorted(answered) == ["0.json", "1.json", "2.json"]


def test_workers_are_kept_for_the_next_jobs(tmp_path: Path) -> None:
    with workers(1, ECHO) as pool:
        list(pool.examine(jobs(tmp_path, 1)))
        list(pool.examine(jobs(tmp_path, 2)))
        assert len(pool._started) == 1


def test_no_jobs_need_no_worker() -> None:
    with workers(2, "raise SystemExit(3)") as pool:
        assert list(pool.examine([])) == []


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("import os; os.kill(os.getpid(), 9)", "by signal 9 over 0.json"),
        ("raise SystemExit('no such schema')", "with exit code 1 over 0.json .*: no such schema"),
        ("print('{torn')", "ended"),
    ],
)
def test_a_worker_that_dies_says_over_what_and_how(script: str, told: str, tmp_path: Path) -> None:
    with workers(1, script) as pool, pytest.raises(Failed, match=told):
        list(pool.examine(jobs(tmp_path, 1)))


def test_a_death_does_not_wait_for_the_other_workers(tmp_path: Path) -> None:
    script = """
import sys, time
if "0.json" not in sys.stdin.readline():
    time.sleep(30)
sys.exit(1)
"""
    began = time.monotonic()
    with workers(2, script) as pool, pytest.raises(Failed):
        list(pool.examine(jobs(tmp_path, 2)))
    assert all(process.poll() is not None for process in pool._started)
    assert time.monotonic() - began < 15


def test_a_refusal_is_told_as_the_worker_said_it(tmp_path: Path) -> None:
    script = (
        'import sys; sys.stdin.readline(); print(\'{"error": "no region", "fix": "choose one"}\')'
    )
    with workers(1, script) as pool, pytest.raises(Failed, match="no region"):
        list(pool.examine(jobs(tmp_path, 1)))
