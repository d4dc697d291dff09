"""Log groups: under our key, for as long as the environment keeps logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, Ref, Sub
from troposphere.logs import LogGroup

if TYPE_CHECKING:
    from generator.layer import Layer


def log_group(
    layer: Layer, title: str, name: object, *, key_arn: object, **properties: Any
) -> AWSObject:
    """A log group that goes with its stack, and stays where it is merely replaced.

    A service that finds no group makes one itself, for ever and under no key of ours: so whoever logs is made
    after its group. `properties` win over what is usual.
    """
    usual = {"DeletionPolicy": "Delete", "UpdateReplacePolicy": "Retain"}
    return layer.add(
        LogGroup(
            title,
            LogGroupName=name,
            KmsKeyId=key_arn,
            RetentionInDays=layer.settings.log_retention_days,
            **{**usual, **properties},
        )
    )


def bare_arn(group: AWSObject) -> Sub:
    """The group's ARN without the `:*` that CloudFormation's own has: services that deliver want it so."""
    return Sub(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}",
        Group=Ref(group),
    )


def log_name(layer: Layer, purpose: str) -> Sub:
    """The group's name, for whoever does not prescribe another."""
    return Sub("/tradewind/${Name}", Name=layer.named(purpose))
