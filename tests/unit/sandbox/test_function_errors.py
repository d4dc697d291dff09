"""Retry and Catch go by the name of what a function raised, so the sandbox has to tell it."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.sandbox import function_errors
from scripts.sandbox.function_errors import UNNAMED, name_of

TRACEBACK = """[INFO] asked the processor
Traceback (most recent call last):
  File "index.py", line 3, in handler
    raise PaymentRefused("of another shape")
{}
"""


@pytest.mark.parametrize(
    ("raised", "name"),
    [
        ("index.PaymentRefused: of another shape", "PaymentRefused"),
        ("KeyError: 'order'", "KeyError"),
        ("TimeoutError", "TimeoutError"),
        (
            "botocore.exceptions.ClientError: An error: of sorts\nTraceback of nothing",
            "ClientError",
        ),
    ],
)
def test_an_error_has_the_name_of_its_class(raised: str, name: str) -> None:
    assert name_of(TRACEBACK.format(raised)) == name


def test_of_a_chain_the_error_that_got_out_counts() -> None:
    first, second = TRACEBACK.format("KeyError: 1"), TRACEBACK.format("index.NotNow: later")
    assert name_of(f"{first}\nDuring handling ...\n\n{second}") == "NotNow"


def test_a_log_without_a_traceback_names_nothing() -> None:
    assert name_of("") is None
    assert name_of("Task failed") is None


def executed(result: dict[str, Any]) -> dict[str, Any]:
    run = function_errors._naming(lambda func, event, request_id: result)
    return run({"code_zip": b"PK"}, {}, "1")


def test_a_function_whose_process_ended_has_exited() -> None:
    died = {"errorType": UNNAMED, "errorMessage": "Worker process died"}
    told = executed({"error": True, "body": died, "log": TRACEBACK.format("KeyError: 'order'")})
    assert told["body"]["errorType"] == "Runtime.ExitError"


class Worker:
    killed = False

    def kill(self) -> None:
        self.killed = True


@pytest.mark.parametrize("problem", [BrokenPipeError(), RuntimeError("Worker process exited")])
def test_an_environment_that_ends_while_it_starts_ends_alone(problem: Exception) -> None:
    """An error that got out would have ministack end every environment of the function."""

    def ends(*_: object) -> dict[str, Any]:
        raise problem

    worker = Worker()
    told = function_errors._alone(ends)(worker, {}, "1")
    assert told == {"status": "error", "error": "Worker process died"}
    assert worker.killed


def test_code_that_cannot_be_loaded_is_told_as_it_is() -> None:
    def unloadable(*_: object) -> dict[str, Any]:
        raise RuntimeError("Worker init failed: No module named 'nothing'")

    with pytest.raises(RuntimeError, match="nothing"):
        function_errors._alone(unloadable)(Worker(), {}, "1")


def test_a_function_without_code_answers_nothing() -> None:
    answered = function_errors._naming(lambda func, event, request_id: {"body": "well"})(
        {}, {}, "1"
    )
    assert answered["error"]
    assert answered["body"]["errorType"] == "Runtime.ImportModuleError"


def test_a_time_out_and_an_answer_stay_as_they_are() -> None:
    late = {"error": True, "body": {"errorType": "Sandbox.Timedout"}, "log": TRACEBACK.format("X")}
    assert executed(late)["body"]["errorType"] == "Sandbox.Timedout"
    assert executed({"body": {"errorType": UNNAMED}})["body"]["errorType"] == UNNAMED


def test_the_message_is_kept_beside_the_name() -> None:
    failed = {
        "error": True,
        "body": {"errorType": UNNAMED, "errorMessage": "of another shape"},
        "log": TRACEBACK.format("index.PaymentRefused: of another shape"),
    }
    assert executed(failed)["body"] == {
        "errorType": "PaymentRefused",
        "errorMessage": "of another shape",
    }
