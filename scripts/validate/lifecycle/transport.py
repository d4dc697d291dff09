"""Which TLS policies still keep out what the IETF has deprecated, and which certificate authorities sign."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.validate.lifecycle.rows import Row, Source, listed

PROTOCOL = "TLS protocol"
LOAD_BALANCER = "TLS policy of a load balancer"
CLOUDFRONT = "TLS policy of CloudFront"
OPENSEARCH = "TLS policy of OpenSearch Service"
AUTHORITY = "RDS certificate authority"

#: AWS announces no ends of policies: what allows TLS 1.0 or 1.1 is deprecated since the protocols are.
RFC_8996 = Source("RFC 8996", "https://www.rfc-editor.org/rfc/rfc8996.html")
DEPRECATED = "2021-03"

ELB = Source(
    "Security policies for Application Load Balancers",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html",
)
VIEWERS = Source(
    "Protocols and ciphers between viewers and CloudFront",
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
    "secure-connections-supported-viewer-protocols-ciphers.html",
)
DOMAINS = Source(
    "Infrastructure security in OpenSearch Service",
    "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/infrastructure-security.html",
)
RDS = Source(
    "Certificate authorities of Amazon RDS",
    "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
)

ALLOWING_OLD = {
    PROTOCOL: ("TLSv1", "TLSv1.0", "TLSv1.1"),
    LOAD_BALANCER: (
        "ELBSecurityPolicy-TLS13-1-1-*",
        "ELBSecurityPolicy-TLS13-1-0-*",
        "ELBSecurityPolicy-TLS-1-1-*",
        "ELBSecurityPolicy-TLS-1-0-*",
        "ELBSecurityPolicy-2016-08",
    ),
    CLOUDFRONT: ("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016"),
    OPENSEARCH: ("Policy-Min-TLS-1-0-*",),
}


def rows() -> Iterator[Row]:
    """Every policy's and authority's."""
    for kind, names in ALLOWING_OLD.items():
        yield from listed(kind, RFC_8996, dict.fromkeys(names, DEPRECATED), note="TLS 1.0 or 1.1")
    yield from listed(PROTOCOL, RFC_8996, ("TLSv1.2", "TLSv1.3"))
    yield from listed(
        LOAD_BALANCER,
        ELB,
        (
            "ELBSecurityPolicy-TLS13-1-3-*",
            "ELBSecurityPolicy-TLS13-1-2-*",
            "ELBSecurityPolicy-TLS-1-2-*",
        ),
    )
    yield from listed(
        CLOUDFRONT,
        VIEWERS,
        ("TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"),
    )
    yield from listed(OPENSEARCH, DOMAINS, ("Policy-Min-TLS-1-2-*",))
    yield from listed(
        AUTHORITY, RDS, ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
    )
