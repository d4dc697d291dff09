"""O4 and E5: the audit of the account, and backups."""

from __future__ import annotations

from tests.coverage.claims import EVERYWHERE, LEAN, PAIR, PRIMARY, Claim, No, Some, row
from tests.coverage.contents import Holds, Item, Refers
from tests.coverage.expectations import AtLeast, Given
from tests.coverage.platform import Standing
from tests.coverage.rows.names import BUCKET, DATA_KEY, LOGS_KEY, PEER_DATA_KEY, ROLE, key

TRAIL = "AWS::CloudTrail::Trail"
RECORDER = "AWS::Config::ConfigurationRecorder"

#: What Config checks of what we claim, by the kind of claim.
#: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
RULES = {
    "encryption": (
        "ENCRYPTED_VOLUMES",
        "RDS_STORAGE_ENCRYPTED",
        "DYNAMODB_TABLE_ENCRYPTED_KMS",
        "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        "SNS_ENCRYPTED_KMS",
        "SECRETSMANAGER_USING_CMK",
        "CLOUDWATCH_LOG_GROUP_ENCRYPTED",
        "S3_BUCKET_SSL_REQUESTS_ONLY",
    ),
    "public access": (
        "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
        "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED",
        "EC2_INSTANCE_NO_PUBLIC_IP",
    ),
    "rotation": (
        "CMK_BACKING_KEY_ROTATION_ENABLED",
        "SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK",
    ),
    "multi-AZ": ("RDS_MULTI_AZ_SUPPORT", "AUTOSCALING_MULTIPLE_AZ"),
    "backups": ("DB_INSTANCE_BACKUP_ENABLED", "DYNAMODB_PITR_ENABLED", "RDS_IN_BACKUP_PLAN"),
}

O4 = row(
    "O4",
    "CloudTrail and Config",
    Claim(
        "a trail of all Regions in the primary: validated, encrypted, to S3 and CloudWatch Logs",
        Some(
            TRAIL,
            {
                "IsMultiRegionTrail": True,
                "IncludeGlobalServiceEvents": True,
                "IsLogging": True,
                "EnableLogFileValidation": True,
                "KMSKeyId": LOGS_KEY,
                "S3BucketName": Refers("foundation/LogsBucket"),
                "CloudWatchLogsLogGroupArn": Refers("AWS::Logs::LogGroup"),
                "CloudWatchLogsRoleArn": Refers(ROLE),
                "EventSelectors": Item({"IncludeManagementEvents": True, "ReadWriteType": "All"}),
            },
            times=1,
        ),
        PRIMARY,
    ),
    Claim("and in no other region", No(TRAIL, {}, stands=PRIMARY), PAIR.at("standby")),
    Claim(
        "it is a toggle",
        No(TRAIL, {}, stands=PRIMARY),
        LEAN.at("primary"),
    ),
    Claim(
        "a recorder of everything",
        Some(
            RECORDER,
            {
                "RecordingGroup.AllSupported": True,
                "RoleARN": Holds(":role/aws-service-role/config"),
            },
            times=1,
        ),
        EVERYWHERE,
    ),
    Claim(
        "its delivery channel, under our key",
        Some(
            "AWS::Config::DeliveryChannel",
            {"S3BucketName": Refers("foundation/LogsBucket"), "S3KmsKeyArn": LOGS_KEY},
            times=1,
        ),
        EVERYWHERE,
    ),
    Claim(
        "a region has one: it is a toggle",
        No(RECORDER, {}, stands=EVERYWHERE),
        LEAN.at("primary", "standby", "edge"),
    ),
    *(
        Claim(
            f"a rule on {kind}: {identifier}",
            Some(
                "AWS::Config::ConfigRule",
                {"Source.SourceIdentifier": identifier, "Source.Owner": "AWS"},
                times=1,
            ),
        )
        for kind, identifiers in RULES.items()
        for identifier in identifiers
    ),
)

RULE = "BackupPlan.BackupPlanRule[*]"
VAULT = "AWS::Backup::BackupVault"
REPLICATION = "ReplicationConfiguration.Rules[Id=ToThePeer]"


