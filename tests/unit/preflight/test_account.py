"""Planted: regions that are off, singletons and linked roles that are there or are not, subscriptions."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.checks import Verdict
from tests.unit.preflight.grounds import STANDBY, Cloud, ask, resource

RECORDER = "AWS::Config::ConfigurationRecorder"
ROLE, BUDGET = "AWS::IAM::ServiceLinkedRole", "AWS::Budgets::Budget"
CONFIG, CONFIG_ROLE = "config.amazonaws.com", "AWSServiceRoleForConfig"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("opt-in-not-required", Verdict.PASSED),
        ("opted-in", Verdict.PASSED),
        ("not-opted-in", Verdict.REFUSED),
    ],
)
def test_a_region_that_the_account_has_not_turned_on(status: str, verdict: Verdict) -> None:
    cloud = Cloud()
    regions = [{"RegionName": STANDBY, "OptInStatus": status}]
    cloud.says("ec2", "describe_regions", {"Regions": regions})

    answer = ask("region is enabled", cloud.ground(), STANDBY).answer

    assert answer.verdict is verdict
    assert ("--region-name us-west-2" in answer.remedy) is (verdict is Verdict.REFUSED)


def test_a_recorder_that_somebody_else_has_is_left_to_them() -> None:
    cloud = Cloud()
    told = {"ConfigurationRecorders": [{"name": "default"}]}
    cloud.says("config", "describe_configuration_recorders", told)

    reply = ask("AWS Config's recorder", cloud.ground(resource(RECORDER)))

    assert reply.answer.verdict is Verdict.REFUSED
    assert "`config_recorder: false` in params/dev.yaml" in reply.answer.remedy
    assert reply.concerns


def test_a_recorder_of_ours_is_not_in_its_own_way() -> None:
    ground = Cloud().ground(resource(RECORDER), stands={"One": "ours"})

    assert ask("AWS Config's recorder", ground).answer.verdict is Verdict.PASSED


def test_an_account_without_security_hub_is_told_so_by_an_error() -> None:
    cloud = Cloud()
    cloud.refuses("securityhub", "describe_hub", "InvalidAccessException")

    ground = cloud.ground(resource("AWS::SecurityHub::Hub"))

    assert ask("Security Hub", ground).answer.verdict is Verdict.PASSED


@pytest.mark.parametrize(("there", "verdict"), [([], Verdict.PASSED), (["d"], Verdict.REFUSED)])
def test_a_region_has_one_detector(there: list[str], verdict: Verdict) -> None:
    cloud = Cloud()
    cloud.says("guardduty", "list_detectors", {"DetectorIds": there})

    ground = cloud.ground(resource("AWS::GuardDuty::Detector"))

    assert ask("GuardDuty's detector", ground).answer.verdict is verdict


def test_an_analyzer_of_unused_access_is_not_one_of_external_access() -> None:
    ground = Cloud().ground(resource("AWS::AccessAnalyzer::Analyzer", Type="ACCOUNT_UNUSED_ACCESS"))

    answer = ask("the analyzer of external access", ground).answer

    assert answer.found == "nothing is added"


def linked(cloud: Cloud, *names: str) -> None:
    roles = [
        {
            "RoleName": name,
            "Path": "/aws-service-role/service/",
            "RoleId": "AROAEXAMPLEEXAMPLE",
            "Arn": f"arn:aws:iam::111111111111:role/aws-service-role/service/{name}",
            "CreateDate": 1_700_000_000,
        }
        for name in names
    ]
    cloud.says("iam", "list_roles", {"Roles": roles})


def test_a_linked_role_that_the_account_has_is_not_made_again() -> None:
    cloud = Cloud()
    linked(cloud, CONFIG_ROLE)

    reply = ask("linked roles of ours", cloud.ground(resource(ROLE, AWSServiceName=CONFIG)))

    assert reply.answer.verdict is Verdict.REFUSED
    assert reply.answer.remedy == "`config_linked_role: false` in params/dev.yaml"


def test_a_linked_role_with_a_suffix_is_another_one() -> None:
    cloud = Cloud()
    linked(cloud, "AWSServiceRoleForAutoScaling")
    role = resource(ROLE, AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="tradewind-dev")

    assert ask("linked roles of ours", cloud.ground(role)).answer.verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("there", "verdict"), [((CONFIG_ROLE,), Verdict.PASSED), ((), Verdict.REFUSED)]
)
def test_a_linked_role_that_nobody_makes_is_missing(there: Any, verdict: Verdict) -> None:
    cloud = Cloud()
    linked(cloud, *there)

    answer = ask("linked roles by command", cloud.ground(resource(RECORDER))).answer

    assert answer.verdict is verdict
    command = "aws iam create-service-linked-role --aws-service-name config.amazonaws.com"
    assert answer.remedy == (command if verdict is Verdict.REFUSED else "")


def test_a_linked_role_that_a_template_makes_need_not_be_there() -> None:
    ground = Cloud().ground(resource(RECORDER), resource(ROLE, "Role", AWSServiceName=CONFIG))

    assert ask("linked roles by command", ground).answer.found == "none is needed"


def test_a_linked_role_that_its_service_makes_is_only_told() -> None:
    cloud = Cloud()
    linked(cloud)

    answer = ask("linked roles on first use", cloud.ground(resource("AWS::RDS::DBInstance"))).answer

    assert answer.verdict is Verdict.PASSED
    assert answer.found == "0 there, 1 made on first use: AWSServiceRoleForRDS"


@pytest.mark.parametrize(
    ("state", "verdict"), [("ACTIVE", Verdict.PASSED), ("INACTIVE", Verdict.REFUSED)]
)
def test_shield_advanced_has_to_be_subscribed_to(state: str, verdict: Verdict) -> None:
    cloud = Cloud()
    cloud.says("shield", "get_subscription_state", {"SubscriptionState": state})

    answer = ask("Shield Advanced", cloud.ground(resource("AWS::Shield::Protection"))).answer

    assert answer.verdict is verdict
    assert ("aws shield create-subscription" in answer.remedy) is (verdict is Verdict.REFUSED)


@pytest.mark.parametrize(
    ("status", "verdict"), [("Active", Verdict.PASSED), ("Inactive", Verdict.WARNED)]
)
def test_a_budget_by_a_tag_needs_the_tag_activated(status: str, verdict: Verdict) -> None:
    cloud = Cloud()
    tag = {"TagKey": "Environment", "Type": "UserDefined", "Status": status}
    cloud.says("ce", "list_cost_allocation_tags", {"CostAllocationTags": [tag]})
    budget = resource(BUDGET, Budget={"CostFilters": {"TagKeyValue": ["user:Environment$dev"]}})

    assert ask("cost allocation tags", cloud.ground(budget)).answer.verdict is verdict
