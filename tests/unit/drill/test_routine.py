"""Which drills nobody has to approve, and what every drill leaves on the dashboards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from scripts.aws import Aws
from scripts.drill import routine
from scripts.drill.plan import Objectives, Pace, Plan, Trigger
from scripts.errors import Refused
from tests.unit.drill.data.cloud import STANDBY, check, theatre

PLAN = Plan("dev", Trigger.TAKEOVER, False, False, Objectives(300, 5, 1.0), Pace(), theatre())


def test_a_takeover_without_data_goes_where_the_allowance_names_it() -> None:
    assert routine.approved(PLAN, "takeover") == PLAN.hash


@pytest.mark.parametrize(
    ("plan", "allowance", "said"),
    [
        (PLAN, "none", "drill_allowance does not name: it is none"),
        (replace(PLAN, trigger=Trigger.INVERT), "takeover", "is no takeover: this is invert"),
        (replace(PLAN, trigger=Trigger.OUTAGE), "takeover", "is no takeover: this is outage"),
        (replace(PLAN, data=True), "takeover", "moves the database"),
        (replace(PLAN, hold=True), "takeover", "stays failed over"),
    ],
)
def test_every_other_drill_waits_for_a_person(plan: Plan, allowance: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        routine.approved(plan, allowance)
    assert plan.hash in refusal.value.fix


class CloudWatch:
    """Where figures go; held to botocore's model."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def client(self, service: str, region: str) -> CloudWatch:
        assert service == "cloudwatch"
        self.region = region
        return self

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        check("cloudwatch", operation, parameters)
        self.told.append((self.region, parameters))
        return {}


def left(report: dict[str, Any]) -> dict[str, float]:
    cloud = CloudWatch()
    routine.publish(cast("Aws", cloud), PLAN, report)
    figures = {}
    for region, told in cloud.told:
        assert (region, told["Namespace"]) == (STANDBY, "Tradewind/Drills")
        for figure in told["MetricData"]:
            assert figure["Dimensions"] == [{"Name": "Environment", "Value": "dev"}]
            figures[figure["MetricName"]] = figure["Value"]
    return figures


def test_what_was_measured_is_left_and_what_was_not_leaves_nothing() -> None:
    assert left({"rto_s": 88.5, "rpo": 0, "orders_lost": 2, "verdict": "missed"}) == {
        "RtoSeconds": 88.5,
        "RpoSeconds": 0.0,
        "OrdersLost": 2.0,
    }
    assert left({"rto_s": None, "rpo": None, "orders_lost": 0}) == {"OrdersLost": 0.0}
    assert left({}) == {}
