"""Who hears of what: health checks of both regions, the edge's answers, and what it all costs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from generator.foundation import Foundation
from generator.layer import Handoff, Layer, Where
from generator.layers.delivery_signals import DeliverySignals
from generator.layers.dns import Dns
from generator.layers.edge_alerts import EdgeAlerts
from generator.layers.edge_firewall import EdgeFirewall
from generator.layers.global_view import GlobalView
from generator.layers.health_alarms import HealthAlarms
from generator.layers.spending import Spending
from generator.roots import ROOTS
from tests.unit.generator.resolved import Made

TOPIC = EdgeAlerts.edge_alerts_topic_arn.example
ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


def alarms(layer: type[Layer], **facts: str) -> dict[str, Any]:
    made = Made(layer, **facts)
    return {title: found for kind in ALARMS for title, found in made.of_type(kind).items()}


def budgets(**settings: str) -> dict[str, Any]:
    return dict(Made(Spending, **settings).of_type("AWS::Budgets::Budget"))


def charts() -> list[Any]:
    """What is drawn; a received value stands there by its parameter's name, an attribute as nothing."""
    made = GlobalView().template.to_dict()["Resources"]["GlobalDashboard"]["Properties"]
    text, variables = made["DashboardBody"]["Fn::Sub"]
    for name, value in variables.items():
        text = text.replace(f"${{{name}}}", value.get("Ref", ""))
    return [w["properties"] for w in json.loads(text)["widgets"] if w["type"] == "metric"]


def names_in_us_east_1(root: str) -> Iterator[tuple[str, str]]:
    """(type, name) of whatever a root gives a name of its own."""
    for layer in ROOTS[root]:
        for resource in Made(layer, waf="true", shield_advanced="true").resources.values():
            for key, value in resource.get("Properties", {}).items():
                if key in {"Name", "AlarmName", "TopicName", "LogGroupName", "DashboardName"}:
                    yield resource["Type"], str(value)


@pytest.mark.parametrize("layer", [DeliverySignals, HealthAlarms, EdgeFirewall, GlobalView])
def test_every_alarm_of_the_edge_tells_somebody_what_to_do(layer: type[Layer]) -> None:
    assert alarms(layer)
    for title, alarm in alarms(layer).items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [TOPIC], title
        assert len(alarm["AlarmDescription"]) > 40, title


def test_the_health_checks_of_both_regions_are_watched() -> None:
    ids = {
        "primary_endpoint_id": "check-1",
        "standby_endpoint_id": "check-2",
        "takeover_check_id": "check-3",
        "primary_check_id": "check-4",
    }
    watched = Made(HealthAlarms, **ids).of_type("AWS::CloudWatch::Alarm").values()
    assert {alarm["Dimensions"][0]["Value"] for alarm in watched} == set(ids.values())
    for alarm in watched:
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Route53", "HealthCheckStatus")
        assert (alarm["Statistic"], alarm["Threshold"]) == ("Minimum", 1)
        assert alarm["TreatMissingData"] == "breaching"


def test_the_edge_is_watched_for_failures_slowness_and_the_end_of_its_certificate() -> None:
    made = Made(DeliverySignals, error_rate_objective_percent="2", latency_objective_ms="700")
    failed, slow = made["FailedDeliveries"], made["SlowOrigin"]
    assert (failed["MetricName"], failed["Threshold"]) == ("5xxErrorRate", "2")
    assert (slow["MetricName"], slow["Threshold"]) == ("OriginLatency", "700")
    for alarm in (failed, slow):
        assert {"Name": "Region", "Value": "Global"} in alarm["Dimensions"]
    assert made["ExpiringShopCertificate"]["MetricName"] == "DaysToExpiry"


def test_the_origins_latency_is_measured_at_all() -> None:
    (subscription,) = (
        Made(DeliverySignals).of_type("AWS::CloudFront::MonitoringSubscription").values()
    )
    switch = subscription["MonitoringSubscription"]["RealtimeMetricsSubscriptionConfig"]
    assert switch == {"RealtimeMetricsSubscriptionStatus": "Enabled"}


@pytest.mark.parametrize("waf", ["true", "false"])
def test_the_edges_alarm_rests_on_every_tier_that_there_is(waf: str) -> None:
    rule = Made(GlobalView, waf=waf)["EdgeUnwell"]["AlarmRule"]
    tiers = {
        name.split("dev-")[1].rsplit("-us-", 1)[0] for name in re.findall(r'alarm:([^"]+)"', rule)
    }
    firewall = {"edge-firewall-tier"} if waf == "true" else set()
    assert tiers == {"delivery-tier", "health-tier"} | firewall


def test_the_topic_hears_alarms_budgets_and_anomalies_of_this_account_only() -> None:
    (policy,) = Made(EdgeAlerts).of_type("AWS::SNS::TopicPolicy").values()
    allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert {name for s in allowed for name in s["Principal"]["Service"]} == {
        "cloudwatch.amazonaws.com",
        "budgets.amazonaws.com",
        "costalerts.amazonaws.com",
    }
    for statement in allowed:
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}


def test_whoever_speaks_to_the_topic_may_use_its_key() -> None:
    """Otherwise AWS drops the message, and nobody hears that."""
    (policy,) = Made(EdgeAlerts).of_type("AWS::SNS::TopicPolicy").values()
    allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    replica = Made(Foundation, region_role="edge")["LogsReplicaKey"]["KeyPolicy"]["Statement"]
    (publishing,) = [s for s in replica if s["Sid"] == "AlertsArePublished"]
    for statement in allowed:
        assert set(statement["Principal"]["Service"]) <= set(publishing["Principal"]["Service"])


