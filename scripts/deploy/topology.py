"""Differences that are meant: what AWS's services change by themselves, because they were told to.

Each row of the table is a property of a type, the reason why it may differ, the source that says so, and a
proof: what has to be true of this very resource. Without the proof it is drift like any other. Most proofs
need nothing but the resource's own properties; some ask the service that made the change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeAlias

from scripts.deploy.secrecy import masked
from scripts.deploy.surroundings import Surroundings

Kind: TypeAlias = Literal["ADD", "REMOVE", "NOT_EQUAL"]


@dataclass(frozen=True)
class Difference:
    """One property that is not as the template has it; `pointer` is a JSON pointer: `/Tags/0/Value`."""

    pointer: str
    expected: str
    actual: str
    kind: Kind

    def __str__(self) -> str:
        match self.kind:
            case "ADD":
                return f"{self.pointer} is {self.actual} and should not be"
            case "REMOVE":
                return f"{self.pointer} is gone and should be {self.expected}"
        return f"{self.pointer} is {self.actual} and should be {self.expected}"

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "property": self.pointer,
            "expected": self.expected,
            "actual": self.actual,
            "difference": self.kind,
        }


@dataclass(frozen=True)
class Drifted:
    """A resource that is not as its template has it; `path` leads to it from its root's stack."""

    region: str
    root: str
    path: tuple[str, ...]
    stack: str
    type: str
    physical_id: str
    status: Literal["MODIFIED", "DELETED"]
    differences: tuple[Difference, ...] = ()
    expected: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    actual: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def where(self) -> str:
        """The resource, as a waiver names it."""
        return "/".join(self.path)

    def masked(self, differences: tuple[Difference, ...] | None = None) -> Drifted:
        """Without what must not be shown; with these differences, where some are given."""
        left = self.differences if differences is None else differences
        shown = tuple(masked(one, self.expected, self.actual) for one in left)
        return replace(self, differences=shown, expected={}, actual={})

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "region": self.region,
            "root": self.root,
            "path": list(self.path),
            "type": self.type,
            "physical_id": self.physical_id,
            "status": self.status,
            "differences": [one.to_json() for one in self.differences],
        }


Proof: TypeAlias = Callable[[Drifted, Difference, Surroundings], bool]


@dataclass(frozen=True)
class Known:
    """A property of a type that may differ, why, and where that is written."""

    type: str
    pointer: str
    reason: str
    source: str
    proven: Proof


def explanation_of(
    drifted: Drifted, difference: Difference, surroundings: Surroundings
) -> Known | None:
    """The row that explains a difference, if one does and its proof holds."""
    for known in KNOWN:
        if (
            fnmatchcase(drifted.type, known.type)
            and fnmatchcase(difference.pointer, known.pointer)
            and known.proven(drifted, difference, surroundings)
        ):
            return known
    return None


def _still_members(drifted: Drifted, difference: Difference, around: Surroundings) -> bool:
    """Both clusters belong to the global database: one writes now, the other did."""
    members = around.global_members(drifted.physical_id)
    return all(
        any(value in (member, member.rpartition(":")[2]) for member in members)
        for value in (difference.expected, difference.actual)
    )


def _is_member(drifted: Drifted, difference: Difference, around: Surroundings) -> bool:
    """The cluster is where the template wants it; only CloudFormation does not see so."""
    members = around.global_members(difference.expected)
    return any(member.rpartition(":")[2] == drifted.physical_id for member in members)


def _within_the_group(drifted: Drifted, difference: Difference, around: Surroundings) -> bool:
    group = around.group(drifted.physical_id)
    size, least, most = map(
        _number, (difference.actual, group.get("MinSize"), group.get("MaxSize"))
    )
    return None not in (size, least, most) and least <= size <= most  # type: ignore[operator]


def _as_scheduled(drifted: Drifted, difference: Difference, around: Surroundings) -> bool:
    name = difference.pointer.strip("/")
    return any(
        name in action and _number(action[name]) == _number(difference.actual)
        for action in around.scheduled_sizes(drifted.physical_id)
    )


def _as_the_group_says(drifted: Drifted, difference: Difference, around: Surroundings) -> bool:
    name = difference.pointer.strip("/")
    actual = around.group(drifted.physical_id).get(name)
    return actual is not None and str(actual) == difference.expected


def _of_code_deploy(_: Drifted, difference: Difference, __: Surroundings) -> bool:
    return difference.kind == "ADD" and "CodeDeploy-managed" in difference.actual


