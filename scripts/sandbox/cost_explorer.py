"""Cost Explorer as it answers for a new account: nothing to recommend, nothing bought, nothing unusual.

It invents no cost. What a request must say is checked against the service's own model.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from scripts.sandbox.gateway import Head, Response, Service
from scripts.sandbox.refusals import refusal

TARGET = "AWSInsightsIndexService."

_NO_HOURS = {
    "OnDemandHours": "0",
    "ReservedHours": "0",
    "TotalRunningHours": "0",
    "CoverageHoursPercentage": "0",
}
_NO_RESERVATIONS = {
    "UtilizationPercentage": "0",
    "PurchasedHours": "0",
    "TotalActualHours": "0",
    "UnusedHours": "0",
    "NetRISavings": "0",
    "TotalAmortizedFee": "0",
}

#: Operation -> the answer of a new account.
ANSWERS: dict[str, dict[str, Any]] = {
    "GetSavingsPlansPurchaseRecommendation": {"Metadata": {}},
    "GetReservationPurchaseRecommendation": {"Metadata": {}, "Recommendations": []},
    "GetSavingsPlansCoverage": {"SavingsPlansCoverages": []},
    "GetReservationCoverage": {"CoveragesByTime": [], "Total": {"CoverageHours": _NO_HOURS}},
    "GetReservationUtilization": {"UtilizationsByTime": [], "Total": _NO_RESERVATIONS},
    "GetAnomalies": {"Anomalies": []},
    "GetAnomalyMonitors": {"AnomalyMonitors": []},
    "ListCostAllocationTags": {"CostAllocationTags": []},
}

#: Without a Savings Plan there is no utilisation to tell, and AWS says so by an error.
UNAVAILABLE = frozenset({"GetSavingsPlansUtilization"})


def service() -> Service:
    """The API, of which only what reads recommendations and anomalies is answered."""

    async def handle(head: Head, body: bytes) -> Response:
        return answer(head, body)

    return Service("Cost Explorer", lambda head: head.target.startswith(TARGET), handle)


def answer(head: Head, body: bytes) -> Response:
    """The answer to one call."""
    operation = head.target.removeprefix(TARGET)
    if operation not in ANSWERS and operation not in UNAVAILABLE:
        return refusal(head, "ce")
    if problem := _problem(operation, json.loads(body or b"{}")):
        return _error("ValidationException", problem)
    if operation in UNAVAILABLE:
        return _error("DataUnavailableException", "The requested data is unavailable.")
    return Response(200, json.dumps(ANSWERS[operation]).encode(), "application/x-amz-json-1.1")


def _problem(operation: str, said: dict[str, Any]) -> str:
    """What AWS would refuse of the request's own members: one that is missing, a word that is not known."""
    shape = _model().operation_model(operation).input_shape
    told = [
        f"Value null at '{_camel(name)}' failed to satisfy constraint: Member must not be null"
        for name in shape.required_members
        if name not in said
    ] + [
        f"Value '{said[name]}' at '{_camel(name)}' failed to satisfy constraint: "
        f"Member must satisfy enum value set: [{', '.join(member.enum)}]"
        for name, member in shape.members.items()
        if getattr(member, "enum", None) and name in said and said[name] not in member.enum
    ]
    if not told:
        return ""
    errors = "error" if len(told) == 1 else "errors"
    return f"{len(told)} validation {errors} detected: {'; '.join(told)}"


@cache
def _model() -> Any:
    from botocore.session import Session

    return Session().get_service_model("ce")


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]


def _error(code: str, message: str) -> Response:
    body = json.dumps({"__type": code, "Message": message, "message": message}).encode()
    return Response(400, body, "application/x-amz-json-1.1", (("x-amzn-errortype", code),))
