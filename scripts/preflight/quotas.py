"""Quotas that the deploy would exceed: what it adds, beside what the account has already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from scripts import account_quotas as quotas
from scripts.account_quotas import GLOBAL_REGION, Quota
from scripts.checks import Answer, Verdict, judged, passed, refused, warned
from scripts.preflight import counting, machines
from scripts.preflight.ground import Ground, Question, Questions, Reply
from scripts.preflight.limits import Limit
from scripts.preflight.wanted import Resource

#: Lambda keeps so many executions for functions that reserve none.
#: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
UNRESERVED = 100


@dataclass(frozen=True)
class Counted:
    """A quota of resources that are alike: `used` is how many the account has, ours among them."""

    quota: Quota
    types: tuple[str, ...]
    used: Callable[[Ground, str], float]
    weight: Callable[[Resource], int] = lambda _: 1


def enough(counted: Counted, ground: Ground, region: str) -> Reply:
    """What stands of ours is used already; what does not is added to what is used."""
    quota = counted.quota
    wanted = ground.wanted.of(counted.types, "" if quota.global_ else region)
    fresh = ground.missing(tuple(one for one in wanted if counted.weight(one)))
    adds = sum(counted.weight(one) for one in fresh)
    expected = f"room for {adds} more"
    if not adds:
        return Reply(passed("nothing is added", expected))
    where = GLOBAL_REGION if quota.global_ else region
    used = counted.used(ground, where)
    limit = ground.limits.of(quota, where)
    return Reply(_fits(quota, where, used + adds, limit, expected, f"{used:g} used"), fresh)


def _fits(
    quota: Quota, region: str, total: float, limit: Limit, expected: str, basis: str
) -> Answer:
    """Whether a total is within a quota. One that may have been raised unseen refuses nothing."""
    found = f"{basis}, of {limit.value:g}"
    if limit.assumed:
        found += f" (AWS's default: {limit.assumed})"
    remedy = quota.increase(region, int(total))
    if total <= limit.value:
        return passed(found, expected)
    if limit.assumed and quota.code:
        return warned(found, expected, remedy)
    return refused(found, expected, remedy)


def enough_machines(quota: Quota, spot: bool, ground: Ground, region: str) -> Reply:
    """The fleets must fit while they are smallest, or nothing starts; and should when they have grown."""
    demands = {
        fleet: demand
        for fleet in ground.wanted.of([machines.FLEET], region)
        if (demand := machines.demand(ground, fleet, spot=spot)).most
    }
    if not demands:
        return Reply(passed("none is wanted", "none"))
    least = sum(one.least for one in demands.values())
    most = sum(one.most for one in demands.values())
    others = machines.running(ground, region, spot=spot)
    limit = ground.limits.of(quota, region)
    expected = f"{least} for the fleets as they start, {most} as they may grow"
    start = _fits(quota, region, others + least, limit, expected, f"{others} used by others")
    remedy = quota.increase(region, others + most)
    if start.verdict is Verdict.PASSED and others + most > limit.value:
        start = warned(start.found, expected, remedy)
    return Reply(replace(start, remedy=remedy if start.remedy else ""), tuple(demands))


def enough_concurrency(ground: Ground, region: str) -> Reply:
    """All that functions reserve, and what must stay unreserved. New accounts have as few as ten."""
    functions = ground.wanted.of(["AWS::Lambda::Function"], region)
    lambdas = ground.client("lambda", region)
    told = lambdas.call("get_account_settings")["AccountLimit"]
    limit = int(told["ConcurrentExecutions"])
    reserved = limit - int(told["UnreservedConcurrentExecutions"])
    for one in functions:
        if name := ground.standing.identifier(one):
            held = lambdas.call("get_function_concurrency", FunctionName=name)
            reserved -= held.get("ReservedConcurrentExecutions", 0)
    needs = sum(one.number("ReservedConcurrentExecutions") for one in functions)
    total = reserved + needs + UNRESERVED
    beside = f", {reserved} by other functions" if reserved else ""
    answer = judged(
        total <= limit,
        f"{needs} reserved{beside}, of {limit}",
        f"{UNRESERVED} left for functions that reserve none",
        quotas.CONCURRENCY.increase(region, total),
    )
    reserving = tuple(one for one in functions if one.number("ReservedConcurrentExecutions"))
    return Reply(answer, reserving)


def enough_gateways(ground: Ground, region: str) -> Reply:
    """NAT gateways are counted zone by zone; those that are going still count."""
    quota, kind = quotas.NAT_GATEWAYS, "AWS::EC2::NatGateway"
    fresh = ground.missing(ground.wanted.of([kind], region))
    adds = Counter(_zone(ground, one) for one in fresh)
    expected = f"room for {max(adds.values(), default=0)} more in each zone"
    if not adds:
        return Reply(passed("nothing is added", expected))
    used = counting.gateways_by_zone(ground, region)
    fullest = max(adds, key=lambda zone: used[zone] + adds[zone])
    total = used[fullest] + adds[fullest]
    limit = ground.limits.of(quota, region)
    basis = f"{used[fullest]} used in {fullest}"
    return Reply(_fits(quota, region, total, limit, expected, basis), fresh)


def _zone(ground: Ground, gateway: Resource) -> str:
    """The zone of a gateway's subnet, which its stack makes as well."""
    subnet = ground.wanted.beside(gateway, getattr(gateway.properties["SubnetId"], "of", ""))
    return subnet.text("AvailabilityZone") if subnet else "one zone"


