"""What AWS's services put into a bucket, or read from it, by themselves: each for this account alone."""

from __future__ import annotations

from collections.abc import Sequence

from awacs import s3
from awacs.aws import (
    Action,
    Allow,
    ArnLike,
    ConditionElement,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import Ref, Sub

from generator.buckets import bucket_title
from generator.grants import all_of
from generator.service_sources import distributions, trails
from generator.territory import NAMES

#: A delivery that leaves the bucket's owner in command of the object.
OURS_TO_READ = StringEquals("s3:x-amz-acl", "bucket-owner-full-control")


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
    *conditions: ConditionElement,
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


def _arn(purpose: str, rest: str = "") -> Sub:
    return Sub(f"${{{bucket_title(purpose)}.Arn}}{rest}")


def _inside(purpose: str, objects: str = "*") -> Sub:
    return _arn(purpose, f"/{objects}")
