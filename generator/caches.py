"""What every cache stands on: the data tier's subnets, and a door for the fleet alone."""

from __future__ import annotations

from troposphere import AWSObject, GetAtt, Ref, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupEgress, SecurityGroupRule
from troposphere.elasticache import ParameterGroup, SubnetGroup

from generator.alarms import Series
from generator.layer import Input
from generator.layers.alerts import Alerts
from generator.layers.data_tier import DataTier
from generator.layers.front_door import FrontDoor
from generator.layers.network import Network
from generator.security import nothing_leaves, over_tcp

#: UTC.
MAINTENANCE_WINDOW = "sun:04:00-sun:05:00"


class CacheLayer(DataTier):
    """A layer with a cache of ElastiCache.

    ElastiCache writes to no encrypted topic, and there is none in the clear here: what it would tell, the
    alarms tell. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ElastiCacheSNS.html
    """

    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    vpc_id = Input(Network.vpc_id)
    fleet_security_group_id = Input(FrontDoor.fleet_security_group_id)

    def door(self, purpose: str, port: int) -> AWSObject:
        """The fleet comes in, and nothing goes out; the fleet is let out to it here, too."""
        group = self.add(
            SecurityGroup(
                "CacheGroup",
                GroupDescription=f"The cache of {purpose}, for the fleet of the shop alone",
                VpcId=self.vpc_id,
                SecurityGroupIngress=[
                    SecurityGroupRule(
                        SourceSecurityGroupId=self.fleet_security_group_id,
                        **over_tcp(port, f"The fleet, for {purpose}"),
                    )
                ],
                SecurityGroupEgress=[nothing_leaves()],
                Tags=Tags(Name=self.named(purpose)),
            )
        )
        self.add(
            SecurityGroupEgress(
                "FleetToCache",
                GroupId=self.fleet_security_group_id,
                DestinationSecurityGroupId=GetAtt(group, "GroupId"),
                **over_tcp(port, f"The cache of {purpose}"),
            )
        )
        return group

    def subnets(self, purpose: str) -> Ref:
        """One in each zone of the data tier."""
        group = self.add(
            SubnetGroup(
                "CacheSubnets",
                CacheSubnetGroupName=self.named(purpose),
                Description="The data tier",
                SubnetIds=self.data_subnets(),
                Tags=Tags(Name=self.named(purpose)),
            )
        )
        return Ref(group)

    def parameters(self, purpose: str, family: str, values: dict[str, str]) -> Ref:
        """The engine's parameters; those not named are AWS's."""
        group = self.add(
            ParameterGroup(
                "CacheParameters",
                CacheParameterGroupFamily=family,
                Description=f"Tradewind: {purpose}",
                Properties=values,
                Tags=Tags(Name=self.named(purpose)),
            )
        )
        return Ref(group)


def node_series(cluster: object, metric: str, statistic: str) -> Series:
    """What ElastiCache publishes of a cluster: a node of a replication group is one, too."""
    return Series("AWS/ElastiCache", metric, {"CacheClusterId": cluster}, statistic)
