"""APIs of AWS's JSON protocol that the sandbox answers itself.

An operation takes what was said and gives what is told; it raises ApiError for what AWS refuses. Its input
is checked against botocore's model of the service first, as AWS's front end does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from scripts.sandbox.gateway import Head, Response, Service
from scripts.sandbox.refusals import refusal
from scripts.sandbox.resources.patterns import matches

JSON = dict[str, Any]
_CONTENT_TYPE = "application/x-amz-json-1.1"


class ApiError(Exception):
    """What AWS refuses, by the name of its exception."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Caller:
    """Who calls, and where; `name` is the access key, which is the account's number for most."""

    account: str
    region: str
    name: str = ""


Operation = Callable[[Caller, JSON], JSON]


@dataclass(frozen=True)
class JsonApi:
    """One service: botocore's name of it, the prefix of its targets, and what is answered.

    `invalid` is the code of its error for an input that its model does not allow.
    """

    service_name: str
    target: str
    operations: Mapping[str, Operation]
    invalid: str = "ValidationException"

    def service(self) -> Service:
        """What the gateway asks."""

        async def handle(head: Head, body: bytes) -> Response:
            return self.answer(head, body)

        return Service(
            self.service_name, lambda head: head.target.startswith(f"{self.target}."), handle
        )

    async def handle_request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, _query: object
    ) -> tuple[int, dict[str, str], bytes]:
        """A call from inside the process, in the account and Region of whatever is under way there."""
        from ministack.core.responses import get_account_id, get_region

        scope = f"Credential={get_account_id()}/20260101/{get_region()}/{self.service_name}/"
        head = Head(method, path, {}, {**headers, "authorization": scope})
        response = self.answer(head, body)
        return response.status, {"content-type": response.content_type}, response.body

    def answer(self, head: Head, body: bytes) -> Response:
        """The answer to one call; what is not known here is refused by name."""
        name = head.target.rpartition(".")[2]
        operation = self.operations.get(name)
        if operation is None:
            return refusal(head, self.service_name)
        try:
            said = json.loads(body or b"{}")
            model = _model(self.service_name).operation_model(name)
            if found := list(problems(model.input_shape, said)):
                raise ApiError(self.invalid, _detected(found))
            return _told(operation(_caller(head), said))
        except ApiError as error:
            return _refused(error)
        except ValueError:
            return _refused(ApiError("SerializationException", "The body is not JSON."))


def problems(shape: Any, said: Any, path: str = "") -> Iterator[str]:
    """Where an input is not as its model asks: members missing, types, words, lengths and patterns."""
    at = path or "input"
    match shape.type_name if shape is not None else "":
        case "structure":
            if not isinstance(said, Mapping):
                yield f"Value at '{at}' must be a structure"
                return
            for name in shape.required_members:
                if said.get(name) is None:
                    yield _constraint(None, _join(path, name), "Member must not be null")
            for name, member in shape.members.items():
                if said.get(name) is not None:
                    yield from problems(member, said[name], _join(path, name))
        case "list":
            if not isinstance(said, list):
                yield f"Value at '{at}' must be a list"
                return
            for number, item in enumerate(said, 1):
                yield from problems(shape.member, item, f"{path}.{number}.member")
        case "map":
            if not isinstance(said, Mapping):
                yield f"Value at '{at}' must be a map"
                return
            for key, item in said.items():
                yield from problems(shape.key, key, f"{path}.key")
                yield from problems(shape.value, item, f"{path}.{key}.member")
        case "string":
            yield from _text_problems(shape, said, at)
        case "integer" | "long":
            yield from _number_problems(shape, said, at)
        case "boolean" if not isinstance(said, bool):
            yield f"Value at '{at}' must be true or false"


def _text_problems(shape: Any, said: Any, at: str) -> Iterator[str]:
    if not isinstance(said, str):
        yield f"Value at '{at}' must be a string"
        return
    if shape.enum and said not in shape.enum:
        yield _constraint(
            said, at, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
        )
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    if len(said) < least:
        yield _constraint(said, at, f"Member must have length greater than or equal to {least}")
    if most is not None and len(said) > most:
        yield _constraint(said, at, f"Member must have length less than or equal to {most}")
    pattern = shape.metadata.get("pattern")
    if pattern and matches(f"^(?:{pattern})$", said) is False:
        yield _constraint(said, at, f"Member must satisfy regular expression pattern: {pattern}")


def _number_problems(shape: Any, said: Any, at: str) -> Iterator[str]:
    if isinstance(said, bool) or not isinstance(said, int):
        yield f"Value at '{at}' must be a number"
        return
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and said < least:
        yield _constraint(said, at, f"Member must have value greater than or equal to {least}")
    if most is not None and said > most:
        yield _constraint(said, at, f"Member must have value less than or equal to {most}")


def _constraint(said: object, at: str, constraint: str) -> str:
    value = "null" if said is None else f"'{said}'"
    return f"Value {value} at '{at}' failed to satisfy constraint: {constraint}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _detected(found: list[str]) -> str:
    errors = "error" if len(found) == 1 else "errors"
    return f"{len(found)} validation {errors} detected: {'; '.join(found)}"


def _caller(head: Head) -> Caller:
    from ministack.core.responses import get_account_id, set_request_account_id

    key, region, _ = head.credential
    if re.fullmatch(r"\d{12}", key):
        return Caller(key, region, key)
    set_request_account_id(key)  # temporary credentials: the emulator knows whose they are
    return Caller(get_account_id(), region, key)


@cache
def _model(service: str) -> Any:
    from botocore.session import Session

    return Session().get_service_model(service)


def _told(document: JSON) -> Response:
    return Response(200, json.dumps(document).encode(), _CONTENT_TYPE)


def _refused(error: ApiError) -> Response:
    told = json.dumps({"__type": error.code, "message": error.message}).encode()
    return Response(400, told, _CONTENT_TYPE, (("x-amzn-errortype", error.code),))
