"""CloudFormation's own API, called from inside the emulator.

Stack operations run on the event loop; a resource's handler runs on a worker thread. A nested stack is
made by calling the loop from that thread: the account, the region and our own context variables travel
with the call into the operation it starts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree

from scripts.sandbox import seams

Request = dict[str, list[str]]
"""A request as ministack's handlers take it: every parameter a list."""

Answer = tuple[int, dict[str, str], bytes]
"""A handler's answer: HTTP status, headers, XML."""

Handler = Callable[[Request], Answer]

NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
#: Seconds between two looks at an operation.
POLL_SECONDS = 0.01

ElementTree.register_namespace("", NAMESPACE)


class ApiError(ValueError):
    """CloudFormation refused a call. ministack takes a handler's ValueError for the resource's reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def call(action: str, request: Request, then: Callable[[], None] | None = None) -> None:
    """Call an action from a worker thread.

    `then` runs on the event loop before the operation that the call started takes its first step.
    Raises ApiError when the call is refused.
    """

    async def on_the_loop(*_ignored: object) -> Answer:
        answer: Answer = await seams.HANDLE_CLOUDFORMATION.value(
            "POST", "/", {}, b"", {**request, "Action": [action]}
        )
        if answer[0] < 400 and then is not None:
            then()
        return answer

    raise_if_refused(seams.CALL_SERVICE_HANDLER.value(on_the_loop, "POST", "/", {}, b"", {}))


def raise_if_refused(answer: Answer) -> None:
    """Raise ApiError for an answer that is an error."""
    if answer[0] >= 400:
        error = parse(answer).find(".//{*}Error")
        raise ApiError(_text(error, "Code"), _text(error, "Message"))


def parse(answer: Answer) -> ElementTree.Element:
    """The XML of an answer of the emulator itself."""
    return ElementTree.fromstring(answer[2])  # noqa: S314 - made by this very process


def written(answer: Answer, document: ElementTree.Element) -> Answer:
    """The answer with its XML replaced."""
    return (
        answer[0],
        answer[1],
        ElementTree.tostring(document, encoding="utf-8", xml_declaration=True),
    )


def element(name: str, text: str | None = None) -> ElementTree.Element:
    """An element of CloudFormation's namespace."""
    made = ElementTree.Element(f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made


def text_of(document: ElementTree.Element, name: str) -> str:
    """The text of the first element of that name anywhere below; empty when absent."""
    return _text(document, name, ".//")


def _text(parent: ElementTree.Element | None, name: str, where: str = "") -> str:
    found = None if parent is None else parent.find(f"{where}{{*}}{name}")
    return (found.text or "") if found is not None else ""


def members(prefix: str, key: str, value: str, pairs: Mapping[str, str]) -> Request:
    """A list of structures in the Query protocol: `Tags.member.1.Key=...`."""
    request: Request = {}
    for index, (name, held) in enumerate(pairs.items(), 1):
        request[f"{prefix}.member.{index}.{key}"] = [name]
        request[f"{prefix}.member.{index}.{value}"] = [held]
    return request


def strings(prefix: str, values: list[str]) -> Request:
    """A list of strings in the Query protocol: `Capabilities.member.1=...`."""
    return {f"{prefix}.member.{index}": [value] for index, value in enumerate(values, 1)}


def first(request: Request, key: str) -> str:
    """A request's parameter, empty when it was not sent."""
    values = request.get(key) or [""]
    return values[0]


def stack_of(name_or_id: str) -> dict[str, Any] | None:
    """The record of a stack by name or id, in the caller's account and region.

    A live stack is kept under its name, a deleted one under its id (deleted_stacks.py).
    """
    stacks: Mapping[str, dict[str, Any]] = seams.STACKS.value
    held = stacks.get(name_or_id)
    if held is None and name_or_id.startswith("arn:") and name_or_id.count("/") == 2:
        named = stacks.get(name_or_id.split("/")[1])
        held = named if named is not None and named["StackId"] == name_or_id else None
    return held


def wait(stack_id: str) -> dict[str, Any]:
    """Wait, on a worker thread, until a stack's operation has ended. Returns its record."""
    while True:
        record = stack_of(stack_id)
        if record is None:
            raise ApiError("ValidationError", f"Stack with id {stack_id} does not exist")
        if not record["StackStatus"].endswith("_IN_PROGRESS"):
            return record
        time.sleep(POLL_SECONDS)


def refused(code: str, message: str, status: int = 400) -> Answer:
    """An error in the Query protocol's shape."""
    response, error = element("ErrorResponse"), element("Error")
    error.extend((element("Type", "Sender"), element("Code", code), element("Message", message)))
    response.extend((error, element("RequestId", "00000000-0000-0000-0000-000000000000")))
    return status, {"Content-Type": "text/xml"}, ElementTree.tostring(response, encoding="utf-8")
