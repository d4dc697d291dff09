"""Reads what a drill plays with: the platform's outputs in both regions, Route 53, the load balancers.

Everything that is asked of the primary is asked here, before anything is touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from generator.environments import Environment
from generator.naming import stack_name
from generator.settings import Settings
from scripts import inventory
from scripts.aws import Aws
from scripts.drill.calls import Where
from scripts.drill.theatre import HealthCheck, Region, Theatre
from scripts.errors import UsageError
from scripts.inventory import Stack

#: Where the platform's templates have the load balancer: nested stack and logical id.
BALANCER = ("FrontDoor", "LoadBalancer")

#: For so long the answer to an alias record of a load balancer may be kept.
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html
ALIAS_TTL = 60

#: Seconds after which a load balancer ends a client's connection unless it is told otherwise.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
KEEP_ALIVE = 3600

#: How a drill calls a secret -> the output that has its ARN; empty or missing where there is none.
SECRETS = {
    "orders": "OrdersSecretArn",
    "origin": "OriginSecretArn",
    "payment": "PaymentSecretArn",
    "cache": "CacheSecretArn",
}


def read(aws: Aws, environment: Environment) -> Theatre:
    """The environment's platform as it stands.

    Raises UsageError where it does not stand in both regions, where the two are no pair, and where it is of a
    release that knew no drills.
    """
    zone, domain = environment.hosted_zone
    with ThreadPoolExecutor() as pool:
        primary, standby = pool.map(
            lambda region: _platform(aws, environment, region), environment.pair
        )
        for stack, role in ((primary, "primary"), (standby, "standby")):
            _holds_role(environment, stack, role)
        checks = pool.map(
            lambda id: _health_check(aws, id),
            (
                _output(environment, primary, "EndpointHealthCheckId"),
                _output(environment, standby, "EndpointHealthCheckId"),
                _output(environment, primary, "TakeoverHealthCheckId"),
                _output(environment, primary, "PrimaryHealthCheckId"),
            ),
        )
        regions = pool.map(lambda stack: _region(aws, environment, stack), (primary, standby))
        failover_name = _shared(environment, primary, standby, "OriginName")
        ttl = _ttl(aws, environment, zone, failover_name)
        primary_endpoint, standby_endpoint, takeover, primary_check = checks
        (first, keep_alive), (second, _) = regions
    return Theatre(
        environment=environment.name,
        account=environment.account_id,
        primary=first,
        standby=second,
        hosted_zone=zone,
        failover_name=failover_name,
        shop_name=f"shop.{domain}",
        ttl=ttl,
        keep_alive=keep_alive,
        primary_endpoint=primary_endpoint,
        standby_endpoint=standby_endpoint,
        takeover=takeover,
        primary_check=primary_check,
        switch_table=_output(environment, standby, "TakeoverTable"),
        order_intake=_shared(environment, primary, standby, "OrderIntakeTable"),
        carts=_shared(environment, primary, standby, "CartsTable"),
        catalogue=_shared(environment, primary, standby, "CatalogueTable"),
        intake_consistency=primary.parameters.get(
            "OrderIntakeConsistency",
            environment.values(primary.region)[Settings.order_intake_consistency.key],
        ),
        global_cluster=primary.outputs.get("GlobalClusterId", ""),
    )


def balancer_arn(aws: Aws, stack: Stack) -> str:
    """The load balancer that a region's platform has; empty where it has none."""
    nested, logical_id = BALANCER
    for found in inventory.children(aws, stack.region, stack.id):
        if found.path == (nested,) and found.physical_id:
            for inner in inventory.children(aws, stack.region, found.physical_id):
                if inner.path == (logical_id,):
                    return inner.physical_id
    return ""


def _platform(aws: Aws, environment: Environment, region: str) -> Stack:
    stack = inventory.stack(aws, region, stack_name(environment.name, "platform"))
    if stack is None or not stack.stands:
        role = environment.role(region)
        raise UsageError(
            f"{environment.name} has no {role}: its platform does not stand in {region}.",
            fix=f"Deploy it first: tradewind deploy {environment.name}",
        )
    return stack


