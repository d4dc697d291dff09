"""Messages: which is a job, when it comes again, and whose it is meanwhile."""

from __future__ import annotations

import json
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.runtime.worker.parts import part

jobs, jobs_queue, hold = (part(name) for name in ("jobs", "jobs_queue", "hold"))
KINDS = ("product-feed",)
JOB = {"job": "product-feed", "scheduled_at": "2026-11-23T02:00:00Z"}


def test_a_job_is_told_apart_by_its_kind_and_its_time() -> None:
    job = jobs.job(json.dumps(JOB), KINDS)

    assert job.name == "product-feed/2026-11-23T020000Z"
    assert job.page == jobs.PAGE


@pytest.mark.parametrize(
    "wrong",
    [
        {"job": "other"},
        {"job": ["product-feed"]},
        {"scheduled_at": "2026-11-23T02:00:00Z\n"},
        {"scheduled_at": "../../feeds/products.json"},
        {"scheduled_at": None},
        {"page": 0},
        {"page": 1001},
        {"page": True},
        {"page": "500"},
        {"bucket": "another"},
    ],
    ids=str,
)
def test_whatever_is_wrong_with_it_is_said_and_not_repeated(wrong: dict[str, Any]) -> None:
    with pytest.raises(jobs.Unreadable) as said:
        jobs.job(json.dumps(JOB | wrong), KINDS)
    for value in wrong.values():
        assert str(value) not in str(said.value) or value in (0, True, None)


@given(st.one_of(st.text(), st.recursive(st.none(), st.lists).map(json.dumps)))
def test_no_message_whatever_breaks_the_worker(body: str) -> None:
    with pytest.raises(jobs.Unreadable):
        jobs.job(body, KINDS)


class Sqs:
    """Notes what it is asked; `fails` with what it is given."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.fails = fails

    def __getattr__(self, name: str) -> Any:
        def call(**parameters: Any) -> None:
            self.asked.append((name, parameters))
            if self.fails:
                raise self.fails

        return call


def queue(sqs: Sqs, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(jobs_queue.boto3, "client", lambda *_, **__: sqs)
    return jobs_queue.JobsQueue("https://jobs", wait=20, attempts=5, retry_seconds=15)


def message(receives: int = 1) -> Any:
    return jobs_queue.Message("id", "handle", json.dumps(JOB), receives)


def test_what_failed_is_left_alone_for_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = Sqs()
    jobs_of = queue(sqs, monkeypatch)
    for receives in (1, 2, 3, 4, 12):
        jobs_of.put_off(message(receives))

    pauses = [asked["VisibilityTimeout"] for _, asked in sqs.asked]
    for pause, longest in zip(pauses, (30, 60, 120, 240, 900), strict=True):
        assert longest / 2 <= pause <= longest


def test_an_interrupted_job_is_never_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent anew before it is deleted: killed between the two, it is there twice and not lost."""
    sqs = Sqs()
    queue(sqs, monkeypatch).hand_back(message(receives=5))

    assert [name for name, _ in sqs.asked] == ["send_message", "delete_message"]
    assert sqs.asked[0][1]["MessageBody"] == json.dumps(JOB)


def held(error: Exception | None, seconds: float = 0.03, **changes: Any) -> Any:
    sqs = Sqs(error)
    told = {
        "seconds": seconds,
        "limit": 3600,
        "leaving": threading.Event(),
        "over_limit": lambda: None,
    }
    keeper = SimpleNamespace(keep=lambda *_: sqs.keep())
    return hold.Hold(keeper, message(), **{**told, **changes}), sqs


@pytest.mark.parametrize("code", ["ReceiptHandleIsInvalid", "MessageNotInflight"])
def test_a_message_that_sqs_gave_to_another_is_lost(code: str) -> None:
    error = ClientError({"Error": {"Code": code}}, "ChangeMessageVisibility")
    keeping, _ = held(error, clock=lambda: 0.0)
    with keeping:
        assert keeping.lost.wait(10)
        with pytest.raises(hold.Lost):
            keeping.check()


def test_a_message_that_could_not_be_kept_for_its_time_counts_as_lost() -> None:
    keeping, sqs = held(EndpointConnectionError(endpoint_url="https://sqs"))
    with keeping:
        assert keeping.lost.wait(10)
    assert len(sqs.asked) > 1, "one call that fails is no loss"


def test_a_job_over_its_limit_is_told_of_once() -> None:
    told: list[str] = []
    keeping, sqs = held(None, limit=-1, over_limit=lambda: told.append("over"))
    with keeping:
        while len(sqs.asked) < 3:
            keeping.over.wait(0.01)
    assert told == ["over"]


def test_a_job_that_sqs_would_take_away_is_handed_back_before() -> None:
    hours = iter((0, 11, 11.9))
    keeping, _ = held(None, seconds=300, clock=lambda: next(hours) * 3600)

    keeping.check()
    with pytest.raises(hold.HandBack, match="SQS"):
        keeping.check()


def test_the_queue_is_told_once_what_becomes_of_a_message_and_nothing_after_it() -> None:
    """A call that came late would hide again what is handed back."""
    keeping, sqs = held(None)
    told: list[str] = []
    with keeping:
        keeping.settle(lambda _: told.append("handed back"))
        keeping.settle(lambda _: told.append("done"))
        before = len(sqs.asked)
        keeping.thread.join(10)

    assert told == ["handed back"]
    assert len(sqs.asked) == before


def test_what_could_not_be_told_may_be_told_again() -> None:
    keeping, sqs = held(EndpointConnectionError(endpoint_url="https://sqs"), seconds=300)
    with pytest.raises(EndpointConnectionError):
        keeping.settle(lambda _: sqs.hand_back())
    keeping.settle(lambda _: None)
    assert keeping.settled
