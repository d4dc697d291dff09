"""How long an execution's actions usually take, learnt from those that succeeded: what bars are drawn by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Any

from scripts.aws import Aws, AwsSaidNo
from scripts.deploy.pipeline import names

#: Actions that are looked back at: some ten executions.
LOOKED_AT = 250


@dataclass(frozen=True)
class Durations:
    """Seconds by stage and action; of what never succeeded, or waits for a person, nothing is known."""

    seconds: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def of(self, stage: str, action: str) -> float | None:
        """What an action usually takes."""
        return self.seconds.get((stage, action))


def learn(aws: Aws, region: str) -> Durations:
    """The medians of the pipeline's latest successes; none where nothing is known, or AWS does not say."""
    try:
        told = list(
            islice(
                aws.client("codepipeline", region).pages(
                    "list_action_executions",
                    "actionExecutionDetails",
                    pipelineName=names.pipeline(aws.environment.name),
                ),
                LOOKED_AT,
            )
        )
    except AwsSaidNo:
        return Durations()  # a bar without its end is no reason to stop following
    return medians(told)


def medians(said: Iterable[Mapping[str, Any]]) -> Durations:
    """Of what ListActionExecutions tells."""
    taken: dict[tuple[str, str], list[float]] = {}
    for one in said:
        if one["status"] != "Succeeded" or _category(one) == "Approval":
            continue
        lasted = (one["lastUpdateTime"] - one["startTime"]).total_seconds()
        taken.setdefault((one["stageName"], one["actionName"]), []).append(max(0.0, lasted))
    return Durations({place: median(found) for place, found in taken.items()})


def _category(said: Mapping[str, Any]) -> str:
    return str(said.get("input", {}).get("actionTypeId", {}).get("category", ""))
