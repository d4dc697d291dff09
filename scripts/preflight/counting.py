"""How many of a thing an account has in a region, whoever made them; of a global one, in the region given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from scripts.preflight.ground import Ground

Count = Callable[[Ground, str], float]

#: A NAT gateway in these states counts.
#: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
_COUNTING = [{"Name": "state", "Values": ["pending", "available", "deleting"]}]


def _listed(service: str, operation: str, key: str, **asked: Any) -> Count:
    """The length of a list that has pages."""

    def count(ground: Ground, region: str) -> float:
        return sum(1 for _ in ground.client(service, region).pages(operation, key, **asked))

    return count


def _told(service: str, operation: str, key: str, **asked: Any) -> Count:
    """The length of a list that comes whole."""

    def count(ground: Ground, region: str) -> float:
        return len(ground.client(service, region).call(operation, **asked).get(key, ()))

    return count


def _summed(key: str) -> Count:
    """What IAM says of itself."""

    def count(ground: Ground, region: str) -> float:
        summary = ground.client("iam", region).call("get_account_summary")["SummaryMap"]
        return float(summary[key])

    return count


vpcs = _listed("ec2", "describe_vpcs", "Vpcs")
internet_gateways = _listed("ec2", "describe_internet_gateways", "InternetGateways")
addresses = _told("ec2", "describe_addresses", "Addresses")
security_groups = _listed("ec2", "describe_security_groups", "SecurityGroups")
gateway_endpoints = _listed(
    "ec2",
    "describe_vpc_endpoints",
    "VpcEndpoints",
    Filters=[{"Name": "vpc-endpoint-type", "Values": ["Gateway"]}],
)
fleets = _listed("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups")
target_groups = _listed("elbv2", "describe_target_groups", "TargetGroups")
databases = _listed("rds", "describe_db_instances", "DBInstances")
clusters = _listed("rds", "describe_db_clusters", "DBClusters")
db_subnet_groups = _listed("rds", "describe_db_subnet_groups", "DBSubnetGroups")
db_parameter_groups = _listed("rds", "describe_db_parameter_groups", "DBParameterGroups")
cluster_parameter_groups = _listed(
    "rds", "describe_db_cluster_parameter_groups", "DBClusterParameterGroups"
)
db_subscriptions = _listed("rds", "describe_event_subscriptions", "EventSubscriptionsList")
tables = _listed("dynamodb", "list_tables", "TableNames")
search_domains = _told("opensearch", "list_domain_names", "DomainNames")
stacks = _listed("cloudformation", "describe_stacks", "Stacks")
rules = _listed("events", "list_rules", "Rules")
certificates = _listed("acm", "list_certificates", "CertificateSummaryList")
log_policies = _listed("logs", "describe_resource_policies", "resourcePolicies")
#: A trail of many Regions has a shadow in each, which counts there.
trails = _told("cloudtrail", "describe_trails", "trailList", includeShadowTrails=True)
roles = _summed("Roles")
policies = _summed("Policies")
instance_profiles = _listed("iam", "list_instance_profiles", "InstanceProfiles")
buckets = _listed("s3", "list_buckets", "Buckets")
health_checks = _listed("route53", "list_health_checks", "HealthChecks")


def balancers(ground: Ground, region: str) -> float:
    """Application Load Balancers; the other kinds have quotas of their own."""
    found = ground.client("elbv2", region).pages("describe_load_balancers", "LoadBalancers")
    return sum(1 for one in found if one["Type"] == "application")


def cache_nodes(ground: Ground, region: str) -> float:
    """Each cluster has some."""
    found = ground.client("elasticache", region).pages("describe_cache_clusters", "CacheClusters")
    return sum(int(one.get("NumCacheNodes", 1)) for one in found)


def distributions(ground: Ground, region: str) -> float:
    """Of all pages: CloudFront's lists lie one level deeper than others."""
    client, total, marker = ground.client("cloudfront", region), 0, ""
    while True:
        page = client.call("list_distributions", Marker=marker)["DistributionList"]
        total += int(page["Quantity"])
        if not page["IsTruncated"]:
            return total
        marker = page["NextMarker"]


def cache_policies(ground: Ground, region: str) -> float:
    """The account's own, which one page holds; AWS's do not count."""
    told = ground.client("cloudfront", region).call("list_cache_policies", Type="custom")
    return float(told["CachePolicyList"]["Quantity"])


def gateways_by_zone(ground: Ground, region: str) -> Counter[str]:
    """NAT gateways of each zone."""
    client = ground.client("ec2", region)
    zones = {
        one["SubnetId"]: one["AvailabilityZone"]
        for one in client.pages("describe_subnets", "Subnets")
    }
    found = client.pages("describe_nat_gateways", "NatGateways", Filters=_COUNTING)
    return Counter(zones.get(one.get("SubnetId", ""), "") for one in found)
