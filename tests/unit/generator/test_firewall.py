"""What the regional web ACL stops, in which order, and what its log keeps to itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.conditions import Conditions
from generator.layers.firewall import Firewall
from generator.layers.front_door import FrontDoor
from generator.layers.shield import Shield
from generator.load_generators import LABEL
from tests.unit.generator.resolved import Made

BUT_FOR_GENERATORS = {
    "NotStatement": {"Statement": {"LabelMatchStatement": {"Scope": "LABEL", "Key": LABEL}}}
}


def rules() -> dict[str, Any]:
    """Rules by name, in the order in which WAF tries them."""
    found = Made(Firewall)["ShopAcl"]["Rules"]
    return {rule["Name"]: rule for rule in sorted(found, key=lambda rule: rule["Priority"])}


def rate(name: str) -> Any:
    return rules()[name]["Statement"]["RateBasedStatement"]


def test_the_web_acl_is_a_toggle_and_stands_on_the_load_balancer() -> None:
    assert Firewall.condition is Conditions.waf
    association = Made(FrontDoor, waf="true")["LoadBalancerBehindAcl"]
    assert association["ResourceArn"].of == "LoadBalancer"
    assert association["WebACLArn"] == Firewall.shop_acl_arn.example
    assert "LoadBalancerBehindAcl" not in Made(FrontDoor, waf="false")


def test_injection_scripting_and_known_bad_inputs_are_blocked_not_counted() -> None:
    managed = {
        rule["Statement"]["ManagedRuleGroupStatement"]["Name"]: rule["OverrideAction"]
        for rule in rules().values()
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }
    assert managed == {
        "AWSManagedRulesKnownBadInputsRuleSet": {"None": {}},
        "AWSManagedRulesSQLiRuleSet": {"None": {}},
        "AWSManagedRulesCommonRuleSet": {"None": {}},
    }


def test_the_probes_pass_before_any_rule_can_misjudge_them() -> None:
    first = next(iter(rules().values()))
    assert first["Action"] == {"Allow": {}}
    exact = [s["ByteMatchStatement"] for s in first["Statement"]["OrStatement"]["Statements"]]
    assert [match["SearchString"] for match in exact] == ["/healthz", "/takeover"]
    assert {match["PositionalConstraint"] for match in exact} == {"EXACTLY"}


def test_login_and_checkout_are_held_tighter_than_the_rest() -> None:
    overall = rate("ViewerRate")
    assert overall["ScopeDownStatement"] == BUT_FOR_GENERATORS
    for name, path in (("LoginRate", "/login"), ("CheckoutRate", "/checkout")):
        assert rate(name)["Limit"] < overall["Limit"]
        assert f'"{path}"' in json.dumps(rate(name)["ScopeDownStatement"])


def test_a_viewer_is_known_by_the_forwarded_address_not_by_cloudfronts() -> None:
    for name in ("ViewerRate", "LoginRate", "CheckoutRate"):
        assert rate(name)["AggregateKeyType"] == "FORWARDED_IP"
        assert rate(name)["ForwardedIPConfig"]["HeaderName"] == "X-Forwarded-For"


def test_a_path_spelt_in_another_way_does_not_slip_by_its_limit() -> None:
    spared, below = rate("LoginRate")["ScopeDownStatement"]["AndStatement"]["Statements"]
    assert spared == BUT_FOR_GENERATORS
    for statement in below["OrStatement"]["Statements"]:
        kinds = [t["Type"] for t in statement["ByteMatchStatement"]["TextTransformations"]]
        assert {"URL_DECODE", "NORMALIZE_PATH", "LOWERCASE"} <= set(kinds)


def test_a_load_tests_generators_are_spared_by_the_rate_rules_alone_and_while_they_are_named() -> (
    None
):
    assert "LoadGenerators" not in rules()
    during = Made(Firewall, load_test_addresses="192.0.2.10/32,192.0.2.11/32")
    labelling = next(r for r in during["ShopAcl"]["Rules"] if r["Name"] == "LoadGenerators")

    assert during["LoadGenerators"]["Addresses"] == ["192.0.2.10/32", "192.0.2.11/32"]
    assert labelling["Action"] == {"Count": {}}
    assert labelling["RuleLabels"] == [{"Name": LABEL}]
    seen = labelling["Statement"]["IPSetReferenceStatement"]["IPSetForwardedIPConfig"]
    assert (seen["HeaderName"], seen["Position"]) == ("X-Forwarded-For", "FIRST")
    assert labelling["Priority"] < min(
        rule["Priority"] for rule in during["ShopAcl"]["Rules"] if "Rate" in rule["Name"]
    )


def test_neither_log_nor_samples_show_a_session_a_credential_or_the_origin_secret() -> None:
    made = Made(Firewall)
    redacted = made["ShopAclLogging"]["RedactedFields"]
    assert {field["SingleHeader"]["Name"] for field in redacted} == {
        "cookie",
        "authorization",
        "x-tradewind-origin",
    }
    (everywhere,) = made["ShopAcl"]["DataProtectionConfig"]["DataProtections"]
    assert everywhere["Action"] == "SUBSTITUTION"
    assert everywhere["Field"]["FieldType"] == "SINGLE_HEADER"
    assert set(everywhere["Field"]["FieldKeys"]) == {
        field["SingleHeader"]["Name"] for field in redacted
    }
    assert made["RequestLog"]["LogGroupName"].startswith("aws-waf-logs-")
    assert made["RequestLog"]["KmsKeyId"].startswith("arn:aws:kms:")


def test_shield_protects_each_egress_address_that_there_is() -> None:
    assert Shield.condition is Conditions.shield_advanced
    each = Made(Shield, nat_gateways="per-zone", availability_zones="3")
    one = Made(Shield, nat_gateways="single", availability_zones="3")
    assert {"EgressShieldA", "EgressShieldB", "EgressShieldC"} <= set(each.resources)
    assert not {"EgressShieldB", "EgressShieldC"} & set(one.resources)
    assert each["EgressShieldA"]["ResourceArn"].endswith(
        ":eip-allocation/eipalloc-0123456789abcdef0"
    )


@pytest.mark.parametrize("role", ["primary", "standby"])
def test_the_hosted_zone_which_both_regions_share_is_left_to_the_edge(role: str) -> None:
    assert "HostedZoneShield" not in Made(Shield, region_role=role)


def test_shield_judges_the_load_balancer_with_the_regions_health_check() -> None:
    (check,) = Made(Shield)["LoadBalancerShield"]["HealthCheckArns"]
    assert check == "arn:aws:route53:::healthcheck/11111111-1111-1111-1111-111111111111"
