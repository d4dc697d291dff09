"""S6 and S7: the firewall and Shield."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import EDGE, PAIR, Claim, Every, No, Some, row
from tests.coverage.contents import Holds, Item, Refers, Without
from tests.coverage.expectations import Absent, AllOf, Anything, AtMost, Given
from tests.coverage.platform import Standing
from tests.coverage.rows.names import (
    LOAD_BALANCER,
    WEB_ACL,
)

SHIELD = PAIR.having(shield_advanced="true")


def managed(name: str) -> Item:
    """A rule group of AWS's, that blocks."""
    return Item(
        {
            "Statement.ManagedRuleGroupStatement.VendorName": "AWS",
            "Statement.ManagedRuleGroupStatement.Name": f"AWSManagedRules{name}",
            "OverrideAction.None": Anything(),
        }
    )


def limited(name: str, most: int, by: str, **more: Any) -> Item:
    """A rate rule that blocks."""
    return Item(
        {
            "Name": name,
            "Action.Block": Anything(),
            "Statement.RateBasedStatement.Limit": AtMost(most),
            "Statement.RateBasedStatement.AggregateKeyType": by,
            **more,
        }
    )


FORWARDED = {
    "Statement.RateBasedStatement.ForwardedIPConfig.HeaderName": "X-Forwarded-For",
    "Statement.RateBasedStatement.ForwardedIPConfig.FallbackBehavior": "MATCH",
}
SCOPE = "Statement.RateBasedStatement.ScopeDownStatement.AndStatement.Statements"


def on_path(path: str) -> dict[str, Any]:
    """A rule that looks at a path only."""
    paths = Item({"ByteMatchStatement.SearchString": path})
    return {SCOPE: Item({"OrStatement.Statements": paths})}


BEFORE_THE_SHOP = {"Scope": "REGIONAL", "Name": "tradewind-{environment}-shop-{region}"}

CHALLENGE = (
    "Rules[Name=AntiDDoSRuleSet].Statement.ManagedRuleGroupStatement.ManagedRuleGroupConfigs[*]"
    ".AWSManagedRulesAntiDDoSRuleSet.ClientSideActionConfig.Challenge"
)

S6 = row(
    "S6",
    "WAF against SQLi and XSS",
    *(
        Claim(
            f"the regional web ACL has {name}",
            Every(WEB_ACL, {"Rules": managed(name)}, where={"Scope": "REGIONAL"}),
        )
        for name in ("SQLiRuleSet", "CommonRuleSet", "KnownBadInputsRuleSet")
    ),
    *(
        Claim(
            f"CloudFront's web ACL has {name}",
            Every(WEB_ACL, {"Rules": managed(name)}, where={"Scope": "CLOUDFRONT"}),
            EDGE,
        )
        for name in (
            "SQLiRuleSet",
            "CommonRuleSet",
            "KnownBadInputsRuleSet",
            "AmazonIpReputationList",
            "AntiDDoSRuleSet",
        )
    ),
    Claim(
        "reputation and AntiDDoS are CloudFront's alone: regionally its own addresses are seen",
        Every(
            WEB_ACL,
            {
                "Rules": Without(
                    "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesAntiDDoSRuleSet"
                )
            },
            where={"Scope": "REGIONAL"},
        ),
    ),
    Claim(
        "regionally a viewer is limited by the forwarded address, tighter on login and checkout",
        Every(
            WEB_ACL,
            {
                "Rules": AllOf(
                    limited("ViewerRate", 2000, "FORWARDED_IP", **FORWARDED),
                    limited("LoginRate", 100, "FORWARDED_IP", **FORWARDED, **on_path("/login")),
                    limited(
                        "CheckoutRate", 100, "FORWARDED_IP", **FORWARDED, **on_path("/checkout")
                    ),
                )
            },
            where=BEFORE_THE_SHOP,
        ),
    ),
    Claim(
        "at CloudFront by the address itself, tighter on login and checkout",
        Every(
            WEB_ACL,
            {
                "Rules": AllOf(
                    limited("ViewerRate", 2000, "IP"),
                    limited("LoginRate", 100, "IP", **on_path("/login")),
                    limited("CheckoutRate", 100, "IP", **on_path("/checkout")),
                )
            },
            where={"Scope": "CLOUDFRONT"},
        ),
        EDGE,
    ),
    Claim(
        "probes pass first: a rule that misjudged them would be a failover",
        Every(
            WEB_ACL,
            {
                "Rules[Name=Probes].Priority": 0,
                "Rules[Name=Probes].Action.Allow": Anything(),
                "Rules[Name=Probes].Statement.OrStatement.Statements": AllOf(
                    Item({"ByteMatchStatement.SearchString": "/healthz"}),
                    Item({"ByteMatchStatement.SearchString": "/takeover"}),
                ),
            },
            where=BEFORE_THE_SHOP,
        ),
    ),
    Claim(
        "what calls the API, or posts a form, is never challenged",
        Every(
            WEB_ACL,
            {
                f"{CHALLENGE}.ExemptUriRegularExpressions": Item(
                    {"RegexString": Holds("/api/", "/cart", "/checkout", "/login")}
                )
            },
            where={"Scope": "CLOUDFRONT"},
        ),
        EDGE,
    ),
    Claim(
        "the regional web ACL stands before the load balancer",
        Some(
            "AWS::WAFv2::WebACLAssociation",
            {"ResourceArn": Refers(LOAD_BALANCER), "WebACLArn": Refers("firewall/ShopAcl")},
        ),
    ),
    Claim(
        "CloudFront's stands before the distribution",
        Every("AWS::CloudFront::Distribution", {"DistributionConfig.WebACLId": Refers(WEB_ACL)}),
        EDGE,
    ),
    *(
        Claim(
            f"{whose} requests are logged, without cookies and authorization",
            Every(
                "AWS::WAFv2::LoggingConfiguration",
                {
                    "ResourceArn": Refers(WEB_ACL),
                    "LogDestinationConfigs": Given(),
                    "RedactedFields": AllOf(
                        Item({"SingleHeader.Name": "cookie"}),
                        Item({"SingleHeader.Name": "authorization"}),
                    ),
                },
            ),
            where,
        )
        for whose, where in (("regional", PAIR), ("CloudFront's", EDGE))
    ),
    Claim(
        "the load balancer lets in CloudFront and the health checkers, by their prefix lists alone",
        Every(
            LOAD_BALANCER,
            {
                "SecurityGroups": Refers(
                    "front-door/CloudFrontDoor", "front-door/HealthCheckerDoor", times=2
                ),
                "SecurityGroups[*]->SecurityGroupIngress[*].SourcePrefixListId": Holds("pl-"),
                "SecurityGroups[*]->SecurityGroupIngress[*].CidrIp": Absent("0.0.0.0/0"),
                "SecurityGroups[*]->SecurityGroupIngress[*].FromPort": 443,
                "SecurityGroups[*]->SecurityGroupIngress[*].ToPort": 443,
            },
        ),
    ),
    Claim("the web ACLs are a toggle, off in dev", No(WEB_ACL, {}, stands=PAIR), Standing("dev")),
)

