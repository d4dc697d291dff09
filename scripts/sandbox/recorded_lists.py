"""Lists of what stacks made and no API of the sandbox has: whoever makes a second one looks there first.

IAM Access Analyzer's analyzers, GuardDuty's detectors, Security Hub's hub, RDS's event subscriptions; and
Shield Advanced, which nobody has subscribed to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from scripts.sandbox.gateway import Head, Response, Service, json_response
from scripts.sandbox.json_api import JsonApi
from scripts.sandbox.resources.schema_resources import STORE, Place, Record
from scripts.sandbox.seams import Kind, Seam

_RDS, _RESPONSES, _USED_BY = "ministack.services.rds", "ministack.core.responses", "event lists"

ACTIONS = Seam(_RDS, "_ACTION_MAP", kind=Kind.MAPPING, used_by=_USED_BY)
XML = Seam(_RDS, "_xml", parameters=("status", "root_tag", "inner"), used_by=_USED_BY)
ACCOUNT = Seam(_RESPONSES, "get_account_id", parameters=(), used_by=_USED_BY)
REGION = Seam(_RESPONSES, "get_region", parameters=(), used_by=_USED_BY)
SEAMS = (ACTIONS, XML, ACCOUNT, REGION)

#: https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_GetSubscriptionState.html
SHIELD = JsonApi(
    "shield",
    "AWSShield_20160616",
    {"GetSubscriptionState": lambda _caller, _said: {"SubscriptionState": "INACTIVE"}},
)


def install() -> None:
    """Have RDS list event subscriptions."""
    ACTIONS.value["DescribeEventSubscriptions"] = subscriptions


def services() -> tuple[Service, ...]:
    """The lists that REST tells, and Shield."""
    return (*(_service(path, name) for path, name in _SIGNED.items()), SHIELD.service())


def subscriptions(_parameters: Any) -> Any:
    """DescribeEventSubscriptions, by name."""
    place = Place(ACCOUNT.value(), REGION.value(), "AWS::RDS::EventSubscription")
    members = "".join(
        f"<EventSubscription><CustSubscriptionId>{name}</CustSubscriptionId>"
        "<Status>active</Status></EventSubscription>"
        for name in STORE.at(place)
    )
    operation = "DescribeEventSubscriptions"
    lists = f"<EventSubscriptionsList>{members}</EventSubscriptionsList>"
    inner = f"<{operation}Result>{lists}</{operation}Result>"
    return XML.value(200, f"{operation}Response", inner)


def analyzers(head: Head, made: Mapping[str, Record]) -> Response:
    """ListAnalyzers, of one type or of all."""
    asked = head.query.get("type")
    told = [
        {
            "arn": arn,
            "name": record.properties.get("AnalyzerName", arn.rpartition("/")[2]),
            "type": record.properties["Type"],
            "createdAt": "2026-01-01T00:00:00Z",
            "status": "ACTIVE",
        }
        for arn, record in made.items()
        if asked is None or record.properties["Type"] in asked
    ]
    return json_response({"analyzers": told})


def detectors(_head: Head, made: Mapping[str, Record]) -> Response:
    """ListDetectors."""
    return json_response({"detectorIds": list(made)})


def hub(_head: Head, made: Mapping[str, Record]) -> Response:
    """DescribeHub: an account without one is told so by an error."""
    if made:
        return json_response({"HubArn": next(iter(made))})
    code = "InvalidAccessException"
    account, _, _ = _head.credential
    message = f"Account {account} is not subscribed to AWS Security Hub"
    body = json.dumps({"Code": code, "Message": message}).encode()
    return Response(401, body, headers=(("x-amzn-errortype", code),))


_Teller = Callable[[Head, Mapping[str, Record]], Response]

#: Path of the list, and what the call is signed for -> the type of its members, and who tells them.
_SIGNED: Mapping[tuple[str, str], tuple[str, _Teller]] = {
    ("/analyzer", "access-analyzer"): ("AWS::AccessAnalyzer::Analyzer", analyzers),
    ("/detector", "guardduty"): ("AWS::GuardDuty::Detector", detectors),
    ("/accounts", "securityhub"): ("AWS::SecurityHub::Hub", hub),
}


def _service(where: tuple[str, str], what: tuple[str, _Teller]) -> Service:
    path, signed_for = where
    type_name, tell = what

    async def handle(head: Head, _body: bytes) -> Response:
        account, region, _ = head.credential
        return tell(head, STORE.at(Place(account, region, type_name)))

    def matches(head: Head) -> bool:
        asked = (head.method, head.path.rstrip("/"), head.credential[2])
        return asked == ("GET", path, signed_for)

    return Service(type_name, matches, handle)
