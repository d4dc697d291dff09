"""The functions of a region that is down: those that run are killed, and those that wait for it wait.

Whoever calls a function for a service of the region (a reader of a stream or a queue, a rule, a workflow, a
rotation) stands still as long as the region does, and calls again what the outage killed. Whoever waits for
the answer to a request of his own is told at once: the region that should answer him is gone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.seams import Kind, Seam

_LAMBDA = "ministack.services.lambda_svc"
_RUNTIME = "ministack.core.lambda_runtime"
_USED_BY = "functions of a region that is down"

#: How the threads are named of those who wait for the answer to a request; and those of the shared pool,
#: which would fill up with those who wait.
_ASKED = ("ministack-lambda-invoke", "ministack-reentrant", "asyncio_", "MainThread")

EXECUTE = Seam(_LAMBDA, "_execute_function", None, Kind.FUNCTION, ("func", "event"), _USED_BY)
WORKERS = Seam(_RUNTIME, "_workers", None, Kind.MAPPING, used_by=_USED_BY)
KILL = Seam(_RUNTIME, "kill_workers", None, Kind.FUNCTION, ("workers",), _USED_BY)
SEAMS = (EXECUTE, WORKERS, KILL)

Answer = dict[str, Any]

GONE: Answer = {
    "error": True,
    "log": "",
    "body": {"errorType": "Runtime.ExitError", "errorMessage": "The Region is not available."},
}


def install() -> None:
    """Have functions stand still with their region."""
    EXECUTE.replace(_standing_still(EXECUTE.value))


def kill(region: str) -> None:
    """SIGKILL to the execution environments of a region."""
    doomed = []
    for key, workers in list(WORKERS.value.items()):
        if f":{region}:" in key:
            WORKERS.value.pop(key, None)
            doomed.extend(workers)
    for worker in doomed:
        if (process := worker._proc) is not None:  # ministack's own kill asks first
            process.kill()
    KILL.value(doomed)


def region_of(function: dict[str, Any]) -> str:
    """Where a function is, by its ARN; empty for what has none."""
    arn = str((function.get("config") or function).get("FunctionArn", ""))
    return (arn.split(":") + [""] * 4)[3]


def _standing_still(execute: Callable[..., Answer]) -> Callable[..., Answer]:
    def executed(func: dict[str, Any], event: Any) -> Answer:
        region = region_of(func)
        asked = threading.current_thread().name.startswith(_ASKED)
        while True:
            if asked and STANDING.down(region):
                return {**GONE, "body": dict(GONE["body"])}
            STANDING.wait_while_down(region)
            outages = STANDING.outages(region)
            answer = execute(func, event)
            if asked or not answer.get("error") or STANDING.outages(region) == outages:
                return answer

    return executed
