from __future__ import annotations

from typing import Any

import pytest

from scripts.checks import Verdict
from scripts.drill.preflight.checkers import (
    nobody_takes_over,
    primary_is_healthy,
    standby_is_healthy,
)
from tests.unit.drill.preflight.grounds import PRIMARY, Cloud

WELL, ILL = "Success: HTTP Status Code 200, OK", "Failure: HTTP Status Code 404, Not Found"


def observed(well: int, ill: int) -> dict[str, Any]:
    return {
        "HealthCheckObservations": [
            {"Region": "us-west-1", "IPAddress": f"192.0.2.{n}", "StatusReport": {"Status": said}}
            for n, said in enumerate([WELL] * well + [ILL] * ill)
        ]
    }


@pytest.mark.parametrize(
    ("well", "ill", "verdict"),
    [
        (16, 0, Verdict.PASSED),
        (3, 13, Verdict.WARNED),
        (2, 14, Verdict.REFUSED),
        (0, 16, Verdict.REFUSED),
        (0, 0, Verdict.UNKNOWN),
    ],
)
def test_an_endpoint_is_healthy_while_more_than_18_percent_of_the_checkers_say_so(
    well: int, ill: int, verdict: Verdict
) -> None:
    for asked in (standby_is_healthy, primary_is_healthy):
        cloud = Cloud()
        cloud.says("route53", "get_health_check_status", observed(well, ill), PRIMARY)

        answer = asked(cloud.ground())

        assert answer.verdict is verdict
        if well + ill:
            assert answer.found.startswith(f"{well} of {well + ill} checkers")


def test_each_endpoint_is_asked_for_by_its_own_check() -> None:
    for asked, id in (
        (standby_is_healthy, "standby-endpoint"),
        (primary_is_healthy, "primary-endpoint"),
    ):
        cloud = Cloud()
        cloud.stub("route53", PRIMARY).add_response(
            "get_health_check_status", observed(16, 0), {"HealthCheckId": id}
        )

        assert asked(cloud.ground()).verdict is Verdict.PASSED


def test_a_takeover_that_somebody_requested_is_refused_and_told_whose_it_is() -> None:
    cloud = Cloud()
    item = {"Switch": {"S": "takeover"}, "Requested": {"BOOL": True}, "Drill": {"S": "d-1"}}
    cloud.says("dynamodb", "get_item", {"Item": item})

    answer = nobody_takes_over(cloud.ground())

    assert answer.verdict is Verdict.REFUSED
    assert "drill d-1" in answer.found
    assert "put-item --region us-west-2 --table-name tradewind-dev-switch" in answer.remedy


@pytest.mark.parametrize(
    ("well", "ill", "verdict"),
    [(0, 16, Verdict.PASSED), (16, 0, Verdict.REFUSED), (0, 0, Verdict.UNKNOWN)],
)
def test_the_switch_is_off_for_the_checkers_too(well: int, ill: int, verdict: Verdict) -> None:
    cloud = Cloud()
    cloud.says("dynamodb", "get_item", {})
    cloud.says("route53", "get_health_check_status", observed(well, ill), PRIMARY)

    assert nobody_takes_over(cloud.ground()).verdict is verdict
