"""Every action that AWS Backup's role may be granted: the backup boundary.

It copies all that the environment keeps, and makes databases and tables of its own to try a restore: more
than any other service may, hence a ceiling for it alone.
"""

from __future__ import annotations

from awacs import backup, dynamodb, kms, rds, tag
from awacs.aws import Action

#: What it may do with what the environment owns, and with what it makes.
BACKUP_SCOPED: dict[str, list[Action]] = {
    "backup": [
        backup.CopyFromBackupVault,
        backup.CopyIntoBackupVault,
        backup.DescribeBackupVault,
        backup.TagResource,
    ],
    "dynamodb": [
        dynamodb.BatchWriteItem,
        dynamodb.CreateBackup,
        dynamodb.DeleteBackup,
        dynamodb.DeleteItem,
        dynamodb.DescribeBackup,
        dynamodb.DescribeTable,
        dynamodb.GetItem,
        dynamodb.ListTagsOfResource,
        dynamodb.PutItem,
        dynamodb.Query,
        dynamodb.RestoreTableFromAwsBackup,
        dynamodb.RestoreTableFromBackup,
        dynamodb.Scan,
        dynamodb.StartAwsBackupJob,
        dynamodb.UpdateItem,
    ],
    "rds": [
        rds.AddTagsToResource,
        rds.CopyDBClusterSnapshot,
        rds.CopyDBSnapshot,
        rds.CreateDBClusterSnapshot,
        rds.CreateDBInstance,
        rds.CreateDBSnapshot,
        rds.DeleteDBCluster,
        rds.DeleteDBClusterSnapshot,
        rds.DeleteDBInstance,
        rds.DeleteDBSnapshot,
        rds.DescribeDBClusterSnapshots,
        rds.DescribeDBClusters,
        rds.DescribeDBInstances,
        rds.DescribeDBSnapshots,
        rds.ListTagsForResource,
        rds.RestoreDBClusterFromSnapshot,
        rds.RestoreDBInstanceFromDBSnapshot,
    ],
}

#: What AWS Backup makes, and what it restores for a test: all under names of its own.
BACKED_UP = (
    "backup:*:{account}:recovery-point:*",
    "dynamodb:*:{account}:table/awsbackup-restore-test-*",
    "rds:*:{account}:*:awsbackup-restore-test-*",
    "rds:*:{account}:*snapshot:awsbackup:*",
    "rds:*:{account}:subgrp:{ours}*",
    "rds:*:{account}:pg:*",
    "rds:*:{account}:cluster-pg:*",
    "rds:*:{account}:og:*",
)

#: What it may do where AWS offers no resource.
BACKUP_UNSCOPED: list[Action] = [tag.GetResources]

#: What it may do under the environment's keys.
BACKUP_KEYS: list[Action] = [
    kms.CreateGrant,
    kms.Decrypt,
    kms.DescribeKey,
    kms.Encrypt,
    kms.GenerateDataKey,
    kms.GenerateDataKeyWithoutPlaintext,
    kms.ReEncryptFrom,
    kms.ReEncryptTo,
]
