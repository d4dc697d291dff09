"""What stands in the VPC's private tier, and reaches AWS from there."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupRule

from generator.functions import Placement
from generator.layer import Input, Layer
from generator.layers.network import Network
from generator.naming import kebab
from generator.zones import in_every_zone


class PrivateTier(Layer):
    """A layer with something in the private tier."""

    vpc_id = Input(Network.vpc_id)
    private_subnet_a = Input(Network.private_subnet_a)
    private_subnet_b = Input(Network.private_subnet_b)
    private_subnet_c = Input(Network.private_subnet_c)

    def placed(
        self, title: str, *leaves: SecurityGroupRule, says: str, **properties: Any
    ) -> Placement:
        """In every zone, in a security group of its own (`<title>Group`) that lets nobody in."""
        group = self.add(
            SecurityGroup(
                f"{title}Group",
                GroupDescription=says,
                VpcId=self.vpc_id,
                SecurityGroupEgress=list(leaves),
                Tags=Tags(Name=self.named(kebab(title))),
                **properties,
            )
        )
        return Placement(self.private_subnets(), [GetAtt(group, "GroupId")])

    def private_subnets(self) -> list[object]:
        """One in each zone."""
        return in_every_zone(
            self, self.private_subnet_a, self.private_subnet_b, self.private_subnet_c
        )
