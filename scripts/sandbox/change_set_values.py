"""What a change set can know of a nested stack's parameters before anything is executed.

A value that comes from a resource which is new, or which changes, is not known: AWS writes
`{{changeSet:KNOWN_AFTER_APPLY}}` in its place, and a template function that would have to look inside
such a value fails the change set (aws-cloudformation/cloudformation-coverage-roadmap #759).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from scripts.sandbox import seams

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"


class _UnknownAttributes(dict[str, str]):
    """Every attribute of a resource that is yet to be made."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> str:
        return UNKNOWN


@dataclass
class Values:
    """The values that a stack's template has, as far as its change set knows them.

    `unknown` holds the resources of which nothing is known, `moving` those whose identity stays and
    whose attributes may change.
    """

    change_set: dict[str, Any]
    stack: dict[str, Any]
    unknown: set[str] = field(default_factory=set)
    moving: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.template: dict[str, Any] = self.change_set["_template"]
        self.parameters: dict[str, Any] = self.change_set["_resolved_params"]
        self.conditions: dict[str, bool] = seams.EVALUATE_CONDITIONS.value(
            self.template, self.parameters
        )

    def in_order(self) -> list[tuple[str, dict[str, Any]]]:
        """The resources whose conditions hold, each after what it depends on."""
        resources = self.template.get("Resources", {})
        order: list[str] = seams.SORT_RESOURCES.value(resources, self.conditions)
        return [(logical_id, resources[logical_id]) for logical_id in order]

    def resolved(self, value: Any) -> Any:
        """The value with its functions evaluated, UNKNOWN standing for what is not known.

        Raises ValueError with AWS's reason when a function has to look inside an unknown value.
        """
        for name, index, operand in _looked_into(value):
            if self._unknown_in(operand):
                raise ValueError(_CANNOT_LOOK_INTO[name].format(index=index))
        return seams.RESOLVE_REFS.value(
            copy.deepcopy(value),
            self._resources(),
            self.parameters,
            self.conditions,
            self.template.get("Mappings", {}),
            self.stack["StackName"],
            self.stack["StackId"],
        )

    def require_answerable(self) -> None:
        """Raise ValueError when a resource selects, beyond the first, from an unknown parameter.

        The parameter is one string, UNKNOWN, whatever list it will be.
        """
        for _, resource in self.in_order():
            for name, index, operand in _looked_into(resource.get("Properties", {})):
                beyond = name == "Fn::Select" and str(index) != "0"
                if beyond and UNKNOWN in "".join(self._parameters_in(operand)):
                    raise ValueError(_CANNOT_LOOK_INTO[name].format(index=index))

    def _resources(self) -> dict[str, Any]:
        resources = dict(self.stack.get("_resources", {}))
        for logical_id in self.moving:
            resources[logical_id] = {**resources[logical_id], "Attributes": _UnknownAttributes()}
        for logical_id in self.unknown:
            resources[logical_id] = {
                "PhysicalResourceId": UNKNOWN,
                "Attributes": _UnknownAttributes(),
            }
        return resources

    def _unknown_in(self, value: Any) -> bool:
        return any(
            name in self.unknown or (name in self.moving and attribute is not None)
            for name, attribute in seams.REFERENCES.value(value)
        ) or UNKNOWN in "".join(self._parameters_in(value))

    def _parameters_in(self, value: Any) -> list[str]:
        return [
            str(self.parameters[name]["Value"])
            for name, _ in seams.REFERENCES.value(value)
            if name in self.parameters
        ]


_CANNOT_LOOK_INTO = {
    "Fn::Select": "Template error: Fn::Select cannot select nonexistent value at index {index}",
    "Fn::Split": (
        "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and "
        "(2) a string to be split or a function that returns a string to be split."
    ),
}


def _looked_into(value: Any) -> Iterator[tuple[str, Any, Any]]:
    """Every Fn::Select and Fn::Split in a value: its index or delimiter, and what it looks into."""
    if isinstance(value, list):
        for item in value:
            yield from _looked_into(item)
    elif isinstance(value, dict):
        for key, held in value.items():
            if key in _CANNOT_LOOK_INTO and isinstance(held, list) and len(held) > 1:
                yield key, held[0], held[1]
            yield from _looked_into(held)
