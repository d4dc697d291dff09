"""Stack policies: which resources an update may touch.

No policy allows everything; a policy allows what a statement allows and none denies ("After you set a
stack policy, all of the resources in the stack are protected by default", CloudFormation user guide,
Prevent updates to stack resources).
"""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass
from typing import Any

MODIFY, REPLACE, DELETE = "Update:Modify", "Update:Replace", "Update:Delete"


class PolicyInvalid(ValueError):
    """A document is not a stack policy."""


@dataclass(frozen=True)
class Touch:
    """One thing that an update is about to do."""

    action: str
    logical_id: str
    resource_type: str


def parse(document: str) -> list[dict[str, Any]]:
    """The statements of a policy. Raises PolicyInvalid in CloudFormation's words."""
    problem = PolicyInvalid("Error validating stack policy: Invalid stack policy")
    try:
        statements = json.loads(document)["Statement"]
    except (ValueError, KeyError, TypeError):
        raise problem from None
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not all(map(_is_statement, statements)):
        raise problem
    return statements


def denial(document: str, touch: Touch) -> str | None:
    """Why a policy forbids a touch, in CloudFormation's words; None when it allows it."""
    allowed = False
    for number, statement in enumerate(parse(document), 1):
        if not _applies(statement, touch):
            continue
        if statement["Effect"] == "Deny":
            return (
                f"Action denied by stack policy: Statement [#{number}] does not allow "
                f"[{touch.action}] for resource [LogicalResourceId/{touch.logical_id}];"
            )
        allowed = True
    return None if allowed else "Action not allowed by stack policy"


def _is_statement(statement: Any) -> bool:
    return (
        isinstance(statement, dict)
        and statement.get("Effect") in ("Allow", "Deny")
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and _names_one_of(statement, "Action", "NotAction")
        and _names_one_of(statement, "Resource", "NotResource")
        and _is_condition(statement.get("Condition", {}))
    )


def _names_one_of(statement: dict[str, Any], *elements: str) -> bool:
    named = [statement[element] for element in elements if element in statement]
    return len(named) == 1 and _is_text_or_texts(named[0])


def _is_condition(condition: Any) -> bool:
    return isinstance(condition, dict) and all(
        operator in ("StringEquals", "StringLike")
        and isinstance(keys, dict)
        and [*keys] == ["ResourceType"]
        and _is_text_or_texts(keys["ResourceType"])
        for operator, keys in condition.items()
    )


def _is_text_or_texts(value: Any) -> bool:
    texts = value if isinstance(value, list) else [value]
    return all(isinstance(text, str) for text in texts)


def _applies(statement: dict[str, Any], touch: Touch) -> bool:
    resource = f"LogicalResourceId/{touch.logical_id}"
    return (
        _named(statement, "Action", touch.action)
        and _named(statement, "Resource", resource)
        and all(
            _condition_holds(operator, _listed(keys["ResourceType"]), touch.resource_type)
            for operator, keys in statement.get("Condition", {}).items()
        )
    )


def _named(statement: dict[str, Any], element: str, value: str) -> bool:
    if element in statement:
        return _matches(_listed(statement[element]), value)
    return not _matches(_listed(statement[f"Not{element}"]), value)


def _condition_holds(operator: str, patterns: list[str], resource_type: str) -> bool:
    if operator == "StringEquals":
        return resource_type in patterns
    return _matches(patterns, resource_type)


def _matches(patterns: list[str], value: str) -> bool:
    """IAM's wildcards, * and ?, and no others: a bracket is a bracket."""
    return any(fnmatch.fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [*value]
