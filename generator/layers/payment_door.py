"""The way into the payments API: an endpoint in the VPC, and the group of those who may come to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from awacs import execute_api
from awacs.aws import Allow, PolicyDocument, Principal, Statement
from troposphere import AWSObject, GetAtt, NoValue, Sub, Tags
from troposphere.ec2 import (
    SecurityGroup,
    SecurityGroupEgress,
    SecurityGroupRule,
    VPCEndpoint,
)

from generator.conditions import Conditions
from generator.security import nothing_leaves

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
                IpProtocol="tcp",
                FromPort=443,
                ToPort=443,
                SourceSecurityGroupId=GetAtt(clients, "GroupId"),
                Description="HTTPS from whoever asks for payments",
            )
        ],
    )
    layer.add(
        SecurityGroupEgress(
            "ToPayments",
            GroupId=GetAtt(clients, "GroupId"),
            DestinationSecurityGroupId=GetAtt(group, "GroupId"),
            IpProtocol="tcp",
            FromPort=443,
            ToPort=443,
            Description="The payments API",
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
            SecurityGroupIngress=lets_in,
            SecurityGroupEgress=[nothing_leaves()],
            Tags=Tags(Name=layer.named("payments")),
        )
    )


def _endpoint(layer: PaymentRequests, group: AWSObject) -> AWSObject:
    """Without private DNS: it would lead every API of the VPC's callers here, whoever's it is."""
    account = "${AWS::AccountId}"
    ours = Statement(
        Effect=Allow,
        Principal=Principal("AWS", Sub(f"arn:${{AWS::Partition}}:iam::{account}:root")),
        Action=[execute_api.Invoke],
        Resource=[
            Sub(
                f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:{account}:*/${{Stage}}/POST/*",
                Stage=layer.named("payments"),
            )
        ],
    )
    third = layer.choose(Conditions.third_zone, layer.private_subnet_c, NoValue)
    return layer.add(
        VPCEndpoint(
            "PaymentsEndpoint",
            VpcEndpointType="Interface",
            ServiceName=Sub("com.amazonaws.${AWS::Region}.execute-api"),
            VpcId=layer.vpc_id,
            SubnetIds=[layer.private_subnet_a, layer.private_subnet_b, third],
            SecurityGroupIds=[GetAtt(group, "GroupId")],
            PrivateDnsEnabled=False,
            PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[ours]),
            Tags=Tags(Name=layer.named("payments")),
        )
    )
