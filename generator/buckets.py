"""The S3 buckets of a region: versioned, private, under our keys, each ageing by its own rules.

A bucket's policy refuses what is not TLS 1.2 and what asks for another key than the bucket's own, and lets in
the services that deliver to it by themselves (`generator.bucket_deliveries`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from awacs import s3
from awacs.aws import Null, NumericLessThan, Statement, StringNotEquals
from troposphere import AWSObject, GetAtt, Ref, Sub
from troposphere.s3 import (
    Bucket,
    BucketEncryption,
    BucketPolicy,
    EventBridgeConfiguration,
    LoggingConfiguration,
    NotificationConfiguration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from generator.bucket_lifecycles import Ageing
from generator.conditions import condition_of
from generator.naming import pascal
from generator.resource_policies import IN_THE_CLEAR, policy, refuse
from generator.territory import NAMES

if TYPE_CHECKING:
    from generator.layer import Layer


def bucket_name(purpose: str, region: str = "${AWS::Region}") -> Sub:
    """`tradewind-<environment>-<purpose>-<account>-<region>`; `region` may be the peer's."""
    return Sub(f"{NAMES}{purpose}-${{AWS::AccountId}}-{region}")


def bucket_title(purpose: str) -> str:
    """Its logical id."""
    return f"{pascal(purpose.replace('-', '_'))}Bucket"


def private_bucket(
    layer: Layer,
    purpose: str,
    ageing: Ageing,
    *,
    key_arn: object | None,
    logged_to: AWSObject | None,
    lets_in: Sequence[Statement] = (),
    holds: bool = False,
    digests: bool = False,
    **properties: Any,
) -> AWSObject:
    """A bucket `<Purpose>Bucket` and its policy. Give `Condition=` and it goes to both.

    Without a key it is under S3's own (SSE-S3). `lets_in` are the Allows of services that deliver to it or
    read it, besides what IAM policies grant.

    With `holds` it has Object Lock: nothing is locked by itself, but a version can be put on legal hold. What
    server access logs or AWS Config go to may not have it.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-deliverychannel.html

    With `digests` it also takes what asks for S3's own key: CloudTrail's digests do, whatever the trail's.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
    """
    title = bucket_title(purpose)
    if logged_to is not None:
        properties["LoggingConfiguration"] = LoggingConfiguration(
            DestinationBucketName=Ref(logged_to), LogFilePrefix=f"s3/{purpose}/"
        )
        properties["DependsOn"] = f"{logged_to.title}Policy"
    if holds:
        properties["ObjectLockEnabled"] = True
    bucket = layer.add(
        Bucket(
            title,
            BucketName=bucket_name(purpose),
            BucketEncryption=BucketEncryption(
                ServerSideEncryptionConfiguration=[_encryption(key_arn)]
            ),
            LifecycleConfiguration=ageing.configuration(),
            OwnershipControls=OwnershipControls(
                Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
            ),
            NotificationConfiguration=NotificationConfiguration(
                EventBridgeConfiguration=EventBridgeConfiguration(EventBridgeEnabled=True)
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
            PolicyDocument=policy(*lets_in, *_refusals(bucket, key_arn, digests)),
            **condition_of(properties),
        )
    )
    return bucket


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


def _refusals(bucket: AWSObject, key_arn: object | None, digests: bool) -> Iterator[Statement]:
    """Nobody, whatever is allowed elsewhere: not in the clear, not on old TLS, not under a foreign key.

    A request that names no key gets the bucket's own. The negated operators hold for a header that is absent
    as well, hence `Null`.
    """
    everything = [GetAtt(bucket, "Arn"), Sub(f"${{{bucket.title}.Arn}}/*")]
    yield refuse("InTheClear", [s3.Action("*")], everything, IN_THE_CLEAR)
    yield refuse("OldTls", [s3.Action("*")], everything, [NumericLessThan("s3:TlsVersion", "1.2")])
    if key_arn is None:
        return
    ours = ["aws:kms", "AES256"] if digests else "aws:kms"
    for sid, header, right in (
        ("OtherEncryption", "s3:x-amz-server-side-encryption", ours),
        ("OtherKey", "s3:x-amz-server-side-encryption-aws-kms-key-id", key_arn),
    ):
        other = [Null(header, "false"), StringNotEquals(header, right)]
        yield refuse(sid, [s3.PutObject], everything[1:], other)
