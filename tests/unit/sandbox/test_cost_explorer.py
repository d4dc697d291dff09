"""The sandbox's Cost Explorer: in AWS's shapes, without a saving that it made up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.parsers import create_parser
from botocore.session import Session

from scripts.sandbox.cost_explorer import ANSWERS, TARGET, UNAVAILABLE, answer
from scripts.sandbox.gateway import Head, Response

MODEL = Session().get_service_model("ce")
PERIOD = {"Start": "2026-01-01", "End": "2026-01-31"}
OFFER = {
    "TermInYears": "ONE_YEAR",
    "PaymentOption": "NO_UPFRONT",
    "LookbackPeriodInDays": "THIRTY_DAYS",
}
REQUESTS: dict[str, dict[str, Any]] = {
    "GetSavingsPlansPurchaseRecommendation": {"SavingsPlansType": "COMPUTE_SP", **OFFER},
    "GetReservationPurchaseRecommendation": {"Service": "Amazon Redshift"},
    "GetSavingsPlansCoverage": {"TimePeriod": PERIOD},
    "GetSavingsPlansUtilization": {"TimePeriod": PERIOD},
    "GetReservationCoverage": {"TimePeriod": PERIOD},
    "GetReservationUtilization": {"TimePeriod": PERIOD},
    "GetAnomalies": {"DateInterval": {"StartDate": "2026-01-01"}},
    "GetAnomalyMonitors": {},
    "ListCostAllocationTags": {"Type": "UserDefined"},
}


def call(operation: str, **said: Any) -> Response:
    return answer(
        Head("POST", "/", {}, {"x-amz-target": TARGET + operation}), json.dumps(said).encode()
    )


def misfits(said: Any, shape: Any, path: str) -> list[str]:
    """Members that the model does not know, or that it requires and are missing."""
    if shape.type_name == "list":
        return [one for item in said for one in misfits(item, shape.member, path)]
    if shape.type_name != "structure":
        return [] if isinstance(said, str) or shape.type_name != "string" else [path]
    wrong = [f"{path}.{name} is unknown" for name in said if name not in shape.members]
    wrong += [f"{path}.{name} is missing" for name in shape.required_members if name not in said]
    for name in said.keys() & shape.members.keys():
        wrong += misfits(said[name], shape.members[name], f"{path}.{name}")
    return wrong


@pytest.mark.parametrize("operation", ANSWERS)
def test_an_answer_has_the_shape_of_the_service(operation: str) -> None:
    response = call(operation, **REQUESTS[operation])

    assert response.status == 200
    shape = MODEL.operation_model(operation).output_shape
    assert misfits(json.loads(response.body), shape, operation) == []


@pytest.mark.parametrize("operation", ANSWERS)
def test_a_new_account_has_nothing_to_save(operation: str) -> None:
    def numbers(value: Any) -> list[str]:
        match value:
            case dict():
                return [one for inner in value.values() for one in numbers(inner)]
            case list():
                assert value == []
                return []
        return [value]

    assert set(numbers(ANSWERS[operation])) <= {"0"}


def test_without_plans_there_is_no_utilisation_to_tell() -> None:
    (operation,) = UNAVAILABLE
    response = call(operation, **REQUESTS[operation])
    headers = dict(response.headers)
    parsed = create_parser("json").parse(
        {"status_code": response.status, "headers": headers, "body": response.body},
        MODEL.operation_model(operation).output_shape,
    )

    assert parsed["Error"]["Code"] == "DataUnavailableException"
    assert operation in [
        name
        for name in MODEL.operation_names
        if "DataUnavailableException"
        in [shape.name for shape in MODEL.operation_model(name).error_shapes]
    ]


def test_a_request_that_aws_refuses_is_refused() -> None:
    missing = call("GetSavingsPlansCoverage")
    unknown = call("GetSavingsPlansPurchaseRecommendation", SavingsPlansType="ALL_OF_IT", **OFFER)

    assert missing.status == unknown.status == 400
    assert "Value null at 'timePeriod'" in json.loads(missing.body)["message"]
    assert "Value 'ALL_OF_IT' at 'savingsPlansType'" in json.loads(unknown.body)["message"]


def test_what_it_does_not_have_is_no_blank_success() -> None:
    response = call("GetCostAndUsage", TimePeriod=PERIOD)

    assert response.status == 501
    assert "GetCostAndUsage" in json.loads(response.body)["message"]
