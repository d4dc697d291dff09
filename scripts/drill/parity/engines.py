"""Versions of what keeps data, as they run: one may not read what the other wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.drill.parity.readings import GONE, Comparison, Reading, told
from scripts.drill.parity.sides import Side

REPLICATION_GROUP = "AWS::ElastiCache::ReplicationGroup"
CACHE_CLUSTER = "AWS::ElastiCache::CacheCluster"
DOMAIN = "AWS::OpenSearchService::Domain"


def databases(side: Side) -> Reading:
    """The orders database: a cluster of Aurora, an instance of RDS or its replica; or there is none."""
    id = side.output("OrdersDatabaseId")
    if not id:
        return {}
    client = side.client("rds")
    if ":cluster:" in side.output("DatabaseArn"):
        answer = told(client, "describe_db_clusters", DBClusterIdentifier=id)
        return {"orders": _version(answer, "DBClusters")}
    answer = told(client, "describe_db_instances", DBInstanceIdentifier=id)
    return {"orders": _version(answer, "DBInstances")}


def caches(side: Side) -> Reading:
    """Of nodes: a replication group does not tell its version."""
    client = side.client("elasticache")
    clusters = side.of(CACHE_CLUSTER)
    for path, id in side.of(REPLICATION_GROUP).items():
        group = told(client, "describe_replication_groups", ReplicationGroupId=id)
        clusters[path] = group["ReplicationGroups"][0]["MemberClusters"][0] if group else id
    return {
        path: _version(told(client, "describe_cache_clusters", CacheClusterId=id), "CacheClusters")
        for path, id in clusters.items()
    }


def searches(side: Side) -> Reading:
    """Of the domain of product search."""
    client = side.client("opensearch")
    answers = {
        path: told(client, "describe_domain", DomainName=name)
        for path, name in side.of(DOMAIN).items()
    }
    return {
        path: GONE if answer is None else str(answer["DomainStatus"]["EngineVersion"])
        for path, answer in answers.items()
    }


def _version(answer: Mapping[str, Any] | None, key: str) -> str:
    if answer is None or not answer[key]:
        return GONE
    found = answer[key][0]
    return f"{found['Engine']} {found['EngineVersion']}"


_REMEDY = "Bring the older one up, the standby first: set its version in the template and deploy."

ENGINES = (
    Comparison("databases", "rds:DescribeDBInstances", _REMEDY, databases),
    Comparison("caches", "elasticache:DescribeCacheClusters", _REMEDY, caches),
    Comparison("search", "opensearch:DescribeDomain", _REMEDY, searches),
)
