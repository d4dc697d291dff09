"""Whether the standby can carry what the primary carried in the last day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from generator.settings import Settings
from scripts.checks import Answer, judged, passed, unknown
from scripts.drill.preflight.ground import Ground, Question, Questions
from scripts.drill.theatre import Region
from scripts.errors import Failed

DAY = timedelta(hours=24)


def enough_machines(ground: Ground) -> Answer:
    """The standby's ceiling in vCPUs against the primary's peak; against its ceiling where none is known.

    A standby that may grow as far as the primary carries whatever that carried.
    """
    theatre = ground.theatre
    ceiling = _ceiling(ground, theatre.standby)
    most = _ceiling(ground, theatre.primary)
    each = max(vcpus(ground, theatre.primary))
    peak = ground.measured(
        ground.primary("cloudwatch"),
        ("AWS/AutoScaling", "GroupInServiceInstances"),
        {"AutoScalingGroupName": theatre.primary.scaling_group},
        "Maximum",
        over=DAY,
        period=300,
    )
    offers = ceiling * min(vcpus(ground, theatre.standby))
    found = f"up to {ceiling} instances, {offers} vCPUs"
    remedy = f"Raise shop_maximum of {theatre.standby.name}, or have its exception removed."
    if peak is not None:
        needs = int(peak) * each
        return judged(
            offers >= needs, found, f"{needs} vCPUs: {int(peak)} instances at most", remedy
        )
    expected = f"{most * each} vCPUs: the primary's ceiling, {most} instances"
    if offers >= most * each:
        return passed(found, expected)
    return unknown(
        f"{found}; nothing was measured of the primary in 24 hours, so its peak is not known",
        expected,
        remedy,
    )


def enough_requests(ground: Ground) -> Answer:
    """The primary's busiest minute, at the number of requests that an instance is scaled for."""
    theatre = ground.theatre
    each = int(ground.environment.values(theatre.standby.name)[Settings.shop_requests_target.key])
    carries = _ceiling(ground, theatre.standby) * each
    expected = f"at most {carries} a minute, at {each} an instance"
    peak = ground.measured(
        ground.primary("cloudwatch"),
        ("AWS/ApplicationELB", "RequestCount"),
        {"LoadBalancer": _balancer(ground)},
        "Sum",
        over=DAY,
        period=60,
    )
    if peak is None:
        return unknown("no load balancer's requests were counted in the last 24 hours", expected)
    return judged(
        peak <= carries,
        f"{int(peak)} requests in the primary's busiest minute of 24 hours",
        expected,
        f"Raise shop_maximum of {theatre.standby.name}.",
    )


def group(ground: Ground, region: Region) -> Mapping[str, Any]:
    """The shop's Auto Scaling group in a region. Raises Failed where it is gone."""
    groups = ground.aws.client("autoscaling", region.name).call(
        "describe_auto_scaling_groups", AutoScalingGroupNames=[region.scaling_group]
    )["AutoScalingGroups"]
    if not groups:
        raise Failed(f"There is no Auto Scaling group {region.scaling_group} in {region.name}.")
    found: Mapping[str, Any] = groups[0]
    return found


def _ceiling(ground: Ground, region: Region) -> int:
    return int(group(ground, region)["MaxSize"])


def vcpus(ground: Ground, region: Region) -> tuple[int, ...]:
    """Of each kind of instance that the group may start."""
    policy = group(ground, region).get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    kinds = [one["InstanceType"] for one in policy.get("Overrides", ()) if "InstanceType" in one]
    wanted = kinds or [ground.environment.values(region.name)[Settings.shop_instance_type.key]]
    told = ground.aws.client("ec2", region.name).call(
        "describe_instance_types", InstanceTypes=wanted
    )["InstanceTypes"]
    return tuple(int(one["VCpuInfo"]["DefaultVCpus"]) for one in told)


def _balancer(ground: Ground) -> str:
    """The primary's load balancer, as CloudWatch calls it: `app/<name>/<id>`."""
    region = ground.theatre.primary
    for one in ground.primary("elbv2").pages("describe_load_balancers", "LoadBalancers"):
        if one["DNSName"].lower() == region.balancer.lower():
            return str(one["LoadBalancerArn"]).partition(":loadbalancer/")[2]
    raise Failed(f"There is no load balancer {region.balancer} in {region.name}.")


CHECKS: Questions = (
    Question("standby can grow enough", enough_machines),
    Question("standby carries the requests", enough_requests),
)