def _holds_role(environment: Environment, stack: Stack, role: str) -> None:
    """Refuse regions that are no pair: params and stacks that disagree on who is what."""
    said = stack.parameters.get("RegionRole", "")
    if said != role:
        raise UsageError(
            f"{stack.name} in {stack.region} is deployed as {said or 'nothing'}, and params/"
            f"{environment.name}.yaml makes it the {role}: the two regions are no pair.",
            fix=f"See what a deploy would change: tradewind plan {environment.name}",
        )


def _region(aws: Aws, environment: Environment, stack: Stack) -> tuple[Region, int]:
    """A region, and for how many seconds its load balancer keeps a client's connection."""
    arn = balancer_arn(aws, stack)
    if not arn:
        raise _older(environment, stack, "load balancer")
    elb = aws.client("elbv2", stack.region)
    balancer = elb.call("describe_load_balancers", LoadBalancerArns=[arn])["LoadBalancers"][0]
    told = elb.call("describe_load_balancer_attributes", LoadBalancerArn=arn)["Attributes"]
    attributes = {one["Key"]: one["Value"] for one in told}
    alarm = _output(environment, stack, "RegionAlarmArn")
    region = Region(
        name=stack.region,
        stack=stack.name,
        regional_name=_output(environment, stack, "RegionalOriginName"),
        balancer=balancer["DNSName"],
        scaling_group=_output(environment, stack, "FleetName"),
        region_alarm=alarm.partition(":alarm:")[2] or alarm,
        artifacts_bucket=stack.parameters["ArtifactsBucket"],
        database=stack.outputs.get("OrdersDatabaseId", ""),
        database_arn=stack.outputs.get("DatabaseArn", ""),
        secrets={name: said for name, key in SECRETS.items() if (said := stack.outputs.get(key))},
    )
    return region, int(attributes.get("client_keep_alive.seconds", KEEP_ALIVE))


def _health_check(aws: Aws, id: str) -> HealthCheck:
    check = aws.client("route53", Where.GLOBAL).call("get_health_check", HealthCheckId=id)
    config: dict[str, Any] = check["HealthCheck"]["HealthCheckConfig"]
    return HealthCheck(
        id=id,
        type=config["Type"],
        version=check["HealthCheck"]["HealthCheckVersion"],
        inverted=config.get("Inverted", False),
        disabled=config.get("Disabled", False),
        interval=config.get("RequestInterval", 0),
        threshold=config.get("FailureThreshold", config.get("HealthThreshold", 0)),
        name=config.get("FullyQualifiedDomainName", ""),
        path=config.get("ResourcePath", ""),
    )


def records(aws: Aws, zone: str, name: str) -> tuple[dict[str, Any], ...]:
    """The address records of a name, as the hosted zone has them."""
    listed: Iterable[dict[str, Any]] = aws.client("route53", Where.GLOBAL).call(
        "list_resource_record_sets",
        HostedZoneId=zone,
        StartRecordName=name,
        StartRecordType="A",
        MaxItems="10",
    )["ResourceRecordSets"]
    return tuple(
        one for one in listed if one["Type"] == "A" and one["Name"].rstrip(".") == name.rstrip(".")
    )


def _ttl(aws: Aws, environment: Environment, zone: str, name: str) -> int:
    found = records(aws, zone, name)
    if not found:
        raise UsageError(
            f"The hosted zone {zone} has no address of {name}, the name that fails over.",
            fix=f"See what was changed by hand: tradewind drift {environment.name}",
        )
    return max(int(one.get("TTL", ALIAS_TTL)) for one in found)


def _shared(environment: Environment, primary: Stack, standby: Stack, output: str) -> str:
    """What both regions call by the same name."""
    one, other = (_output(environment, stack, output) for stack in (primary, standby))
    if one != other:
        raise UsageError(
            f"{output} is {one} in {primary.region} and {other} in {standby.region}: the two are no pair.",
            fix=f"See what a deploy would change: tradewind plan {environment.name}",
        )
    return one


def _output(environment: Environment, stack: Stack, key: str) -> str:
    value = stack.outputs.get(key, "")
    if not value:
        raise _older(environment, stack, f"output {key}")
    return value


def _older(environment: Environment, stack: Stack, lacks: str) -> UsageError:
    return UsageError(
        f"{stack.name} in {stack.region} has no {lacks}: it is of a release that knew no drills.",
        fix=f"Deploy this one first: tradewind deploy {environment.name}",
    )
