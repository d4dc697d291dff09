"""Conditions of a stage: their rules run at once; it is met when all of them succeed.

https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works-conditions.html
"""

from __future__ import annotations

from enum import Enum

from scripts.sandbox.pipelines.consequences import Consequences
from scripts.sandbox.pipelines.declarations import Stage
from scripts.sandbox.pipelines.records import (
    FAILED,
    IN_PROGRESS,
    OVERRIDDEN,
    SUCCEEDED,
    ConditionRun,
    Execution,
    Pipeline,
    StageRun,
    now,
)
from scripts.sandbox.pipelines.starts import start_rule


class Verdict(Enum):
    """What a condition says."""

    PENDING = "its rules run"
    MET = "met, overridden, or not there"
    UNMET = "not met: its result follows"


def evaluate(
    pipeline: Pipeline,
    execution: Execution,
    stage: Stage,
    at: StageRun,
    kind: str,
    then: Consequences,
) -> Verdict:
    """What the stage's condition of a kind says now; its rules begin when they have not."""
    declared = stage.condition(kind)
    if declared is None:
        return Verdict.MET
    held = at.conditions.get(kind)
    if held is None:
        held = at.conditions[kind] = ConditionRun(IN_PROGRESS, now())
        runs = [start_rule(pipeline, execution, at, kind, rule, then) for rule in declared.rules]
        held.rules = [run.id for run in runs]
    if held.status == IN_PROGRESS:
        _conclude(pipeline, held)
    match held.status:
        case "InProgress":
            return Verdict.PENDING
        case "Succeeded" | "Overridden":
            return Verdict.MET
        case _:
            return Verdict.UNMET


def override(held: ConditionRun) -> None:
    """Have it count as met."""
    held.status, held.changed = OVERRIDDEN, now()


def _conclude(pipeline: Pipeline, held: ConditionRun) -> None:
    runs = [pipeline.runs[each] for each in held.rules]
    if any(run.status == IN_PROGRESS for run in runs):
        return
    failed = [run for run in runs if run.status != SUCCEEDED]
    held.status, held.changed = (FAILED if failed else SUCCEEDED), now()
    held.summary = "; ".join(f"{run.name}: {run.message or run.summary}" for run in failed)
