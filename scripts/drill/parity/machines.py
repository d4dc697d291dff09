"""What the shop and the workers run on: ceilings, images, revisions, and whether EC2 has their kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scripts.drill.parity.readings import GONE, Comparison, Reading, at_least, told
from scripts.drill.parity.sides import Side

GROUP = "AWS::AutoScaling::AutoScalingGroup"
LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"
APPLICATION = "AWS::CodeDeploy::Application"
DEPLOYMENT_GROUP = "AWS::CodeDeploy::DeploymentGroup"

#: Parameters of the platform that name kinds of instances.
KINDS = ("ShopInstanceType", "ShopSecondInstanceType")

UP_TO_DATE = "every instance runs the group's version"
OFFERED = "offered in every zone"


def ceilings(side: Side) -> Reading:
    """How far each group may grow, as it is now."""
    return {path: str(group["MaxSize"]) if group else GONE for path, group in _groups(side)}


def images(side: Side) -> Reading:
    """The name of the image that new instances start from: its id is another in each region.

    One that EC2 does not describe any more starts no instance; its id stands for it.
    """
    ec2 = side.client("ec2")
    ids = {}
    for path, template in side.of(LAUNCH_TEMPLATE).items():
        latest = ec2.call(
            "describe_launch_template_versions", LaunchTemplateId=template, Versions=["$Latest"]
        )["LaunchTemplateVersions"][0]
        ids[path] = latest["LaunchTemplateData"]["ImageId"]
    if not ids:
        return {}
    described = ec2.call("describe_images", ImageIds=sorted(set(ids.values())))["Images"]
    names = {one["ImageId"]: one.get("Name", "") for one in described}
    return {path: names.get(id) or id for path, id in ids.items()}


def versions(side: Side) -> Reading:
    """Whether the instances that run were started as the group says now."""
    return {path: _behind(group) if group else GONE for path, group in _groups(side)}


def offers(side: Side) -> Reading:
    """Where EC2 has the kinds that the fleet may start."""
    parameters = side.stacks["platform"].parameters
    kinds = sorted({parameters[name] for name in KINDS if parameters.get(name)})
    zones = {zone for _, group in _groups(side) if group for zone in group["AvailabilityZones"]}
    listed = side.client("ec2").pages(
        "describe_instance_type_offerings",
        "InstanceTypeOfferings",
        LocationType="availability-zone",
        Filters=[
            {"Name": "instance-type", "Values": kinds},
            {"Name": "location", "Values": sorted(zones)},
        ],
    )
    offered = {(one["InstanceType"], one["Location"]) for one in listed}
    lacking = {
        kind: sorted(zone for zone in zones if (kind, zone) not in offered) for kind in kinds
    }
    return {
        kind: f"not offered in {', '.join(where)}" if where else OFFERED
        for kind, where in lacking.items()
    }


def revisions(side: Side) -> Reading:
    """What CodeDeploy brought last, and is well: the key names its content."""
    client = side.client("codedeploy")
    found = {}
    applications = {path.rpartition("/")[0]: name for path, name in side.of(APPLICATION).items()}
    for path, group in side.of(DEPLOYMENT_GROUP).items():
        answer = told(
            client,
            "get_deployment_group",
            applicationName=applications[path.rpartition("/")[0]],
            deploymentGroupName=group,
        )
        if answer is None:
            found[path] = GONE
            continue
        last = answer["deploymentGroupInfo"].get("lastSuccessfulDeployment", {}).get("deploymentId")
        if last is None:
            found[path] = "none yet"
            continue
        info = client.call("get_deployment", deploymentId=last)["deploymentInfo"]
        location = info["revision"].get("s3Location", {})
        found[path] = str(location.get("key") or info["revision"]["revisionType"])
    return found


def _groups(side: Side) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """Path -> group, as Auto Scaling describes it; None where it is gone."""
    names = side.of(GROUP)
    if not names:
        return
    listed = side.client("autoscaling").pages(
        "describe_auto_scaling_groups", "AutoScalingGroups", AutoScalingGroupNames=[*names.values()]
    )
    groups = {one["AutoScalingGroupName"]: one for one in listed}
    for path, name in names.items():
        yield path, groups.get(name)


def _behind(group: Mapping[str, Any]) -> str:
    policy = group.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    wanted = policy.get("LaunchTemplateSpecification", group.get("LaunchTemplate", {}))
    version = wanted.get("Version")
    running = [one.get("LaunchTemplate", {}).get("Version") for one in group["Instances"]]
    behind = [one for one in running if one != version]
    if version in (None, "$Latest", "$Default") or not behind:
        return UP_TO_DATE
    return f"{len(behind)} of {len(running)} run {', '.join(sorted(set(map(str, behind))))}, not {version}"


MACHINES = (
    Comparison(
        "ceilings",
        "autoscaling:DescribeAutoScalingGroups",
        "Have the group as its template says: tradewind drift ENV",
        ceilings,
        suffices=at_least,
    ),
    Comparison(
        "images",
        "ec2:DescribeLaunchTemplateVersions",
        "Deploy both regions on the same day: tradewind deploy ENV",
        images,
    ),
    Comparison(
        "instances",
        "autoscaling:DescribeAutoScalingGroups",
        "Let the instance refresh end, or start one: aws autoscaling start-instance-refresh",
        versions,
        wanted=lambda said: said == UP_TO_DATE,
    ),
    Comparison(
        "instance types",
        "ec2:DescribeInstanceTypeOfferings",
        "Choose a type that every zone has: shop_instance_type, shop_second_instance_type",
        offers,
        wanted=lambda said: said == OFFERED,
    ),
    Comparison(
        "revisions",
        "codedeploy:GetDeploymentGroup",
        "Deploy one release to both regions: tradewind deploy ENV",
        revisions,
    ),
)
