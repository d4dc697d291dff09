"""Who is beside a drill: whoever approves it, whoever interrupts it, and what proves that it left nothing."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.drill.engine import Company
    from scripts.drill.plan import Plan
    from scripts.drill.preflight.findings import Check
    from scripts.drill.stage import Stage

Result = TypeVar("Result")


def company(
    context: Context,
    environment: Environment,
    stage: Stage,
    plan: Plan,
    interrupted: threading.Event,
    *,
    checks: tuple[Check, ...] = (),
    approver: str = "",
) -> Company:
    """Of a drill that a command runs."""
    from importlib import metadata

    from scripts import approval
    from scripts.drill import engine

    return engine.Company(
        approve_data=lambda _: approval.DrillApproval(environment.name, context.terminal).of_data(),
        interrupted=interrupted,
        settled=lambda: settled(context, environment, stage),
        prod=approval.is_production(environment.name) and not stage.rehearsal,
        checks=checks,
        approver=approver,
        objections=lambda: objections(stage, plan),
        versions={"tradewind": metadata.version("tradewind"), "release": plan.release},
    )


def objections(stage: Stage, plan: Plan) -> tuple[str, ...]:
    """What was sent and the static proof does not have."""
    from scripts.drill import path
    from scripts.drill.proof import judged

    assert stage.wire is not None, "every stage of a command hears what it sends"
    return stage.wire.objections(judged(path.calls(plan), plan.theatre, plan.trigger))


def settled(context: Context, environment: Environment, stage: Stage) -> tuple[str, ...]:
    """What `tradewind plan` would change now, a sentence each wave; nothing where the drill left nothing.

    A stack that rests, with the templates and the parameters of the release that is built here, has nothing
    to change: CloudFormation is asked for a change set of whatever is not so.
    """
    from scripts.deploy import change_sets, release, releases, standing, waves
    from scripts.deploy.plan import Awaiting, WavePlan
    from scripts.deploy.planner import Planner

    built = releases.pinned(stage.aws, environment, release.read(context.project))
    order = waves.roll_out(built.roots, environment.places)
    there = standing.read(stage.aws, environment.name, [(wave.root, wave.region) for wave in order])
    planner = Planner(stage.aws, environment, built, order, look=there.stack)
    said = []
    for look in standing.looks(planner, there, order):
        if not look.differs:
            continue
        inputs = planner.inputs(look.wave)
        if isinstance(inputs, Awaiting):
            said.append(f"{look.wave} cannot be planned before {inputs.awaited} stands.")
            continue
        planned = _drained(planner.plan(look.wave, inputs))
        if isinstance(planned, WavePlan):
            change_sets.delete(stage.aws, planned.change_set)
            said.append(f"{look.wave} would change: {len(planned.changes)} resources.")
    return tuple(dict.fromkeys(said))


def _drained(events: Generator[object, None, Result]) -> Result:
    """What a generator returns, whatever it tells."""
    while True:
        try:
            next(events)
        except StopIteration as end:
            result: Result = end.value
            return result
