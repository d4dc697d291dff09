"""Shield Advanced for what no region owns: a layer that is there by toggle."""

from __future__ import annotations

from troposphere import Sub, Tags
from troposphere.shield import ProtectionGroup

from generator.conditions import Conditions
from generator.layer import Handoff, Input, Layer, Where
from generator.layers.delivery import Delivery
from generator.layers.dns import Dns
from generator.layers.shield import protection


class EdgeShield(Layer):
    """Shield Advanced protections of the distribution and the hosted zone, and the group of them all."""

    condition = Conditions.shield_advanced

    distribution_id = Input(Delivery.distribution_id)
    primary_check_id = Handoff(Dns.primary_health_check_id, of=Where.PRIMARY)

    def build(self) -> None:
        self.distribution()
        self.hosted_zone()
        self.everything()

    def distribution(self) -> None:
        """With the check that the shop's own name follows, Shield tells an attack from a busy day."""
        check = Sub(
            "arn:${AWS::Partition}:route53:::healthcheck/${Check}", Check=self.primary_check_id
        )
        arn = Sub(
            "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Id}",
            Id=self.distribution_id,
        )
        protection(self, "DistributionShield", "distribution", arn, HealthCheckArns=[check])

    def hosted_zone(self) -> None:
        """One zone serves both regions, so it is protected here."""
        arn = Sub(
            "arn:${AWS::Partition}:route53:::hostedzone/${Zone}", Zone=self.settings.hosted_zone_id
        )
        protection(self, "HostedZoneShield", "hosted-zone", arn)

    def everything(self) -> None:
        """An attack on several at once is one attack. They share their traffic unevenly, hence the maximum.

        https://docs.aws.amazon.com/waf/latest/developerguide/ddos-protection-groups.html
        """
        self.add(
            ProtectionGroup(
                "ShopShield",
                ProtectionGroupId=self.named_everywhere("shop"),
                Aggregation="MAX",
                Pattern="ALL",
                Tags=Tags(Name=self.named_everywhere("shop")),
            )
        )
