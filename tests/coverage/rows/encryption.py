"""S1 to S3: keys, TLS, the database."""

from __future__ import annotations

from tests.coverage.claims import EDGE, ON_RDS, PAIR, PRIMARY, STANDBY, Claim, Every, Some, row
from tests.coverage.expectations import Absent, AtLeast, Given, Holds, Item, OneOf, Refers
from tests.coverage.rows.types import (
    ALIAS,
    ARTIFACTS_KEY,
    BUCKET,
    BUCKET_POLICY,
    CERTIFICATE,
    DATA_KEY,
    DB_CLUSTER,
    DB_INSTANCE,
    FUNCTION,
    GLOBAL_TABLE,
    KEY,
    LISTENER,
    LOAD_BALANCER,
    LOG_GROUP,
    LOGS_KEY,
    PEER_DATA_KEY,
    QUEUE,
    REPLICA_KEY,
    SECRET,
    SECRETS_KEY,
    TARGET_GROUP,
    TOPIC,
    key,
)

#: Any of ours: which one is the matter of the layer.
ANY_KEY = Refers(KEY, REPLICA_KEY)
SSE = "BucketEncryption.ServerSideEncryptionConfiguration[*].ServerSideEncryptionByDefault"
DISTRIBUTION = "AWS::CloudFront::Distribution"
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
            Some(BUCKET, {"BucketName": name, f"{SSE}.SSEAlgorithm": "aws:kms",
                          f"{SSE}.KMSMasterKeyID": expected}, times=1),
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
    Claim("what functions are told", Every(FUNCTION, {"KmsKeyArn": ANY_KEY},
                                           where={"Environment.Variables": Given()})),
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

#: Both TLS policies of 2021 and what came after them.
MODERN = OneOf(
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
)


def denied_in_the_clear(type: str, document: str) -> Every:
    """A resource policy that denies what comes without TLS."""
    return Every(
        type,
        {
            f"{document}.Statement": Item(
                {"Effect": "Deny", "Principal": "*", "Condition.Bool.aws:SecureTransport": "false"}
            )
        },
    )


