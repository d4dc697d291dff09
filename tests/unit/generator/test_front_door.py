"""Who gets in at the load balancer, by which address, header and path."""

from __future__ import annotations

from typing import Any

from generator.layers.front_door import FrontDoor
from generator.layers.takeover import Takeover
from tests.unit.generator.resolved import Made, by_key

SECRET = FrontDoor.origin_secret_arn.example


def rules(made: Made) -> list[Any]:
    found = made.of_type("AWS::ElasticLoadBalancingV2::ListenerRule").values()
    return sorted(found, key=lambda rule: int(rule["Priority"]))


def header_values(rule: Any, name: str) -> list[str]:
    return [
        value
        for condition in rule["Conditions"]
        if condition["Field"] == "http-header"
        and condition["HttpHeaderConfig"]["HttpHeaderName"] == name
        for value in condition["HttpHeaderConfig"]["Values"]
    ]


def paths(rule: Any) -> list[str]:
    return [
        value
        for condition in rule["Conditions"]
        if condition["Field"] == "path-pattern"
        for value in condition["PathPatternConfig"]["Values"]
    ]


def test_it_listens_on_443_with_tls_1_3_and_nowhere_else() -> None:
    (listener,) = Made(FrontDoor).of_type("AWS::ElasticLoadBalancingV2::Listener").values()
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert listener["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-Res")


def test_whoever_no_rule_lets_in_is_refused() -> None:
    (listener,) = Made(FrontDoor).of_type("AWS::ElasticLoadBalancingV2::Listener").values()
    (action,) = listener["DefaultActions"]
    assert action["FixedResponseConfig"]["StatusCode"] == "403"


def test_only_the_managed_prefix_lists_reach_the_load_balancer() -> None:
    made = Made(FrontDoor)
    doors = [made["CloudFrontDoor"], made["HealthCheckerDoor"]]
    assert len(made["LoadBalancer"]["SecurityGroups"]) == len(doors)
    for door in doors:
        (rule,) = door["SecurityGroupIngress"]
        assert rule["SourcePrefixListId"].startswith("pl-")
        assert (rule["FromPort"], rule["ToPort"]) == (443, 443)
        assert "CidrIp" not in rule


def test_the_load_balancer_reaches_the_fleet_and_nothing_else() -> None:
    made = Made(FrontDoor)
    for title in ("CloudFrontDoor", "HealthCheckerDoor"):
        (rule,) = made[title]["SecurityGroupEgress"]
        assert rule["DestinationSecurityGroupId"].of == "FleetGroup"
        assert made[f"FleetBehind{title}"]["SourceSecurityGroupId"].of == title
    assert "SecurityGroupIngress" not in made["FleetGroup"]


def test_our_distribution_is_known_by_the_current_secret_alone() -> None:
    made = Made(FrontDoor)
    assert header_values(made["OurDistributionPasses"], "x-tradewind-origin") == [
        f"{{{{resolve:secretsmanager:{SECRET}:SecretString:current}}}}"
    ]


def test_while_the_secret_rotates_the_previous_one_passes_too() -> None:
    made = Made(FrontDoor, origin_secret_rotating="true")
    current, previous = header_values(made["OurDistributionPasses"], "x-tradewind-origin")
    assert current.endswith(":current}}")
    assert previous.endswith(":previous}}")


def test_a_request_without_the_secret_reaches_the_shop_on_healthz_only() -> None:
    forwarding = [r for r in rules(Made(FrontDoor)) if r["Actions"][0]["Type"] == "forward"]
    bare = [rule for rule in forwarding if not header_values(rule, "x-tradewind-origin")]
    assert [paths(rule) for rule in bare] == [["/healthz"]]


def test_a_probe_through_anybodys_cloudfront_is_refused_before_a_bare_probe_passes() -> None:
    refused, passed = (
        Made(FrontDoor)["ProbesComeDirectly"],
        [Made(FrontDoor)["HealthProbePasses"], Made(Takeover)["TakeoverProbePasses"]],
    )
    assert refused["Actions"][0]["FixedResponseConfig"]["StatusCode"] == "403"
    assert header_values(refused, "x-amz-cf-id") == ["*"]
    for rule in passed:
        assert set(paths(rule)) <= set(paths(refused))
        assert int(refused["Priority"]) < int(rule["Priority"])


def test_a_cart_stays_with_its_instance() -> None:
    attributes = by_key(Made(FrontDoor)["ShopTargets"]["TargetGroupAttributes"])
    assert attributes["stickiness.enabled"] == "true"
    assert attributes["stickiness.type"] == "app_cookie"
    assert attributes["stickiness.app_cookie.cookie_name"] == "cart"


def test_what_the_load_balancer_promises() -> None:
    attributes = by_key(Made(FrontDoor)["LoadBalancer"]["LoadBalancerAttributes"])
    promised = {
        "access_logs.s3.enabled": "true",
        "connection_logs.s3.enabled": "true",
        "client_keep_alive.seconds": "60",
        "deletion_protection.enabled": "true",
        "routing.http.desync_mitigation_mode": "strictest",
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "waf.fail_open.enabled": "false",
    }
    assert promised.items() <= attributes.items()


def test_deletion_protection_is_a_toggle() -> None:
    made = Made(FrontDoor, deletion_protection="false")
    attributes = by_key(made["LoadBalancer"]["LoadBalancerAttributes"])
    assert attributes["deletion_protection.enabled"] == "false"


def test_the_certificate_covers_the_origin_and_its_regions_name_and_no_other() -> None:
    certificate = Made(FrontDoor)["OriginCertificate"]
    names = [certificate["DomainName"], *certificate["SubjectAlternativeNames"]]
    assert names == ["origin.shop.example.com", "us-east-1.origin.shop.example.com"]


def test_every_name_of_the_certificate_is_validated_in_the_zone() -> None:
    certificate = Made(FrontDoor)["OriginCertificate"]
    validated = {
        option["DomainName"]: option["HostedZoneId"]
        for option in certificate["DomainValidationOptions"]
    }
    names = [certificate["DomainName"], *certificate["SubjectAlternativeNames"]]
    assert validated == dict.fromkeys(names, "Z0123456789ABC")


def test_a_third_zone_gives_the_load_balancer_a_third_subnet() -> None:
    assert len(Made(FrontDoor)["LoadBalancer"]["Subnets"]) == 2
    assert len(Made(FrontDoor, availability_zones="3")["LoadBalancer"]["Subnets"]) == 3


def test_the_load_balancers_name_fits_whatever_the_environment_is_called() -> None:
    name = Made(FrontDoor, environment="a" * 12)["LoadBalancer"]["Name"]
    assert name == f"tradewind-{'a' * 12}-shop"
    assert len(name) <= 32  # Elastic Load Balancing's limit
