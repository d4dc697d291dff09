"""The alarms of Search: those that AWS recommends for a domain, and those of what feeds it.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cloudwatch-alarms.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from generator.alarms import (
    Formula,
    Watched,
    above,
    at_least,
    below,
    formula_alarm,
    tier_alarm,
    watched_alarms,
)
from generator.conditions import Conditions
from generator.layers.search_domain import DEDICATED_MASTERS, PURPOSE
from generator.layers.search_feed import feed_alarms
from generator.layers.search_metrics import domain_series
from generator.layers.search_reindexing import reindexing_alarm

if TYPE_CHECKING:
    from troposphere import AWSObject

    from generator.layers.search import Search

AT_ONCE = {"breaches": 1, "periods": 1}
LASTING = {"breaches": 15, "periods": 15}

DOMAIN = (
    Watched(
        "SearchRed",
        "ClusterStatus.red",
        at_least(1, **AT_ONCE),
        "A part of the search index is on no node: searches miss products. See the domain's health; then "
        "start the state machine of the reindexing, which makes it anew from the catalogue.",
    ),
    Watched(
        "SearchYellow",
        "ClusterStatus.yellow",
        at_least(1, breaches=5, periods=5),
        "A part of the search index has no copy: losing a node now loses it. A node or a zone is the usual "
        "reason; else add nodes.",
    ),
    Watched(
        "SearchWritesBlocked",
        "ClusterIndexWritesBlocked",
        at_least(1, breaches=1, periods=5),
        "The search domain takes no changes, for want of storage or memory: products become stale. Raise "
        "search_volume_gib or search_instance_type.",
    ),
    Watched(
        "SearchMemory",
        "JVMMemoryPressure",
        at_least(95),
        "The search domain is short of heap, and will refuse. Read the slow queries; then its type.",
    ),
    Watched(
        "SearchOldMemory",
        "OldGenJVMMemoryPressure",
        at_least(80),
        "Heap of the search domain does not come free. Read the slow queries; then its type.",
    ),
    Watched(
        "SearchCpu",
        "CPUUtilization",
        at_least(80, **LASTING),
        "The search domain is out of CPU: searches become slow. Read the slow queries; then its type.",
        statistic="Average",
    ),
    Watched(
        "SearchLeaderless",
        "MasterReachableFromNode",
        below(1, breaches=1, periods=5),
        "No node leads the search domain: it does nothing. See its health; AWS replaces the node.",
        statistic="Minimum",
    ),
    Watched(
        "SearchKeyError",
        "KMSKeyError",
        at_least(1, **AT_ONCE),
        "The search domain may not use its key: it is closed. Look at the data key, and its policy.",
    ),
    Watched(
        "SearchKeyGone",
        "KMSKeyInaccessible",
        at_least(1, **AT_ONCE),
        "The search domain's key is gone, and with it all that it holds. Make the domain anew.",
    ),
    Watched(
        "SearchSnapshot",
        "AutomatedSnapshotFailure",
        at_least(1, **AT_ONCE),
        "The search domain's hourly snapshot failed. A red cluster is the usual reason.",
    ),
)

MASTERS = (
    Watched(
        "SearchMasterCpu",
        "MasterCPUUtilization",
        at_least(50, **LASTING),
        "The search domain's masters are out of CPU: they may lose the lead. Raise search_master_type.",
        statistic="Average",
        when=Conditions.search_dedicated_masters,
    ),
    Watched(
        "SearchMasterMemory",
        "MasterJVMMemoryPressure",
        at_least(95),
        "The search domain's masters are short of heap: they may lose the lead. Raise search_master_type.",
        when=Conditions.search_dedicated_masters,
    ),
)


def watch(layer: Search) -> AWSObject:
    """Every alarm of the domain and of what feeds it, and one for the tier."""
    return tier_alarm(
        layer,
        "SearchTier",
        [
            *_domain(layer),
            _storage(layer),
            _failing(layer),
            _refusing(layer),
            _nodes(layer),
            *feed_alarms(layer),
            reindexing_alarm(layer),
        ],
        topic=layer.alerts_topic_arn,
        says="Product search needs somebody: see which of the tier's alarms fires.",
    )


def _domain(layer: Search) -> Iterator[AWSObject]:
    domain = partial(domain_series, layer.named_everywhere(PURPOSE))
    return watched_alarms(layer, (*DOMAIN, *MASTERS), domain, topic=layer.alerts_topic_arn)


def _storage(layer: Search) -> AWSObject:
    """The share that is free: how much there is, a setting says."""
    name = layer.named_everywhere(PURPOSE)
    free = domain_series(name, "FreeStorageSpace", "Sum")
    used = domain_series(name, "ClusterUsedSpace", "Maximum")
    return formula_alarm(
        layer,
        "SearchStorage",
        Formula("100 * free / (free + used)", {"free": free, "used": used}),
        below(25),
        topic=layer.alerts_topic_arn,
        says="Less than a quarter of the search domain's storage is free. Raise search_volume_gib.",
    )


def _failing(layer: Search) -> AWSObject:
    name = layer.named_everywhere(PURPOSE)
    failed, asked = (
        domain_series(name, "5xx", "Sum"),
        domain_series(name, "OpenSearchRequests", "Sum"),
    )
    return formula_alarm(
        layer,
        "SearchFailing",
        Formula(
            "IF(asked > 20, 100 * FILL(failed, 0) / asked, 0)", {"failed": failed, "asked": asked}
        ),
        at_least(5),
        topic=layer.alerts_topic_arn,
        says="The search domain fails on one request in twenty, or more. Read its errors' log.",
    )


def _refusing(layer: Search) -> AWSObject:
    """The domain counts from when its nodes started: what is new is the difference."""
    name = layer.named_everywhere(PURPOSE)
    return formula_alarm(
        layer,
        "SearchQueue",
        Formula(
            "DIFF(refused)", {"refused": domain_series(name, "ThreadpoolSearchRejected", "Sum")}
        ),
        above(10),
        topic=layer.alerts_topic_arn,
        says="The search domain turns searches away. Read the slow queries; then add nodes.",
    )


def _nodes(layer: Search) -> AWSObject:
    """The metric counts the masters too, where there are some."""
    return formula_alarm(
        layer,
        "SearchNodeMissing",
        Formula(
            layer.choose(
                Conditions.search_dedicated_masters, f"nodes - {DEDICATED_MASTERS}", "nodes - 0"
            ),
            {"nodes": domain_series(layer.named_everywhere(PURPOSE), "Nodes", "Minimum")},
        ),
        below(layer.settings.search_nodes, breaches=5, periods=5),
        topic=layer.alerts_topic_arn,
        says="A node of the search domain is gone. AWS replaces it; if it does not, see the domain's health.",
    )