def enough_endpoints(ground: Ground, region: str) -> Reply:
    """A VPC of our own has none but ours."""
    quota = quotas.INTERFACE_ENDPOINTS
    wanted = ground.wanted.of(["AWS::EC2::VPCEndpoint"], region)
    ours = tuple(one for one in wanted if one.text("VpcEndpointType") == "Interface")
    limit = ground.limits.of(quota, region)
    expected = f"room for {len(ours)}"
    basis = f"{len(ours)} wanted"
    return Reply(_fits(quota, region, len(ours), limit, expected, basis), ours)


def enough_builds(ground: Ground, region: str) -> Reply:
    """The pipeline builds one thing at a time; a new account may have none at all."""
    quota = quotas.BUILDS
    limit = ground.limits.of(quota, region)
    return Reply(
        _fits(quota, region, 1, limit, "one at least", "1 wanted"),
        ground.wanted.of(["AWS::CodeBuild::Project"], region),
    )


def _gateway_endpoint(one: Resource) -> int:
    return int(one.text("VpcEndpointType") == "Gateway")


def _nodes(one: Resource) -> int:
    """Cache nodes of a cluster, or of a group that replicates."""
    shards = one.number("NumNodeGroups") * (1 + one.number("ReplicasPerNodeGroup"))
    return one.number("NumCacheNodes") or one.number("NumCacheClusters") or shards or 1


def _readers(one: Resource) -> int:
    """A database is one; a scalable number of Aurora's readers may become so many."""
    if one.type == "AWS::RDS::DBInstance":
        return 1
    grows = one.number("MaxCapacity") - one.number("MinCapacity")
    return grows if one.text("ServiceNamespace") == "rds" else 0


def _on_default_bus(one: Resource) -> int:
    return int("EventBusName" not in one.properties)


_EC2, _RDS = "AWS::EC2::", "AWS::RDS::"

