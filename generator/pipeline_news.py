"""What the pipeline tells people by itself: that it waits for them, that it failed, that it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.alarms import Series, at_least, metric_alarm, tier_alarm
from generator.announcements import Announcement
from generator.conditions import condition_of

if TYPE_CHECKING:
    from generator.layer import Layer


def announcements(pipeline: object) -> tuple[Announcement, ...]:
    """What EventBridge tells of a pipeline, by its name.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
    """
    told = {"pipeline": "$.detail.pipeline", "execution": "$.detail.execution-id"}
    at = {**told, "stage": "$.detail.stage"}
    return (
        Announcement(
            "ApprovalAwaited",
            _pattern(pipeline, "Action", "STARTED", type={"category": ["Approval"]}),
            "<pipeline>, <stage>: a plan waits for its approval (execution <execution>). Read it, then "
            "tradewind approve, or reject.",
            at,
        ),
        Announcement(
            "ReleaseFailed",
            _pattern(pipeline, "Stage", "FAILED"),
            "<pipeline>, <stage>: the release failed (execution <execution>). See the first cause and what "
            "to do: tradewind watch.",
            at,
        ),
        Announcement(
            "ReleaseCompleted",
            _pattern(pipeline, "Pipeline", "SUCCEEDED"),
            "<pipeline>: the release is complete (execution <execution>).",
            told,
        ),
    )


def _pattern(pipeline: object, what: str, state: str, **detail: object) -> dict[str, object]:
    return {
        "source": ["aws.codepipeline"],
        "detail-type": [f"CodePipeline {what} Execution State Change"],
        "detail": {"pipeline": [pipeline], "state": [state], **detail},
    }


def alarms(layer: Layer, pipeline: object, topic: object) -> None:
    """On an execution that failed: an approval that nobody gave in time is one, too."""
    failed = metric_alarm(
        layer,
        "ReleasesFail",
        Series("AWS/CodePipeline", "FailedPipelineExecutions", {"PipelineName": pipeline}),
        at_least(1, breaches=1, periods=1),
        topic=topic,
        says="A release failed, or waited longer for its approval than approval_minutes. What was done stays "
        "done, region by region: see the first cause by tradewind watch, and deploy again or roll back.",
    )
    tier_alarm(
        layer,
        "ReleasesTier",
        [failed],
        topic=topic,
        says="Releases do not come through: see which alarm fired, and what tradewind watch says.",
        **condition_of(failed.resource),
    )
