"""The API of payments: what a request may hold, what it becomes, and what an error answers.

API Gateway checks a request against these models before anything of ours sees it, and takes no other content
type. The function gets `{"order": <the body>}`, as the order workflow calls it. What it raises is told by its
name alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.order_events import ORDER_ID

#: A processor's token. It is no card number, nor does it hold one: that is twelve digits and more in a row.
TOKEN_SHAPE = "^tok_(?!.*[0-9]{12})[A-Za-z0-9]{16,64}$"  # noqa: S105 - a pattern

#: The one content type.
JSON = "application/json"

Schema = dict[str, Any]

ORDER: Mapping[str, Schema] = {"order_id": {"type": "string", "pattern": ORDER_ID}}
AUTHORIZATION: Mapping[str, Schema] = {
    **ORDER,
    "payment_token": {"type": "string", "pattern": TOKEN_SHAPE},
    "total": {"type": "integer", "minimum": 1, "maximum": 999_999_999},
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
}


@dataclass(frozen=True)
class Request:
    """Something that may be asked: POST to `path`, with these fields and no others."""

    title: str
    path: str
    fields: Mapping[str, Schema]

    def model(self) -> Schema:
        """The JSON Schema of the body."""
        return {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "title": self.title,
            "type": "object",
            "required": list(self.fields),
            "properties": dict(self.fields),
            "additionalProperties": False,
        }


AUTHORIZE = Request("Authorization", "authorizations", AUTHORIZATION)
VOID = Request("Void", "voids", ORDER)

#: The body becomes what the functions take.
TEMPLATE = """{"order": $input.json("$")}"""


@dataclass(frozen=True)
class Answer:
    """A status, the pattern of the message of what the function raised, and what is said instead of it."""

    status: str
    raised: str | None = None
    says: str | None = None


#: What the function returns is passed on; what it raises is not.
ANSWERS = (
    Answer("200"),
    Answer(
        "409",
        "(of another|voided|status 4(00|02|04|22)).*",
        json.dumps({"error": "PaymentRefused"}),
    ),
    Answer("503", r"(\n|.)+", json.dumps({"error": "Unavailable"})),
)

#: What is written down of a request: none of these shows what it held, or who sent it beyond the role.
ACCESS_LOG = json.dumps(
    {
        "requestId": "$context.requestId",
        "time": "$context.requestTime",
        "method": "$context.httpMethod",
        "path": "$context.resourcePath",
        "status": "$context.status",
        "milliseconds": "$context.responseLatency",
        "caller": "$context.identity.userArn",
        "endpoint": "$context.identity.vpceId",
        "refusedBy": "$context.error.responseType",
        "firewall": "$context.waf.status",
        "trace": "$context.xrayTraceId",
    }
)
