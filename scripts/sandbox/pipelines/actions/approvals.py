"""Approval Manual: ends when somebody says yes or no.

https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html
"""

from __future__ import annotations

import json
import logging
import time

from scripts.sandbox.pipelines.providers import Ended, Job
from scripts.sandbox.pipelines.store import STORE
from scripts.sandbox.resources.api_resources.calls import CallRefused, call, in_region

log = logging.getLogger("tradewind.sandbox")

_WEEK = 7 * 24 * 60


class ManualApproval:
    """The provider. Its external id is the run itself."""

    def begin(self, job: Job) -> str:
        """Tell the topic, if one is named, that somebody is asked."""
        topic = job.configuration.get("NotificationArn")
        if topic:
            _notify(job, topic)
        return job.id

    def look(self, job: Job, _external_id: str) -> Ended | None:
        """What was decided."""
        with STORE.lock:
            decision = STORE.decisions.get(job.id)
        if decision is None:
            return None
        return Ended(decision.approved, summary=decision.summary, updated_by=decision.by)

    def stop(self, job: Job, external_id: str) -> None:
        """Its token is of no use once the run is over."""


def _notify(job: Job, topic: str) -> None:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-json-format.html"""
    run = STORE.run(job.arn, job.id)
    minutes = job.timeout_minutes or _WEEK
    expires = time.gmtime(time.time() + 60 * minutes)
    message = {
        "region": job.pipeline_region,
        "approval": {
            "pipelineName": job.pipeline,
            "stageName": job.stage,
            "actionName": job.action,
            "token": run.token if run else "",
            "expires": time.strftime("%Y-%m-%dT%H:%MZ", expires),
            "externalEntityLink": job.configuration.get("ExternalEntityLink"),
            "customData": job.configuration.get("CustomData"),
        },
    }
    subject = f"APPROVAL NEEDED: AWS CodePipeline {job.pipeline} for action {job.action}"
    arguments = {"TopicArn": topic, "Subject": subject[:100], "Message": json.dumps(message)}
    try:
        with in_region(topic.split(":")[3]):
            call("sns", "Publish", arguments)
    except CallRefused as no:
        log.warning("the approval %s of %s was not announced: %s", job.action, job.pipeline, no)
