"""What AWS Backup needs for databases and tables: to back them up, to copy that, and to try a restore.

Taken from AWS's managed policies, less the services that hold no backup of ours, less sharing with other
accounts, and less continuous backups, for databases and tables keep their own.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForRestores.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from awacs import backup, dynamodb, kms, rds, tag
from awacs.aws import Bool, Statement, StringEquals
from troposphere import Sub

from generator.grants.statements import Arn, allow, unscoped

#: How AWS Backup begins the name of what it restores for a test, whatever the type.
#: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
TESTED = "awsbackup-restore-test-*"

#: What a restored database stands in: groups that bear our names, or AWS's.
GROUPS = ("pg:*", "cluster-pg:*", "og:*")


@dataclass(frozen=True)
class Backups:
    """Recovery points of what the environment owns, under the keys of both regions.

    `databases` and `tables` are patterns of ARNs; `key_arns` are this region's key and the peer's, and
    `regions` the names of both.
    """

    databases: Sequence[Arn]
    tables: Sequence[Arn]
    key_arns: Sequence[Arn]
    regions: Sequence[object]

    def make(self) -> list[Statement]:
        """Take snapshots of databases and backups of tables, and end those that are too old."""
        snap = [
            rds.AddTagsToResource,
            rds.CreateDBClusterSnapshot,
            rds.CreateDBSnapshot,
            rds.DescribeDBClusters,
            rds.DescribeDBClusterSnapshots,
            rds.DescribeDBInstances,
            rds.DescribeDBSnapshots,
            rds.ListTagsForResource,
        ]
        back_up = [
            dynamodb.CreateBackup,
            dynamodb.DeleteBackup,
            dynamodb.DescribeBackup,
            dynamodb.DescribeTable,
            dynamodb.ListTagsOfResource,
            dynamodb.StartAwsBackupJob,
        ]
        return [
            allow(snap, [*self.databases, *_snapshots()]),
            allow([rds.DeleteDBSnapshot, rds.DeleteDBClusterSnapshot], _snapshots()),
            allow(back_up, self.tables),
            unscoped([tag.GetResources], because="what is tagged is found by asking for all of it"),
            *self._keys(),
        ]

    def copy_to(self, vault_arns: Iterable[Arn]) -> list[Statement]:
        """Copy them from vault to vault."""
        points = Sub("arn:${AWS::Partition}:backup:*:${AWS::AccountId}:recovery-point:*")
        return [
            allow([rds.CopyDBSnapshot, rds.CopyDBClusterSnapshot], _snapshots()),
            allow([backup.DescribeBackupVault, backup.CopyIntoBackupVault], vault_arns),
            allow([backup.CopyFromBackupVault, backup.TagResource], [points, *_snapshots()]),
        ]

    def try_restore(self, subnet_group: Arn) -> list[Statement]:
        """Restore them under the names that AWS Backup gives to tests, in the data tier."""
        restore = [rds.RestoreDBClusterFromSnapshot, rds.RestoreDBInstanceFromDBSnapshot]
        tests = [_rds(f"db:{TESTED}"), _rds(f"cluster:{TESTED}")]
        table = Sub(
            f"arn:${{AWS::Partition}}:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:table/{TESTED}"
        )
        fill = [
            dynamodb.BatchWriteItem,
            dynamodb.DeleteItem,
            dynamodb.DescribeTable,
            dynamodb.GetItem,
            dynamodb.PutItem,
            dynamodb.Query,
            dynamodb.Scan,
            dynamodb.UpdateItem,
        ]
        look = [
            rds.AddTagsToResource,
            rds.DeleteDBCluster,
            rds.DeleteDBInstance,
            rds.DescribeDBClusters,
            rds.DescribeDBInstances,
            rds.ListTagsForResource,
        ]
        groups = [Sub("${Prefix}:${Name}", Prefix=_rds("subgrp"), Name=subnet_group)]
        return [
            allow(
                [*restore, rds.CreateDBInstance],
                [*tests, *_snapshots(), *groups, *map(_rds, GROUPS)],
            ),
            allow(look, tests),
            allow(
                [dynamodb.RestoreTableFromAwsBackup, dynamodb.RestoreTableFromBackup],
                [table, *self.tables],
            ),
            allow(fill, [table]),
        ]

    def _keys(self) -> list[Statement]:
        """A snapshot is re-encrypted under the key of the vault that it comes to."""
        use = [
            kms.Decrypt,
            kms.Encrypt,
            kms.GenerateDataKey,
            kms.GenerateDataKeyWithoutPlaintext,
            kms.ReEncryptFrom,
            kms.ReEncryptTo,
        ]
        through = StringEquals(
            "kms:ViaService",
            [
                Sub(f"{service}.${{Where}}.${{AWS::URLSuffix}}", Where=region)
                for service in ("dynamodb", "rds")
                for region in self.regions
            ],
        )
        for_services = Bool("kms:GrantIsForAWSResource", "true")
        return [
            allow(use, self.key_arns, through),
            allow([kms.CreateGrant], self.key_arns, for_services),
            allow([kms.DescribeKey], self.key_arns),
        ]


def _snapshots() -> list[Sub]:
    """AWS Backup names them all alike, and not by what they are of."""
    return [_rds(f"{kind}:awsbackup:*") for kind in ("snapshot", "cluster-snapshot")]


def _rds(rest: str) -> Sub:
    return Sub(f"arn:${{AWS::Partition}}:rds:*:${{AWS::AccountId}}:{rest}")
