"""What CloudFront's web ACL stops before a request costs anything, and whom it must not stop."""

from __future__ import annotations

import re
from typing import Any

import pytest

from generator.conditions import Conditions
from generator.layers.delivery import Delivery
from generator.layers.edge_firewall import EdgeFirewall
from generator.layers.edge_shield import EdgeShield
from generator.layers.firewall import Firewall
from tests.unit.generator.resolved import Made


def rules(layer: type[EdgeFirewall | Firewall] = EdgeFirewall) -> dict[str, Any]:
    """Rules by name, in the order in which WAF tries them."""
    (acl,) = Made(layer).of_type("AWS::WAFv2::WebACL").values()
    return {rule["Name"]: rule for rule in sorted(acl["Rules"], key=lambda rule: rule["Priority"])}


def exempt(path: str) -> bool:
    """Whether a path is spared the silent challenge."""
    group = rules()["AntiDDoSRuleSet"]["Statement"]["ManagedRuleGroupStatement"]
    (config,) = group["ManagedRuleGroupConfigs"]
    challenge = config["AWSManagedRulesAntiDDoSRuleSet"]["ClientSideActionConfig"]["Challenge"]
    assert challenge["UsageOfAction"] == "ENABLED"
    return any(
        re.search(one["RegexString"], path) for one in challenge["ExemptUriRegularExpressions"]
    )


def test_it_is_cloudfronts() -> None:
    assert Made(EdgeFirewall)["EdgeAcl"]["Scope"] == "CLOUDFRONT"


@pytest.mark.parametrize(
    "group",
    ["AntiDDoSRuleSet", "AmazonIpReputationList", "KnownBadInputsRuleSet", "SQLiRuleSet"],
)
def test_a_managed_group_acts_and_does_not_just_count(group: str) -> None:
    assert rules()[group]["OverrideAction"] == {"None": {}}


def test_cross_site_scripting_is_stopped() -> None:
    assert rules()["CommonRuleSet"]["OverrideAction"] == {"None": {}}


def test_an_anonymous_address_is_labelled_and_not_turned_away() -> None:
    assert rules()["AnonymousIpList"]["OverrideAction"] == {"Count": {}}


def test_antiddos_sees_all_traffic_before_another_rule_takes_some() -> None:
    assert next(iter(rules())) == "AntiDDoSRuleSet"


@pytest.mark.parametrize(
    "path", ["/api/orders", "/checkout", "/cart/add", "/login", "/static/a.css"]
)
def test_what_cannot_answer_a_challenge_is_not_challenged(path: str) -> None:
    assert exempt(path)


@pytest.mark.parametrize("path", ["/", "/products/42", "/search", "/accounts/api/"])
def test_a_page_is_challenged(path: str) -> None:
    assert not exempt(path)


@pytest.mark.parametrize("name", ["LoginRate", "CheckoutRate", "ViewerRate"])
def test_a_viewer_is_known_by_the_address_that_asks(name: str) -> None:
    rate = rules()[name]["Statement"]["RateBasedStatement"]
    assert rate["AggregateKeyType"] == "IP"
    assert "ForwardedIPConfig" not in rate


def test_login_and_checkout_are_held_tighter() -> None:
    limits = {
        name: rule["Statement"]["RateBasedStatement"]["Limit"]
        for name, rule in rules().items()
        if "RateBasedStatement" in rule["Statement"]
    }
    assert limits["LoginRate"] < limits["ViewerRate"]
    assert limits["CheckoutRate"] < limits["ViewerRate"]


def test_what_judges_addresses_stands_at_the_edge_alone() -> None:
    judges = {"AntiDDoSRuleSet", "AmazonIpReputationList", "AnonymousIpList"}
    assert judges <= set(rules())
    assert not judges & set(rules(Firewall))


def test_its_log_is_its_own_and_keeps_sessions_to_itself() -> None:
    edge, regional = Made(EdgeFirewall), Made(Firewall)
    assert edge["RequestLog"]["LogGroupName"].startswith("aws-waf-logs-tradewind-dev-")
    assert edge["RequestLog"]["LogGroupName"] != regional["RequestLog"]["LogGroupName"]
    assert edge["RequestLog"]["KmsKeyId"].startswith("arn:aws:kms:")
    redacted = {f["SingleHeader"]["Name"] for f in edge["EdgeAclLogging"]["RedactedFields"]}
    assert redacted == {"cookie", "authorization", "x-tradewind-origin"}


def test_shield_protects_the_distribution_and_the_zone_and_sees_an_attack_as_a_whole() -> None:
    assert EdgeShield.condition is Conditions.shield_advanced
    made = Made(EdgeShield)
    assert made["DistributionShield"]["ResourceArn"].endswith(Delivery.distribution_id.example)
    (check,) = made["DistributionShield"]["HealthCheckArns"]
    assert check == "arn:aws:route53:::healthcheck/33333333-3333-3333-3333-333333333333"
    assert made["HostedZoneShield"]["ResourceArn"] == "arn:aws:route53:::hostedzone/Z0123456789ABC"
    assert made["ShopShield"]["Pattern"] == "ALL"
