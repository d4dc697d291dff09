"""Findings of security scanners that we accept, each with its reason, where the scanners look for them."""

from __future__ import annotations

from typing import Any


def accepted(
    because: str, *, checkov: str = "", cfn_nag: str = "", guard: str = ""
) -> dict[str, Any]:
    """The Metadata of a resource that a rule of checkov, cfn_nag or cfn-guard finds fault with.

    cfn-guard has no place for the reason.
    """
    said: dict[str, Any] = {}
    if checkov:
        said["checkov"] = {"skip": [{"id": checkov, "comment": because}]}
    if cfn_nag:
        said["cfn_nag"] = {"rules_to_suppress": [{"id": cfn_nag, "reason": because}]}
    if guard:
        said["guard"] = {"SuppressedRules": [guard]}
    return said