def test_a_month_has_a_limit_and_somebody_hears_before_it_is_spent() -> None:
    budget = budgets(monthly_budget_usd="750")["MonthlyCost"]
    assert budget["Budget"]["BudgetLimit"] == {"Amount": "750", "Unit": "USD"}
    assert budget["Budget"]["CostFilters"] == {"TagKeyValue": ["user:Environment$dev"]}
    told = {
        (n["Notification"]["NotificationType"], n["Notification"]["Threshold"])
        for n in budget["NotificationsWithSubscribers"]
    }
    assert told == {("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)}


def test_a_budget_has_no_name_that_its_replacement_would_want() -> None:
    """Its notifications are create-only, and two budgets of an account cannot have one name."""
    for budget in budgets(commitment_budgets="true").values():
        assert "BudgetName" not in budget["Budget"]


def test_commitments_are_watched_on_request_for_cover_and_for_idleness() -> None:
    assert set(budgets(commitment_budgets="false")) == {"MonthlyCost"}
    kinds = {b["Budget"]["BudgetType"] for b in budgets(commitment_budgets="true").values()}
    assert kinds == {
        "COST",
        "SAVINGS_PLANS_COVERAGE",
        "SAVINGS_PLANS_UTILIZATION",
        "RI_COVERAGE",
        "RI_UTILIZATION",
    }


def test_every_budget_is_told_to_the_topic() -> None:
    for budget in budgets(commitment_budgets="true").values():
        for told in budget["NotificationsWithSubscribers"]:
            assert told["Subscribers"] == [{"SubscriptionType": "SNS", "Address": TOPIC}]


def test_unusual_spending_of_this_environment_is_told_at_once() -> None:
    made = Made(Spending, cost_anomaly_usd="80")
    monitor, subscription = made["UnusualSpending"], made["UnusualSpendingIsTold"]
    assert json.loads(monitor["MonitorSpecification"]) == {
        "Tags": {"Key": "Environment", "Values": ["dev"]}
    }
    assert subscription["Frequency"] == "IMMEDIATE"
    assert subscription["Subscribers"] == [{"Type": "SNS", "Address": TOPIC}]
    threshold = json.loads(subscription["ThresholdExpression"])
    assert threshold["Dimensions"]["Values"] == ["80"]


@pytest.mark.parametrize("fact", ["cost_anomalies", "offers_cost_anomalies"])
def test_the_watch_for_anomalies_is_there_by_toggle_and_where_aws_has_it(fact: str) -> None:
    off = Made(Spending, **{fact: "false"})
    assert "UnusualSpending" not in off
    assert "UnusualSpendingIsTold" not in off


def test_the_whole_shop_is_on_one_page() -> None:
    said = json.dumps(charts())
    for metric in (
        "OrdersAcknowledged",
        "Revenue",
        "RequestCount",
        "5xxErrorRate",
        "OriginLatency",
        "HealthCheckStatus",
        "ReplicationLatency",
        "AuroraGlobalDBReplicationLag",
        "EstimatedCharges",
    ):
        assert metric in said, metric


def test_the_page_shows_both_regions_side_by_side() -> None:
    orders = {c["title"]: c["region"] for c in charts() if c["title"].startswith("Orders")}
    assert orders == {
        "Orders a minute, primary": "PrimaryRegion",
        "Orders a minute, standby": "StandbyRegion",
    }


def test_a_search_finds_this_environments_metrics_and_no_others_of_the_account() -> None:
    searches = [
        metric[0]["expression"]
        for chart in charts()
        for metric in chart["metrics"]
        if isinstance(metric[0], dict) and metric[0]["expression"].startswith("SEARCH")
    ]
    assert searches
    for search in searches:
        assert re.fullmatch(
            r"""SEARCH\('\{[^}']+\} MetricName="\w+" tradewind-\$\{Environment\}', '\w+', \d+\)""",
            search,
        )


def test_the_page_shows_what_drills_measured_beside_what_is_aimed_at() -> None:
    drills = {
        chart["title"]: (
            chart["region"],
            chart["metrics"][0][1],
            chart["metrics"][1][0]["expression"],
        )
        for chart in charts()
        if "drill" in chart["title"]
    }
    assert drills == {
        "Recovery time of drills, s": (
            "StandbyRegion",
            "RtoSeconds",
            "TIME_SERIES(RecoveryTimeObjectiveSeconds)",
        ),
        "Recovery point of drills, s": (
            "StandbyRegion",
            "RpoSeconds",
            "TIME_SERIES(RecoveryPointObjectiveSeconds)",
        ),
        "Days since the last good drill": (
            "StandbyRegion",
            "DaysSinceGoodDrill",
            "TIME_SERIES(DrillMaxAgeDays)",
        ),
    }


def test_what_edge_names_in_us_east_1_the_platform_there_has_not_named() -> None:
    """Where us-east-1 is the primary both roots stand in it."""
    assert not set(names_in_us_east_1("edge")) & set(names_in_us_east_1("platform"))


@pytest.mark.parametrize(
    ("port", "where"),
    [
        (HealthAlarms.primary_endpoint_id, Where.PRIMARY),
        (HealthAlarms.standby_endpoint_id, Where.STANDBY),
    ],
)
def test_each_regions_check_comes_from_that_region(port: object, where: Where) -> None:
    assert isinstance(port, Handoff)
    assert (port.source, port.of) == (Dns.endpoint_health_check_id, where)
