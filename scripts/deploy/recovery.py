"""What an earlier run left of a stack, and what has to be done before it can be planned. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from scripts.deploy.stuck_rollbacks import Stuck
from scripts.inventory import Stack


@dataclass(frozen=True)
class Ready:
    """Nothing stands in the way; the empty stack of a change set that was never executed does not."""


@dataclass(frozen=True)
class FollowToEnd:
    """CloudFormation is at work: it is followed, then looked at again."""

    stack: Stack


@dataclass(frozen=True)
class DeleteFailedCreation:
    """A first creation that was rolled back. It holds nothing, and can only be deleted."""

    stack: Stack


@dataclass(frozen=True)
class ContinueRollback:
    """A rollback of an update that stopped half-way. Its cause may be gone: it is continued once."""

    stack: Stack


Remedy: TypeAlias = Ready | FollowToEnd | DeleteFailedCreation | ContinueRollback


def remedy(stack: Stack | None) -> Remedy:
    """What to do about a stack before it is planned. Raises Stuck where a person must decide."""
    if stack is None:
        return Ready()
    match stack.status:
        case "ROLLBACK_COMPLETE":
            return DeleteFailedCreation(stack)
        case "UPDATE_ROLLBACK_FAILED":
            return ContinueRollback(stack)
        case "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED":
            raise _stuck(stack, "is half there and cannot be updated", "delete-stack")
        case "UPDATE_FAILED":
            raise _stuck(stack, "stopped half-way without a rollback", "rollback-stack")
        case "IMPORT_ROLLBACK_FAILED":
            raise _stuck(stack, "could not be rolled back after an import", "delete-stack")
    return FollowToEnd(stack) if stack.in_progress else Ready()


def _stuck(stack: Stack, what: str, command: str) -> Stuck:
    reason = f": {stack.reason.rstrip('.')}" if stack.reason else ""
    return Stuck(
        f"{stack.name} in {stack.region} {what} ({stack.status}){reason}.",
        fix=f"Correct the cause, then: aws cloudformation {command} "
        f"--stack-name {stack.name} --region {stack.region}",
    )
