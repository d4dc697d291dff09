"""IAM's quotas on policies: how long each may be, and how many a role may have.

IAM counts no white space. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

#: Characters of a managed policy, of a role's trust policy, of all its inline policies; managed policies of
#: a role.
MANAGED, TRUST, INLINE, ATTACHED = 6144, 2048, 10_240, 10


def check(type_name: str, properties: Mapping[str, Any]) -> None:
    """Raise ValueError, in IAM's words, for what is over."""
    for found, most, words in _counted(type_name, properties):
        if found > most:
            raise ValueError(words)


def _counted(type_name: str, properties: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    """What there is, the most that there may be, and what IAM says otherwise."""
    match type_name:
        case "AWS::IAM::ManagedPolicy":
            size = _characters(properties.get("PolicyDocument"))
            yield size, MANAGED, f"Cannot exceed quota for PolicySize: {MANAGED}"
        case "AWS::IAM::Role":
            trust = _characters(properties.get("AssumeRolePolicyDocument"))
            yield trust, TRUST, f"Cannot exceed quota for ACLSizePerRole: {TRUST}"
            attached = len(properties.get("ManagedPolicyArns", ()))
            yield attached, ATTACHED, f"Cannot exceed quota for PoliciesPerRole: {ATTACHED}"
            inline = (one.get("PolicyDocument") for one in properties.get("Policies", ()))
            role = properties.get("RoleName", "")
            words = f"Maximum policy size of {INLINE} bytes exceeded for role {role}"
            yield sum(map(_characters, inline)), INLINE, words


def _characters(document: Any) -> int:
    said = document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))
    return len("".join(said.split()))
