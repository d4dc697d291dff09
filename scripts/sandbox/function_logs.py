"""What functions log; nothing of those that ran when the sandbox was emptied.

ministack makes a function's log group with the first line in it, whenever that comes. One that was made after
a reset would be in the way of the next deploy's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from scripts.sandbox.seams import Kind, Seam

_LAMBDA = "ministack.services.lambda_svc"
_USED_BY = "logs of functions"

EXECUTE = Seam(_LAMBDA, "_execute_function", None, Kind.FUNCTION, ("func", "event"), _USED_BY)
LOG = Seam(
    _LAMBDA,
    "_emit_lambda_logs",
    None,
    Kind.FUNCTION,
    ("func", "request_id", "log_text", "error", "duration_ms", "log_source"),
    _USED_BY,
)
SEAMS = (EXECUTE, LOG)

#: How often the sandbox has begun, or ended, to be emptied: it is odd meanwhile.
_turns = 0

#: The same when the invocation of this context began.
_began: ContextVar[int] = ContextVar("began", default=0)


def install() -> None:
    """Have each invocation know when it began."""
    EXECUTE.replace(_dated(EXECUTE.value))
    LOG.replace(_kept(LOG.value))


@contextlib.contextmanager
def emptying() -> Iterator[None]:
    """What runs now, or begins within, logs nothing any more."""
    global _turns  # noqa: PLW0603 - there is one sandbox a process
    _turns += 1
    try:
        yield
    finally:
        _turns += 1


def _dated(execute: Callable[..., Any]) -> Callable[..., Any]:
    def executed(func: dict[str, Any], event: Any) -> Any:
        token = _began.set(_turns)
        try:
            return execute(func, event)
        finally:
            _began.reset(token)

    return executed


def _kept(write: Callable[..., None]) -> Callable[..., None]:
    def written(*said: Any, log_source: str | None = None) -> None:
        if _began.get() == _turns and _turns % 2 == 0:
            write(*said, log_source=log_source)

    return written