def replicated(purpose: str, peer_key: object = PEER_DATA_KEY) -> Claim:
    """A bucket whose objects, deletions and changes reach the other region in a quarter of an hour."""
    return Claim(
        f"{purpose} replicate to the other region, both ways, with RTC",
        Some(
            BUCKET,
            {
                "BucketName": f"tradewind-{{environment}}-{purpose}-{{account}}-{{region}}",
                "VersioningConfiguration.Status": "Enabled",
                "ReplicationConfiguration.Role": Refers(ROLE),
                f"{REPLICATION}.Status": "Enabled",
                f"{REPLICATION}.Destination.Bucket": Holds(f"-{purpose}-{{account}}-{{peer}}"),
                f"{REPLICATION}.Destination.EncryptionConfiguration.ReplicaKmsKeyID": peer_key,
                f"{REPLICATION}.Destination.ReplicationTime.Status": "Enabled",
                f"{REPLICATION}.Destination.ReplicationTime.Time.Minutes": 15,
                f"{REPLICATION}.Destination.Metrics.Status": "Enabled",
                f"{REPLICATION}.DeleteMarkerReplication.Status": "Enabled",
                f"{REPLICATION}.SourceSelectionCriteria.SseKmsEncryptedObjects.Status": "Enabled",
                f"{REPLICATION}.SourceSelectionCriteria.ReplicaModifications.Status": "Enabled",
            },
            times=1,
        ),
    )


E5 = row(
    "E5",
    "AWS Backup, cross-region replication",
    Claim(
        "a vault in each region, locked",
        Some(
            VAULT,
            {
                "BackupVaultName": "tradewind-{environment}-{region}",
                "EncryptionKeyArn": DATA_KEY,
                "LockConfiguration.MinRetentionDays": 35,
                "AccessPolicy.Statement": Item(
                    {"Effect": "Deny", "Action": Holds("backup:DeleteRecoveryPoint")}
                ),
            },
            times=1,
        ),
    ),
    Claim(
        "the lock is a toggle, off in dev",
        No(VAULT, {"LockConfiguration": Given()}, stands=PAIR),
        Standing("dev"),
    ),
    Claim(
        "a plan for each day, that copies to the other region's vault",
        Some(
            "AWS::Backup::BackupPlan",
            {
                f"{RULE}.TargetBackupVault": "tradewind-{environment}-{region}",
                f"{RULE}.ScheduleExpression": Holds("cron("),
                f"{RULE}.Lifecycle.DeleteAfterDays": AtLeast(35),
                f"{RULE}.CopyActions[*].DestinationBackupVaultArn": Refers(VAULT, region="{peer}"),
                f"{RULE}.CopyActions[*].Lifecycle.DeleteAfterDays": AtLeast(35),
            },
            times=1,
        ),
    ),
    Claim(
        "of whatever bears the tag",
        Some(
            "AWS::Backup::BackupSelection",
            {
                "BackupPlanId": Refers("AWS::Backup::BackupPlan"),
                "BackupSelection.Conditions.StringEquals": Item(
                    {"ConditionKey": "aws:ResourceTag/Backup", "ConditionValue": "daily"}
                ),
                "BackupSelection.IamRoleArn": Refers(ROLE),
            },
            times=1,
        ),
    ),
    Claim(
        "a plan that restores them, to see that it can be done",
        Some(
            "AWS::Backup::RestoreTestingPlan",
            {
                "ScheduleExpression": Holds("cron("),
                "RecoveryPointSelection.Algorithm": "LATEST_WITHIN_WINDOW",
                "RecoveryPointSelection.IncludeVaults": Refers(VAULT),
                "RecoveryPointSelection.RecoveryPointTypes": Holds("SNAPSHOT"),
            },
            times=1,
        ),
    ),
    *(
        Claim(
            f"of {kind}",
            Some(
                "AWS::Backup::RestoreTestingSelection",
                {
                    "ProtectedResourceType": kind,
                    "RestoreTestingPlanName": Refers("AWS::Backup::RestoreTestingPlan"),
                    "IamRoleArn": Refers(ROLE),
                },
                times=1,
            ),
        )
        for kind in ("Aurora", "DynamoDB")
    ),
    replicated("logs", key("Logs", region="{peer}")),
    replicated("images"),
    replicated("exports"),
)
