"""The AWS APIs that the shop calls, reached inside the VPC: a layer that is there by toggle."""

from __future__ import annotations

from troposphere import NoValue, Ref, Sub, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupRule, VPCEndpoint

from generator.conditions import Conditions
from generator.layer import Input, Layer
from generator.layers.network import Network
from generator.security import nothing_leaves

#: What the fleet and the functions call by name of the PrivateLink service.
APIS = ("secretsmanager", "kms", "logs", "monitoring", "sqs", "events", "states", "ssm")


class PrivateLink(Layer):
    """Interface endpoints of AWS APIs, and the one door to them."""

    condition = Conditions.interface_endpoints

    vpc_id = Input(Network.vpc_id)
    private_subnet_a = Input(Network.private_subnet_a)
    private_subnet_b = Input(Network.private_subnet_b)
    private_subnet_c = Input(Network.private_subnet_c)

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
                        IpProtocol="tcp",
                        FromPort=443,
                        ToPort=443,
                        CidrIp=self.settings.vpc_cidr,
                        Description="HTTPS from inside the VPC",
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
                SubnetIds=[
                    self.private_subnet_a,
                    self.private_subnet_b,
                    self.choose(Conditions.third_zone, self.private_subnet_c, NoValue),
                ],
                SecurityGroupIds=[Ref(self.door_group)],
                PrivateDnsEnabled=True,
            )
        )
