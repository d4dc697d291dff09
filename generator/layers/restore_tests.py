"""Whether a backup can be restored: once a week the latest recovery point of each kind is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from troposphere import GetAtt, Ref, Tags
from troposphere.backup import (
    KeyValue,
    ProtectedResourceConditions,
    RestoreTestingPlan,
    RestoreTestingRecoveryPointSelection,
    RestoreTestingSelection,
)

from generator.conditions import Condition, Conditions
from generator.naming import PREFIX

if TYPE_CHECKING:
    from generator.layers.backup import Backup

#: UTC, when the day's backups are done; tests start within so many hours.
WEEKLY, START = "cron(0 20 ? * SUN *)", 4

#: Days within which the recovery point was made that is restored.
RECENT = 7


@dataclass(frozen=True)
class Restored:
    """A kind of resource as AWS Backup calls it, where there is one, and what it is restored with."""

    kind: str
    where: Condition
    overrides: Mapping[str, object]


def restore_tests(layer: Backup) -> None:
    """What comes back is thrown away after an hour.

    A database stands in the data tier and in its VPC's default group, which is closed: nobody reaches it. AWS
    Backup by itself would take the default VPC, which a hardened account has not, and for tables a key of
    DynamoDB's. https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
    """
    in_data_tier = {"dbSubnetGroupName": layer.orders_subnet_group}
    under_our_key = {"encryptionType": "KMS", "kmsMasterKeyArn": layer.data_key_arn}
    plan = layer.add(
        RestoreTestingPlan(
            "RestoreTests",
            RestoreTestingPlanName=layer.sub(f"{PREFIX}_${{Environment}}_restore_tests"),
            ScheduleExpression=WEEKLY,
            ScheduleExpressionTimezone="Etc/UTC",
            StartWindowHours=START,
            RecoveryPointSelection=RestoreTestingRecoveryPointSelection(
                Algorithm="LATEST_WITHIN_WINDOW",
                IncludeVaults=[layer.vault_arn],
                RecoveryPointTypes=["SNAPSHOT"],
                SelectionWindowDays=RECENT,
            ),
            Tags=Tags(Name=layer.named("restore-tests")),
            **layer.only(Conditions.restore_testing),
        )
    )
    for restored in (
        Restored("Aurora", Conditions.restore_testing_aurora, in_data_tier),
        Restored("RDS", Conditions.restore_testing_rds, in_data_tier),
        Restored("DynamoDB", Conditions.restore_testing, under_our_key),
    ):
        layer.add(
            RestoreTestingSelection(
                f"{restored.kind}RestoreTest",
                RestoreTestingPlanName=Ref(plan),
                RestoreTestingSelectionName=restored.kind.lower(),
                ProtectedResourceType=restored.kind,
                ProtectedResourceArns=["*"],
                ProtectedResourceConditions=ProtectedResourceConditions(
                    StringEquals=[KeyValue(Key="aws:ResourceTag/Backup", Value="daily")]
                ),
                RestoreMetadataOverrides=dict(restored.overrides),
                IamRoleArn=GetAtt(layer.backup_operator, "Arn"),
                ValidationWindowHours=1,
                **layer.only(restored.where),
            )
        )
