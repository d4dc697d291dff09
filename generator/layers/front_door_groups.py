"""Who may reach the load balancer, and the fleet behind it: CloudFront and Route 53's checkers, no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Ref, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupIngress, SecurityGroupRule

from generator.layers.front_door_targets import FLEET_PORT
from generator.security import HTTPS, https_leaves, over_tcp

if TYPE_CHECKING:
    from generator.layers.front_door import FrontDoor


@dataclass(frozen=True)
class Groups:
    """The security group of the fleet, and those of the load balancer."""

    fleet: AWSObject
    doors: tuple[AWSObject, ...]


def groups(layer: FrontDoor) -> Groups:
    """Two groups at the load balancer: the two prefix lists together exceed one group's 60 rules."""
    fleet = layer.add(
        SecurityGroup(
            "FleetGroup",
            GroupDescription="Instances of the shop, served by the load balancer only",
            VpcId=layer.vpc_id,
            SecurityGroupEgress=[https_leaves("AWS APIs and package repositories, over HTTPS")],
            Tags=Tags(Name=layer.named("fleet")),
        )
    )
    cloudfront, checkers = layer.cloudfront_addresses, layer.health_checker_addresses
    return Groups(
        fleet,
        (
            _door(layer, fleet, "CloudFrontDoor", cloudfront, "HTTPS from CloudFront"),
            _door(layer, fleet, "HealthCheckerDoor", checkers, "HTTPS from the health checkers"),
        ),
    )


def _door(layer: FrontDoor, fleet: AWSObject, title: str, addresses: Ref, says: str) -> AWSObject:
    """In from these addresses, and on to the fleet; the fleet takes it from there."""
    door = layer.add(
        SecurityGroup(
            title,
            GroupDescription=f"{says}, and on to the fleet",
            VpcId=layer.vpc_id,
            SecurityGroupIngress=[
                SecurityGroupRule(SourcePrefixListId=addresses, **over_tcp(HTTPS, says))
            ],
            SecurityGroupEgress=[
                SecurityGroupRule(
                    DestinationSecurityGroupId=GetAtt(fleet, "GroupId"),
                    **over_tcp(FLEET_PORT, "To the fleet"),
                )
            ],
            Tags=Tags(Name=layer.named(title.lower())),
        )
    )
    layer.add(
        SecurityGroupIngress(
            f"FleetBehind{title}",
            GroupId=GetAtt(fleet, "GroupId"),
            SourceSecurityGroupId=GetAtt(door, "GroupId"),
            **over_tcp(FLEET_PORT, says),
        )
    )
    return door
