"""Stack operations that were under way when the sandbox ended: no longer, and said so.

AWS has no such case. A stack left IN_PROGRESS would wait for ever, so it gets the status of the
failure that its operation could have ended in; the usual ways out of that status then work.
"""

from __future__ import annotations

from scripts.sandbox import seams

REASON = "The sandbox was stopped while this operation was under way."

_ENDS = {
    "CREATE_IN_PROGRESS": "CREATE_FAILED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
    "UPDATE_IN_PROGRESS": "UPDATE_FAILED",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_IN_PROGRESS": "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_IN_PROGRESS": "IMPORT_ROLLBACK_FAILED",
}


def settle() -> list[str]:
    """Give every interrupted stack and change set its end. Returns the ids of the stacks."""
    settled = []
    for record in list(seams.everywhere(seams.STACKS).values()):
        end = _ENDS.get(record.get("StackStatus", ""))
        if end is not None:
            record["StackStatus"] = end
            record["StackStatusReason"] = REASON
            settled.append(record["StackId"])
    for change_set in list(seams.everywhere(seams.CHANGE_SETS).values()):
        if change_set.get("ExecutionStatus") == "EXECUTE_IN_PROGRESS":
            change_set["ExecutionStatus"] = "EXECUTE_FAILED"
    return settled
