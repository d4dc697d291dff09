"""R1 to R3: two regions, names and health, the load balancer."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import PRIMARY, STANDBY, Claim, Every, No, Some, row
from tests.coverage.contents import Refers
from tests.coverage.expectations import Absent, AtLeast, AtMost, Given, OneOf
from tests.coverage.platform import Standing
from tests.coverage.rows.names import (
    FLEET,
    HEALTH_CHECK,
    LOAD_BALANCER,
    RECORD,
    SUBNET,
    TARGET_GROUP,
)

R1 = row(
    "R1",
    "multiple Regions and AZs",
    *(
        Claim(
            f"prod has a {tier} subnet in zone {zone} of both regions",
            Some(
                SUBNET,
                {"AvailabilityZone": f"{{region}}{zone}", "Tags[Key=Tier].Value": tier},
                times=1,
            ),
        )
        for tier in ("public", "private", "data")
        for zone in "abc"
    ),
    Claim(
        "dev has two zones in both regions",
        Every(SUBNET, {"AvailabilityZone": OneOf("{region}a", "{region}b")}),
        Standing("dev"),
    ),
    Claim(
        "the fleet stands in every zone",
        Every(
            FLEET,
            {
                "VPCZoneIdentifier": Refers(
                    *(f"network/PrivateSubnet{zone}" for zone in "ABC"), times=3
                )
            },
            where={"TargetGroupARNs": Refers(TARGET_GROUP)},
        ),
    ),
    Claim(
        "and so does its load balancer",
        Every(
            LOAD_BALANCER,
            {"Subnets": Refers(*(f"network/PublicSubnet{zone}" for zone in "ABC"), times=3)},
        ),
    ),
    Claim(
        "and the database",
        Every(
            "AWS::RDS::DBSubnetGroup",
            {"SubnetIds": Refers(*(f"network/DataSubnet{zone}" for zone in "ABC"), times=3)},
        ),
    ),
)


def failover(role: str, check: str, evaluates: bool) -> dict[str, Any]:
    """The failover alias of a region."""
    return {
        "Name": "origin.shop.{domain}",
        "Type": "A",
        "SetIdentifier": "{region}",
        "Failover": role,
        "HealthCheckId": Refers(check),
        "AliasTarget.DNSName": Refers(LOAD_BALANCER),
        "AliasTarget.HostedZoneId": Refers(LOAD_BALANCER),
        "AliasTarget.EvaluateTargetHealth": evaluates,
    }


def https_check(name: str, path: str) -> dict[str, Any]:
    """A health check over HTTPS, with SNI."""
    return {
        "HealthCheckConfig.Type": "HTTPS",
        "HealthCheckConfig.FullyQualifiedDomainName": name,
        "HealthCheckConfig.ResourcePath": path,
        "HealthCheckConfig.Port": 443,
        "HealthCheckConfig.EnableSNI": True,
        "HealthCheckConfig.RequestInterval": OneOf(10, 30),
        "HealthCheckConfig.FailureThreshold": AtMost(3),
    }


R2 = row(
    "R2",
    "Route 53 failover routing",
    Claim(
        "the primary's record follows the calculated check",
        Some(RECORD, failover("PRIMARY", "dns/PrimaryCheck", True), times=1),
        PRIMARY,
    ),
    Claim(
        "the standby's record follows its endpoint alone",
        Some(RECORD, failover("SECONDARY", "dns/EndpointCheck", False), times=1),
        STANDBY,
    ),
    Claim(
        "each region has a name of its own",
        Some(
            RECORD,
            {
                "Name": "{region}.origin.shop.{domain}",
                "AliasTarget.DNSName": Refers(LOAD_BALANCER),
                "Failover": Absent("PRIMARY"),
            },
            times=1,
        ),
    ),
    Claim(
        "each endpoint is checked on the deep path of that name",
        Some(
            HEALTH_CHECK,
            {
                **https_check("{region}.origin.shop.{domain}", "/healthz?deep=1"),
                "HealthCheckConfig.Inverted": Absent(True),
            },
            times=1,
        ),
    ),
    Claim(
        "the primary asks the standby whether it takes over, inverted",
        Some(
            HEALTH_CHECK,
            {
                **https_check("{standby}.origin.shop.{domain}", "/takeover"),
                "HealthCheckConfig.Inverted": True,
            },
            times=1,
        ),
        PRIMARY,
    ),
    Claim(
        "both of two: the endpoint is well, and no takeover is requested",
        Some(
            HEALTH_CHECK,
            {
                "HealthCheckConfig.Type": "CALCULATED",
                "HealthCheckConfig.ChildHealthChecks": Refers(
                    "dns/EndpointCheck", "dns/TakeoverCheck", times=2
                ),
                "HealthCheckConfig.HealthThreshold": 2,
            },
            times=1,
        ),
        PRIMARY,
    ),
    Claim(
        "the standby has neither of the two: both unhealthy would answer PRIMARY",
        No(HEALTH_CHECK, {"HealthCheckConfig.Type": "CALCULATED"}, stands=PRIMARY),
        STANDBY,
    ),
)

ATTRIBUTE = "LoadBalancerAttributes[Key={}].Value"
STICKY = "TargetGroupAttributes[Key=stickiness.{}].Value"

R3 = row(
    "R3",
    "ALB, sticky sessions for the cart",
    Claim(
        "the shop's targets stick by the application's cookie",
        Every(
            TARGET_GROUP,
            {
                STICKY.format("enabled"): True,
                STICKY.format("type"): "app_cookie",
                STICKY.format("app_cookie.cookie_name"): Given(),
                STICKY.format("app_cookie.duration_seconds"): AtLeast(3600),
            },
            where={"TargetType": "instance"},
        ),
    ),
    Claim(
        "access is logged",
        Every(
            LOAD_BALANCER,
            {
                ATTRIBUTE.format("access_logs.s3.enabled"): True,
                ATTRIBUTE.format("access_logs.s3.bucket"): Refers("foundation/AccessLogsBucket"),
            },
        ),
    ),
    Claim(
        "it is protected against deletion",
        Every(LOAD_BALANCER, {ATTRIBUTE.format("deletion_protection.enabled"): True}),
    ),
    Claim(
        "requests that could be read in two ways are refused, and headers that are none dropped",
        Every(
            LOAD_BALANCER,
            {
                ATTRIBUTE.format("routing.http.desync_mitigation_mode"): OneOf(
                    "strictest", "defensive"
                ),
                ATTRIBUTE.format("routing.http.drop_invalid_header_fields.enabled"): True,
            },
        ),
    ),
)