COUNTED: tuple[Counted, ...] = (
    Counted(quotas.VPCS, (f"{_EC2}VPC",), counting.vpcs),
    Counted(quotas.INTERNET_GATEWAYS, (f"{_EC2}InternetGateway",), counting.internet_gateways),
    Counted(quotas.ADDRESSES, (f"{_EC2}EIP",), counting.addresses),
    Counted(quotas.SECURITY_GROUPS, (f"{_EC2}SecurityGroup",), counting.security_groups),
    Counted(
        quotas.GATEWAY_ENDPOINTS,
        (f"{_EC2}VPCEndpoint",),
        counting.gateway_endpoints,
        _gateway_endpoint,
    ),
    Counted(quotas.FLEETS, (machines.FLEET,), counting.fleets),
    Counted(quotas.BALANCERS, ("AWS::ElasticLoadBalancingV2::LoadBalancer",), counting.balancers),
    Counted(
        quotas.TARGET_GROUPS,
        ("AWS::ElasticLoadBalancingV2::TargetGroup",),
        counting.target_groups,
    ),
    Counted(
        quotas.DATABASES,
        (f"{_RDS}DBInstance", "AWS::ApplicationAutoScaling::ScalableTarget"),
        counting.databases,
        _readers,
    ),
    Counted(quotas.CLUSTERS, (f"{_RDS}DBCluster",), counting.clusters),
    Counted(quotas.DB_SUBNET_GROUPS, (f"{_RDS}DBSubnetGroup",), counting.db_subnet_groups),
    Counted(quotas.DB_PARAMETER_GROUPS, (f"{_RDS}DBParameterGroup",), counting.db_parameter_groups),
    Counted(
        quotas.CLUSTER_PARAMETER_GROUPS,
        (f"{_RDS}DBClusterParameterGroup",),
        counting.cluster_parameter_groups,
    ),
    Counted(quotas.DB_SUBSCRIPTIONS, (f"{_RDS}EventSubscription",), counting.db_subscriptions),
    Counted(
        quotas.TABLES,
        ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"),
        counting.tables,
    ),
    Counted(
        quotas.CACHE_NODES,
        ("AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup"),
        counting.cache_nodes,
        _nodes,
    ),
    Counted(quotas.SEARCH_DOMAINS, ("AWS::OpenSearchService::Domain",), counting.search_domains),
    Counted(quotas.STACKS, ("AWS::CloudFormation::Stack",), counting.stacks),
    Counted(quotas.RULES, ("AWS::Events::Rule",), counting.rules, _on_default_bus),
    Counted(quotas.CERTIFICATES, ("AWS::CertificateManager::Certificate",), counting.certificates),
    Counted(quotas.LOG_POLICIES, ("AWS::Logs::ResourcePolicy",), counting.log_policies),
    Counted(quotas.TRAILS, ("AWS::CloudTrail::Trail",), counting.trails),
    Counted(quotas.ROLES, ("AWS::IAM::Role", "AWS::IAM::ServiceLinkedRole"), counting.roles),
    Counted(quotas.POLICIES, ("AWS::IAM::ManagedPolicy",), counting.policies),
    Counted(quotas.INSTANCE_PROFILES, ("AWS::IAM::InstanceProfile",), counting.instance_profiles),
    Counted(quotas.BUCKETS, ("AWS::S3::Bucket",), counting.buckets),
    Counted(quotas.HEALTH_CHECKS, ("AWS::Route53::HealthCheck",), counting.health_checks),
    Counted(quotas.DISTRIBUTIONS, ("AWS::CloudFront::Distribution",), counting.distributions),
    Counted(quotas.CACHE_POLICIES, ("AWS::CloudFront::CachePolicy",), counting.cache_policies),
)

CHECKS: Questions = (
    *(
        Question(
            f"quota of {one.quota.name}",
            "account" if one.quota.global_ else "region",
            one.types,
            partial(enough, one),
        )
        for one in COUNTED
    ),
    Question(
        f"quota of {quotas.NAT_GATEWAYS.name}",
        "region",
        ("AWS::EC2::NatGateway",),
        enough_gateways,
    ),
    Question(
        f"quota of {quotas.INTERFACE_ENDPOINTS.name}",
        "region",
        ("AWS::EC2::VPCEndpoint",),
        enough_endpoints,
    ),
    *(
        Question(
            f"quota of {quota.name}",
            "region",
            (machines.FLEET,),
            partial(enough_machines, quota, spot),
        )
        for quota, spot in ((quotas.VCPUS, False), (quotas.SPOT_VCPUS, True))
    ),
    Question(
        f"quota of {quotas.CONCURRENCY.name}",
        "region",
        ("AWS::Lambda::Function",),
        enough_concurrency,
    ),
    Question(
        f"quota of {quotas.BUILDS.name}", "region", ("AWS::CodeBuild::Project",), enough_builds
    ),
)
