"""The ARNs that belong to one environment, by service: what "ours" means in a policy.

Every name is derived (`Layer.named`), and a name that CloudFormation makes up begins with the stack's, so
what an environment owns begins with `tradewind-<environment>-` wherever the service has names at all. An ARN
keeps its region open: a global table, a replicated secret and a replica's source lie in the peer region, and
the name says whose they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from troposphere import Sub

from generator.naming import PREFIX
from generator.settings import Settings

if TYPE_CHECKING:
    from generator.layer import Layer

#: What every name of an environment begins with, inside a `Sub`.
NAMES = f"{PREFIX}-${{{Settings.environment.name}}}-"

#: Service (as in its ARNs) -> what follows the service; `{ours}` is the beginning of our names.
#: An event source mapping, a log delivery and an API have ids that no one can foretell; of an API the stage
#: bears our name.
ARNS: Mapping[str, tuple[str, ...]] = {
    "autoscaling": ("*:{account}:autoScalingGroup:*:autoScalingGroupName/{ours}*",),
    "backup": ("*:{account}:backup-vault:{ours}*",),
    "budgets": (":{account}:budget/{ours}*",),
    "cloudformation": ("*:{account}:stack/{ours}*",),
    "cloudtrail": ("*:{account}:trail/{ours}*",),
    "cloudwatch": ("*:{account}:alarm:{ours}*", ":{account}:dashboard/{ours}*"),
    "codebuild": ("*:{account}:project/{ours}*",),
    "codedeploy": (
        "*:{account}:application:{ours}*",
        "*:{account}:deploymentconfig:{ours}*",
        "*:{account}:deploymentgroup:{ours}*",
    ),
    "codepipeline": (
        f"*:{{account}}:{PREFIX}-${{{Settings.environment.name}}}",
        f"*:{{account}}:{PREFIX}-${{{Settings.environment.name}}}/*",
    ),
    "dynamodb": ("*:{account}:table/{ours}*", ":{account}:global-table/{ours}*"),
    "elasticache": ("*:{account}:user:{ours}*",),
    "es": ("*:{account}:domain/{ours}*",),
    "events": (
        "*:{account}:event-bus/{ours}*",
        "*:{account}:rule/{ours}*",
        "*:{account}:archive/{ours}*",
    ),
    "execute-api": ("*:{account}:*/{ours}*",),
    "firehose": ("*:{account}:deliverystream/{ours}*",),
    "iam": (":{account}:role/{ours}*", ":{account}:instance-profile/{ours}*"),
    "lambda": ("*:{account}:function:{ours}*", "*:{account}:event-source-mapping:*"),
    "logs": (
        f"*:{{account}}:log-group:/{PREFIX}/{{ours}}*",
        f"*:{{account}}:log-group:/{PREFIX}/${{{Settings.environment.name}}}/*",
        "*:{account}:log-group:aws-waf-logs-{ours}*",
        "*:{account}:log-group:/aws/*/{ours}*",
        "*:{account}:log-group:API-Gateway-Execution-Logs_*/{ours}*",
        "*:{account}:delivery*",
    ),
    "personalize": (
        "*:{account}:campaign/{ours}*",
        "*:{account}:dataset/{ours}*",
        "*:{account}:dataset-group/{ours}*",
        "*:{account}:filter/{ours}*",
        "*:{account}:schema/{ours}*",
        "*:{account}:solution/{ours}*",
    ),
    "rds": ("*:{account}:db:{ours}*", "*:{account}:cluster:{ours}*"),
    "redshift-serverless": ("*:{account}:namespace/*", "*:{account}:workgroup/*"),
    "route53": (
        f"::hostedzone/${{{Settings.hosted_zone_id.name}}}",
        "::healthcheck/*",
        "::change/*",
    ),
    "s3": ("::{ours}*",),
    "scheduler": ("*:{account}:schedule/*/{ours}*", "*:{account}:schedule-group/{ours}*"),
    "secretsmanager": ("*:{account}:secret:{ours}*",),
    "sns": ("*:{account}:{ours}*",),
    "sqs": ("*:{account}:{ours}*",),
    "states": ("*:{account}:stateMachine:{ours}*", "*:{account}:execution:{ours}*"),
}

#: What a service names after what is ours: the secret that Redshift keeps for a namespace.
#: https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-secrets-manager-integration.html
LENT: Mapping[str, tuple[str, ...]] = {
    "secretsmanager": ("*:{account}:secret:redshift!{ours}*",),
}


def arns(layer: Layer, services: Iterable[str]) -> list[Sub]:
    """The patterns of what the environment owns in these services."""
    return [arn(layer, f"{service}:{rest}") for service in services for rest in ARNS[service]]


def arn(layer: Layer, rest: str) -> Sub:
    """One pattern: what follows the partition, with `{account}` and `{ours}`."""
    said = rest.replace("{account}", "${AWS::AccountId}").replace("{ours}", NAMES)
    return layer.sub(f"arn:${{AWS::Partition}}:{said}")
