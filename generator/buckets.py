"""The S3 buckets of a region: versioned, private, under our keys, each ageing by its own rules.

A bucket's policy refuses what is not TLS 1.2 and what asks for another key than the bucket's own, and lets in
the services that deliver to it by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from awacs import s3
from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    Bool,
    Condition,
    Deny,
    Null,
    NumericLessThan,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
    StringNotEquals,
)
from troposphere import AWSObject, GetAtt, Ref, Sub
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    EventBridgeConfiguration,
    LifecycleConfiguration,
    LifecycleRule,
    LifecycleRuleTransition,
    LoggingConfiguration,
    NoncurrentVersionExpiration,
    NotificationConfiguration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from generator.grants import all_of
from generator.keys import distributions, trails
from generator.naming import pascal
from generator.territory import NAMES

if TYPE_CHECKING:
    from generator.layer import Layer

#: Days after which an upload that was never completed is thrown away.
ABANDONED_AFTER = 7

#: A delivery that leaves the bucket's owner in command of the object.
OURS_TO_READ = StringEquals("s3:x-amz-acl", "bucket-owner-full-control")


@dataclass(frozen=True)
class Ageing:
    """How objects grow old, in days. `moves` are (days, storage class); `ends` is None for what stays."""

    moves: tuple[tuple[int, str], ...] = ()
    ends: int | None = None
    old_versions_end: int = 90


#: The shop reads images at any time, so they never leave the classes that answer at once.
SERVED = Ageing(moves=((30, "STANDARD_IA"), (120, "GLACIER_IR")))
#: Kept for ever: what analytics was fed with can be fed again.
EXPORTED = Ageing(moves=((30, "STANDARD_IA"), (90, "GLACIER")))
#: A year, of which the last three months are at hand (PCI DSS 4.0, 10.5.1).
LOGGED = Ageing(moves=((30, "STANDARD_IA"), (90, "GLACIER")), ends=400)
#: A release is never deleted by its age: what a deployed stack refers to may be old.
RELEASED = Ageing(old_versions_end=30)


def bucket_name(purpose: str, region: str = "${AWS::Region}") -> Sub:
    """`tradewind-<environment>-<purpose>-<account>-<region>`; `region` may be the peer's."""
    return Sub(f"{NAMES}{purpose}-${{AWS::AccountId}}-{region}")


def private_bucket(
    layer: Layer,
    purpose: str,
    ageing: Ageing,
    *,
    key_arn: object | None,
    logged_to: AWSObject | None,
    lets_in: Sequence[Statement] = (),
    tells_events: bool = False,
    **properties: Any,
) -> AWSObject:
    """A bucket `<Purpose>Bucket` and its policy. Give `Condition=` and it goes to both.

    Without a key it is under S3's own (SSE-S3). `lets_in` are the Allows of services that deliver to it or
    read it, besides what IAM policies grant.
    """
    title = _title(purpose)
    conditional = {"Condition": properties["Condition"]} if "Condition" in properties else {}
    if logged_to is not None:
        properties["LoggingConfiguration"] = LoggingConfiguration(
            DestinationBucketName=Ref(logged_to), LogFilePrefix=f"s3/{purpose}/"
        )
        properties["DependsOn"] = f"{logged_to.title}Policy"
    if tells_events:
        properties["NotificationConfiguration"] = NotificationConfiguration(
            EventBridgeConfiguration=EventBridgeConfiguration(EventBridgeEnabled=True)
        )
    bucket = layer.add(
        Bucket(
            title,
            BucketName=bucket_name(purpose),
            BucketEncryption=BucketEncryption(
                ServerSideEncryptionConfiguration=[_encryption(key_arn)]
            ),
            LifecycleConfiguration=LifecycleConfiguration(Rules=_rules(ageing)),
            OwnershipControls=OwnershipControls(
                Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
            ),
            PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
                BlockPublicAcls=True,
                BlockPublicPolicy=True,
                IgnorePublicAcls=True,
                RestrictPublicBuckets=True,
            ),
            VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            **properties,
        )
    )
    layer.add(
        BucketPolicy(
            f"{title}Policy",
            Bucket=Ref(bucket),
            PolicyDocument=PolicyDocument(
                Version="2012-10-17", Statement=[*lets_in, *_refusals(bucket, key_arn)]
            ),
            **conditional,
        )
    )
    return bucket


def cloudfront_reads(purpose: str) -> Statement:
    """Origin access control: the account's distributions, whichever edge will make, get objects.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    return _service(
        "CloudFrontReads", "cloudfront", [s3.GetObject], [_inside(purpose)], distributions()
    )


def logs_are_delivered(purpose: str) -> list[Statement]:
    """CloudWatch's log delivery: what services hand to it, CloudFront among them.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    """
    source = Sub("arn:${AWS::Partition}:logs:*:${AWS::AccountId}:*")
    return [
        _service("DeliveryLooks", "delivery.logs", [s3.GetBucketAcl], [_arn(purpose)], source),
        _service("DeliveryWrites", "delivery.logs", [s3.PutObject], [_inside(purpose)], source),
    ]


