"""A dashboard's body is JSON that CloudWatch takes: laid out on its grid, with intrinsics as variables."""

from __future__ import annotations

import json
from typing import Any

import pytest
from troposphere import GetAtt, Ref, Sub

from generator.alarms import Series
from generator.dashboards import HEADING, HEIGHT, WIDTH, AlarmList, Chart, Found, Line, Row, body

FLEET = {"AutoScalingGroupName": Ref("FleetName")}
CPU = Line(Series("AWS/EC2", "CPUUtilization", FLEET, "Average", 300), "CPU %")
COST = Line(Series("AWS/Billing", "EstimatedCharges", {"Currency": "USD"}), "account")


def read(made: Sub) -> tuple[list[Any], dict[str, Any]]:
    """The widgets, and what the variables in them stand for."""
    found = made.to_dict()["Fn::Sub"]
    text, variables = (found, {}) if isinstance(found, str) else found
    return json.loads(text)["widgets"], variables


def charts(widgets: list[Any]) -> list[Any]:
    return [widget["properties"] for widget in widgets if widget["type"] == "metric"]


@pytest.mark.parametrize("beside", [1, 2, 3, 4])
def test_a_row_fills_the_grid_under_its_heading(beside: int) -> None:
    row = Row("Is there room?", (Chart("CPU", (CPU,)),) * beside)
    widgets, _ = read(body([row, row]))
    for top in (0, HEADING + HEIGHT):
        (heading,) = [w for w in widgets if w["type"] == "text" and w["y"] == top]
        assert (heading["x"], heading["width"], heading["height"]) == (0, WIDTH, HEADING)
        assert heading["properties"] == {"markdown": "## Is there room?"}
        below = [w for w in widgets if w["y"] == top + HEADING]
        assert [w["x"] for w in below] == [n * WIDTH // beside for n in range(beside)]
        assert {(w["width"], w["height"]) for w in below} == {(WIDTH // beside, HEIGHT)}


def test_a_line_is_namespace_name_and_dimensions_with_its_options_last() -> None:
    (chart,) = charts(read(body([Row("?", (Chart("Cost", (COST,), "us-east-1"),))]))[0])
    assert chart["region"] == "us-east-1"
    assert chart["metrics"] == [
        [
            "AWS/Billing",
            "EstimatedCharges",
            "Currency",
            "USD",
            {"label": "account", "stat": "Sum", "period": 60},
        ]
    ]


def test_a_search_is_an_expression_of_its_own_that_keeps_its_quotes() -> None:
    found = Found("AWS/S3,SourceBucket", 'MetricName="ReplicationLatency" shop', "Maximum", "")
    (chart,) = charts(read(body([Row("?", (Chart("Lag", (found,)),))]))[0])
    assert chart["metrics"] == [
        [
            {
                "expression": "SEARCH('{AWS/S3,SourceBucket} MetricName=\"ReplicationLatency\" shop',"
                " 'Maximum', 60)",
                "label": "",
            }
        ]
    ]


def test_an_intrinsic_is_a_variable_and_the_same_one_is_the_same_variable() -> None:
    rows = [Row("?", (Chart("CPU", (CPU, CPU)), Chart("There", (COST,), Ref("PeerRegion"))))]
    widgets, variables = read(body(rows))
    here, there = charts(widgets)
    (name,) = {metric[3] for metric in here["metrics"]}
    assert variables[name.strip("${}")] == {"Ref": "FleetName"}
    assert variables[there["region"].strip("${}")] == {"Ref": "PeerRegion"}
    assert len(variables) == 2


def test_a_chart_is_of_the_dashboards_own_region_unless_it_says_another() -> None:
    (chart,) = charts(read(body([Row("?", (Chart("CPU", (CPU,)),))]))[0])
    assert chart["region"] == "${AWS::Region}"


def test_a_list_of_alarms_names_them_by_arn() -> None:
    widgets, variables = read(body([Row("?", (AlarmList("Tiers", (GetAtt("A", "Arn"),)),))]))
    (alarms,) = [widget["properties"] for widget in widgets if widget["type"] == "alarm"]
    assert alarms == {"title": "Tiers", "alarms": ["${V0}"]}
    assert variables == {"V0": {"Fn::GetAtt": ["A", "Arn"]}}
