"""The AWS APIs that the shop calls, reached inside the VPC: a layer that is there by toggle."""

from __future__ import annotations

from troposphere import Ref, Sub, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupRule, VPCEndpoint

from generator.conditions import Conditions
from generator.layers.private_tier import PrivateTier
from generator.security import HTTPS, nothing_leaves, over_tcp

#: What the fleet and the functions call by name of the PrivateLink service.
APIS = ("secretsmanager", "kms", "logs", "monitoring", "sqs", "events", "states", "ssm")


class PrivateLink(PrivateTier):
    """Interface endpoints of AWS APIs, and the one door to them."""

    condition = Conditions.interface_endpoints

    def build(self) -> None:
        self.door()
        for api in APIS:
            self.endpoint(api)

    def door(self) -> None:
        self.door_group = self.add(
            SecurityGroup(
                "EndpointDoor",
                GroupDescription="HTTPS from inside the VPC to the interface endpoints",
                VpcId=self.vpc_id,
                SecurityGroupIngress=[
                    SecurityGroupRule(
                        CidrIp=self.settings.vpc_cidr,
                        **over_tcp(HTTPS, "HTTPS from inside the VPC"),
                    )
                ],
                SecurityGroupEgress=[nothing_leaves()],
                Tags=Tags(Name=self.named("endpoints")),
            )
        )

    def endpoint(self, api: str) -> None:
        self.add(
            VPCEndpoint(
                f"{api.title()}Endpoint",
                VpcEndpointType="Interface",
                ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{api}"),
                VpcId=self.vpc_id,
                SubnetIds=self.private_subnets(),
                SecurityGroupIds=[Ref(self.door_group)],
                PrivateDnsEnabled=True,
            )
        )
