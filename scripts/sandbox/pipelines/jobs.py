"""What functions say of their jobs: PutJobSuccessResult and PutJobFailureResult."""

from __future__ import annotations

from scripts.sandbox.json_api import JSON, ApiError, Caller
from scripts.sandbox.pipelines.engine import ENGINE
from scripts.sandbox.pipelines.records import now
from scripts.sandbox.pipelines.store import STORE, Reply


def succeed(_caller: Caller, said: JSON) -> JSON:
    """PutJobSuccessResult; with a continuation token the function wants to be called again."""
    details = said.get("executionDetails") or {}
    token = said.get("continuationToken") or ""
    if token and said.get("outputVariables"):
        raise ApiError(
            "ValidationException", "outputVariables cannot be given with a continuationToken"
        )
    reply = Reply(
        "continues" if token else "succeeded",
        now(),
        summary=details.get("summary") or "",
        external_id=details.get("externalExecutionId") or "",
        percent=details.get("percentComplete"),
        token=token,
        variables=said.get("outputVariables") or {},
    )
    return _reply(said["jobId"], reply)


def fail(_caller: Caller, said: JSON) -> JSON:
    """PutJobFailureResult."""
    details = said["failureDetails"]
    reply = Reply(
        "failed",
        now(),
        external_id=details.get("externalExecutionId") or "",
        code=details["type"],
        message=details["message"],
    )
    return _reply(said["jobId"], reply)


def _reply(job: str, reply: Reply) -> JSON:
    """What a function says of its job, once."""
    with ENGINE.changing():
        if job not in STORE.replies:
            raise ApiError("JobNotFoundException", f"The job {job} cannot be found")
        if STORE.replies[job] is not None:
            raise ApiError("InvalidJobStateException", f"The job {job} has its result already")
        STORE.replies[job] = reply
    ENGINE.wake(job)  # a run's first job bears its id
    return {}
