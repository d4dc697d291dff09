"""What a policy names: an ARN, a pattern of ARNs, or a resource of ours that AWS has not named yet."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from generator.iam_reference import service_of
from generator.reach import VARIABLE
from tests.coverage.marking import MINTED
from tests.coverage.platform import Platform

#: What a reference to a resource of a type looks like as an ARN, less the partition; `*` is not known yet.
MINTED_ARNS = {
    "AWS::ApiGateway::RestApi": "apigateway:*::/restapis/*",
    "AWS::Backup::BackupVault": "backup:*:*:backup-vault:*",
    "AWS::CodeBuild::Project": "codebuild:*:*:project/*",
    "AWS::DynamoDB::GlobalTable": "dynamodb:*:*:table/*",
    "AWS::DynamoDB::Table": "dynamodb:*:*:table/*",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "elasticloadbalancing:*:*:targetgroup/*/*",
    "AWS::Events::EventBus": "events:*:*:event-bus/*",
    "AWS::KMS::Key": "kms:*:*:key/*",
    "AWS::KMS::ReplicaKey": "kms:*:*:key/*",
    "AWS::KinesisFirehose::DeliveryStream": "firehose:*:*:deliverystream/*",
    "AWS::Lambda::Function": "lambda:*:*:function:*",
    "AWS::Logs::LogGroup": "logs:*:*:log-group:*",
    "AWS::OpenSearchService::Domain": "es:*:*:domain/*",
    "AWS::Personalize::Dataset": "personalize:*:*:dataset/*",
    "AWS::Personalize::DatasetGroup": "personalize:*:*:dataset-group/*",
    "AWS::Personalize::EventTracker": "personalize:*:*:event-tracker/*",
    "AWS::Personalize::Filter": "personalize:*:*:filter/*",
    "AWS::Personalize::Schema": "personalize:*:*:schema/*",
    "AWS::Personalize::Solution": "personalize:*:*:solution/*",
    "AWS::RedshiftServerless::Namespace": "redshift-serverless:*:*:namespace/*",
    "AWS::RedshiftServerless::Workgroup": "redshift-serverless:*:*:workgroup/*",
    "AWS::S3::Bucket": "s3:::*",
    "AWS::SNS::Topic": "sns:*:*:*",
    "AWS::SQS::Queue": "sqs:*:*:*",
    "AWS::SecretsManager::Secret": "secretsmanager:*:*:secret:*",
    "AWS::StepFunctions::StateMachine": "states:*:*:stateMachine:*",
}


@dataclass(frozen=True)
class Everything:
    """All there are of a type, of whoever's account the pattern leaves open."""

    service: str
    account: str
    name: str

    def of(self, account: str) -> str:
        """What it is called in an excuse: `kms:account:key/*`, `s3:::*`, `iam:*:role/*`."""
        whose = "account" if self.account == account else self.account
        return f"{self.service}:{whose}:{self.name}"


def everything(resource: str, form: str) -> Everything | None:
    """All that is of a form of IAM's data, where a resource's pattern says no less; what is minted is one."""
    parts = MINTED.sub("minted", resource).split(":", 5)
    if len(parts) < 6 or "*" not in parts[5]:
        return None
    _, _, service, _, account, name = parts
    of_service, _, _, of_name = opened(form).split(":", 3)
    covered = fnmatchcase(of_service, service) and fnmatchcase(of_name, name)
    return Everything(service, account, name) if covered else None


def as_arn(platform: Platform, resource: str) -> str:
    """A resource of a policy as an ARN, less the partition; a reference becomes what such ARNs look like.

    Raises LookupError where it is neither.
    """
    if resource.startswith("arn:") and resource.count(":") > 4:
        return MINTED.sub("*", resource).split(":", 2)[2]
    found = MINTED.match(resource)
    if not found:
        raise LookupError(resource)
    target = platform.index[found["region"], found["layer"], found["id"]]
    return MINTED_ARNS[target.type] + resource[found.end() :]


def opened(form: str) -> str:
    """The form of an ARN in IAM's data, less the partition, with a `*` for whatever it leaves open."""
    return VARIABLE.sub("*", form).split(":", 2)[2]


@cache
def meet(one: str, other: str) -> bool:
    """Whether there is a text that both patterns match."""
    if service_of(one) != service_of(other) and "*" not in (service_of(one), service_of(other)):
        return False
    if fnmatchcase(one, other) or fnmatchcase(other, one):
        return True
    reached = {0}  # where in `other` what `one` has said so far may end
    for letter in [*one, ""]:
        reached |= {at + 1 for at in sorted(reached) if other[at : at + 1] == "*"}
        if not letter:
            break
        if letter == "*":
            reached = set(range(min(reached), len(other) + 1))
        else:
            reached = {
                at if other[at : at + 1] == "*" else at + 1
                for at in reached
                if other[at : at + 1] in ("*", letter)
            }
        if not reached:
            return False
    return len(other) in reached
