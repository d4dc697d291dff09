"""The emulator's own API, called from inside its process.

A call is serialised and its answer parsed by botocore's models, as any client would, so that what
is refused there is refused here; between the two stands ministack's handler instead of a socket.
"""

from __future__ import annotations

import contextlib
import importlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode

JSON = dict[str, Any]

_MODULES = {
    "cloudwatch": "cloudwatch",
    "elbv2": "alb",
    "events": "eventbridge",
    "logs": "cloudwatch_logs",
    "wafv2": "waf",
}
"""ministack's module of a service, where it is not botocore's name."""

_OWN = {
    "codebuild": "scripts.sandbox.builds.api",
    "codedeploy": "scripts.sandbox.code_deploy.api",
    "codepipeline": "scripts.sandbox.pipelines.api",
}
"""The module of a service that the sandbox answers itself."""


class CallRefused(ValueError):
    """The service said no; the sentence is the one CloudFormation makes of it."""

    def __init__(self, service: str, code: str, message: str, status: int) -> None:
        self.code = code
        self.status = status
        super().__init__(
            f'Resource handler returned message: "{message} (Service: {service.title()}, '
            f'Status Code: {status})" (HandlerErrorCode: {_handler_code(code)})'
        )

    @property
    def is_missing(self) -> bool:
        """Whether the service does not know the resource."""
        return self.status == 404 or _handler_code(self.code) == "NotFound"


def call(service: str, operation: str, arguments: Mapping[str, Any]) -> JSON:
    """One call in the account and Region of the stack operation under way.

    Template scalars in `arguments` are turned into what the operation's model asks for; names are
    matched without regard to case, and those the operation does not take are left out. Only from a
    worker thread. Raises CallRefused.
    """
    import botocore.exceptions
    import ministack.app

    model, serializer, parser = _client(service)
    shape = model.operation_model(operation)
    try:
        request = serializer.serialize_to_request(_typed(arguments, shape.input_shape), shape)
    except botocore.exceptions.ParamValidationError as refusal:
        raise CallRefused(service, "ValidationException", str(refusal), 400) from None
    body = request["body"]
    encoded = urlencode(body, doseq=True).encode() if isinstance(body, dict) else body
    headers = {key.lower(): value for key, value in request["headers"].items()}
    query = request["query_string"]
    pairs = parse_qs(urlencode(query, doseq=True) if isinstance(query, Mapping) else query)
    path, _, in_path = request["url_path"].partition("?")
    pairs |= parse_qs(in_path, keep_blank_values=True)
    if isinstance(encoded, str):
        encoded = encoded.encode()
    module = _OWN.get(service) or f"ministack.services.{_MODULES.get(service, service)}"
    handler = importlib.import_module(module).handle_request
    status, answered, content = ministack.app.call_service_handler_sync(
        handler, request["method"], path, headers, encoded or b"", pairs
    )
    content = content.encode() if isinstance(content, str) else content or b""
    answer: JSON = parser.parse(
        {"status_code": status, "headers": _case_insensitive(answered), "body": content},
        shape.output_shape,
    )
    if status >= 400:
        error = answer.get("Error", {})
        raise CallRefused(service, error.get("Code", ""), error.get("Message", ""), status)
    return answer


def takes(service: str, operation: str) -> frozenset[str]:
    """The lower-case names of what an operation takes."""
    model, _, _ = _client(service)
    shape = model.operation_model(operation).input_shape
    return frozenset(name.lower() for name in shape.members) if shape else frozenset()


@contextlib.contextmanager
def in_region(region: str) -> Iterator[None]:
    """Calls inside go to another Region of the same account."""
    from ministack.core.responses import get_region, set_request_region

    before = get_region()
    set_request_region(region)
    try:
        yield
    finally:
        set_request_region(before)


@cache
def _client(service: str) -> tuple[Any, Any, Any]:
    import botocore.parsers
    import botocore.serialize
    import botocore.session

    model = _session().get_service_model(service)
    protocol = model.resolved_protocol
    return (
        model,
        botocore.serialize.create_serializer(protocol, include_validation=True),
        botocore.parsers.create_parser(protocol),
    )


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.Session()


def _case_insensitive(headers: Mapping[str, Any]) -> Any:
    from botocore.compat import HTTPHeaders

    found = HTTPHeaders()
    for key, value in headers.items():
        found[str(key)] = str(value)
    return found


def _typed(value: Any, shape: Any) -> Any:
    """A template's value as the type a model asks for."""
    if shape is None:
        return {}
    match shape.type_name:
        case "structure" if isinstance(value, Mapping):
            members = {name.lower(): name for name in shape.members}
            return {
                members[name.lower()]: _typed(inner, shape.members[members[name.lower()]])
                for name, inner in value.items()
                if name.lower() in members and inner is not None
            }
        case "list" if isinstance(value, (list, tuple)):
            return [_typed(inner, shape.member) for inner in value]
        case "map" if isinstance(value, Mapping):
            return {str(key): _typed(inner, shape.value) for key, inner in value.items()}
        case "boolean":
            return str(value).lower() == "true"
        case "integer" | "long":
            return int(float(str(value)))
        case "float" | "double":
            return float(str(value))
        case "string" if isinstance(value, (Mapping, list)):
            return json.dumps(value)
        case "string" if isinstance(value, bool):
            return str(value).lower()
        case "string":
            return str(value)
        case _:
            return value


def _handler_code(code: str) -> str:
    """CloudFormation's name for a service's error."""
    for fragments, name in (
        (("NotFound", "NoSuch", "DoesNotExist", "NonExist", "Nonexist", "UnknownHost"), "NotFound"),
        (("AlreadyExist", "Duplicate", "EntityExists"), "AlreadyExists"),
        (("AccessDenied", "Unauthorized"), "AccessDenied"),
        (("LimitExceeded", "QuotaExceeded"), "ServiceLimitExceeded"),
        (("Invalid", "Validation", "Missing", "Malformed"), "InvalidRequest"),
    ):
        if any(fragment in code for fragment in fragments):
            return name
    return "GeneralServiceException"
