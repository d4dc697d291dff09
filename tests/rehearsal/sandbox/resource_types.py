"""Resources, and what became of them, for the tests of resource types."""

from __future__ import annotations

from typing import Any

from tests.rehearsal.sandbox.stacks import Account


def resource(type_name: str, /, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{type_name}", "Properties": properties}


def failure(account: Account, stack: str, logical_id: str) -> str:
    failed = [why for status, why in account.reasons(stack, logical_id) if "FAILED" in status]
    return failed[0] if failed else ""


def outputs(stack: Any) -> dict[str, str]:
    return {held["OutputKey"]: held["OutputValue"] for held in stack.get("Outputs", ())}


def remove(account: Account, name: str) -> str:
    """Delete a stack and give its last status."""
    stack = account.cfn.describe_stacks(StackName=name)["Stacks"][0]
    return str(account.delete(stack["StackId"])["StackStatus"])