def _within_the_band(namespace: str, resource: str, dimension: str) -> Proof:
    def proven(drifted: Drifted, difference: Difference, around: Surroundings) -> bool:
        counted = difference.pointer.rpartition("/")[2]
        found = around.band(
            namespace,
            resource.format(drifted.physical_id.rpartition(":")[2]),
            dimension.format(counted),
        )
        size = _number(difference.actual)
        return found is not None and size is not None and found[0] <= size <= found[1]

    return proven


def _has_grown(drifted: Drifted, difference: Difference, _: Surroundings) -> bool:
    """Storage autoscaling is on, and has added storage up to what it may."""
    ceiling = _number(drifted.expected.get("MaxAllocatedStorage"))
    was, size = _number(difference.expected), _number(difference.actual)
    return None not in (ceiling, was, size) and was < size <= ceiling  # type: ignore[operator]


def _has_a_newer_minor(drifted: Drifted, difference: Difference, _: Surroundings) -> bool:
    """A later minor version of the same major, where RDS may put one there."""
    if str(drifted.expected.get("AutoMinorVersionUpgrade", "true")).lower() != "true":
        return False
    was, now = (
        [int(part) for part in re.findall(r"\d+", text)]
        for text in (difference.expected, difference.actual)
    )
    return bool(was) and bool(now) and was[0] == now[0] and was < now


def _is_awss_own(_: Drifted, difference: Difference, __: Surroundings) -> bool:
    """A tag that only AWS may write."""
    return difference.kind == "ADD" and (
        '"aws:' in difference.actual or "/aws:" in difference.pointer
    )


def _is_under_way(_: Drifted, __: Difference, around: Surroundings) -> bool:
    return around.deploys()


def _number(value: Any) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


_ROADMAP = "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues"
_DOCS = "https://docs.aws.amazon.com"

KNOWN: tuple[Known, ...] = (
    Known(
        "AWS::RDS::GlobalCluster",
        "/SourceDBClusterIdentifier",
        "a switchover or failover made another cluster of the global database the writer",
        f"{_ROADMAP}/1856",
        _still_members,
    ),
    Known(
        "AWS::RDS::DBCluster",
        "/GlobalClusterIdentifier",
        "CloudFormation does not read which global database a cluster is in; it is in this one",
        f"{_ROADMAP}/1857",
        _is_member,
    ),
    Known(
        "AWS::AutoScaling::AutoScalingGroup",
        "/DesiredCapacity",
        "scaling policies move it between the group's limits",
        f"{_DOCS}/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-limits.html",
        _within_the_group,
    ),
    Known(
        "AWS::AutoScaling::AutoScalingGroup",
        "/M??Size",
        "a scheduled action of the group sets it to this",
        f"{_DOCS}/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html",
        _as_scheduled,
    ),
    Known(
        "AWS::AutoScaling::AutoScalingGroup",
        "/DefaultInstanceWarmup",
        "CloudFormation does not read it; the group has what the template wants",
        f"{_ROADMAP}/1466",
        _as_the_group_says,
    ),
    Known(
        "AWS::AutoScaling::AutoScalingGroup",
        "/LifecycleHookSpecificationList*",
        "CodeDeploy hooks into the launches of a group that it deploys to",
        f"{_DOCS}/codedeploy/latest/userguide/integrations-aws-auto-scaling.html",
        _of_code_deploy,
    ),
    Known(
        "AWS::DynamoDB::Table",
        "/ProvisionedThroughput/*CapacityUnits",
        "auto scaling moves it between its limits",
        f"{_DOCS}/amazondynamodb/latest/developerguide/AutoScaling.html",
        _within_the_band("dynamodb", "table/{}", "dynamodb:table:{}"),
    ),
    Known(
        "AWS::ECS::Service",
        "/DesiredCount",
        "auto scaling moves it between its limits",
        f"{_DOCS}/AmazonECS/latest/developerguide/service-auto-scaling.html",
        _within_the_band("ecs", "{}", "ecs:service:{}"),
    ),
    Known(
        "AWS::RDS::DBInstance",
        "/AllocatedStorage",
        "storage autoscaling added storage, up to MaxAllocatedStorage at most",
        f"{_DOCS}/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html",
        _has_grown,
    ),
    Known(
        "AWS::RDS::DBInstance",
        "/EngineVersion",
        "RDS upgraded the minor version, as AutoMinorVersionUpgrade lets it",
        f"{_DOCS}/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html",
        _has_a_newer_minor,
    ),
    Known(
        "AWS::Lambda::Alias",
        "/RoutingConfig*",
        "CodeDeploy is shifting traffic from one version to another",
        f"{_DOCS}/codedeploy/latest/userguide/deployment-configurations.html",
        _is_under_way,
    ),
    Known(
        "*",
        "/*Tags*",
        "AWS tags its own",
        f"{_DOCS}/tag-editor/latest/userguide/tagging.html",
        _is_awss_own,
    ),
)
