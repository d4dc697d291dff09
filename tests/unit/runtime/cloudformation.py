"""CloudFormation's requests to the function behind a custom resource, and Lambda's context around it."""

from __future__ import annotations

from typing import Any


class Context:
    """What Lambda says of an invocation: so many seconds are left of it."""

    log_stream_name = "2026/11/27/[$LATEST]0123"

    def __init__(self, seconds: float = 300) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def request(answer_to: str, kind: str = "Create", **more: Any) -> dict[str, Any]:
    """A request; `more` are its ResourceProperties and the like."""
    physical = {} if kind == "Create" else {"PhysicalResourceId": "made"}
    return {
        "RequestType": kind,
        "ResponseURL": answer_to,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Thing",
        "ResourceProperties": {},
        **physical,
        **more,
    }
