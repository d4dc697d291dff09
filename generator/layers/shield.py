"""Shield Advanced for what a region shows to the internet: a layer that is there by toggle."""

from __future__ import annotations

from troposphere import AWSObject, NoValue, Ref, Sub, Tags
from troposphere.shield import Protection, ProtectionGroup

from generator.conditions import Condition, Conditions
from generator.layer import Input, Layer
from generator.layers.dns import Dns
from generator.layers.front_door import FrontDoor
from generator.layers.network import Network


class Shield(Layer):
    """Shield Advanced protections of the load balancer, the egress addresses and the hosted zone.

    The subscription is no CloudFormation type: it must be there, or these fail.
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
        self.hosted_zone()
        self.region_as_one()

    def load_balancer(self) -> None:
        """With the region's health check, Shield tells an attack from a busy day; engagement needs it."""
        check = Sub("arn:${AWS::Partition}:route53:::healthcheck/${Id}", Id=self.check_id)
        self.balancer = self.protection(
            "LoadBalancerShield", "load-balancer", self.alb_arn, HealthCheckArns=[check]
        )

    @property
    def check_id(self) -> Ref:
        return self.endpoint_health_check_id

    def egress_addresses(self) -> None:
        addresses: tuple[tuple[str, Ref, Condition | None], ...] = (
            ("a", self.nat_allocation_a, None),
            ("b", self.nat_allocation_b, Conditions.nat_per_zone),
            ("c", self.nat_allocation_c, Conditions.nat_in_third_zone),
        )
        for zone, allocation, condition in addresses:
            self.protection(
                f"EgressShield{zone.upper()}",
                f"egress-{zone}",
                self.address(allocation),
                **self.only(condition),
            )

    def hosted_zone(self) -> None:
        """One zone serves both regions: the primary's stack protects it."""
        self.protection(
            "HostedZoneShield",
            "hosted-zone",
            Sub(
                "arn:${AWS::Partition}:route53:::hostedzone/${Zone}",
                Zone=self.settings.hosted_zone_id,
            ),
            Condition=self.when(Conditions.primary),
        )

    def region_as_one(self) -> None:
        """Shield judges the region's resources by the busiest: they share no traffic with each other."""
        self.add(
            ProtectionGroup(
                "RegionShield",
                ProtectionGroupId=self.named("region"),
                Aggregation="MAX",
                Pattern="ARBITRARY",
                Members=[
                    self.alb_arn,
                    self.address(self.nat_allocation_a),
                    self.choose(
                        Conditions.nat_per_zone, self.address(self.nat_allocation_b), NoValue
                    ),
                    self.choose(
                        Conditions.nat_in_third_zone, self.address(self.nat_allocation_c), NoValue
                    ),
                ],
                Tags=Tags(Name=self.named("region")),
                DependsOn=[self.balancer.title, "EgressShieldA"],
            )
        )

    def protection(
        self, title: str, purpose: str, resource_arn: object, **properties: object
    ) -> AWSObject:
        return self.add(
            Protection(
                title,
                Name=self.named(purpose),
                ResourceArn=resource_arn,
                Tags=Tags(Name=self.named(purpose)),
                **properties,
            )
        )

    def address(self, allocation: Ref) -> Sub:
        return Sub(
            "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:eip-allocation/${Allocation}",
            Allocation=allocation,
        )
