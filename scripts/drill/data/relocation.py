"""The order of the steps, there and back, and which plans may have them at all."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.aws import Aws
from scripts.drill.data.fence import CommitsFenced
from scripts.drill.data.rotation import RotationSuspended
from scripts.drill.data.switchover import Switchover
from scripts.drill.plan import Plan
from scripts.drill.steps import Step
from scripts.drill.theatre import Theatre
from scripts.errors import UsageError

#: The engine that can be switched over, as the setting orders_engine has it.
ENGINE = "aurora-global"


@dataclass(frozen=True)
class Act:
    """A step, made or undone."""

    step: Step
    undo: bool = False


@dataclass(frozen=True)
class Relocation:
    """`steps`, whose snapshots are taken before anything is touched and which are undone from the last to
    the first; which of them moves the database; and what is done with them, there and back.
    """

    steps: tuple[Step, ...]
    switchover: Step
    there: tuple[Act, ...]
    back: tuple[Act, ...]


def relocation(aws: Aws, theatre: Theatre) -> Relocation:
    """The primary's data to the standby.

    Back, commits are fenced anew, by steps of their own: a step is made once in a drill.
    """
    pair = (theatre.primary.name, theatre.standby.name)
    rotation, switchover = RotationSuspended(aws, theatre), Switchover(aws, theatre)
    out = tuple(CommitsFenced(aws, theatre, region, "there") for region in pair)
    home = tuple(CommitsFenced(aws, theatre, region, "back") for region in pair)
    return Relocation(
        steps=(rotation, *out, *home, switchover),
        switchover=switchover,
        there=(Act(rotation), *_made(out), Act(switchover), *_undone(out)),
        back=(*_made(home), Act(switchover, undo=True), *_undone(home), Act(rotation, undo=True)),
    )


def refuse(plan: Plan) -> None:
    """Raise UsageError for data that cannot be moved along, or not safely, whatever stands."""
    if not plan.data:
        return
    if not plan.trigger.latches:
        raise UsageError(
            f"--data needs a trigger that latches, and {plan.trigger} does not: traffic would come back by "
            "itself, to a region without its data.",
            fix="Leave out --trigger, or name takeover.",
        )
    if not plan.theatre.global_cluster:
        raise UsageError(
            f"--data needs a database that can be switched over, and {plan.environment} runs on RDS, whose "
            "replica can be promoted once and never goes back.",
            fix=f"Set orders_engine: {ENGINE}, or drill without --data.",
        )


def _made(steps: tuple[CommitsFenced, ...]) -> tuple[Act, ...]:
    return tuple(Act(step) for step in steps)


def _undone(steps: tuple[CommitsFenced, ...]) -> tuple[Act, ...]:
    return tuple(Act(step, undo=True) for step in steps)
