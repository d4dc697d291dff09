"""Where CloudFront fetches what it has not: load balancers, buckets, and groups of two of them."""

from __future__ import annotations

from troposphere import Ref, Sub
from troposphere.cloudfront import (
    CustomOriginConfig,
    Origin,
    OriginCustomHeader,
    OriginGroup,
    OriginGroupFailoverCriteria,
    OriginGroupMember,
    OriginGroupMembers,
    OriginGroups,
    S3OriginConfig,
    StatusCodes,
)

from generator.dynamic_references import secret_field
from generator.layers.front_door_rules import ORIGIN_HEADER

#: An origin is given up after ten seconds without a connection: a read has time left for the other one.
ATTEMPTS, SECONDS_EACH = 2, 5

#: Answers after which a read is tried at the other member of its group; no connection counts as well.
FAILURES = (500, 502, 503, 504)


def load_balancer(id: str, name: Ref, secret_arn: Sub) -> Origin:
    """Over TLS, with the origin secret, which is resolved in the stack's own region."""
    secret = secret_field(secret_arn, "current")
    return Origin(
        Id=id,
        DomainName=name,
        ConnectionAttempts=ATTEMPTS,
        ConnectionTimeout=SECONDS_EACH,
        CustomOriginConfig=CustomOriginConfig(
            HTTPSPort=443,
            OriginProtocolPolicy="https-only",
            OriginSSLProtocols=["TLSv1.2"],
            OriginReadTimeout=30,
            OriginKeepaliveTimeout=30,
        ),
        OriginCustomHeaders=[OriginCustomHeader(HeaderName=ORIGIN_HEADER, HeaderValue=secret)],
    )


def bucket(id: str, name: Ref, region: Ref, access_control_id: object) -> Origin:
    """By the name that leads to the bucket's own region, with signed requests."""
    return Origin(
        Id=id,
        DomainName=Sub("${Bucket}.s3.${Region}.${AWS::URLSuffix}", Bucket=name, Region=region),
        ConnectionAttempts=ATTEMPTS,
        ConnectionTimeout=SECONDS_EACH,
        OriginAccessControlId=access_control_id,
        S3OriginConfig=S3OriginConfig(OriginAccessIdentity=""),
    )


def groups(**members: tuple[str, str]) -> OriginGroups:
    """Groups by name: the second origin is asked where the first fails. CloudFront does so for reads only.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    """
    return OriginGroups(
        Quantity=len(members), Items=[_group(id, pair) for id, pair in members.items()]
    )


def _group(id: str, pair: tuple[str, str]) -> OriginGroup:
    return OriginGroup(
        Id=id,
        FailoverCriteria=OriginGroupFailoverCriteria(
            StatusCodes=StatusCodes(Items=list(FAILURES), Quantity=len(FAILURES))
        ),
        Members=OriginGroupMembers(
            Items=[OriginGroupMember(OriginId=origin) for origin in pair], Quantity=len(pair)
        ),
    )
