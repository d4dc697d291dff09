"""What a function that raises is said to have raised: the name of the exception's class, as on AWS.

ministack gives every error of a Python function one name, and Retry and Catch of Step Functions go by names.
A function without code it has answer as if all were well; here that is an error. And when one execution
environment ends while it starts, ministack ends all others of the function; here that one has ended.
https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from scripts.sandbox.seams import Kind, Seam

#: What ministack names an error whose class it does not tell.
UNNAMED = "Runtime.HandlerError"

#: What ministack says of a function whose process has ended, and what Lambda calls that.
ENDED, EXITED = "Worker process died", "Runtime.ExitError"

#: What a function is said to have raised that has no code.
CODELESS = {"errorType": "Runtime.ImportModuleError", "errorMessage": "The function has no code."}

#: The line of a traceback that names the exception: the first one after the frames that is not indented.
RAISED = re.compile(r"^(?:\w+\.)*(\w+)(?:: |$)")

EXECUTE = Seam(
    "ministack.services.lambda_svc",
    "_execute_function_warm",
    None,
    Kind.FUNCTION,
    ("func", "event", "request_id"),
    "functions raise errors by their own names",
)
INVOKE = Seam(
    "ministack.core.lambda_runtime",
    "Worker.invoke",
    None,
    Kind.FUNCTION,
    ("self", "event", "request_id", "trace_id", "depth", "durable", "invoked_function_arn"),
    "one execution environment ends without the others",
)
SEAMS = (EXECUTE, INVOKE)

#: How begins what ministack raises when code cannot be loaded: no environment of that function starts.
UNLOADABLE = "Worker init failed"


def install() -> None:
    """Name errors as the functions do."""
    EXECUTE.replace(_naming(EXECUTE.value))
    INVOKE.replace(_alone(INVOKE.value))


def _alone(invoke: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def invoked(worker: Any, *values: Any, **named: Any) -> dict[str, Any]:
        try:
            return invoke(worker, *values, **named)
        except Exception as error:  # whatever a process that ends leaves behind
            if str(error).startswith(UNLOADABLE):
                raise
            worker.kill()
            return {"status": "error", "error": ENDED}

    return invoked


def _naming(execute: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def executed(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        if not func.get("code_zip"):
            return {"error": True, "log": "", "body": dict(CODELESS)}
        result = execute(func, event, request_id)
        body = result.get("body")
        if result.get("error") and isinstance(body, dict) and body.get("errorType") == UNNAMED:
            ended = body.get("errorMessage") == ENDED
            body["errorType"] = EXITED if ended else name_of(result.get("log") or "") or UNNAMED
        return result

    return executed


def name_of(log: str) -> str | None:
    """The class that the last traceback in a log names."""
    _, found, traceback = log.rpartition("Traceback (most recent call last):\n")
    lines = traceback.splitlines() if found else []
    raised = next((line for line in lines if line and not line.startswith(" ")), "")
    named = RAISED.match(raised)
    return named[1] if named else None