S2 = row(
    "S2",
    "in transit: TLS via ACM",
    Claim(
        "the origin's certificate is validated by DNS",
        Some(
            CERTIFICATE,
            {
                "ValidationMethod": "DNS",
                "DomainName": "origin.shop.{domain}",
                "SubjectAlternativeNames": Holds("*.origin.shop.{domain}"),
                "DomainValidationOptions[*].HostedZoneId": Given(),
            },
            times=1,
        ),
    ),
    Claim(
        "the load balancer speaks HTTPS only, by a policy of TLS 1.3, with that certificate",
        Every(
            LISTENER,
            {
                "Port": 443,
                "Protocol": "HTTPS",
                "SslPolicy": MODERN,
                "Certificates[*].CertificateArn": Refers(CERTIFICATE),
            },
        ),
    ),
    Claim(
        "and HTTPS to the fleet",
        Every(
            TARGET_GROUP,
            {"Protocol": "HTTPS", "HealthCheckProtocol": "HTTPS"},
            where={"TargetType": "instance"},
        ),
    ),
    Claim(
        "CloudFront redirects HTTP, and has TLS 1.2 of 2021 or newer",
        Every(
            DISTRIBUTION,
            {
                "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy": "redirect-to-https",
                "DistributionConfig.CacheBehaviors[*].ViewerProtocolPolicy": OneOf(
                    "redirect-to-https", "https-only"
                ),
                "DistributionConfig.ViewerCertificate.MinimumProtocolVersion": OneOf(
                    "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"
                ),
                "DistributionConfig.ViewerCertificate.AcmCertificateArn": Refers(CERTIFICATE),
                "DistributionConfig.ViewerCertificate.SslSupportMethod": "sni-only",
            },
        ),
        EDGE,
    ),
    Claim(
        "CloudFront asks the origin over HTTPS, by TLS 1.2",
        Every(
            DISTRIBUTION,
            {
                "DistributionConfig.Origins": Item(
                    {
                        "DomainName": "origin.shop.{domain}",
                        "CustomOriginConfig.OriginProtocolPolicy": "https-only",
                        "CustomOriginConfig.OriginSSLProtocols": ["TLSv1.2"],
                    }
                )
            },
        ),
        EDGE,
    ),
    Claim(
        "the database, on Aurora",
        Every(
            "AWS::RDS::DBClusterParameterGroup",
            {
                "Parameters[rds.force_ssl]": 1,
                "Parameters.ssl_min_protocol_version": OneOf("TLSv1.2", "TLSv1.3"),
            },
        ),
    ),
    Claim(
        "the database, on RDS",
        Every(
            "AWS::RDS::DBParameterGroup",
            {
                "Parameters[rds.force_ssl]": 1,
                "Parameters.ssl_min_protocol_version": OneOf("TLSv1.2", "TLSv1.3"),
            },
        ),
        ON_RDS,
    ),
    Claim(
        "which each database uses",
        Every(DB_CLUSTER, {"DBClusterParameterGroupName": Refers("orders/ClusterParameters")}),
    ),
    Claim(
        "which each instance uses",
        Every(DB_INSTANCE, {"DBParameterGroupName": Refers("orders/InstanceParameters")}),
        ON_RDS,
    ),
    Claim(
        "the session cache",
        Every(
            "AWS::ElastiCache::ReplicationGroup",
            {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "required"},
        ),
    ),
    Claim(
        "the price cache",
        Every("AWS::ElastiCache::CacheCluster", {"TransitEncryptionEnabled": True}),
    ),
    Claim(
        "search",
        Every(
            SEARCH,
            {
                "DomainEndpointOptions.EnforceHTTPS": True,
                "DomainEndpointOptions.TLSSecurityPolicy": OneOf(
                    "Policy-Min-TLS-1-2-PFS-2023-10", "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08"
                ),
                "NodeToNodeEncryptionOptions.Enabled": True,
            },
        ),
    ),
    Claim(
        "the warehouse",
        Every(
            "AWS::RedshiftServerless::Workgroup",
            {
                "ConfigParameters": Item(
                    {"ParameterKey": "require_ssl", "ParameterValue": "true"}
                )
            },
        ),
    ),
    Claim("buckets refuse what comes in the clear", denied_in_the_clear(BUCKET_POLICY, "PolicyDocument")),
    Claim(
        "buckets refuse old TLS",
        Every(
            BUCKET_POLICY,
            {
                "PolicyDocument.Statement": Item(
                    {"Effect": "Deny", "Condition.NumericLessThan.s3:TlsVersion": "1.2"}
                )
            },
        ),
    ),
    Claim("queues refuse what comes in the clear", denied_in_the_clear("AWS::SQS::QueuePolicy", "PolicyDocument"), PRIMARY),
    Claim("topics refuse what comes in the clear", denied_in_the_clear("AWS::SNS::TopicPolicy", "PolicyDocument")),
)

ENCRYPTED = {"StorageEncrypted": True, "KmsKeyId": DATA_KEY}

S3 = row(
    "S3",
    "RDS with encryption for transactional data",
    Claim("the Aurora cluster, in both regions", Every(DB_CLUSTER, ENCRYPTED)),
    Claim(
        "the global database",
        Every("AWS::RDS::GlobalCluster", {"StorageEncrypted": True}),
        PRIMARY,
    ),
    Claim(
        "the RDS writer",
        Some(DB_INSTANCE, {"DBInstanceIdentifier": "tradewind-prod-orders-{region}", **ENCRYPTED}),
        ON_RDS.at("primary"),
    ),
    Claim(
        "its replica across the regions, under that region's key",
        Every(DB_INSTANCE, {"SourceDBInstanceIdentifier": Given(), "KmsKeyId": DATA_KEY}),
        ON_RDS.at("standby"),
    ),
    Claim(
        "copies of its backups, under the other region's key",
        Some(DB_INSTANCE, {"AutomaticBackupReplicationKmsKeyId": PEER_DATA_KEY}, times=1),
        ON_RDS.at("primary"),
    ),
)
