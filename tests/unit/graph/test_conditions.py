"""Conditions as a picture needs them."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.graph.conditions import Conditions

PRIMARY = {"Fn::Equals": [{"Ref": "RegionRole"}, "primary"]}
STANDBY = {"Fn::Equals": [{"Ref": "RegionRole"}, "standby"]}
WAF = {"Fn::Equals": [{"Ref": "Waf"}, "true"]}
AURORA = {"Fn::Equals": [{"Ref": "OrdersEngine"}, "aurora-global"]}

FORMULAS: dict[str, Any] = {
    "Primary": PRIMARY,
    "Standby": STANDBY,
    "Waf": WAF,
    "Aurora": AURORA,
    "Pair": {"Fn::Or": [{"Condition": "Primary"}, {"Condition": "Standby"}]},
    "NotPrimary": {"Fn::Not": [{"Condition": "Primary"}]},
    "NoWaf": {"Fn::Not": [WAF]},
    "Off": {"Fn::Equals": [{"Ref": "Waf"}, "false"]},
    "Second": {"Fn::Equals": [{"Ref": "Replicas"}, "2"]},
    "Mail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]},
    "AuroraPrimary": {"Fn::And": [{"Condition": "Aurora"}, {"Condition": "Primary"}]},
    "WafOrPrimary": {"Fn::Or": [{"Condition": "Waf"}, {"Condition": "Primary"}]},
    "Offered": {"Fn::Equals": [{"Ref": "OffersShield"}, "true"]},
}
KEYS = {
    "RegionRole": "region_role",
    "Waf": "waf",
    "OrdersEngine": "orders_engine",
    "Replicas": "orders_replicas",
    "Email": "alarm_email",
    "OffersShield": "offers_shield",
}
CONDITIONS = Conditions(FORMULAS, KEYS)
IN_PRIMARY = {"region_role": "primary"}
IN_STANDBY = {"region_role": "standby"}


@pytest.mark.parametrize(
    ("name", "in_primary", "in_standby"),
    [
        ("", True, True),
        ("Primary", True, False),
        ("NotPrimary", False, True),
        ("Pair", True, True),
        ("Waf", None, None),
        ("NoWaf", None, None),
        ("AuroraPrimary", None, False),
        ("WafOrPrimary", True, None),
    ],
)
def test_facts_decide_what_they_can_and_a_setting_the_rest(
    name: str, in_primary: bool | None, in_standby: bool | None
) -> None:
    assert CONDITIONS.holds(name, IN_PRIMARY) is in_primary
    assert CONDITIONS.holds(name, IN_STANDBY) is in_standby


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", ""),
        ("Waf", "waf"),
        ("Off", "no waf"),
        ("NoWaf", "not waf"),
        ("Primary", "in the primary"),
        ("NotPrimary", "outside the primary"),
        ("Pair", "in the pair"),
        ("Aurora", "aurora-global"),
        ("Second", "orders_replicas = 2"),
        ("Mail", "alarm_email"),
        ("AuroraPrimary", "aurora-global and in the primary"),
        ("Offered", "where offered"),
    ],
)
def test_a_condition_is_said_by_the_names_that_settings_have_in_yaml(name: str, words: str) -> None:
    assert CONDITIONS.words(name) == words


def test_what_the_place_decides_is_not_said_again() -> None:
    assert CONDITIONS.words("AuroraPrimary", IN_PRIMARY) == "aurora-global"


def test_every_condition_of_the_real_templates_can_be_said_and_decided(templates: Any) -> None:
    from generator.settings import Settings

    keys = {setting.name: setting.key for setting in Settings.all()}
    for name, template in templates.items():
        conditions = Conditions(template.get("Conditions", {}), keys)
        for condition in conditions.formulas:
            assert "Fn::" not in conditions.words(condition), f"{name}: {condition}"
            conditions.holds(condition, IN_PRIMARY)
