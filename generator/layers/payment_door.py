"""The way into the payments API: an endpoint in the VPC, and the group of those who may come to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awacs import execute_api
from awacs.aws import Allow, Statement
from troposphere import AWSObject, GetAtt, NoValue, Sub, Tags
from troposphere.ec2 import (
    SecurityGroup,
    SecurityGroupEgress,
    SecurityGroupRule,
    VPCEndpoint,
)

from generator.resource_policies import policy, this_account
from generator.security import HTTPS, nothing_leaves, over_tcp

if TYPE_CHECKING:
    from generator.layers.payment_requests import PaymentRequests


#: A group without ingress rules lets nobody in.
NOBODY: list[SecurityGroupRule] = []


@dataclass(frozen=True)
class Door:
    """The endpoint, and the group that opens it."""

    endpoint: AWSObject
    clients: AWSObject


def door(layer: PaymentRequests) -> Door:
    """Whoever is in the clients' group reaches the endpoint; nobody else does."""
    clients = _group(layer, "PaymentClients", "Whoever asks for payments", NOBODY)
    group = _group(
        layer,
        "PaymentDoor",
        "The endpoint of the payments API",
        [
            SecurityGroupRule(
                SourceSecurityGroupId=GetAtt(clients, "GroupId"),
                **over_tcp(HTTPS, "HTTPS from whoever asks for payments"),
            )
        ],
    )
    layer.add(
        SecurityGroupEgress(
            "ToPayments",
            GroupId=GetAtt(clients, "GroupId"),
            DestinationSecurityGroupId=GetAtt(group, "GroupId"),
            **over_tcp(HTTPS, "The payments API"),
        )
    )
    return Door(_endpoint(layer, group), clients)


def _group(
    layer: PaymentRequests, title: str, says: str, lets_in: list[SecurityGroupRule]
) -> AWSObject:
    return layer.add(
        SecurityGroup(
            title,
            GroupDescription=says,
            VpcId=layer.vpc_id,
            SecurityGroupIngress=lets_in or NoValue,
            SecurityGroupEgress=[nothing_leaves()],
            Tags=Tags(Name=layer.named("payments")),
        )
    )


def _endpoint(layer: PaymentRequests, group: AWSObject) -> AWSObject:
    """Without private DNS: it would lead every API of the VPC's callers here, whoever's it is."""
    ours = Statement(
        Effect=Allow,
        Principal=this_account(),
        Action=[execute_api.Invoke],
        Resource=[
            Sub(
                "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:*/${Stage}/POST/*",
                Stage=layer.named("payments"),
            )
        ],
    )
    return layer.add(
        VPCEndpoint(
            "PaymentsEndpoint",
            VpcEndpointType="Interface",
            ServiceName=Sub("com.amazonaws.${AWS::Region}.execute-api"),
            VpcId=layer.vpc_id,
            SubnetIds=layer.private_subnets(),
            SecurityGroupIds=[GetAtt(group, "GroupId")],
            PrivateDnsEnabled=False,
            PolicyDocument=policy(ours),
            Tags=Tags(Name=layer.named("payments")),
        )
    )
