"""What a service acts for when it uses a key or a bucket by itself: ARNs of what a later root makes."""

from __future__ import annotations

from troposphere import Sub

from generator.territory import NAMES


def distributions() -> Sub:
    """Any CloudFront distribution of the account: edge comes later, so its id cannot be named here."""
    return Sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/*")


def trails() -> Sub:
    """The environment's trail: the account root makes it later.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    return Sub(f"arn:${{AWS::Partition}}:cloudtrail:*:${{AWS::AccountId}}:trail/{NAMES}*")
