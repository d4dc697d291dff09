"""When the steps of a rotation begin: at once, or after those that run."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.sandbox import rotations

SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:orders"


def test_a_rotation_that_is_asked_for_while_the_last_one_ends_has_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Labels move within the last step, so the next may be asked for before that one has returned."""
    moved, asked, done = threading.Event(), threading.Event(), threading.Event()
    called: list[str] = []

    def execute(_: Mapping[str, Any], event: Mapping[str, str]) -> dict[str, Any]:
        called.append(f"{event['Step']} {event['ClientRequestToken']}")
        match called[-1]:
            case "finishSecret first":
                moved.set()
                assert asked.wait(10)
            case "finishSecret second":
                done.set()
        return {}

    monkeypatch.setattr(rotations, "EXECUTE", SimpleNamespace(value=execute))
    rotations._begin({}, SECRET, "first")
    assert moved.wait(10)
    rotations._begin({}, SECRET, "second")
    rotations._begin({}, SECRET, "first")  # it runs
    asked.set()

    assert done.wait(10)
    assert called == [
        f"{step} {token}" for token in ("first", "second") for step in rotations.STEPS
    ]


def test_a_rotation_that_is_cancelled_has_no_step_after_the_one_that_it_is_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, cancelled, ended = threading.Event(), threading.Event(), threading.Event()
    called: list[str] = []
    secret = {"ARN": SECRET, "RotationEnabled": True, "RotationLambdaARN": "function"}

    def execute(_: Mapping[str, Any], event: Mapping[str, str]) -> dict[str, Any]:
        called.append(f"{event['Step']} {event['ClientRequestToken']}")
        if event["ClientRequestToken"] == "next":
            ended.set()
        else:
            begun.set()
            assert cancelled.wait(10)
        return {}

    monkeypatch.setattr(rotations, "EXECUTE", SimpleNamespace(value=execute))
    monkeypatch.setattr(rotations, "SYNC_REPLICAS", SimpleNamespace(value=lambda _: None))
    rotations._begin({}, SECRET, "first")
    rotations._begin({}, SECRET, "second")
    assert begun.wait(10)

    assert rotations.cancel(secret) == "first"

    rotations._begin({}, SECRET, "next")
    cancelled.set()
    assert ended.wait(10)
    assert called[:2] == ["createSecret first", "createSecret next"]
    assert secret == {"ARN": SECRET, "RotationEnabled": False, "RotationLambdaARN": "function"}
