"""Functions belong to the sandbox they were called in: once it was emptied they run and log no more.

ministack makes a function's log group with the first line in it, whenever that comes, and tries an event
again that failed. What was called before a reset would act in the next deploy, or be in its way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from scripts.sandbox.seams import Kind, Seam

_LAMBDA = "ministack.services.lambda_svc"
_USED_BY = "functions that were called before a reset"


def _function(name: str, parameters: str) -> Seam:
    return Seam(_LAMBDA, name, None, Kind.FUNCTION, tuple(parameters.split()), _USED_BY)


CALL = _function("_execute_function", "func event")
CALL_LATER = _function("invoke_async_with_retry", "func event")
RUN = _function("_execute_function_dispatch", "func config event request_id started")
LOG = _function("_emit_lambda_logs", "func request_id log_text error duration_ms log_source")
GIVE_UP = _function("_route_async_failure", "target_arn func_name event result")
SEAMS = (CALL, CALL_LATER, RUN, LOG, GIVE_UP)

GONE = {"errorType": "Runtime.ExitError", "errorMessage": "The sandbox was emptied."}


@dataclass(eq=False)
class Era:
    """From the end of one reset to the beginning of the next; what is called within a reset is too late."""

    over: bool = False


_era = Era()

#: The era in which the function of this context was called, however late this try of it is.
_called: ContextVar[Era | None] = ContextVar("called", default=None)


def install() -> None:
    """Have each call know its era. Whoever else makes a call wait or go again is to be installed before."""
    for call in (CALL, CALL_LATER):
        call.replace(_dated(call.value))
    RUN.replace(_refused(RUN.value))
    for write in (LOG, GIVE_UP):
        write.replace(_kept(write.value))


@contextlib.contextmanager
def emptying() -> Iterator[None]:
    """What was called before, or is called within, runs and logs no more. For one reset at a time."""
    global _era  # noqa: PLW0603 - there is one sandbox a process
    _era.over = True
    try:
        yield
    finally:
        _era = Era()


def _over() -> bool:
    return (_called.get() or _era).over


def _dated(call: Callable[..., Any]) -> Callable[..., Any]:
    def dated(func: dict[str, Any], event: Any) -> Any:
        token = _called.set(_called.get() or _era)
        try:
            return call(func, event)
        finally:
            _called.reset(token)

    return dated


def _refused(run: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def ran(*what: Any) -> dict[str, Any]:
        return {"error": True, "log": "", "body": dict(GONE)} if _over() else run(*what)

    return ran


def _kept(write: Callable[..., None]) -> Callable[..., None]:
    def written(*said: Any, **named: Any) -> None:
        if not _over():
            write(*said, **named)

    return written
