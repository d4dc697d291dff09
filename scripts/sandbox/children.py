"""What a child stack is called, and what it is created or updated with."""

from __future__ import annotations

import random
import string
from typing import Any

from scripts.sandbox import seams, stack_api

STACK = "AWS::CloudFormation::Stack"

_NAME_LENGTH = 128
_RANDOM = random.SystemRandom()


def child_name(parent_name: str, logical_id: str) -> str:
    """A child's name as AWS makes it: the parent's, the logical id, thirteen random characters."""
    return numbered(f"{parent_name}-{logical_id}", 13)


def numbered(name: str, length: int) -> str:
    """The name, cut where it must be, with random characters after it."""
    suffix = "".join(_RANDOM.choices(string.ascii_uppercase + string.digits, k=length))
    return f"{name[: _NAME_LENGTH - length - 1]}-{suffix}"


def child_request(
    parent: dict[str, Any], child: str, properties: dict[str, Any]
) -> stack_api.Request:
    """What a child stack is created or updated with. Capabilities are those given for the root."""
    parameters = properties.get("Parameters") or {}
    if any(isinstance(value, dict | list) for value in parameters.values()):
        raise ValueError(
            "Value of property Parameters must be an object with String (or simple type) properties"
        )
    if not isinstance(properties.get("TemplateURL"), str):
        raise ValueError("Property TemplateURL cannot be empty.")
    tags: dict[str, str] = {}
    for tag in properties.get("Tags") or []:
        if not tag["Key"].startswith("aws:"):
            tags.setdefault(tag["Key"], str(tag["Value"]))
    request = {
        "StackName": [child],
        "TemplateURL": [properties["TemplateURL"]],
        "ClientRequestToken": [seams.CLIENT_REQUEST_TOKEN.value.get()],
        **stack_api.members(
            "Parameters",
            "ParameterKey",
            "ParameterValue",
            {name: _written(value) for name, value in parameters.items()},
        ),
        **stack_api.members("Tags", "Key", "Value", tags),
        **stack_api.strings("Capabilities", parent.get("Capabilities", [])),
    }
    if not tags:
        request["Tags"] = [""]
    return request


def root_of(stack: dict[str, Any]) -> str:
    """The id of the stack at the top of a stack's tree."""
    root: str = stack.get("RootId") or stack["StackId"]
    return root


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
