"""What people look at, and the one alarm above all tiers: of this environment, in whichever region it is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from generator.layers.alerts import Alerts
from generator.layers.observability import Observability
from tests.unit.generator.resolved import Made
from tests.unit.generator.standing import standing

ALARM = r'ALARM\("arn:aws:cloudwatch:[a-z0-9-]+:\d{12}:alarm:[^"]+"\)'


def watched(made: Made) -> set[str]:
    """The tiers that the region's alarm rests on, by the ends of their names."""
    rule = made["RegionUnwell"]["AlarmRule"]
    assert re.fullmatch(rf"({ALARM}|FALSE)( OR ({ALARM}|FALSE))*", rule)
    return {
        name.split("dev-")[1].rsplit("-us-", 1)[0] for name in re.findall(r'alarm:([^"]+)"', rule)
    }


def one_region() -> list[Any]:
    """The widgets of a region's dashboard; what only a deployment knows is a variable."""
    made = Observability().template.to_dict()["Resources"]["RegionDashboard"]["Properties"]
    widgets: list[Any] = json.loads(made["DashboardBody"]["Fn::Sub"][0])["widgets"]
    return widgets


def test_the_regions_alarm_rests_on_every_tier_that_there_is() -> None:
    always = {"shop-traffic", "fleet-capacity", "catalog-tier", "events-tier", "intake-tier"} | {
        "workflow-tier",
        "payments-tier",
        "orders-tier",
    }
    usual = always | {"backup-tier", "blocked-requests", "workers-tier"}
    assert watched(standing(Observability)) == usual | {"secrets-tier"}
    assert watched(standing(Observability, "standby")) == usual | {"takeover-path"}


@pytest.mark.parametrize(
    ("toggle", "tiers"),
    [
        ("session_cache", {"cache-tier"}),
        ("price_cache", {"prices-tier"}),
        ("product_search", {"search-tier"}),
        ("payment_api", {"payment-api-tier", "blocked-payments"}),
        ("analytics", {"exports-tier", "warehouse-tier", "ranking-tier"}),
        ("recommendations", {"recommendations-tier", "training-tier", "interactions-tier"}),
    ],
)
def test_a_toggle_brings_its_tiers(toggle: str, tiers: set[str]) -> None:
    without = watched(standing(Observability, **{toggle: "false"}))
    assert watched(standing(Observability, **{toggle: "true"})) - without == tiers


def test_a_standby_without_a_database_rests_on_no_tier_of_orders() -> None:
    made = standing(Observability, "standby", orders_engine="rds-multi-az", orders_replicas="0")
    assert "orders-tier" not in watched(made)


def test_the_regions_alarm_tells_somebody_when_it_fires_and_when_it_recovers() -> None:
    alarm = standing(Observability)["RegionUnwell"]
    assert alarm["AlarmActions"] == alarm["OKActions"] == [Alerts.alerts_topic_arn.example]


def test_a_regions_dashboard_asks_for_signals_saturation_business_and_replication() -> None:
    said = json.dumps(one_region())
    for metric in (
        "OrdersAcknowledged",
        "Revenue",
        "RequestCount",
        "HTTPCode_Target_5XX_Count",
        "TargetResponseTime",
        "CPUUtilization",
        "CheckoutQueueDepth",
        "ReplicationLatency",
    ):
        assert f'"{metric}"' in said or f'=\\\\"{metric}\\\\"' in said, metric


def test_a_dashboards_metrics_are_pairs_of_names_and_values_under_a_namespace() -> None:
    lines = [
        metric
        for widget in one_region()
        if widget["type"] == "metric"
        for metric in widget["properties"]["metrics"]
        if len(metric) > 1
    ]
    assert len(lines) > 10
    for *path, options in lines:
        assert len(path) % 2 == 0
        assert all(isinstance(part, str) and part for part in path)
        assert set(options) == {"label", "stat", "period"}


def test_the_saved_questions_ask_for_fields_that_flow_records_have() -> None:
    asked = standing(Observability, vpc_cidr="10.9.0.0/16").of_type("AWS::Logs::QueryDefinition")
    assert set(asked) == {"RejectedConnections", "BusiestEgress"}
    for question in asked.values():
        assert question["Name"].startswith("tradewind-dev-network/")
        assert "flowDirection" not in question["QueryString"]
    assert "not isIpv4InSubnet(dstAddr, '10.9.0.0/16')" in asked["BusiestEgress"]["QueryString"]
