"""Who is beside a drill: whoever approves it, whoever interrupts it, and what proves that it left nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.checks import Check
    from scripts.context import Context
    from scripts.drill.engine import Company
    from scripts.drill.plan import Plan
    from scripts.drill.stage import Stage


def company(
    context: Context,
    environment: Environment,
    stage: Stage,
    plan: Plan,
    interrupted: threading.Event,
    *,
    checks: tuple[Check, ...] = (),
    approver: str = "",
    yes: bool = False,
) -> Company:
    """Of a drill that a command runs; `yes` has a rehearsal move the data without being asked."""
    from contextlib import nullcontext
    from importlib import metadata

    from scripts import approval
    from scripts.drill import engine

    return engine.Company(
        approve_data=lambda: (
            nullcontext(lambda: True)
            if yes and stage.rehearsal
            else approval.of_data(context.terminal, environment.name)
        ),
        interrupted=interrupted,
        settled=lambda: settled(context, environment, stage),
        prod=approval.is_production(environment.name) and not stage.rehearsal,
        checks=checks,
        approver=approver,
        versions={"tradewind": metadata.version("tradewind"), "release": plan.release},
    )


def settled(context: Context, environment: Environment, stage: Stage) -> tuple[str, ...]:
    """What `tradewind plan` would change now, a sentence each wave; nothing where the drill left nothing.

    A stack that rests, with the templates and the parameters of the release that is built here, has nothing
    to change: CloudFormation is asked for a change set of whatever is not so. A drill by routine may not make
    one: there nobody knows.
    """
    from scripts.deploy import change_sets, release, releases, standing, waves
    from scripts.deploy.plan import Awaiting, WavePlan
    from scripts.deploy.planner import Planner
    from scripts.events import heard

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
        planned = heard(planner.plan(look.wave, inputs), lambda _: None)
        if isinstance(planned, WavePlan):
            change_sets.delete(stage.aws, planned.change_set)
            said.append(f"{look.wave} would change: {len(planned.changes)} resources.")
    return tuple(dict.fromkeys(said))
