"""Questions about a stack or a resource that is not there, answered in each action's own words.

AWS words "no such stack" by action. DescribeStackResources finds a stack by one of its resources too.
"""

from __future__ import annotations

from scripts.sandbox import seams, stack_api
from scripts.sandbox.stack_api import Answer, Request, first, refused


def install() -> None:
    """Answer what is asked of a stack that is not there."""
    for seam in (
        seams.DESCRIBE_STACK_RESOURCES,
        seams.LIST_STACK_RESOURCES,
        seams.GET_TEMPLATE,
        seams.GET_TEMPLATE_SUMMARY,
    ):
        seam.replace(_of_a_stack(seam.value, "Stack with id {name} does not exist"))
    seam = seams.DESCRIBE_STACK_RESOURCE
    seam.replace(_of_a_resource(_of_a_stack(seam.value, "Stack '{name}' does not exist")))
    for seam in (
        seams.DESCRIBE_CHANGE_SET,
        seams.EXECUTE_CHANGE_SET,
        seams.DELETE_CHANGE_SET,
    ):
        seam.replace(_of_a_change_set(seam.value))
    seam = seams.DESCRIBE_STACK_RESOURCES
    seam.replace(_by_physical_id(seam.value))


def _of_a_stack(handler: stack_api.Handler, words: str) -> stack_api.Handler:
    def handled(params: Request) -> Answer:
        name = first(params, "StackName")
        if name and stack_api.stack_of(name) is None:
            return refused("ValidationError", words.format(name=name))
        return handler(params)

    return handled


def _of_a_resource(handler: stack_api.Handler) -> stack_api.Handler:
    def handled(params: Request) -> Answer:
        stack = stack_api.stack_of(first(params, "StackName"))
        logical_id = first(params, "LogicalResourceId")
        if stack is not None and logical_id not in stack["_resources"]:
            return refused(
                "ValidationError",
                f"Resource {logical_id} does not exist for stack {stack['StackName']}",
            )
        return handler(params)

    return handled


def _of_a_change_set(handler: stack_api.Handler) -> stack_api.Handler:
    def handled(params: Request) -> Answer:
        stack, change_set = first(params, "StackName"), first(params, "ChangeSetName")
        if not stack and not change_set.startswith("arn:"):
            return refused(
                "ValidationError",
                "StackName must be specified if ChangeSetName is not specified as an ARN.",
            )
        if stack and stack_api.stack_of(stack) is None:
            return refused("ValidationError", f"Stack [{stack}] does not exist")
        return handler(params)

    return handled


def _by_physical_id(handler: stack_api.Handler) -> stack_api.Handler:
    def handled(params: Request) -> Answer:
        physical_id = first(params, "PhysicalResourceId")
        if bool(first(params, "StackName")) == bool(physical_id):
            return refused(
                "ValidationError", "Either StackName or PhysicalResourceId must be specified"
            )
        if not physical_id:
            return handler(params)
        for stack in seams.STACKS.value.values():
            held = {record["PhysicalResourceId"] for record in stack["_resources"].values()}
            if physical_id in held:
                return handler({**params, "StackName": [stack["StackId"]]})
        return refused("ValidationError", f"Stack for {physical_id} does not exist")

    return handled
