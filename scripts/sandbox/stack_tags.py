"""Stack-level tags on the resources of a stack, where ministack gives them another shape than AWS."""

from __future__ import annotations

from typing import Any

from scripts.sandbox import seams

FLEET = "AWS::AutoScaling::AutoScalingGroup"


def install() -> None:
    """Give stack-level tags the shape that the resource's type wants."""
    seams.WITH_STACK_TAGS.replace(_propagating(seams.WITH_STACK_TAGS.value))


def _propagating(with_stack_tags: Any) -> Any:
    """A fleet's tags say whether instances get them; stack-level tags reach the instances too."""

    def tagged(
        resource_type: str,
        props: dict[str, Any],
        stack_tags: list[dict[str, str]],
        stack_name: str,
        stack_id: str,
        logical_id: str,
    ) -> dict[str, Any]:
        given: dict[str, Any] = with_stack_tags(
            resource_type, props, stack_tags, stack_name, stack_id, logical_id
        )
        if resource_type != FLEET:
            return given
        own = props.get("Tags") or []
        added = [{**tag, "PropagateAtLaunch": True} for tag in given["Tags"][len(own) :]]
        return {**given, "Tags": [*own, *added]}

    return tagged
