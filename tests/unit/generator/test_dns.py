"""Which region answers, and what may say that it should not."""

from __future__ import annotations

from generator.layers.dns import Dns
from tests.unit.generator.resolved import Made

STANDBY = {"region": "us-west-2", "region_role": "standby", "peer_region": "us-east-1"}


def test_each_region_has_a_name_of_its_own() -> None:
    assert Made(Dns)["RegionalOrigin"]["Name"] == "us-east-1.origin.shop.example.com"
    assert Made(Dns, **STANDBY)["RegionalOrigin"]["Name"] == "us-west-2.origin.shop.example.com"


def test_the_two_stacks_make_the_two_halves_of_one_failover_record() -> None:
    primary, standby = Made(Dns)["FailoverOrigin"], Made(Dns, **STANDBY)["FailoverOrigin"]
    assert primary["Name"] == standby["Name"] == "origin.shop.example.com"
    assert (primary["Failover"], standby["Failover"]) == ("PRIMARY", "SECONDARY")
    assert primary["SetIdentifier"] != standby["SetIdentifier"]


def test_only_primary_follows_the_calculated_check() -> None:
    assert Made(Dns)["FailoverOrigin"]["HealthCheckId"].of == "PrimaryCheck"
    assert Made(Dns, **STANDBY)["FailoverOrigin"]["HealthCheckId"].of == "EndpointCheck"


def test_the_standby_has_its_endpoint_check_and_no_other() -> None:
    assert list(Made(Dns, **STANDBY).of_type("AWS::Route53::HealthCheck")) == ["EndpointCheck"]


def test_the_primary_is_well_when_its_endpoint_is_and_no_takeover_is_asked_for() -> None:
    made = Made(Dns)
    config = made["PrimaryCheck"]["HealthCheckConfig"]
    assert config["Type"] == "CALCULATED"
    assert [child.of for child in config["ChildHealthChecks"]] == [
        "EndpointCheck",
        "TakeoverCheck",
    ]
    assert config["HealthThreshold"] == len(config["ChildHealthChecks"])


def test_the_takeover_check_asks_the_standby_and_is_inverted() -> None:
    config = Made(Dns)["TakeoverCheck"]["HealthCheckConfig"]
    assert config["FullyQualifiedDomainName"] == "us-west-2.origin.shop.example.com"
    assert config["ResourcePath"] == "/takeover"
    assert config["Inverted"] is True


def test_the_endpoint_check_asks_this_region_deeply_over_https_with_sni() -> None:
    config = Made(Dns, **STANDBY)["EndpointCheck"]["HealthCheckConfig"]
    assert config["FullyQualifiedDomainName"] == "us-west-2.origin.shop.example.com"
    assert (config["Type"], config["EnableSNI"]) == ("HTTPS", True)
    assert config["ResourcePath"] == "/healthz?deep=1"
    assert "Inverted" not in config


def test_checks_go_by_the_environments_interval_and_threshold() -> None:
    made = Made(Dns, health_check_interval="30", health_check_failures="5")
    for title in ("EndpointCheck", "TakeoverCheck"):
        config = made[title]["HealthCheckConfig"]
        assert (str(config["RequestInterval"]), str(config["FailureThreshold"])) == ("30", "5")


def test_nothing_else_argues_the_secondary_unhealthy() -> None:
    record = Made(Dns, **STANDBY)["FailoverOrigin"]
    assert record["AliasTarget"]["EvaluateTargetHealth"] is False


def test_the_standby_hands_on_no_check_that_it_does_not_have() -> None:
    outputs = Made(Dns, **STANDBY).outputs
    assert outputs["PrimaryHealthCheckId"] == outputs["TakeoverHealthCheckId"] == ""
    assert outputs["EndpointHealthCheckId"].of == "EndpointCheck"


def test_the_regional_name_is_answered_whatever_has_become_of_the_fleet() -> None:
    for region in ({}, STANDBY):
        target = Made(Dns, **region)["RegionalOrigin"]["AliasTarget"]
        assert target["EvaluateTargetHealth"] is False
