"""Updates that a stack policy forbids: the resource fails, and the update is rolled back.

A policy given with one UpdateStack (StackPolicyDuringUpdateBody, ...URL) stands in for the stack's own
until that update has ended. A rollback asks no policy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripts.sandbox import resource_updates, seams, stack_api, stack_policies
from scripts.sandbox.nested_stacks import REVERTING
from scripts.sandbox.resource_updates import ResourceUpdate
from scripts.sandbox.stack_api import Answer, Request, first, refused
from scripts.sandbox.stack_policies import DELETE, MODIFY, REPLACE, PolicyInvalid, Touch

_DURING = "_policy_during_update"


def install() -> None:
    """Have updates ask the stack's policy."""
    resource_updates.consult(_asking)
    for seam in (seams.DEPLOY_UPDATE, seams.DEPLOY_CHANGE_SET):
        seam.replace(_asking_of_removals(seam.value))
    seams.UPDATE_STACK.replace(_with_policy_of_its_own(seams.UPDATE_STACK.value))
    for seam in (seams.SET_STACK_POLICY, seams.CREATE_STACK):
        seam.replace(_with_valid_policy(seam.value))


def _denial(stack: dict[str, Any], touch: Touch) -> str | None:
    policy = stack.get(_DURING) or stack.get("_stack_policy")
    return stack_policies.denial(policy, touch) if policy else None


def _asking(update: ResourceUpdate, go_on: Callable[[], Any]) -> Any:
    """A stack's policy is asked of every change that is not a way back."""
    stack = stack_api.stack_of(update.stack_name) or {}
    forward = not REVERTING.get() and "ROLLBACK" not in stack.get("StackStatus", "")
    if forward and update.old_props != update.new_props and update.logical_id is not None:
        replaced = seams.REPLACING_CHANGE.value(
            update.resource_type, update.old_props, update.new_props
        )
        touch = Touch(REPLACE if replaced else MODIFY, update.logical_id, update.resource_type)
        if reason := _denial(stack, touch):
            raise ValueError(reason)
    return go_on()


def _asking_of_removals(deploy: Any) -> Any:
    async def deployed(
        stack_name: str,
        stack_id: str,
        template: dict[str, Any],
        param_values: dict[str, Any],
        *rest: Any,
        **options: Any,
    ) -> None:
        stack = stack_api.stack_of(stack_id) or {}
        try:
            previous = options.get("previous_stack") if options.get("is_update") else None
            forbidden = _forbidden_removal(stack, template, param_values, previous or {})
            if forbidden is None or REVERTING.get():
                await deploy(stack_name, stack_id, template, param_values, *rest, **options)
                return
            logical_id, reason = forbidden
            record = (previous or {})["_resources"][logical_id]
            seams.ADD_EVENT.value(
                stack_id, stack_name, logical_id, record["ResourceType"], "UPDATE_FAILED", reason
            )
            physical_id = record["PhysicalResourceId"]
            failed = [logical_id, record["ResourceType"], physical_id, None, None, None]
            operation = {
                "is_update": True,
                "previous_stack": previous,
                "failed_update": failed,
                "failed_logical_id": logical_id,
            }
            await seams.ROLL_BACK_OPERATION.value(stack_name, stack_id, stack, operation)
        finally:
            stack.pop(_DURING, None)

    return deployed


def _forbidden_removal(
    stack: dict[str, Any],
    template: dict[str, Any],
    parameters: dict[str, Any],
    previous: dict[str, Any],
) -> tuple[str, str] | None:
    conditions = seams.EVALUATE_CONDITIONS.value(template, parameters)
    kept = {
        logical_id
        for logical_id, resource in template.get("Resources", {}).items()
        if conditions.get(resource.get("Condition"), True)
    }
    for logical_id, record in previous.get("_resources", {}).items():
        if logical_id not in kept:
            reason = _denial(stack, Touch(DELETE, logical_id, record["ResourceType"]))
            if reason:
                return logical_id, reason
    return None


def _with_policy_of_its_own(update_stack: stack_api.Handler) -> stack_api.Handler:
    def updated(params: Request) -> Answer:
        policy, error = seams.RESOLVE_DOCUMENT.value(
            params, "StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL", "Stack policy"
        )
        if error:
            answer: Answer = error
            return answer
        stack = stack_api.stack_of(first(params, "StackName"))
        if not policy or stack is None:
            return update_stack(params)
        try:
            stack_policies.parse(policy)
        except PolicyInvalid as problem:
            return refused("ValidationError", str(problem))
        answer = update_stack(params)
        if answer[0] < 400:
            stack[_DURING] = policy
        return answer

    return updated


def _with_valid_policy(handler: stack_api.Handler) -> stack_api.Handler:
    def checked(params: Request) -> Answer:
        if body := first(params, "StackPolicyBody"):
            try:
                stack_policies.parse(body)
            except PolicyInvalid as problem:
                return refused("ValidationError", str(problem))
        return handler(params)

    return checked