def trail_is_delivered(purpose: str) -> list[Statement]:
    """The environment's CloudTrail trail, its digests included.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    logs = _inside(purpose, "AWSLogs/${AWS::AccountId}/CloudTrail*")
    return [
        _service("TrailLooks", "cloudtrail", [s3.GetBucketAcl], [_arn(purpose)], trails()),
        _service("TrailWrites", "cloudtrail", [s3.PutObject], [logs], trails(), OURS_TO_READ),
    ]


def configuration_is_delivered(purpose: str) -> list[Statement]:
    """AWS Config's history and snapshots; it names the account that it acts for, and no resource.

    https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    """
    look = [s3.GetBucketAcl, s3.ListBucket]
    history = _inside(purpose, "AWSLogs/${AWS::AccountId}/Config/*")
    return [
        _service("ConfigLooks", "config", look, [_arn(purpose)], None),
        _service("ConfigWrites", "config", [s3.PutObject], [history], None, OURS_TO_READ),
    ]


def load_balancers_log(purpose: str) -> Statement:
    """Access logs of the region's load balancers, below any prefix.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    return _service(
        "LoadBalancersLog",
        "logdelivery.elasticloadbalancing",
        [s3.PutObject],
        [
            _inside(purpose, "AWSLogs/${AWS::AccountId}/*"),
            _inside(purpose, "*/AWSLogs/${AWS::AccountId}/*"),
        ],
        Sub("arn:${AWS::Partition}:elasticloadbalancing:*:${AWS::AccountId}:loadbalancer/*"),
    )


def buckets_log(purpose: str) -> Statement:
    """Server access logs of the environment's other buckets.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    return _service(
        "BucketsLog",
        "logging.s3",
        [s3.PutObject],
        [_inside(purpose, "s3/*")],
        Sub(f"arn:${{AWS::Partition}}:s3:::{NAMES}*"),
        StringEquals("aws:SourceAccount", Ref("AWS::AccountId")),
    )


def _service(
    sid: str,
    service: str,
    actions: Sequence[Action],
    resources: Sequence[Sub],
    source: Sub | None,
    *conditions: Any,
) -> Statement:
    """A service that acts for a resource of this account: `source`, the pattern of its ARN, names it.

    Without one it is a service that names the account alone.
    """
    acting = (
        StringEquals("aws:SourceAccount", Ref("AWS::AccountId"))
        if source is None
        else ArnLike("aws:SourceArn", source)
    )
    return Statement(
        Sid=sid,
        Effect=Allow,
        Principal=Principal("Service", f"{service}.amazonaws.com"),
        Action=list(actions),
        Resource=list(resources),
        Condition=all_of(acting, *conditions),
    )


def _title(purpose: str) -> str:
    return f"{pascal(purpose.replace('-', '_'))}Bucket"


def _arn(purpose: str, rest: str = "") -> Sub:
    return Sub(f"${{{_title(purpose)}.Arn}}{rest}")


def _inside(purpose: str, objects: str = "*") -> Sub:
    return _arn(purpose, f"/{objects}")


def _encryption(key_arn: object | None) -> ServerSideEncryptionRule:
    if key_arn is None:
        return ServerSideEncryptionRule(
            ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        )
    return ServerSideEncryptionRule(
        BucketKeyEnabled=True,
        ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(
            SSEAlgorithm="aws:kms", KMSMasterKeyID=key_arn
        ),
    )


def _rules(ageing: Ageing) -> list[LifecycleRule]:
    optional: dict[str, Any] = {}
    if ageing.ends is not None:
        optional["ExpirationInDays"] = ageing.ends
    if ageing.moves:
        optional["Transitions"] = [
            LifecycleRuleTransition(TransitionInDays=days, StorageClass=storage)
            for days, storage in ageing.moves
        ]
    return [
        LifecycleRule(
            Id="Age",
            Status="Enabled",
            AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(
                DaysAfterInitiation=ABANDONED_AFTER
            ),
            NoncurrentVersionExpiration=NoncurrentVersionExpiration(
                NoncurrentDays=ageing.old_versions_end
            ),
            **optional,
        )
    ]


def _refusals(bucket: AWSObject, key_arn: object | None) -> list[Statement]:
    """Nobody, whatever is allowed elsewhere: not in the clear, not on old TLS, not under a foreign key.

    A request that names no key gets the bucket's own. The negated operators hold for a header that is absent
    as well, hence `Null`.
    """
    everything = [GetAtt(bucket, "Arn"), Sub(f"${{{bucket.title}.Arn}}/*")]
    refusals = [
        _refuse("InTheClear", [s3.Action("*")], everything, Bool("aws:SecureTransport", "false")),
        _refuse("OldTls", [s3.Action("*")], everything, NumericLessThan("s3:TlsVersion", "1.2")),
    ]
    if key_arn is not None:
        for sid, header, right in (
            ("OtherEncryption", "s3:x-amz-server-side-encryption", "aws:kms"),
            ("OtherKey", "s3:x-amz-server-side-encryption-aws-kms-key-id", key_arn),
        ):
            refusals.append(
                _refuse(
                    sid,
                    [s3.PutObject],
                    everything[1:],
                    Null(header, "false"),
                    StringNotEquals(header, right),
                )
            )
    return refusals


def _refuse(
    sid: str, actions: Sequence[Action], resources: Sequence[object], *conditions: Any
) -> Statement:
    return Statement(
        Sid=sid,
        Effect=Deny,
        Principal=Principal("*"),
        Action=list(actions),
        Resource=list(resources),
        Condition=Condition(list(conditions)),
    )
