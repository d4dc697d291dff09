"""GetHealthCheckStatus and GetHealthCheckLastFailureReason: what each checker says it saw.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html
AWS refuses both for calculated checks. What it answers for one that follows an alarm is not documented; here
it is refused, too: nobody asks an endpoint.
"""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from scripts.errors import Failed
from scripts.sandbox.gateway import Head, Response, Service
from scripts.sandbox.hosted_zones import SET_ACCOUNT
from scripts.sandbox.routing.health_check_api import REFUSED, XML, Answer
from scripts.sandbox.routing.health_checks import Endpoint, HealthCheck
from scripts.sandbox.routing.supervision import ATTENDANCE
from scripts.sandbox.routing.survey import CHECKS

_PATH = re.compile(r"/2013-04-01/healthcheck/([^/]+)/(status|lastfailurereason)/?")

#: Seconds that the data plane has for hearing of a check that was made a moment ago.
NEWS_SECONDS = 2.0

_OPERATIONS = {
    "status": ("GetHealthCheckStatus", "last"),
    "lastfailurereason": ("GetHealthCheckLastFailureReason", "failure"),
}


def service() -> Service:
    """Both."""

    async def handle(head: Head, _body: bytes) -> Response:
        status, headers, body = await answer(head)
        return Response(status, body, headers["Content-Type"])

    def matches(head: Head) -> bool:
        return head.method == "GET" and _PATH.fullmatch(head.path) is not None

    return Service("health checkers", matches, handle)


async def answer(head: Head) -> Answer:
    """What is told of one check."""
    named = _PATH.fullmatch(head.path)
    assert named is not None
    check_id, (operation, which) = named[1], _OPERATIONS[named[2]]
    SET_ACCOUNT.value(head.credential[0])
    found = CHECKS.value.get(check_id)
    if found is None:
        missing = f"No health check exists with the specified ID {check_id}."
        return _refused("NoSuchHealthCheck", missing, 404)
    check = HealthCheck.described(check_id, "", found["config"], found.get("alarm"))
    if not isinstance(check.subject, Endpoint):
        kind = found["config"]["Type"]
        return _refused("InvalidInput", f"{operation} is not supported for {kind} health checks.")
    try:
        seen = await asyncio.to_thread(_observations, check)
    except Failed as problem:
        return _refused("ServiceUnavailable", problem.message, 503)
    told: Answer = XML.value(f"{operation}Response", lambda root: _describe(root, seen, which))
    return told


def _observations(check: HealthCheck) -> list[dict[str, Any]]:
    """What the checkers of an endpoint see; nothing while nobody watches it."""
    deadline = time.monotonic() + NEWS_SECONDS
    while True:
        try:
            told: list[dict[str, Any]] = ATTENDANCE.needed(f"/observations/{check.id}")[
                "observations"
            ]
            if any(one["last"] for one in told):
                return told
        except KeyError:
            if check.disabled:
                return []
        if time.monotonic() > deadline:
            return []
        time.sleep(0.02)


def _describe(root: Element, seen: list[dict[str, Any]], which: str) -> None:
    observations = SubElement(root, "HealthCheckObservations")
    for one in seen:
        report = one[which]
        if report is None:
            continue
        observation = SubElement(observations, "HealthCheckObservation")
        SubElement(observation, "Region").text = one["region"]
        SubElement(observation, "IPAddress").text = one["address"]
        status = SubElement(observation, "StatusReport")
        SubElement(status, "Status").text = report["status"]
        at = datetime.fromtimestamp(report["wall"], UTC)
        SubElement(status, "CheckedTime").text = at.isoformat(timespec="milliseconds").replace(
            "+00:00", "Z"
        )


def _refused(code: str, message: str, status: int = 400) -> Answer:
    answered: Answer = REFUSED.value(code, message, status)
    return answered
