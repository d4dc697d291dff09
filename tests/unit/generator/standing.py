"""A layer in either region of the pair: what it receives and knows there."""

from __future__ import annotations

from typing import Any

from generator.layer import Handoff, Layer, Where
from tests.unit.generator.resolved import Made

PRIMARY = {"region": "us-east-1", "region_role": "primary", "peer_region": "us-west-2"}
STANDBY = {"region": "us-west-2", "region_role": "standby", "peer_region": "us-east-1"}


def standing(layer: type[Layer], role: str = "primary", **settings: str) -> Made:
    """The layer under these settings; the primary receives nothing from itself."""
    if role == "standby":
        return Made(layer, **{**STANDBY, **settings})
    nothing = {
        port.attribute: ""
        for port in layer.ports()
        if isinstance(port, Handoff) and port.of is Where.PRIMARY
    }
    return Made(layer, **{**PRIMARY, **nothing, **settings})


def of_type(stack: Made, *types: str) -> dict[str, Any]:
    """The properties of the resources of these types, by logical id."""
    return {title: found for kind in types for title, found in stack.of_type(kind).items()}


def types(stack: Made) -> set[str]:
    """Which types of resource there are."""
    return {str(resource["Type"]) for resource in stack.resources.values()}


def titles(stack: Made, *kinds: str) -> list[str]:
    """The logical ids of the resources of these types."""
    return sorted(of_type(stack, *kinds))
