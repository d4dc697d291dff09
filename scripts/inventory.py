"""What stands: the stacks of an environment, the stacks nested in them, and their resources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator.naming import PREFIX, stack_name
from scripts.aws import Aws, AwsSaidNo
from scripts.changes import NESTED_STACK


@dataclass(frozen=True)
class Stack:
    """A stack as DescribeStacks tells it."""

    region: str
    id: str
    name: str
    status: str
    reason: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    tags: Mapping[str, str]
    protected: bool
    parent_id: str
    root_id: str
    updated: str

    @property
    def root(self) -> str:
        """The root that it is of."""
        return self.tags.get("Root", "")

    @property
    def in_progress(self) -> bool:
        """Whether CloudFormation is at work on it. A shell awaiting its first change set is not."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def stands(self) -> bool:
        """Whether it was created for good, whatever an update of it is at or has come to."""
        return self.status == "CREATE_COMPLETE" or self.status.startswith(("UPDATE_", "IMPORT_"))


@dataclass(frozen=True)
class Resource:
    """A resource of a stack; `path` is the logical ids from the root's stack down to it."""

    region: str
    path: tuple[str, ...]
    type: str
    physical_id: str
    status: str


def stack(aws: Aws, region: str, name_or_id: str) -> Stack | None:
    """One stack, or None where there is none. A deleted stack is found by its id only."""
    try:
        answer = aws.client("cloudformation", region).call("describe_stacks", StackName=name_or_id)
    except AwsSaidNo as error:
        if error.code == "ValidationError" and "does not exist" in error.detail:
            return None
        raise
    return _stack(answer["Stacks"][0], region)


def roots(aws: Aws, region: str) -> tuple[Stack, ...]:
    """The environment's root stacks in a region, as their tags tell."""
    described = aws.client("cloudformation", region).pages("describe_stacks", "Stacks")
    stacks = (_stack(said, region) for said in described)
    return tuple(
        found
        for found in stacks
        if not found.parent_id
        and found.tags.get("Project") == PREFIX
        and found.tags.get("Environment") == aws.environment.name
        and found.name == stack_name(aws.environment.name, found.root)
    )


def children(aws: Aws, region: str, name_or_id: str) -> tuple[Resource, ...]:
    """The resources of one stack; a nested stack is one of them."""
    listed = aws.client("cloudformation", region).pages(
        "list_stack_resources", "StackResourceSummaries", StackName=name_or_id
    )
    return tuple(
        Resource(
            region,
            (said["LogicalResourceId"],),
            said["ResourceType"],
            said.get("PhysicalResourceId", ""),
            said["ResourceStatus"],
        )
        for said in listed
        if said["ResourceStatus"] != "DELETE_COMPLETE"
    )


def resources(aws: Aws, region: str, name_or_id: str) -> Iterator[Resource]:
    """Every resource of a stack and of the stacks nested in it, parents before children."""
    for found in children(aws, region, name_or_id):
        yield found
        if found.type == NESTED_STACK and found.physical_id:
            for inner in resources(aws, region, found.physical_id):
                yield replace(inner, path=(*found.path, *inner.path))


def template(aws: Aws, region: str, name_or_id: str) -> Mapping[str, Any]:
    """What a stack was made of, as it was sent."""
    told = aws.client("cloudformation", region).call("get_template", StackName=name_or_id)
    return parsed(told["TemplateBody"])


def parsed(body: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A template as GetTemplate tells it; empty where it uses YAML's tags (`!Ref`), which ours do not.

    botocore parses what is JSON. Other clients make YAML of it: Sceptre by the `---` before it,
    `aws cloudformation package` by writing it anew.
    """
    if not isinstance(body, str):
        return body
    try:
        said = json.loads(body.removeprefix("---"))
    except ValueError:
        said = _yaml(body)
    return said if isinstance(said, Mapping) else {}


def _yaml(body: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(body)
    except yaml.YAMLError:
        return None


def _stack(said: Mapping[str, Any], region: str) -> Stack:
    return Stack(
        region=region,
        id=said["StackId"],
        name=said["StackName"],
        status=said["StackStatus"],
        reason=said.get("StackStatusReason", ""),
        parameters={
            one["ParameterKey"]: one.get("ParameterValue", "") for one in said.get("Parameters", ())
        },
        outputs={one["OutputKey"]: one["OutputValue"] for one in said.get("Outputs", ())},
        tags={one["Key"]: one["Value"] for one in said.get("Tags", ())},
        protected=said.get("EnableTerminationProtection", False),
        parent_id=said.get("ParentId", ""),
        root_id=said.get("RootId", ""),
        updated=str(said.get("LastUpdatedTime") or said.get("CreationTime") or ""),
    )
