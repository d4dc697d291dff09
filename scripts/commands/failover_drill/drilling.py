"""One drill, from its preflight to its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.environments import Environment
    from scripts.context import Context
    from scripts.drill.folder import Folder
    from scripts.drill.plan import Plan
    from scripts.drill.stage import Stage


def drill(
    context: Context,
    environment: Environment,
    stage: Stage,
    plan: Plan,
    approve: Callable[[], str],
    *,
    dry_run: bool = False,
    yes: bool = False,
) -> tuple[int, dict[str, Any]]:
    """From the preflight to the report; gives the exit code, and the document. `approve` says how the plan
    was approved, or raises Refused; `yes` has a rehearsal move the data unasked.
    """
    from scripts.commands.failover_drill import checking, telling
    from scripts.commands.failover_drill.company import company
    from scripts.drill import engine, folder
    from scripts.drill.triggers import trigger

    terminal = context.terminal
    document: dict[str, Any] = {"environment": environment.name, "hash": plan.hash}
    checks = checking.checked(context, environment, stage, plan)
    document["checks"] = [one.to_json() for one in checks]
    if refused := checking.refusals(environment, stage, checks):
        terminal.warn(
            f"the drill must not begin: {', '.join(refused)}; nothing was changed, "
            "and each line above says what to do"
        )
        return checking.REFUSED, {**document, "refused": refused}
    if dry_run:
        step = trigger(stage, plan)
        undo = step.by_hand(step.snapshot())
        terminal.out("It would be undone by hand so:")
        for command in undo:
            terminal.out(f"  {command}")
        return 0, {**document, "plan": plan.to_json(), "undo": undo}
    approver = f"{stage.aws.identity.who} ({approve()})"
    with telling.interruptible(terminal) as interrupted:
        beside = company(
            context,
            environment,
            stage,
            plan,
            interrupted,
            checks=checks,
            approver=approver,
            yes=yes,
        )
        kept = folder.new(context.project, environment.name)
        code = telling.followed(terminal, engine.run(stage, plan, kept, beside), document)
    _leave_figures(context, stage, plan, kept)
    return code, document


def _leave_figures(context: Context, stage: Stage, plan: Plan, kept: Folder) -> None:
    """On the dashboards; a drill is none the worse without."""
    import json

    from scripts.drill import routine
    from scripts.errors import TradewindError

    if not kept.report.exists():
        return
    try:
        routine.publish(stage.aws, plan, json.loads(kept.report.read_text(encoding="utf-8")))
    except (TradewindError, OSError, ValueError) as error:
        context.terminal.warn(f"what the drill measured is not on the dashboards: {error}")
