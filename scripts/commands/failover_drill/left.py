"""A drill that was left: found on this machine or by its mirror, and gone on with from another shell."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.aws import Aws
    from scripts.context import Context
    from scripts.drill.engine import Company, Outcome
    from scripts.drill.events import DrillEvent
    from scripts.drill.folder import Folder
    from scripts.drill.plan import Plan
    from scripts.drill.stage import Stage
    from scripts.drill.story import Story

    Going = Callable[[Stage, Folder, Company], Generator[DrillEvent, None, Outcome]]


def go_on(
    context: Context,
    environment: Environment,
    drill: str | None,
    speed: float | None,
    going: Going,
    afterwards: Callable[[Stage, Plan], dict[str, Any]] = lambda *_: {},
) -> int:
    """Find the drill, set its stage up again, and let it go on; gives the exit code. What is told
    `afterwards` is in the document, too.
    """
    from scripts.commands.failover_drill import telling
    from scripts.commands.failover_drill.company import company

    with opened(context, environment, drill, speed) as (stage, plan, folder):
        document: dict[str, Any] = {"environment": environment.name, "hash": plan.hash}
        with telling.interruptible(context.terminal) as interrupted:
            beside = company(context, environment, stage, plan, interrupted)
            code = telling.followed(context.terminal, going(stage, folder, beside), document)
        document |= afterwards(stage, plan)
    context.terminal.data(document)
    return code


@contextmanager
def opened(
    context: Context, environment: Environment, drill: str | None, speed: float | None
) -> Iterator[tuple[Stage, Plan, Folder]]:
    """A drill's stage, its plan and its folder. Nothing is asked of the region that it left."""
    from scripts.commands.failover_drill import staging
    from scripts.drill import story as stories

    aws = staging.connect(context, environment)
    folder = found(context, environment, drill, aws)
    story = stories.read(folder)
    refuse_another_stage(story)
    with staging.stage(context, environment, aws, story.plan.theatre, speed) as stage:
        yield stage, story.plan, folder


def refuse_another_stage(story: Story) -> None:
    """Raise UsageError for a drill of the sandbox that is gone on with on AWS, or the other way round: what
    stands there says nothing of it.
    """
    from scripts.commands.failover_drill import staging
    from scripts.errors import UsageError

    rehearsal = bool(story.opened.get("rehearsal"))
    if rehearsal != staging.rehearsed():
        raise UsageError(
            f"{story.drill} is a drill {'of the sandbox' if rehearsal else 'on AWS'}.",
            fix="Add --sandbox." if rehearsal else "Leave out --sandbox.",
        )


def found(context: Context, environment: Environment, drill: str | None, aws: Aws) -> Folder:
    """The drill of that id; else the one that is open, from its mirror where another machine began it; else
    the latest that this project has.
    """
    from scripts.drill import folder, mirror, open_drill

    if drill is not None:
        return folder.find(context.project, environment.name, drill)
    if open_drill.read(aws, environment.standby_region) is None:
        return folder.latest(context.project, environment.name)
    return mirror.fetched(aws, environment.standby_region, context.project)
