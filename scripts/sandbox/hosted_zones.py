"""The hosted zone that an account brings along: `POST /_tradewind/hosted-zones`.

On AWS a domain's public hosted zone is there before any stack, under an id that Route 53 chose. Templates
take that id as a parameter, so here whoever deploys says which id the zone is to have.
"""

from __future__ import annotations

import json

from scripts.sandbox.gateway import Head, Response, Service, json_response
from scripts.sandbox.seams import Kind, Seam

PATH = "/_tradewind/hosted-zones"

_ROUTE53 = "ministack.services.route53"

ZONES = Seam(_ROUTE53, "_zones", kind=Kind.VALUE, used_by="hosted zones with a given id")
RECORDS = Seam(_ROUTE53, "_records", kind=Kind.VALUE, used_by="hosted zones with a given id")
DEFAULT_RECORDS = Seam(
    _ROUTE53, "_default_records", parameters=("zone_name",), used_by="hosted zones with a given id"
)
SET_ACCOUNT = Seam(
    "ministack.core.responses",
    "set_request_account_id",
    parameters=("access_key_id",),
    used_by="hosted zones with a given id",
)

SEAMS = (ZONES, RECORDS, DEFAULT_RECORDS, SET_ACCOUNT)


def service() -> Service:
    """The page that brings a zone along; a zone that is there stays as it is."""

    async def bring(_head: Head, body: bytes) -> Response:
        wanted = json.loads(body)
        return json_response(bring_along(wanted["account"], wanted["id"], wanted["name"]))

    return Service("hosted zones", lambda head: (head.method, head.path) == ("POST", PATH), bring)


def bring_along(account: str, zone_id: str, name: str) -> dict[str, bool]:
    """Have the account own a public zone of that id and name, with its NS and SOA records."""
    SET_ACCOUNT.value(account)
    dotted = name.rstrip(".") + "."
    if zone_id in ZONES.value:
        return {"made": False}
    ZONES.value[zone_id] = {
        "id": zone_id,
        "name": dotted,
        "caller_reference": f"brought-along-{zone_id}",
        "comment": "Brought along by the account",
        "private": False,
        "vpcs": [],
    }
    RECORDS.value[zone_id] = DEFAULT_RECORDS.value(dotted)
    return {"made": True}
