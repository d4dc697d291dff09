"""S2: in transit."""

from __future__ import annotations

from tests.coverage.claims import EDGE, ON_RDS, PRIMARY, Claim, Every, Some, row
from tests.coverage.contents import Holds, Item, Refers
from tests.coverage.expectations import Given, OneOf
from tests.coverage.rows.names import (
    BUCKET_POLICY,
    CERTIFICATE,
    DB_CLUSTER,
    DB_INSTANCE,
    LISTENER,
    TARGET_GROUP,
)

DISTRIBUTION = "AWS::CloudFront::Distribution"
SEARCH = "AWS::OpenSearchService::Domain"

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
                "SubjectAlternativeNames": Holds("{region}.origin.shop.{domain}"),
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
            {"ConfigParameters": Item({"ParameterKey": "require_ssl", "ParameterValue": "true"})},
        ),
    ),
    Claim(
        "buckets refuse what comes in the clear",
        denied_in_the_clear(BUCKET_POLICY, "PolicyDocument"),
    ),
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
    Claim(
        "queues refuse what comes in the clear",
        denied_in_the_clear("AWS::SQS::QueuePolicy", "PolicyDocument"),
        PRIMARY,
    ),
    Claim(
        "topics refuse what comes in the clear",
        denied_in_the_clear("AWS::SNS::TopicPolicy", "PolicyDocument"),
    ),
)
