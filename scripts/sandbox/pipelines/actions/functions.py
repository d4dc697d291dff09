"""Invoke Lambda, and the rule LambdaInvoke: a function gets a job and answers for it.

The answer is PutJobSuccessResult or PutJobFailureResult. With a continuation token the function is called
again, with a job of its own. Silence fails the action after twenty minutes.
https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from scripts.sandbox.event_targets import FIND, INVOKE, RECORD
from scripts.sandbox.pipelines.providers import Artifact, Ended, Job, Refused
from scripts.sandbox.pipelines.store import STORE, Reply

#: Seconds until silence is a failure, and before a function is called again.
SILENCE, AGAIN = 20 * 60.0, 1.0


class LambdaInvoke:
    """The provider. Its external id is that of the run's first job; of each call, the job differs."""

    def begin(self, job: Job) -> str:
        """Call the function. Raises Refused."""
        _invoke(job, job.id, "")
        return job.id

    def look(self, job: Job, _external_id: str) -> Ended | None:
        """What it has answered."""
        number, held = _latest(job)
        reply = STORE.replies.get(held)
        if held not in STORE.replies:
            return Ended(False, code="SystemUnavailable", message="The job was lost.")
        if reply is None:
            return _silent(job, number)
        match reply.kind:
            case "succeeded":
                return Ended(
                    True,
                    summary=reply.summary,
                    variables=reply.variables,
                    external_id=reply.external_id,
                )
            case "failed":
                return Ended(
                    False, code=reply.code, message=reply.message, external_id=reply.external_id
                )
            case _:
                _tell_progress(job, reply)
                if time.time() - reply.at >= AGAIN:
                    _invoke(job, _numbered(job, number + 1), reply.token)
                return None

    def stop(self, job: Job, external_id: str) -> None:
        """A function cannot be stopped."""


def _numbered(job: Job, number: int) -> str:
    return str(uuid.uuid5(uuid.UUID(job.id), str(number))) if number else job.id


def _latest(job: Job) -> tuple[int, str]:
    """How many times the function was called again, and the job of the last call."""
    number = 0
    while _numbered(job, number + 1) in STORE.replies:
        number += 1
    return number, _numbered(job, number)


def _silent(job: Job, number: int) -> Ended | None:
    run = STORE.run(job.arn, job.id)
    before = STORE.replies.get(_numbered(job, number - 1)) if number else None
    since = before.at if before else (run.started if run else 0.0)
    if time.time() - since < SILENCE:
        return None
    return Ended(
        False, message="The AWS Lambda function failed to return a result within 20 minutes."
    )


def _tell_progress(job: Job, reply: Reply) -> None:
    with STORE.lock:
        run = STORE.run(job.arn, job.id)
        if run is not None:
            run.summary, run.percent = reply.summary or run.summary, reply.percent


def _invoke(job: Job, job_id: str, token: str) -> None:
    name = job.configuration["FunctionName"]
    function, config, _ = FIND.value(name)
    if not function or not config:
        raise Refused(f"The AWS Lambda function {name} cannot be found.")
    with STORE.lock:
        STORE.replies.setdefault(job_id, None)
    INVOKE.value(RECORD.value(function, config), {"CodePipeline.job": _event(job, job_id, token)})


def _event(job: Job, job_id: str, token: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html"""
    data: dict[str, Any] = {
        "actionConfiguration": {"configuration": dict(job.configuration)},
        "inputArtifacts": [_artifact(each) for each in job.inputs],
        "outputArtifacts": [_artifact(each) for each in job.outputs],
        "artifactCredentials": {
            "accessKeyId": job.account,
            "secretAccessKey": "none",
            "sessionToken": "none",
        },
    }
    if token:
        data["continuationToken"] = token
    key = next((each.encryption_key for each in (*job.inputs, *job.outputs)), "")
    if key:
        data["encryptionKey"] = {"id": key, "type": "KMS"}
    return {"id": job_id, "accountId": job.account, "data": data}


def _artifact(artifact: Artifact) -> dict[str, Any]:
    where = {"bucketName": artifact.bucket, "objectKey": artifact.key}
    return {
        "name": artifact.name,
        "revision": artifact.version or None,
        "location": {"type": "S3", "s3Location": where},
    }
