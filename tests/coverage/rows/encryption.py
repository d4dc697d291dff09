"""S1: keys, and everything that is encrypted under them."""

from __future__ import annotations

from tests.coverage.claims import ON_RDS, PAIR, PRIMARY, STANDBY, Claim, Every, Some, row
from tests.coverage.contents import Refers
from tests.coverage.expectations import Given
from tests.coverage.rows.names import (
    ALIAS,
    ARTIFACTS_KEY,
    BUCKET,
    DATA_KEY,
    DB_INSTANCE,
    FUNCTION,
    GLOBAL_TABLE,
    KEY,
    LOAD_BALANCER,
    LOG_GROUP,
    LOGS_KEY,
    PEER_DATA_KEY,
    QUEUE,
    REPLICA_KEY,
    SECRET,
    SECRETS_KEY,
    TOPIC,
    key,
)

#: Any of ours: which one is the matter of the layer.
ANY_KEY = Refers(KEY, REPLICA_KEY)
SSE = "BucketEncryption.ServerSideEncryptionConfiguration[*].ServerSideEncryptionByDefault"
SEARCH = "AWS::OpenSearchService::Domain"


def a_key_for(domain: str) -> Claim:
    """A domain's key in the primary: it rotates, and is of several regions."""
    return Claim(
        f"a key for {domain.lower()} that rotates, and is of several regions",
        Some(
            ALIAS,
            {
                "AliasName": f"alias/tradewind-{{environment}}-{domain.lower()}",
                "TargetKeyId": Refers(f"foundation/{domain}Key"),
                "TargetKeyId->EnableKeyRotation": True,
                "TargetKeyId->MultiRegion": True,
            },
            times=1,
        ),
        PRIMARY,
    )


def a_replica_for(domain: str) -> Claim:
    """The same key in the standby, as its replica."""
    return Claim(
        f"its replica for {domain.lower()} in the standby",
        Some(
            ALIAS,
            {
                "AliasName": f"alias/tradewind-{{environment}}-{domain.lower()}",
                "TargetKeyId": Refers(f"foundation/{domain}ReplicaKey"),
                "TargetKeyId->PrimaryKeyArn": Refers(f"foundation/{domain}Key", region="{primary}"),
            },
            times=1,
        ),
        STANDBY,
    )


DOMAINS = ("Data", "Logs", "Secrets", "Artifacts")

S1 = row(
    "S1",
    "at rest: KMS",
    *(a_key_for(domain) for domain in DOMAINS),
    *(a_replica_for(domain) for domain in DOMAINS),
    Claim("every key rotates", Every(KEY, {"EnableKeyRotation": True}), PRIMARY),
    *(
        Claim(
            f"the bucket for {purpose} is encrypted with that key",
            Some(
                BUCKET,
                {
                    "BucketName": name,
                    f"{SSE}.SSEAlgorithm": "aws:kms",
                    f"{SSE}.KMSMasterKeyID": expected,
                },
                times=1,
            ),
        )
        for purpose, name, expected in (
            ("images", "tradewind-{environment}-images-{account}-{region}", DATA_KEY),
            ("exports", "tradewind-{environment}-exports-{account}-{region}", DATA_KEY),
            ("logs", "tradewind-{environment}-logs-{account}-{region}", LOGS_KEY),
            ("artifacts", "tradewind-{environment}-artifacts-{account}-{region}", ARTIFACTS_KEY),
        )
    ),
    Claim(
        "the load balancer's access logs are the one exception: SSE-S3, which is all it can write",
        Some(BUCKET, {f"{SSE}.SSEAlgorithm": "AES256"}, times=1),
    ),
    Claim(
        "and they go to that bucket",
        Every(
            LOAD_BALANCER,
            {
                "LoadBalancerAttributes[Key=access_logs.s3.bucket].Value": Refers(
                    "foundation/AccessLogsBucket"
                )
            },
        ),
    ),
    Claim(
        "global tables, in each region with its own key",
        Every(
            GLOBAL_TABLE,
            {
                "SSESpecification.SSEEnabled": True,
                "SSESpecification.SSEType": "KMS",
                "Replicas[Region={region}].SSESpecification.KMSMasterKeyId": DATA_KEY,
                "Replicas[Region={peer}].SSESpecification.KMSMasterKeyId": PEER_DATA_KEY,
            },
        ),
        PRIMARY,
    ),
    Claim(
        "the takeover's table",
        Every(
            "AWS::DynamoDB::Table",
            {"SSESpecification.SSEEnabled": True, "SSESpecification.KMSMasterKeyId": DATA_KEY},
        ),
        STANDBY,
    ),
    Claim("log groups", Every(LOG_GROUP, {"KmsKeyId": LOGS_KEY})),
    Claim("queues", Every(QUEUE, {"KmsMasterKeyId": ANY_KEY}), PRIMARY),
    Claim("topics", Every(TOPIC, {"KmsMasterKeyId": ANY_KEY})),
    Claim("secrets", Every(SECRET, {"KmsKeyId": SECRETS_KEY}), PRIMARY),
    Claim(
        "disks of instances",
        Every(
            "AWS::EC2::LaunchTemplate",
            {
                "LaunchTemplateData.BlockDeviceMappings[*].Ebs.Encrypted": True,
                "LaunchTemplateData.BlockDeviceMappings[*].Ebs.KmsKeyId": DATA_KEY,
            },
        ),
    ),
    Claim(
        "what functions are told",
        Every(FUNCTION, {"KmsKeyArn": ANY_KEY}, where={"Environment.Variables": Given()}),
    ),
    Claim("backups", Every("AWS::Backup::BackupVault", {"EncryptionKeyArn": DATA_KEY})),
    Claim(
        "performance insights",
        Every(DB_INSTANCE, {"PerformanceInsightsKMSKeyId": DATA_KEY}),
        (PAIR, ON_RDS),
    ),
    Claim(
        "the search domain",
        Every(
            SEARCH,
            {
                "EncryptionAtRestOptions.Enabled": True,
                "EncryptionAtRestOptions.KmsKeyId": DATA_KEY,
            },
        ),
    ),
    Claim(
        "the session cache",
        Every(
            "AWS::ElastiCache::ReplicationGroup",
            {"AtRestEncryptionEnabled": True, "KmsKeyId": DATA_KEY},
        ),
    ),
    Claim("the warehouse", Every("AWS::RedshiftServerless::Namespace", {"KmsKeyId": DATA_KEY})),
    Claim(
        "the stream of orders to the warehouse",
        Every(
            "AWS::KinesisFirehose::DeliveryStream",
            {
                "DeliveryStreamEncryptionConfigurationInput.KeyType": "CUSTOMER_MANAGED_CMK",
                "DeliveryStreamEncryptionConfigurationInput.KeyARN": DATA_KEY,
            },
        ),
    ),
    Claim("the event bus", Every("AWS::Events::EventBus", {"KmsKeyIdentifier": ANY_KEY})),
    Claim(
        "workflows",
        Every(
            "AWS::StepFunctions::StateMachine",
            {
                "EncryptionConfiguration.Type": "CUSTOMER_MANAGED_KMS_KEY",
                "EncryptionConfiguration.KmsKeyId": ANY_KEY,
            },
        ),
    ),
    Claim("the trail", Every("AWS::CloudTrail::Trail", {"KMSKeyId": key("Logs")}), PRIMARY),
)
