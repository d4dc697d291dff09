"""The service-linked role by which Auto Scaling runs the environment's fleets: one of their own.

An account has one that all its groups share, made on first use; a key's policy can name only what is there.
With a suffix it is the environment's, whose key no other fleet of the account may use.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject, Sub
from troposphere.iam import ServiceLinkedRole

from generator.conditions import Conditions
from generator.naming import PREFIX
from generator.settings import Settings

if TYPE_CHECKING:
    from generator.layer import Layer

SERVICE = "autoscaling.amazonaws.com"
SUFFIX = f"{PREFIX}-${{{Settings.environment.name}}}"

#: As an ARN has it, after the service `iam`.
RESOURCE = f"role/aws-service-role/{SERVICE}/AWSServiceRoleForAutoScaling_{SUFFIX}"


def fleet_role(layer: Layer) -> AWSObject:
    """The role itself: IAM is one for all regions, so the primary makes it."""
    return layer.add(
        ServiceLinkedRole(
            "FleetRole",
            AWSServiceName=SERVICE,
            CustomSuffix=layer.sub(SUFFIX),
            Description="Tradewind: what Auto Scaling runs the environment's fleets by",
            **layer.only(Conditions.primary),
        )
    )


def fleet_role_arn(layer: Layer) -> Sub:
    """Its ARN, which is known before the role is."""
    return layer.sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:{RESOURCE}")
