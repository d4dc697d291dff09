"""S4 to S7: grants, secrets, firewall, Shield."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import EDGE, EVERYWHERE, PAIR, PRIMARY, Claim, Every, No, Some, row
from tests.coverage.expectations import Absent, AtLeast, AtMost, Given, Holds, Item, NoWildcard, Only, Refers, Scoped, AccountOnly, AllOf, Anything, Without
from tests.coverage.platform import Standing
from tests.coverage.rows.types import FUNCTION, LOAD_BALANCER, MANAGED_POLICY, ROLE, SECRET, SECURITY_GROUP, WEB_ACL, key

SCHEDULE = "AWS::SecretsManager::RotationSchedule"
SHIELD = PAIR.having(shield_advanced="true")


def secret(name: str, field: str) -> list[Claim]:
    """A generated secret with its rotation, replica and policy."""
    named = {"Name": f"tradewind-{{environment}}-{name}"}
    return [
        Claim(
            f"{name} is generated, and replicated to the standby under its key",
            Some(
                SECRET,
                {
                    **named,
                    "GenerateSecretString.GenerateStringKey": field,
                    "GenerateSecretString.PasswordLength": AtLeast(32),
                    "ReplicaRegions[Region={standby}].KmsKeyId": key("Secrets", "{standby}"),
                },
                times=1,
            ),
            PRIMARY,
        ),
        Claim(
            f"{name} has a policy of its own: of this account alone, over TLS alone",
            Some(
                "AWS::SecretsManager::ResourcePolicy",
                {
                    "SecretId->Name": f"tradewind-{{environment}}-{name}",
                    "BlockPublicPolicy": True,
                    "ResourcePolicy.Statement": AllOf(
                        Item(
                            {
                                "Effect": "Deny",
                                "Condition.StringNotEquals.aws:PrincipalAccount": "{account}",
                            }
                        ),
                        Item({"Effect": "Deny", "Condition.Bool.aws:SecureTransport": "false"}),
                    ),
                },
                times=1,
            ),
            PRIMARY,
        ),
    ]


def rotated(name: str) -> Claim:
    """A secret with a schedule and the function that rotates it."""
    return Claim(
        f"{name} rotates by a function, on a schedule",
        Some(
            SCHEDULE,
            {
                "SecretId->Name": f"tradewind-{{environment}}-{name}",
                "RotationRules.AutomaticallyAfterDays": AtMost(90),
                "RotationLambdaARN": Refers(FUNCTION),
            },
            times=1,
        ),
        PRIMARY,
    )


TRUST = "AssumeRolePolicyDocument.Statement[*]"
INLINE = "Policies[*].PolicyDocument.Statement"

S4 = row(
    "S4",
    "least privilege IAM",
    Claim(
        "a boundary on every role",
        Every(
            ROLE, {"PermissionsBoundary": Holds("policy/tradewind-{environment}-", "-boundary-")}
        ),
        EVERYWHERE,
    ),
    Claim(
        "grants spell out every action",
        Every(ROLE, {f"{INLINE}[*].Action[*]": NoWildcard()}, where={"Policies": Given()}),
    ),
    Claim(
        "and say what they allow, never what they do not",
        Every(ROLE, {f"{INLINE}[*].NotAction": Absent(["iam:*"])}, where={"Policies": Given()}),
    ),
    Claim(
        "and name the resource wherever AWS can scope",
        Every(ROLE, {f"{INLINE}[*]": Scoped()}, where={"Policies": Given()}),
    ),
    Claim(
        "the deployers' policies spell out every action",
        Every(
            MANAGED_POLICY,
            {"PolicyDocument.Statement[*].Action[*]": NoWildcard()},
            where={"ManagedPolicyName": Holds("-execution")},
        ),
        EVERYWHERE,
    ),
    Claim(
        "whoever trusts a service trusts it for this account only",
        Every(
            ROLE,
            {
                f"{TRUST}.Action": ["sts:AssumeRole"],
                f"{TRUST}.Condition": AccountOnly(),
                f"{TRUST}.Principal.AWS": Absent("*"),
            },
        ),
        EVERYWHERE,
    ),
    Claim(
        "what calls a function calls it for this account only",
        Every(
            "AWS::Lambda::Permission",
            {"SourceAccount": "{account}", "SourceArn": Given(), "Principal": Holds(".amazonaws.com")},
        ),
    ),
)

S5 = row(
    "S5",
    "Secrets Manager, rotation",
    *secret("orders-database", "password"),
    rotated("orders-database"),
    *secret("payment-processor", "api_key"),
    rotated("payment-processor"),
    *secret("origin-header", "current"),
    Claim(
        "the origin's header has a value before: rotating it is a release",
        Some(
            SECRET,
            {
                "Name": "tradewind-{environment}-origin-header",
                "GenerateSecretString.SecretStringTemplate": Holds('"previous": ""'),
            },
        ),
        PRIMARY,
    ),
    Claim(
        "the database does not manage its own password",
        Every("AWS::RDS::DBCluster", {"ManageMasterUserPassword": Absent(True)}),
    ),
    Claim(
        "its password is a reference to the secret",
        Every(
            "AWS::RDS::DBCluster",
            {"MasterUserPassword": Holds("{{resolve:secretsmanager:", ":SecretString:password}}")},
        ),
        PRIMARY,
    ),
    Claim("the standby declares no secret of its own", No(SECRET, {}, stands=PRIMARY), PAIR.at("standby")),
    Claim(
        "the host is a stack output, not a field of the secret that was replicated",
        Some(
            "AWS::EC2::LaunchTemplate",
            {"LaunchTemplateData.UserData": Holds("ORDERS_WRITER=<{region}/orders/")},
        ),
    ),
)

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
PATHS = "Statement.RateBasedStatement.ScopeDownStatement.OrStatement.Statements"


def on_path(path: str) -> dict[str, Any]:
    """A rule that looks at a path only."""
    return {PATHS: Item({"ByteMatchStatement.SearchString": path})}


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
            {"Rules": Without("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesAntiDDoSRuleSet")},
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
                    limited("CheckoutRate", 100, "FORWARDED_IP", **FORWARDED, **on_path("/checkout")),
                )
            },
            where={"Scope": "REGIONAL"},
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
        SHIELD.at("primary"),
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
        SHIELD.at("edge"),
    ),
    *(
        Claim(
            f"one toggle, and it is off: no {kind.rpartition('::')[2]} in prod",
            No(kind, {}, stands=SHIELD.at(role)),
            PAIR.at(role),
        )
        for kind, role in (
            (PROTECTION, "primary"),
            (PROTECTION, "edge"),
            ("AWS::Shield::ProtectionGroup", "edge"),
            ("AWS::Shield::ProactiveEngagement", "edge"),
        )
    ),
)
