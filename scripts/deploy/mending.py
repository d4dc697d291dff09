"""How drift is mended: for each resource what to do, in the order in which to do it. Only said, never done.

A deploy mends nothing by itself: CloudFormation compares the new template with the old one, and neither with
what is there. So somebody decides: what is there is right, and goes into the sources; or it is put back.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from typing import Any

from generator.naming import stack_name
from scripts.deploy.gates.guards import GUARDS
from scripts.deploy.gates.losses import STATEFUL
from scripts.deploy.topology import Difference, Drifted


class Urgency(IntEnum):
    """What comes first: data, then what others stand on, then what guards, then the rest."""

    DATA = 0
    MISSING = 1
    GUARD = 2
    REST = 3


@dataclass(frozen=True)
class Step:
    """What to do about one resource; `ways` are alternatives, the likeliest first."""

    urgency: Urgency
    drifted: Drifted
    ways: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "region": self.drifted.region,
            "root": self.drifted.root,
            "path": list(self.drifted.path),
            "urgency": self.urgency.name.lower(),
            "ways": list(self.ways),
        }


#: Types that let somebody in or do something; a drift in one of them is somebody's doing that matters.
_GUARDING = (
    "AWS::IAM::*",
    "AWS::EC2::SecurityGroup*",
    "AWS::*Policy",
    "AWS::KMS::*",
    "AWS::WAFv2::*",
)

#: How data comes back that was deleted past CloudFormation: under the same name, the stack knows it again.
_RESTORED: Mapping[str, str] = {
    "AWS::DynamoDB::*": "aws dynamodb restore-table-from-backup --region {region} "
    "--target-table-name {id} --backup-arn ARN",
    "AWS::KMS::*": "aws kms cancel-key-deletion --region {region} --key-id {id}, within its waiting "
    "period",
    "AWS::RDS::DBCluster": "aws rds restore-db-cluster-from-snapshot --region {region} "
    "--db-cluster-identifier {id} --snapshot-identifier SNAPSHOT ...",
    "AWS::RDS::DBInstance": "aws rds restore-db-instance-from-db-snapshot --region {region} "
    "--db-instance-identifier {id} --db-snapshot-identifier SNAPSHOT ...",
    "AWS::SecretsManager::Secret": "aws secretsmanager restore-secret --region {region} "
    "--secret-id {id}, within its recovery window",
    "AWS::S3::Bucket": "aws s3api create-bucket --bucket {id} ..., then copy the objects back from the "
    "other region's bucket",
}

#: How one property is put back: type, pointer, command.
_PUT_BACK: tuple[tuple[str, str, str], ...] = (
    (
        "AWS::SQS::Queue",
        "/*Seconds",
        "aws sqs set-queue-attributes --region {region} --queue-url {id} --attributes {name}={value}",
    ),
    (
        "AWS::SQS::Queue",
        "/*Timeout",
        "aws sqs set-queue-attributes --region {region} --queue-url {id} --attributes {name}={value}",
    ),
    (
        "AWS::DynamoDB::Table",
        "/DeletionProtectionEnabled",
        "aws dynamodb update-table --region {region} --table-name {id} --deletion-protection-enabled",
    ),
    (
        "AWS::S3::Bucket",
        "/VersioningConfiguration/Status",
        "aws s3api put-bucket-versioning --region {region} --bucket {id} "
        "--versioning-configuration Status={value}",
    ),
    (
        "AWS::Logs::LogGroup",
        "/RetentionInDays",
        "aws logs put-retention-policy --region {region} --log-group-name {id} "
        "--retention-in-days {value}",
    ),
    (
        "AWS::RDS::DBInstance",
        "/DeletionProtection",
        "aws rds modify-db-instance --region {region} --db-instance-identifier {id} "
        "--deletion-protection --apply-immediately",
    ),
    (
        "AWS::RDS::DBCluster",
        "/DeletionProtection",
        "aws rds modify-db-cluster --region {region} --db-cluster-identifier {id} "
        "--deletion-protection --apply-immediately",
    ),
    (
        "AWS::Lambda::Function",
        "/Timeout",
        "aws lambda update-function-configuration --region {region} --function-name {id} "
        "--timeout {value}",
    ),
    (
        "AWS::Lambda::Function",
        "/MemorySize",
        "aws lambda update-function-configuration --region {region} --function-name {id} "
        "--memory-size {value}",
    ),
)


def mending(environment: str, drifted: Sequence[Drifted]) -> tuple[Step, ...]:
    """What to do, the most urgent first; otherwise in the order given."""
    steps = [Step(_urgency(one), one, tuple(_ways(environment, one))) for one in drifted]
    return tuple(sorted(steps, key=lambda step: step.urgency))


def _urgency(drifted: Drifted) -> Urgency:
    if drifted.status == "DELETED":
        return Urgency.DATA if drifted.type in STATEFUL else Urgency.MISSING
    if any(fnmatchcase(drifted.type, pattern) for pattern in _GUARDING):
        return Urgency.GUARD
    guarded = {guard.path.split("/")[0].split("[")[0] for guard in GUARDS.get(drifted.type, ())}
    touched = {one.pointer.strip("/").split("/")[0] for one in drifted.differences}
    return Urgency.GUARD if guarded & touched else Urgency.REST


def _ways(environment: str, drifted: Drifted) -> Iterator[str]:
    stack = stack_name(environment, drifted.root)
    revert = (
        f"have CloudFormation put it back: a change set of {stack} in {drifted.region} with its previous "
        "template, nested stacks included and --deployment-mode REVERT_DRIFT; read it before you execute it"
    )
    layer = f"the template of {'/'.join(drifted.path[:-1]) or drifted.root}"
    if drifted.status == "DELETED":
        restored = _command(drifted, _RESTORED)
        if restored:
            yield f"restore it under its name, and the stack knows it again: {restored}"
        else:
            yield revert
        yield f"if it is to be gone: take it out of {layer}, and deploy"
        return
    yield f"if what is there is right: put it into {layer} or params/*.yaml, and deploy"
    commands = [_put_back(drifted, one) for one in drifted.differences]
    if commands and all(commands):
        yield f"if not, put it back: {'; '.join(dict.fromkeys(commands))}"
    yield f"or {revert}"


def _command(drifted: Drifted, table: Mapping[str, str]) -> str:
    for pattern, command in table.items():
        if fnmatchcase(drifted.type, pattern):
            return command.format(region=drifted.region, id=drifted.physical_id)
    return ""


def _put_back(drifted: Drifted, difference: Difference) -> str:
    """The command that puts one property back; empty where none is known."""
    if difference.kind != "NOT_EQUAL" or not difference.expected.isascii():
        return ""
    for type, pointer, command in _PUT_BACK:
        if drifted.type == type and fnmatchcase(difference.pointer, pointer):
            if "{value}" not in command and difference.expected != "true":
                return ""
            return command.format(
                region=drifted.region,
                id=drifted.physical_id,
                name=difference.pointer.strip("/"),
                value=difference.expected,
            )
    return ""
