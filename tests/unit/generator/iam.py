"""What IAM would answer: a small evaluator of identity policies and boundaries."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from typing import Any

from troposphere import encode_to_dict

KNOWN = {
    "AWS::Partition": "aws",
    "AWS::AccountId": "111111111111",
    "AWS::Region": "us-east-1",
    "AWS::URLSuffix": "amazonaws.com",
    "Environment": "dev",
    "HostedZoneId": "Z0123456789ABC",
    "PeerRegion": "eu-central-1",
    "WitnessRegion": "eu-west-2",
}


def resolved(value: Any) -> Any:
    """A policy with its intrinsics replaced by the values of an environment named dev."""
    match value:
        case {"Ref": name}:
            return KNOWN.get(name, f"<{name}>")
        case {"Fn::Sub": str() as text}:
            for name, known in KNOWN.items():
                text = text.replace(f"${{{name}}}", known)
            return text
        case dict():
            return {key: resolved(part) for key, part in value.items()}
        case list():
            return [resolved(part) for part in value]
    return value


def statements(document: Any) -> list[dict[str, Any]]:
    """The statements of a policy document of awacs."""
    return list(resolved(encode_to_dict(document))["Statement"])


def allows(
    document: Iterable[Mapping[str, Any]],
    action: str,
    resource: str = "*",
    **context: str,
) -> bool:
    """Does a policy allow a request? In `context` a key's colon is written as two underscores.

    A request has the region's name in its context unless the caller says otherwise.
    """
    asked = {"aws:RequestedRegion": "us-east-1"}
    asked |= {key.replace("__", ":"): value for key, value in context.items()}
    matching = [s for s in document if _matches(s, action, resource, asked)]
    return any(s["Effect"] == "Allow" for s in matching) and not any(
        s["Effect"] == "Deny" for s in matching
    )


def _matches(
    statement: Mapping[str, Any], action: str, resource: str, context: Mapping[str, str]
) -> bool:
    named = _like(action.lower(), [a.lower() for a in statement.get("Action", ())])
    spared = "NotAction" in statement and not _like(
        action.lower(), [a.lower() for a in statement["NotAction"]]
    )
    return (
        (named or spared)
        and _reaches(statement, resource)
        and all(
            _holds(operator, key, wanted, context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _reaches(statement: Mapping[str, Any], resource: str) -> bool:
    if "NotResource" in statement:
        return not _like(resource, statement["NotResource"])
    return _like(resource, statement["Resource"])


def _holds(operator: str, key: str, wanted: Any, context: Mapping[str, str]) -> bool:
    values = wanted if isinstance(wanted, list) else [wanted]
    if operator in ("ArnNotLike", "StringNotEquals"):  # hold for a key that is absent, too
        return key not in context or not _like(context[key], values)
    if operator not in (
        "StringEquals",
        "StringLike",
        "ArnLike",
        "Bool",
        "ForAnyValue:StringLike",
    ):
        raise NotImplementedError(operator)
    return key in context and _like(context[key], values)


def _like(value: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns)
