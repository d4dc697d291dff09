"""Memcached for prices: what may be forgotten at any time, and is asked for all the time."""

from __future__ import annotations

from functools import partial

from troposphere import GetAtt, Tags
from troposphere.elasticache import CacheCluster

from generator.alarms import Watched, above, tier_alarm, watched_alarms
from generator.caches import MAINTENANCE_WINDOW, CacheLayer, node_series
from generator.conditions import Conditions
from generator.dashboards import Chart, Line
from generator.layer import Layer, Output

ENGINE_VERSION, FAMILY = "1.6.22", "memcached1.6"

#: Not Memcached's own; consumers read it from the layer's output.
PORT = 11212

#: Seconds after which a connection that nobody has used ends.
PARAMETERS = {"idle_timeout": "3600"}

MIB = 1024**2

WATCHED = (
    Watched(
        "PriceCpu",
        "CPUUtilization",
        above(80, breaches=5, periods=5),
        "A node of the price cache is out of CPU. Raise price_cache_nodes.",
    ),
    Watched(
        "PriceMemory",
        "SwapUsage",
        above(50 * MIB, breaches=5, periods=5),
        "A node of the price cache swaps: prices become slow. Raise price_cache_node_type.",
    ),
    Watched(
        "PriceEvictions",
        "Evictions",
        above(5000, breaches=5, periods=5),
        "The price cache is too small for the prices: the database is asked instead. Raise "
        "price_cache_nodes.",
        statistic="Sum",
    ),
    Watched(
        "PriceConnections",
        "CurrConnections",
        above(50_000),
        "A node of the price cache is near the 65,000 connections that it takes. See whether the fleet "
        "scaled, or leaks them.",
    ),
)


class Prices(CacheLayer):
    """The price cache.

    Memcached writes nothing to a disk, and knows no users: TLS and the security group are its doors.
    """

    condition = Conditions.price_cache

    price_endpoint = Output(
        example="tradewind-dev-prices.abc123.cfg.use1.cache.amazonaws.com",
        help="Of auto discovery, which knows the nodes.",
    )
    price_port = Output(example=str(PORT))
    prices_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-prices-tier-us-east-1"
    )

    def build(self) -> None:
        self.nodes()
        self.alarms()

    def nodes(self) -> None:
        """It goes with its stack: Memcached has no snapshots."""
        name = self.named_everywhere("prices")
        cache = self.add(
            CacheCluster(
                "PriceNodes",
                ClusterName=name,
                Engine="memcached",
                EngineVersion=ENGINE_VERSION,
                CacheNodeType=self.settings.price_cache_node_type,
                NumCacheNodes=self.settings.price_cache_nodes,
                AZMode="cross-az",
                Port=PORT,
                CacheSubnetGroupName=self.subnets("prices"),
                VpcSecurityGroupIds=[GetAtt(self.door("prices", PORT), "GroupId")],
                CacheParameterGroupName=self.parameters("prices", FAMILY, PARAMETERS),
                TransitEncryptionEnabled=True,
                PreferredMaintenanceWindow=MAINTENANCE_WINDOW,
                AutoMinorVersionUpgrade=True,
                Tags=Tags(Name=self.named("prices")),
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Delete",
            )
        )
        self.price_endpoint = GetAtt(cache, "ConfigurationEndpoint.Address")
        self.price_port = str(PORT)

    def alarms(self) -> None:
        nodes = partial(node_series, self.named_everywhere("prices"))
        alarms = watched_alarms(self, WATCHED, nodes, topic=self.alerts_topic_arn)
        tier = tier_alarm(
            self,
            "PricesTier",
            list(alarms),
            topic=self.alerts_topic_arn,
            says="The price cache needs somebody: see which of the tier's alarms fires.",
        )
        self.prices_alarm_arn = GetAtt(tier, "Arn")


def price_chart(layer: Layer) -> Chart:
    """How often a price is there; empty where there is no cache."""
    name = layer.named_everywhere("prices")
    return Chart(
        "Price cache",
        (
            Line(node_series(name, "GetHits", "Sum"), "hits"),
            Line(node_series(name, "GetMisses", "Sum"), "misses"),
        ),
    )
