"""The machines that fleets would start: how many vCPUs at least and at most, on demand and on Spot.

Service Quotas counts vCPUs of the Standard families together, whatever runs on them.
https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.preflight.ground import Ground
from scripts.preflight.wanted import Resource

FLEET = "AWS::AutoScaling::AutoScalingGroup"
_STANDARD = re.compile(r"(a|c|d|h|i|im|is|m|r|t|z)\d")
#: By this tag an instance tells the Auto Scaling group that it is of.
_GROUP_TAG = "aws:autoscaling:groupName"
_ALIVE = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]


@dataclass(frozen=True)
class Demand:
    """vCPUs of a fleet while it is smallest, and when it has grown as far as it may."""

    least: int
    most: int


def named_types(fleet: Resource) -> tuple[str, ...]:
    """The instance types that a fleet names, the preferred first; none where it says what it needs."""
    return tuple(str(one["InstanceType"]) for one in _overrides(fleet) if "InstanceType" in one)


def demand(ground: Ground, fleet: Resource, *, spot: bool) -> Demand:
    """What a fleet needs of one of the two quotas."""
    smallest, largest = _vcpus(ground, fleet)
    least = _share(fleet, fleet.number("MinSize"), spot=spot)
    most = _share(fleet, fleet.number("MaxSize"), spot=spot)
    return Demand(least * smallest, most * largest)


def running(ground: Ground, region: str, *, spot: bool) -> int:
    """vCPUs that run in the account's region, but for those of our own fleets."""
    ours = {ground.standing.identifier(one) for one in ground.wanted.of([FLEET], region)}
    reserved = ground.client("ec2", region).pages(
        "describe_instances", "Reservations", Filters=_ALIVE
    )
    total = 0
    for one in (instance for held in reserved for instance in held["Instances"]):
        tags = {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
        if tags.get(_GROUP_TAG) in ours or not _STANDARD.match(one["InstanceType"]):
            continue
        if (one.get("InstanceLifecycle") == "spot") is spot:
            cores: Mapping[str, int] = one.get("CpuOptions", {})
            total += cores.get("CoreCount", 1) * cores.get("ThreadsPerCore", 1)
    return total


def _share(fleet: Resource, size: int, *, spot: bool) -> int:
    """How many of a fleet's instances are on Spot, or are not.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstancesDistribution.html
    """
    said = fleet.properties.get("MixedInstancesPolicy", {}).get("InstancesDistribution", {})
    base = min(int(said.get("OnDemandBaseCapacity", 0)), size)
    percent = int(said.get("OnDemandPercentageAboveBaseCapacity", 100))
    on_demand = base + math.ceil((size - base) * percent / 100)
    return size - on_demand if spot else on_demand


def _vcpus(ground: Ground, fleet: Resource) -> tuple[int, int]:
    """vCPUs of the instance that is preferred, and of the largest that a fleet may start."""
    types = [name for name in named_types(fleet) if _STANDARD.match(name)]
    counts = list(_asked_for(fleet))
    if types:
        told = ground.client("ec2", fleet.region).call(
            "describe_instance_types", InstanceTypes=types
        )["InstanceTypes"]
        each = {one["InstanceType"]: int(one["VCpuInfo"]["DefaultVCpus"]) for one in told}
        counts = [each[name] for name in types if name in each] + counts
    return (counts[0], max(counts)) if counts else (0, 0)


def _asked_for(fleet: Resource) -> Iterator[int]:
    """The most vCPUs of machines that are described and not named."""
    for one in _overrides(fleet):
        if "InstanceRequirements" in one:
            count = one["InstanceRequirements"]["VCpuCount"]
            yield int(count.get("Max", count["Min"]))


def _overrides(fleet: Resource) -> list[Mapping[str, Any]]:
    policy = fleet.properties.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    return list(policy.get("Overrides", ()))
