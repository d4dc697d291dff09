"""Target groups with the targets that a template names, which ministack's own type leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.sandbox.resources.api_resources.calls import call
from scripts.sandbox.resources.handlers import Handler, Properties
from scripts.sandbox.resources.schema_resources import Created


def target_group(native: Handler) -> Handler:
    """AWS::ElasticLoadBalancingV2::TargetGroup whose Targets are registered with it.

    A target that leaves the template is deregistered; what others registered stays.
    """

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        created: Created = native["create"](logical_id, properties, stack)
        _register(created[0], _targets(properties))
        return created

    def update(
        arn: str, old: Properties, new: Properties, stack: str, logical_id: str | None
    ) -> Created:
        updated: Created = native["update"](arn, old, new, stack, logical_id)
        wanted = _targets(new)
        gone = [target for target in _targets(old) if target not in wanted]
        if gone and updated[0] == arn:
            call("elbv2", "DeregisterTargets", {"TargetGroupArn": arn, "Targets": gone})
        _register(updated[0], wanted)
        return updated

    return {**native, "create": create, "update": update, "update_with_logical_id": True}


def _targets(properties: Properties) -> list[Mapping[str, Any]]:
    return list(properties.get("Targets") or ())


def _register(arn: str, targets: list[Mapping[str, Any]]) -> None:
    if targets:
        call("elbv2", "RegisterTargets", {"TargetGroupArn": arn, "Targets": targets})
