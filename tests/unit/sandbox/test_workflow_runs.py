"""A task is tried again when its definition says so: as often, as late, and at random where it says that."""

from __future__ import annotations

import contextvars
import random
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.sandbox import workflow_runs
from scripts.sandbox.workflow_runs import pause, retrier

PATIENT = {"IntervalSeconds": 15, "BackoffRate": 2, "MaxDelaySeconds": 300}


@pytest.mark.parametrize(("tried", "seconds"), [(0, 15), (1, 30), (4, 240), (5, 300), (5000, 300)])
def test_a_pause_grows_up_to_its_limit(tried: int, seconds: float) -> None:
    assert pause(PATIENT, tried) == seconds


def test_a_pause_without_settings_is_as_the_language_has_it() -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"""
    assert [pause({}, tried) for tried in range(3)] == [1, 2, 4]


def test_full_jitter_is_anything_up_to_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda least, most: (least, most))
    drawn: Any = pause({**PATIENT, "JitterStrategy": "FULL"}, 1)
    assert drawn == (0, 30)


RETRIERS = [
    {"ErrorEquals": ["Never"], "MaxAttempts": 0},
    {"ErrorEquals": ["NotNow"], "IntervalSeconds": 7, "MaxAttempts": 2},
    {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 9},
]


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    naps: list[float] = []
    monkeypatch.setattr(workflow_runs, "wait", naps.append)
    return naps


@pytest.mark.parametrize(
    ("error", "counts", "number", "paused"),
    [
        ("Never", {}, -1, []),
        ("NotNow", {}, 1, [7]),
        ("NotNow", {1: 1}, 1, [14]),
        ("NotNow", {1: 2}, -1, []),
        ("Anything", {1: 2}, 2, [9]),
        ("States.Timeout", {}, -1, []),
    ],
)
def test_the_first_retrier_that_takes_an_error_decides(
    slept: list[float], error: str, counts: dict[int, int], number: int, paused: list[float]
) -> None:
    found, at = retrier(RETRIERS, error, counts)
    assert (at, slept) == (number, paused)
    assert found is None or found["IntervalSeconds"] == 0, "the pause has been made"


@pytest.mark.parametrize("stopped", [True, False])
def test_one_that_was_stopped_stays_stopped_whatever_breaks_then(
    monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    arn = "arn:aws:states:eu-west-1:111111111111:execution:any:one"
    execution = {"executionArn": arn, "stateMachineArn": "any", "status": "RUNNING"}
    failed: list[tuple[str, str]] = []

    def broken(*_what: object) -> str:
        if stopped:
            execution["status"] = "ABORTED"
        raise OSError("no queue any more")

    def fail(_execution: object, error: str, cause: str) -> None:
        failed.append((error, cause))

    held = SimpleNamespace(get_scoped=lambda *_where: execution)
    machines = {"any": {"definition": "{}"}}
    for name, value in (("EXECUTIONS", held), ("MACHINES", machines), ("FAIL", fail)):
        monkeypatch.setattr(workflow_runs, name, SimpleNamespace(value=value))
    monkeypatch.setattr(workflow_runs, "_context", lambda *_what: {})
    monkeypatch.setattr(workflow_runs, "_walk", broken)

    contextvars.copy_context().run(workflow_runs._run, execution)

    assert failed == ([] if stopped else [("States.Runtime", "OSError: no queue any more")])
