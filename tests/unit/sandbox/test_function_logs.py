"""What was called before the sandbox was emptied neither runs after it nor leaves anything there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.sandbox import function_logs, pages, stores
from scripts.sandbox.autosave import Autosave
from scripts.sandbox.function_logs import emptying
from scripts.sandbox.gateway import head_of
from scripts.sandbox.snapshots import Snapshots

SECONDS = 30
QUEUE = "arn:aws:sqs:eu-west-1:111111111111:lost"


def function(name: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:eu-west-1:111111111111:function:{name}"
    dead = {"TargetArn": QUEUE}
    return {"config": {"FunctionName": name, "FunctionArn": arn, "DeadLetterConfig": dead}}


class Lambda:
    """ministack's Lambda with one function that fails, once it is let go."""

    def __init__(self, lambda_svc: Any, patch: pytest.MonkeyPatch) -> None:
        self.service = lambda_svc
        self.ran: list[str] = []
        self.wrote: list[str] = []
        self.entered, self.released = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        noted = SimpleNamespace(**{**vars(threading), "Thread": self._thread})
        patch.setattr(lambda_svc, "threading", noted)
        patch.setattr(lambda_svc, "_LAMBDA_ASYNC_RETRY_BASE_SECONDS", 0.0)
        patch.setattr(lambda_svc, "_execute_function_warm", self._run)
        patch.setattr(lambda_svc, "_emit_lambda_logs", self._log)
        patch.setattr(lambda_svc, "_route_async_failure", self._give_up)
        for seam in (function_logs.CALL, function_logs.CALL_LATER, function_logs.RUN):
            patch.setattr(lambda_svc, seam.attribute, seam.value)  # as it was, afterwards
        function_logs.install()

    def call_later(self, name: str = "any") -> threading.Thread:
        """An event; gives the thread that tries it."""
        self.service.invoke_async_with_retry(function(name), {})
        return self._threads[-1]

    def _thread(self, **what: Any) -> threading.Thread:
        self._threads.append(threading.Thread(**what))
        return self._threads[-1]

    def _run(self, func: dict[str, Any], _event: Any, _request_id: str) -> dict[str, Any]:
        self.ran.append(func["config"]["FunctionName"])
        self.entered.set()
        assert self.released.wait(SECONDS)
        return {"error": True, "body": {}, "log": ""}

    def _log(self, func: dict[str, Any], *_said: Any, log_source: str | None = None) -> None:
        self.wrote.append(f"log of {func['config']['FunctionName']}")

    def _give_up(self, _target: str, name: str, *_why: Any) -> None:
        self.wrote.append(f"letter of {name}")


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambda]:
    from ministack.services import lambda_svc

    made = Lambda(lambda_svc, monkeypatch)
    yield made
    made.released.set()


def test_an_event_is_tried_again_and_given_up(functions: Lambda) -> None:
    functions.released.set()

    functions.call_later().join(SECONDS)

    assert functions.ran == ["any"] * 3
    assert functions.wrote == [*["log of any"] * 3, "letter of any"]


def test_one_that_was_tried_before_a_reset_is_not_tried_after_it(functions: Lambda) -> None:
    thread = functions.call_later()
    assert functions.entered.wait(SECONDS)

    with emptying():
        pass
    functions.released.set()
    thread.join(SECONDS)

    assert functions.ran == ["any"]
    assert functions.wrote == []


def test_one_that_comes_in_the_middle_of_a_reset_is_not_tried(functions: Lambda) -> None:
    functions.released.set()

    with emptying():
        thread = functions.call_later()
        thread.join(SECONDS)
    functions.call_later("new").join(SECONDS)

    assert set(functions.ran) == {"new"}


def test_whoever_waits_for_the_answer_is_told(functions: Lambda) -> None:
    with emptying():
        told = functions.service._execute_function(function("any"), {})

    assert told["error"]
    assert told["body"]["errorMessage"] == "The sandbox was emptied."


def test_one_reset_waits_for_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, most = 0, 0

    async def emptied(_scope: Any, _receive: Any, send: Any) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        await send({"type": "http.response.start", "status": 200})

    async def nothing(_autosave: Autosave) -> None:
        pass

    monkeypatch.setattr(stores, "reset", lambda: None)
    monkeypatch.setattr(Autosave, "save", nothing)

    async def both() -> None:
        autosave = Autosave(Snapshots(tmp_path), quiet=9)
        _, reset = pages.services(emptied, autosave, frozenset())
        head = head_of({"method": "POST", "path": pages.RESET_PATH, "headers": []})
        answers = await asyncio.gather(*(reset.handle(head, b"") for _ in range(3)))
        assert [one.status for one in answers] == [200] * 3

    asyncio.run(both())
    assert most == 1
