"""A root's stack as other clients of CloudFormation read it from a file.

Whoever deploys with one of them gets what `tradewind deploy` would send: name, parameters, tags, role.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.deploy.change_sets.making import CAPABILITIES


@dataclass(frozen=True)
class Stack:
    """What a client has to say of a stack. `template` is the root's file in a package.

    `role_arn` is the role that CloudFormation assumes; empty where the caller's own permissions serve.
    """

    name: str
    region: str
    template: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    role_arn: str = ""


def _deploy_overrides(stack: Stack) -> str:
    """For `aws cloudformation deploy --parameter-overrides`: of its shapes, the one that version 1 takes too.

    https://github.com/aws/aws-cli/pull/5443
    """
    return _json([f"{key}={value}" for key, value in stack.parameters.items()])


def _change_set_request(stack: Stack) -> str:
    """For `aws cloudformation create-change-set --cli-input-json`, which lacks but the template and names."""
    request: dict[str, Any] = {
        "StackName": stack.name,
        "IncludeNestedStacks": True,
        "Capabilities": list(CAPABILITIES),
        "Parameters": [
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in stack.parameters.items()
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
    }
    return _json(request | ({"RoleARN": stack.role_arn} if stack.role_arn else {}))


def _sceptre_config(stack: Stack) -> str:
    """A stack's config for Sceptre, whose `templates` directory is the package.

    https://docs.sceptre-project.org/latest/docs/stack_config.html
    """
    lines = [
        f"region: {_quoted(stack.region)}",
        f"stack_name: {_quoted(stack.name)}",
        "template:",
        "  type: file",
        f"  path: {_quoted(stack.template)}",
    ]
    if stack.role_arn:
        lines.append(f"cloudformation_service_role: {_quoted(stack.role_arn)}")
    for section, values in (("stack_tags", stack.tags), ("parameters", stack.parameters)):
        lines.append(f"{section}:" if values else f"{section}: {{}}")
        lines += [f"  {key}: {_quoted(value)}" for key, value in values.items()]
    return "\n".join(lines)


def _quoted(value: str) -> str:
    """A YAML string. Sceptre has Jinja read the file first, so no brace stands as itself."""
    return json.dumps(value).replace("{", "\\u007b")


def _json(document: object) -> str:
    return json.dumps(document, indent=2)


#: By the name under which `tradewind parameters --for` offers it.
FILES: Mapping[str, Callable[[Stack], str]] = {
    "aws-deploy": _deploy_overrides,
    "aws-change-set": _change_set_request,
    "sceptre": _sceptre_config,
}
