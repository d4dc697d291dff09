"""The guards of each resource type: where they stand in its properties, and what would be lost with them.

Property names, and what AWS takes where one is missing, are those of the CloudFormation template reference:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scripts.deploy.gates.findings import Concern
from scripts.deploy.gates.strengths import Strength, amount, off, on, one_of, own_key, present, tls


@dataclass(frozen=True)
class Guard:
    """`path` is a place in the properties (`property_paths`); `what` would be lost with it."""

    concern: Concern
    path: str
    what: str
    strength: Strength


def _encrypted(path: str, strength: Strength | None = None) -> Guard:
    return Guard(Concern.ENCRYPTION_LOST, path, "encryption at rest", strength or on())


def _own_key(path: str) -> Guard:
    return Guard(Concern.ENCRYPTION_LOST, path, "encryption under its own key", own_key)


def _backed_up(path: str, strength: Strength, what: str = "backups") -> Guard:
    return Guard(Concern.BACKUPS_LOST, path, what, strength)


def _undeletable(path: str, strength: Strength | None = None) -> Guard:
    return Guard(
        Concern.DELETION_PROTECTION_LOST, path, "protection from deletion", strength or on()
    )


def _replicated(path: str, strength: Strength, what: str = "a copy elsewhere") -> Guard:
    return Guard(Concern.REPLICATION_LOST, path, what, strength)


def _private(path: str, strength: Strength) -> Guard:
    return Guard(Concern.PUBLIC_ACCESS, path, "its protection from public access", strength)


def _tls(path: str, strength: Strength | None = None) -> Guard:
    return Guard(Concern.TLS_LOWERED, path, "its floor of TLS", strength or tls())


def _audited(path: str, strength: Strength) -> Guard:
    return Guard(Concern.AUDIT_LOST, path, "its record of who did what", strength)


_RETENTION = "recovery points of as many days"

GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "AWS::ApiGateway::DomainName": (_tls("SecurityPolicy"),),
    "AWS::Backup::BackupVault": (
        _own_key("EncryptionKeyArn"),
        _backed_up("LockConfiguration", present, "the vault's lock"),
        _backed_up("LockConfiguration/MinRetentionDays", amount(), "the vault's lock"),
    ),
    "AWS::Backup::BackupPlan": (
        _backed_up("BackupPlan/BackupPlanRule[RuleName]", present, "a rule of backups"),
        _backed_up(
            "BackupPlan/BackupPlanRule[RuleName]/Lifecycle/DeleteAfterDays", amount(), _RETENTION
        ),
        _replicated("BackupPlan/BackupPlanRule[RuleName]/CopyActions", present),
    ),
    "AWS::CloudFront::Distribution": (
        _tls("DistributionConfig/ViewerCertificate/MinimumProtocolVersion"),
        _tls("DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy"),
        _tls("DistributionConfig/CacheBehaviors[PathPattern]/ViewerProtocolPolicy"),
        _tls("DistributionConfig/Origins[Id]/CustomOriginConfig/OriginProtocolPolicy"),
        _tls("DistributionConfig/Origins[Id]/CustomOriginConfig/OriginSSLProtocols"),
    ),
    "AWS::CloudTrail::Trail": (
        _audited("IsLogging", on()),
        _audited("EnableLogFileValidation", on()),
        _audited("IsMultiRegionTrail", on()),
        _own_key("KMSKeyId"),
    ),
    "AWS::DynamoDB::GlobalTable": (
        _encrypted("SSESpecification/SSEEnabled"),
        _own_key("Replicas[Region]/SSESpecification/KMSMasterKeyId"),
        _backed_up(
            "Replicas[Region]/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
            on(),
            "point-in-time recovery",
        ),
        _undeletable("Replicas[Region]/DeletionProtectionEnabled"),
        _replicated("Replicas[Region]", present, "the replica of a Region"),
    ),
    "AWS::DynamoDB::Table": (
        _encrypted("SSESpecification/SSEEnabled"),
        _own_key("SSESpecification/KMSMasterKeyId"),
        _backed_up(
            "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
            on(),
            "point-in-time recovery",
        ),
        _undeletable("DeletionProtectionEnabled"),
    ),
    "AWS::EC2::LaunchTemplate": (
        _encrypted("LaunchTemplateData/BlockDeviceMappings[DeviceName]/Ebs/Encrypted"),
    ),
    "AWS::EC2::Subnet": (_private("MapPublicIpOnLaunch", off(absent=True)),),
    "AWS::EC2::Volume": (_encrypted("Encrypted"), _own_key("KmsKeyId")),
    "AWS::EFS::FileSystem": (
        _encrypted("Encrypted"),
        _own_key("KmsKeyId"),
        _backed_up("BackupPolicy/Status", one_of("ENABLED")),
        _replicated("ReplicationConfiguration", present),
    ),
    "AWS::ElastiCache::CacheCluster": (
        _tls("TransitEncryptionEnabled", on()),
        _backed_up("SnapshotRetentionLimit", amount(), _RETENTION),
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        _encrypted("AtRestEncryptionEnabled"),
        _own_key("KmsKeyId"),
        _tls("TransitEncryptionEnabled", on()),
        _tls("TransitEncryptionMode"),
        _backed_up("SnapshotRetentionLimit", amount(), _RETENTION),
        _replicated("AutomaticFailoverEnabled", on(), "its failover to another zone"),
        _replicated("MultiAZEnabled", on(), "its failover to another zone"),
    ),
    "AWS::ElastiCache::ServerlessCache": (
        _own_key("KmsKeyId"),
        _backed_up("SnapshotRetentionLimit", amount(), _RETENTION),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": (_tls("SslPolicy"), _tls("Protocol")),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        _undeletable("LoadBalancerAttributes[Key=deletion_protection.enabled]/Value"),
    ),
    "AWS::KMS::Key": (
        Guard(Concern.ENCRYPTION_LOST, "EnableKeyRotation", "the key's rotation", on()),
        Guard(Concern.ENCRYPTION_LOST, "Enabled", "the key itself", on(absent=True)),
        _undeletable("PendingWindowInDays", amount(absent=30)),
    ),
    "AWS::KMS::ReplicaKey": (
        Guard(Concern.ENCRYPTION_LOST, "Enabled", "the key itself", on(absent=True)),
        _undeletable("PendingWindowInDays", amount(absent=30)),
    ),
    "AWS::Logs::LogGroup": (_own_key("KmsKeyId"), _undeletable("DeletionProtectionEnabled")),
    "AWS::OpenSearchService::Domain": (
        _encrypted("EncryptionAtRestOptions/Enabled"),
        _own_key("EncryptionAtRestOptions/KmsKeyId"),
        _tls("NodeToNodeEncryptionOptions/Enabled", on()),
        _tls("DomainEndpointOptions/EnforceHTTPS", on()),
        _tls("DomainEndpointOptions/TLSSecurityPolicy"),
        _private("AdvancedSecurityOptions/Enabled", on()),
        _private("AdvancedSecurityOptions/AnonymousAuthEnabled", off(absent=True)),
        _private("VPCOptions/SubnetIds", present),
    ),
    "AWS::RDS::DBCluster": (
        _encrypted("StorageEncrypted"),
        _own_key("KmsKeyId"),
        _backed_up("BackupRetentionPeriod", amount(absent=1), _RETENTION),
        _backed_up("DeleteAutomatedBackups", off(absent=False), "backups once it is deleted"),
        _undeletable("DeletionProtection"),
        _replicated("GlobalClusterIdentifier", present, "its place in the global database"),
        _private("PubliclyAccessible", off(absent=True)),
    ),
    "AWS::RDS::DBClusterParameterGroup": (_tls("Parameters/rds.force_ssl", on()),),
    "AWS::RDS::DBInstance": (
        _encrypted("StorageEncrypted"),
        _own_key("KmsKeyId"),
        _backed_up("BackupRetentionPeriod", amount(absent=1), _RETENTION),
        _backed_up("DeleteAutomatedBackups", off(absent=False), "backups once it is deleted"),
        _backed_up("AutomaticBackupReplicationRegion", present, "backups in another Region"),
        _undeletable("DeletionProtection"),
        _replicated("MultiAZ", on(), "its standby in another zone"),
        _private("PubliclyAccessible", off(absent=True)),
    ),
    "AWS::RDS::DBParameterGroup": (_tls("Parameters/rds.force_ssl", on()),),
    "AWS::RDS::GlobalCluster": (
        _encrypted("StorageEncrypted"),
        _undeletable("DeletionProtection"),
    ),
    "AWS::Redshift::Cluster": (
        _encrypted("Encrypted"),
        _own_key("KmsKeyId"),
        _backed_up("AutomatedSnapshotRetentionPeriod", amount(absent=1), _RETENTION),
        _private("PubliclyAccessible", off(absent=True)),
    ),
    "AWS::RedshiftServerless::Namespace": (_own_key("KmsKeyId"),),
    "AWS::RedshiftServerless::Workgroup": (
        _private("PubliclyAccessible", off(absent=True)),
        _tls("ConfigParameters[ParameterKey=require_ssl]/ParameterValue", on()),
    ),
    "AWS::S3::Bucket": (
        _encrypted("BucketEncryption", present),
        _encrypted(
            "BucketEncryption/ServerSideEncryptionConfiguration[position]"
            "/ServerSideEncryptionByDefault/SSEAlgorithm",
            one_of("AES256", "aws:kms", "aws:kms:dsse"),
        ),
        _own_key(
            "BucketEncryption/ServerSideEncryptionConfiguration[position]"
            "/ServerSideEncryptionByDefault/KMSMasterKeyID"
        ),
        Guard(
            Concern.VERSIONING_LOST,
            "VersioningConfiguration/Status",
            "its versions",
            one_of("Enabled"),
        ),
        Guard(Concern.VERSIONING_LOST, "ObjectLockEnabled", "its object lock", on()),
        _replicated("ReplicationConfiguration", present),
        _replicated("ReplicationConfiguration/Rules[Id]/Status", one_of("Enabled")),
        *(
            _private(f"PublicAccessBlockConfiguration/{name}", on(absent=False))
            for name in (
                "BlockPublicAcls",
                "BlockPublicPolicy",
                "IgnorePublicAcls",
                "RestrictPublicBuckets",
            )
        ),
    ),
    "AWS::SNS::Topic": (_own_key("KmsMasterKeyId"),),
    "AWS::SQS::Queue": (
        _own_key("KmsMasterKeyId"),
        _encrypted("SqsManagedSseEnabled", on(absent=True)),
    ),
    "AWS::SecretsManager::Secret": (
        _own_key("KmsKeyId"),
        _replicated("ReplicaRegions[Region]", present, "the secret in another Region"),
    ),
}

#: Types that are nothing but a guard: what is lost when one is removed.
GUARDIANS: Mapping[str, tuple[Concern, str]] = {
    "AWS::Backup::BackupPlan": (Concern.BACKUPS_LOST, "nothing is backed up by it any more"),
    "AWS::Backup::BackupSelection": (Concern.BACKUPS_LOST, "what it selects is not backed up"),
    "AWS::CloudTrail::Trail": (Concern.AUDIT_LOST, "nobody records any more who did what"),
    "AWS::EC2::SnapshotBlockPublicAccess": (
        Concern.PUBLIC_ACCESS,
        "snapshots can be shared with everybody",
    ),
    "AWS::S3::MultiRegionAccessPoint": (Concern.REPLICATION_LOST, "nothing leads to the copies"),
    "AWS::WAFv2::WebACLAssociation": (
        Concern.PUBLIC_ACCESS,
        "what it protected is reached past the firewall",
    ),
}
