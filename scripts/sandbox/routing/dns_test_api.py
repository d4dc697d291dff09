"""TestDNSAnswer: what a public hosted zone answers, with the health that DNS goes by.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_TestDNSAnswer.html
"""

from __future__ import annotations

import asyncio
import ipaddress
import random
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from scripts.errors import Failed
from scripts.sandbox.gateway import Head, Response, Service
from scripts.sandbox.hosted_zones import RECORDS, SET_ACCOUNT, ZONES
from scripts.sandbox.refusals import shaped
from scripts.sandbox.routing.answers import Answer, LoadBalancer, View, answer_of
from scripts.sandbox.routing.records import Zone, canonical

PATH = "/2013-04-01/testdnsanswer"

_NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"

#: In the order of Route 53's model.
TYPES = (
    *("SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA", "CAA", "DS"),
    *("TLSA", "SSHFP", "SVCB", "HTTPS"),
)

#: Gives what the data plane goes by: `health` by check, `load_balancers` by name. Raises Failed.
Facts = Callable[[], Mapping[str, Any]]


class Invalid(Exception):
    """What was asked for is not what can be asked for."""


def service(facts: Facts) -> Service:
    """The call."""

    async def handle(head: Head, _body: bytes) -> Response:
        SET_ACCOUNT.value(head.credential[0])
        return await asyncio.to_thread(tested, head, facts)

    return Service(
        "TestDNSAnswer",
        lambda head: head.method == "GET" and head.path.rstrip("/") == PATH,
        handle,
    )


def tested(head: Head, facts: Facts) -> Response:
    """The answer to one call, in the account of this context."""
    asked = {name: values[0] for name, values in head.query.items()}
    zone_id = asked.get("hostedzoneid", "").removeprefix("/hostedzone/")
    try:
        _check(asked)
        zone = ZONES.value.get(zone_id)
        if zone is None:
            message = f"No hosted zone found with ID: {zone_id}"
            return shaped(head, 404, "NoSuchHostedZone", message)
        if zone["private"]:
            raise Invalid("This operation can't be used with a private hosted zone.")
        return told(Zone.read(zone_id, zone["name"], RECORDS.value[zone_id]), asked, facts())
    except Invalid as problem:
        return shaped(head, 400, "InvalidInput", str(problem))
    except Failed as problem:
        return shaped(head, 503, "ServiceUnavailable", problem.message)


def told(zone: Zone, asked: Mapping[str, str], facts: Mapping[str, Any]) -> Response:
    """What a zone answers, as XML."""
    name, kind = asked["recordname"], asked["recordtype"]
    health: Mapping[str, bool] = facts["health"]
    balancers = {key: LoadBalancer(**one) for key, one in facts["load_balancers"].items()}
    view = View([zone], lambda check: health.get(check, True), balancers)
    if zone.covers(canonical(name)):
        found = answer_of(zone, view, name, kind, random.SystemRandom())
    else:
        found = Answer("REFUSED")
    servers = zone.groups.get((zone.name, "NS"), ())
    server = servers[0].values[0].removesuffix(".") if servers else ""
    root = Element("TestDNSAnswerResponse", xmlns=_NAMESPACE)
    SubElement(root, "Nameserver").text = server
    SubElement(root, "RecordName").text = name
    SubElement(root, "RecordType").text = kind
    data = SubElement(root, "RecordData")
    for record in found.records:
        SubElement(data, "RecordDataEntry").text = record.value
    SubElement(root, "ResponseCode").text = found.code
    SubElement(root, "Protocol").text = "UDP"
    return Response(200, tostring(root, encoding="UTF-8", xml_declaration=True), "text/xml")


def _check(asked: Mapping[str, str]) -> None:
    """Raise Invalid unless everything that is said can be."""
    for name in ("hostedzoneid", "recordname", "recordtype"):
        if not asked.get(name):
            raise Invalid(f"The parameter {name} is required.")
    kind = asked["recordtype"]
    if kind not in TYPES:
        raise Invalid(
            f"1 validation error detected: Value '{kind}' at 'recordType' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(TYPES)}]"
        )
    _address("resolverip", asked)
    client = _address("edns0clientsubnetip", asked)
    mask = asked.get("edns0clientsubnetmask")
    if mask is None:
        return
    if client is None:
        raise Invalid("edns0clientsubnetmask can't be specified without edns0clientsubnetip.")
    if not (mask.isdecimal() and int(mask) <= client.max_prefixlen):
        raise Invalid(
            f"The value {mask} of edns0clientsubnetmask is not between 0 and {client.max_prefixlen}."
        )


def _address(
    name: str, asked: Mapping[str, str]
) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if name not in asked:
        return None
    try:
        return ipaddress.ip_address(asked[name])
    except ValueError:
        raise Invalid(f"The value {asked[name]} of {name} is not an IP address.") from None