PROTECTION = "AWS::Shield::Protection"
ENGAGED = SHIELD.at("primary").having(
    shield_contact_email="oncall@example.com", shield_contact_phone="+491234567890"
)

S7 = row(
    "S7",
    "Shield Advanced",
    Claim(
        "the load balancer is protected, by what its health check sees",
        Some(
            PROTECTION,
            {
                "ResourceArn": Refers(LOAD_BALANCER),
                "HealthCheckArns": Refers("AWS::Route53::HealthCheck"),
            },
            times=1,
        ),
        SHIELD,
    ),
    Claim(
        "every NAT address is protected",
        Some(PROTECTION, {"ResourceArn": Refers("AWS::EC2::EIP")}, times=3),
        SHIELD,
    ),
    Claim(
        "the hosted zone is protected, once",
        Some(PROTECTION, {"ResourceArn": Holds(":hostedzone/Z")}, times=1),
        SHIELD.at("edge"),
    ),
    Claim(
        "the distribution is protected",
        Some(PROTECTION, {"ResourceArn": Refers("AWS::CloudFront::Distribution")}, times=1),
        SHIELD.at("edge"),
    ),
    Claim(
        "a protection group for what is there",
        Some("AWS::Shield::ProtectionGroup", {"Pattern": Given(), "Aggregation": Given()}),
        SHIELD.at("edge"),
    ),
    Claim(
        "proactive engagement",
        Some(
            "AWS::Shield::ProactiveEngagement",
            {"ProactiveEngagementStatus": "ENABLED", "EmergencyContactList": Given()},
        ),
        ENGAGED,
    ),
    *(
        Claim(
            f"one toggle, and it is off: no {kind.rpartition('::')[2]} in prod",
            No(kind, {}, stands=standing),
            PAIR.at(*standing.roles),
        )
        for kind, standing in (
            (PROTECTION, SHIELD),
            (PROTECTION, SHIELD.at("edge")),
            ("AWS::Shield::ProtectionGroup", SHIELD.at("edge")),
            ("AWS::Shield::ProactiveEngagement", ENGAGED),
        )
    ),
    later=["preflight asks whether the account has the subscription: it is no CloudFormation type"],
)
