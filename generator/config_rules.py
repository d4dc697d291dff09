"""What AWS Config checks, again and again, of what the templates claim once.

Managed rules that regions have had for years: a rule that a region lacks fails the stack there, and
CloudFormation's schemas do not tell (`config_rules` switches them off).
https://docs.aws.amazon.com/config/latest/developerguide/managing-rules-by-region-availability.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from generator.conditions import Condition, Conditions


@dataclass(frozen=True)
class Claim:
    """A managed rule by its identifier, what it holds us to, and where it has something to look at."""

    identifier: str
    says: str
    where: Condition = Conditions.config_rules
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its logical id."""
        return "".join(part.capitalize() for part in self.identifier.split("_"))


EVERYWHERE = (
    # encrypted at rest, under our keys
    Claim("ENCRYPTED_VOLUMES", "Disks in use are encrypted."),
    Claim("RDS_STORAGE_ENCRYPTED", "Databases are encrypted."),
    Claim("RDS_SNAPSHOT_ENCRYPTED", "Snapshots of databases are encrypted."),
    Claim("DYNAMODB_TABLE_ENCRYPTED_KMS", "Tables are under a KMS key."),
    Claim("S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED", "Buckets encrypt, or refuse to store."),
    Claim("SNS_ENCRYPTED_KMS", "Topics are under a KMS key."),
    Claim("SECRETSMANAGER_USING_CMK", "Secrets are under a customer's key."),
    Claim("CLOUDWATCH_LOG_GROUP_ENCRYPTED", "Log groups are under a KMS key."),
    # encrypted in transit
    Claim("S3_BUCKET_SSL_REQUESTS_ONLY", "Buckets refuse what is not TLS."),
    Claim(
        "ACM_CERTIFICATE_EXPIRATION_CHECK",
        "No certificate has less than 30 days to go.",
        parameters={"daysToExpiration": "30"},
    ),
    # not public
    Claim("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", "Buckets block public access."),
    Claim("S3_BUCKET_PUBLIC_READ_PROHIBITED", "Nobody reads a bucket in public."),
    Claim("S3_BUCKET_PUBLIC_WRITE_PROHIBITED", "Nobody writes a bucket in public."),
    Claim("RDS_INSTANCE_PUBLIC_ACCESS_CHECK", "No database has a public address."),
    Claim("RDS_SNAPSHOTS_PUBLIC_PROHIBITED", "No snapshot of a database is public."),
    Claim("LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", "Nobody calls a function in public."),
    Claim("EC2_INSTANCE_NO_PUBLIC_IP", "No instance has a public address."),
    Claim("INCOMING_SSH_DISABLED", "No security group lets SSH in from anywhere."),
    Claim("VPC_DEFAULT_SECURITY_GROUP_CLOSED", "A VPC's default group lets nothing through."),
    # rotated
    Claim("CMK_BACKING_KEY_ROTATION_ENABLED", "Customer keys rotate."),
    Claim("SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK", "Secrets that rotate do so in time."),
    # more than one zone
    Claim("RDS_MULTI_AZ_SUPPORT", "Databases have a standby in another zone."),
    Claim("AUTOSCALING_MULTIPLE_AZ", "Fleets span zones."),
    Claim("ELB_CROSS_ZONE_LOAD_BALANCING_ENABLED", "Load balancers serve all zones."),
    # recoverable
    Claim("DB_INSTANCE_BACKUP_ENABLED", "Databases back themselves up."),
    Claim("DYNAMODB_PITR_ENABLED", "Tables can be restored to any second."),
    Claim("S3_BUCKET_VERSIONING_ENABLED", "Buckets keep versions."),
    Claim(
        "RDS_IN_BACKUP_PLAN", "Databases are in a backup plan.", Conditions.config_checks_backups
    ),
    Claim(
        "DYNAMODB_IN_BACKUP_PLAN", "Tables are in a backup plan.", Conditions.config_checks_backups
    ),
    Claim(
        "RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
        "Databases refuse to be deleted.",
        Conditions.config_checks_deletion,
    ),
    Claim(
        "ELB_DELETION_PROTECTION_ENABLED",
        "Load balancers refuse to be deleted.",
        Conditions.config_checks_deletion,
    ),
    # watched
    Claim("CLOUD_TRAIL_ENABLED", "A trail records."),
    Claim("VPC_FLOW_LOGS_ENABLED", "Networks log their traffic."),
    Claim("ELB_LOGGING_ENABLED", "Load balancers log their requests."),
    Claim("RDS_LOGGING_ENABLED", "Databases hand their logs to CloudWatch."),
    # By itself it wants an action for missing data too, which our alarms answer by TreatMissingData.
    # https://docs.aws.amazon.com/config/latest/developerguide/cloudwatch-alarm-action-check.html
    Claim(
        "CLOUDWATCH_ALARM_ACTION_CHECK",
        "Alarms act.",
        parameters={"alarmActionRequired": "true", "insufficientDataActionRequired": "false"},
    ),
    # instances
    Claim("EC2_IMDSV2_CHECK", "Instances answer IMDSv2 alone."),
    Claim("EC2_INSTANCE_MANAGED_BY_SSM", "Instances are reached by Session Manager."),
)

#: The trail is the primary's, and IAM is recorded there alone.
IN_PRIMARY = tuple(
    Claim(identifier, says, Conditions.config_rules_in_primary)
    for identifier, says in (
        ("MULTI_REGION_CLOUD_TRAIL_ENABLED", "A trail records every region."),
        ("CLOUD_TRAIL_ENCRYPTION_ENABLED", "Trails are under a KMS key."),
        ("CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", "A trail's files can be proved unaltered."),
        ("CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED", "Trails write to CloudWatch Logs."),
        ("ROOT_ACCOUNT_MFA_ENABLED", "The root user has MFA."),
        ("IAM_ROOT_ACCESS_KEY_CHECK", "The root user has no access key."),
        ("MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", "Users with a password have MFA."),
        ("IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS", "No policy allows everything."),
    )
)


def claims() -> Iterator[Claim]:
    """Every claim that is checked."""
    yield from EVERYWHERE
    yield from IN_PRIMARY
