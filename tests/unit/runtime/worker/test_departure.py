"""When a worker must go, and what it does until then."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.runtime.worker.parts import part

departures, systemd = part("departure"), part("systemd")


class Metadata:
    """What an instance says; OSError when `silent`."""

    def __init__(self, says: dict[str, str] | None = None, *, silent: bool = False) -> None:
        self.says, self.silent = says or {}, silent

    def get(self, path: str) -> str | None:
        if self.silent:
            raise OSError
        return self.says.get(path.rpartition("/")[2])


class AutoScaling:
    """Waits for us after so many calls."""

    def __init__(self, waits_after: int = 0) -> None:
        self.waits_after = waits_after
        self.told: list[dict[str, Any]] = []

    def complete_lifecycle_action(self, **told: Any) -> None:
        self.told.append(told)
        if len(self.told) <= self.waits_after:
            raise ClientError({"Error": {"Code": "ValidationError"}}, "CompleteLifecycleAction")


@pytest.fixture
def autoscaling(monkeypatch: pytest.MonkeyPatch) -> AutoScaling:
    group = AutoScaling()
    monkeypatch.setattr(departures.boto3, "client", lambda *_, **__: group)
    return group


def departure(metadata: Any) -> Any:
    return departures.Departure(metadata, hook="hands-back", notice_seconds=60, poll_seconds=0.01)


GONE = {"target-lifecycle-state": "Terminated", "instance-id": "i-1"}


def test_after_a_recommendation_to_rebalance_new_jobs_are_the_successors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """But not for ever: the group keeps this instance where no other is to be had."""
    now = [1000.0]
    monkeypatch.setattr(departures.time, "monotonic", lambda: now[0])
    ours = departure(None)
    assert not ours.resting()

    ours.rebalanced_at = now[0]
    assert ours.resting()
    now[0] += departures.PATIENCE
    assert not ours.resting()


def test_auto_scaling_is_told_by_instance_group_and_hook(autoscaling: AutoScaling) -> None:
    says = {"action": "", "aws:autoscaling:groupName": "fleet", "instance-id": "i-1"}
    ours = departure(Metadata(says))
    ours.noticed = True
    ours._leave("notice")
    ours.say_goodbye()

    assert autoscaling.told == [
        {
            "AutoScalingGroupName": "fleet",
            "LifecycleHookName": "hands-back",
            "InstanceId": "i-1",
            "LifecycleActionResult": "CONTINUE",
        }
    ]


def test_sigterm_that_is_quicker_than_the_notice_is_understood(autoscaling: AutoScaling) -> None:
    """The system shuts down because the group let the instance go."""
    ours = departure(Metadata(GONE))
    ours.stopped.set()
    ours._leave("SIGTERM")
    ours.say_goodbye()

    assert len(autoscaling.told) == 1


@pytest.mark.parametrize("metadata", [None, Metadata(), Metadata(silent=True)])
def test_who_is_only_stopped_says_nothing_to_auto_scaling(
    autoscaling: AutoScaling, metadata: Metadata | None
) -> None:
    ours = departure(metadata)
    ours._leave("SIGTERM")
    ours.say_goodbye()

    assert autoscaling.told == []


def test_it_is_not_waited_for_beyond_the_instances_end(
    autoscaling: AutoScaling, monkeypatch: pytest.MonkeyPatch
) -> None:
    autoscaling.waits_after = 10**6
    now = iter(range(0, 10**6, 7))
    monkeypatch.setattr(departures.time, "monotonic", lambda: next(now))
    ours = departure(Metadata(GONE))
    ours._leave("notice")
    ours.say_goodbye()

    assert 0 < len(autoscaling.told) < 60 / 7


def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    systemd.tell("READY=1")  # where systemd is not there, nobody is
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        systemd.tell("READY=1")
        assert notified.recv(64) == b"READY=1"
