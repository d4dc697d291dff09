"""Shield Advanced for what a region shows to the internet: a layer that is there by toggle."""

from __future__ import annotations

from typing import Any

from troposphere import Ref, Sub, Tags
from troposphere.shield import Protection

from generator.conditions import Condition, Conditions
from generator.layer import Input, Layer
from generator.layers.dns import Dns
from generator.layers.front_door import FrontDoor
from generator.layers.network import Network


class Shield(Layer):
    """Shield Advanced protections of the load balancer and the egress addresses.

    The subscription is no CloudFormation type: it must be there, or these fail. What no region owns, the
    edge protects.
    """

    condition = Conditions.shield_advanced

    alb_arn = Input(FrontDoor.alb_arn)
    endpoint_health_check_id = Input(Dns.endpoint_health_check_id)
    nat_allocation_a = Input(Network.nat_allocation_a)
    nat_allocation_b = Input(Network.nat_allocation_b)
    nat_allocation_c = Input(Network.nat_allocation_c)

    def build(self) -> None:
        self.load_balancer()
        self.egress_addresses()

    def load_balancer(self) -> None:
        """With the region's health check, Shield tells an attack from a busy day; engagement needs it."""
        check = Sub(
            "arn:${AWS::Partition}:route53:::healthcheck/${Check}",
            Check=self.endpoint_health_check_id,
        )
        protection(
            self, "LoadBalancerShield", "load-balancer", self.alb_arn, HealthCheckArns=[check]
        )

    def egress_addresses(self) -> None:
        addresses: tuple[tuple[str, Ref, Condition | None], ...] = (
            ("a", self.nat_allocation_a, None),
            ("b", self.nat_allocation_b, Conditions.nat_per_zone),
            ("c", self.nat_allocation_c, Conditions.nat_in_third_zone),
        )
        for zone, allocation, condition in addresses:
            protection(
                self,
                f"EgressShield{zone.upper()}",
                f"egress-{zone}",
                self.address(allocation),
                **self.only(condition),
            )

    def address(self, allocation: Ref) -> Sub:
        return Sub(
            "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:eip-allocation/${Allocation}",
            Allocation=allocation,
        )


def protection(
    layer: Layer, title: str, purpose: str, resource_arn: object, **properties: Any
) -> None:
    """Shield Advanced's protection of one resource."""
    layer.add(
        Protection(
            title,
            Name=layer.named(purpose),
            ResourceArn=resource_arn,
            Tags=Tags(Name=layer.named(purpose)),
            **properties,
        )
    )
