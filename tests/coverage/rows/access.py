"""S4 and S5: grants and secrets."""

from __future__ import annotations

from tests.coverage.claims import EVERYWHERE, PAIR, PRIMARY, Claim, Every, No, Some, row
from tests.coverage.contents import Bundled, Holds, Item, Refers
from tests.coverage.expectations import Absent, AllOf, AtLeast, AtMost, Given
from tests.coverage.rows.names import (
    FUNCTION,
    MANAGED_POLICY,
    ROLE,
    SECRET,
    key,
)
from tests.coverage.statements import AccountOnly, NoWildcard, Scoped

SCHEDULE = "AWS::SecretsManager::RotationSchedule"


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
STATEMENTS = "PolicyDocument.Statement"

#: The policies of roles, of all that are managed.
GRANTED = {"Path": "/grants/"}

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
        "no policy that is seen in its role alone",
        Every(ROLE, {"Policies": Absent([{"PolicyName": "inline"}])}),
        EVERYWHERE,
    ),
    Claim(
        "grants spell out every action",
        Every(MANAGED_POLICY, {f"{STATEMENTS}[*].Action[*]": NoWildcard()}, where=GRANTED),
    ),
    Claim(
        "and say what they allow, never what they do not",
        Every(MANAGED_POLICY, {f"{STATEMENTS}[*].NotAction": Absent(["iam:*"])}, where=GRANTED),
    ),
    Claim(
        "and name the resource wherever AWS can scope",
        Every(MANAGED_POLICY, {f"{STATEMENTS}[*]": Scoped()}, where=GRANTED),
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
            where={f"{TRUST}.Principal.Service": Given()},
        ),
        EVERYWHERE,
    ),
    Claim(
        "whoever trusts people or other roles trusts those of this account only",
        Every(
            ROLE,
            {f"{TRUST}.Action": ["sts:AssumeRole"], f"{TRUST}.Condition": AccountOnly()},
            where={f"{TRUST}.Principal.AWS": Given()},
        ),
        PRIMARY,
    ),
    Claim(
        "what calls a function calls it for this account only",
        Every(
            "AWS::Lambda::Permission",
            {
                "SourceAccount": "{account}",
                "SourceArn": Given(),
                "Principal": Holds(".amazonaws.com"),
            },
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
    Claim(
        "the standby declares no secret of its own",
        No(SECRET, {}, stands=PRIMARY),
        PAIR.at("standby"),
    ),
    Claim(
        "the host is a stack output, not a field of the secret that was replicated",
        Some(
            "AWS::Lambda::Function",
            {
                "Environment.Variables.HOST": Holds("<{region}/orders/"),
                "Code.S3Key": Bundled('os.environ["HOST"]'),
            },
            times=1,
        ),
    ),
)
