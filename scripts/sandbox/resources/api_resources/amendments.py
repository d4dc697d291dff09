"""Resource types that ministack has and that we put right, by what they do otherwise than AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scripts.sandbox.resources.api_resources import (
    alarms,
    buckets,
    cache_users,
    clusters,
    domains,
    governance,
    keys,
    pipelines,
    secrets,
    tables,
    target_groups,
)
from scripts.sandbox.resources.handlers import Handler

AMENDMENTS: Mapping[str, Callable[[Handler], Handler]] = {
    "AWS::CloudWatch::Alarm": alarms.alarm,
    "AWS::CodePipeline::Pipeline": lambda _none: pipelines.pipeline(),
    "AWS::DynamoDB::GlobalTable": tables.global_table,
    "AWS::DynamoDB::Table": tables.table,
    "AWS::ElastiCache::User": cache_users.user,
    "AWS::ElasticLoadBalancingV2::TargetGroup": target_groups.target_group,
    "AWS::KMS::Key": keys.key,
    "AWS::OpenSearchService::Domain": domains.domain,
    "AWS::RDS::DBCluster": clusters.db_cluster,
    "AWS::RDS::DBInstance": clusters.db_instance,
    "AWS::S3::Bucket": buckets.bucket,
    "AWS::SecretsManager::RotationSchedule": lambda _none: secrets.rotation_schedule(),
    "AWS::SecretsManager::Secret": secrets.secret,
}
"""Type to what makes its handler of ministack's own; of an empty one for a type it lacks."""

SEAMS = (
    *governance.SEAMS,
    alarms.ALARMS,
    clusters.ATTACH_TO_GLOBAL,
    clusters.CLUSTERS,
    clusters.GLOBAL_CLUSTERS,
    clusters.INSTANCES,
    domains.DOMAINS,
    secrets.RESOLVE_SECRET,
)
