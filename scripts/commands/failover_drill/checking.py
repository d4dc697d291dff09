"""The preflight, said line by line, and what of it refuses a drill."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.checks import Check
    from scripts.context import Context
    from scripts.drill.plan import Plan
    from scripts.drill.stage import Stage

#: Exit code of a drill that must not begin.
REFUSED = 2


def checked(
    context: Context, environment: Environment, stage: Stage, plan: Plan
) -> tuple[Check, ...]:
    """Every check, said as it is known."""
    from scripts.checks import told
    from scripts.drill.preflight import table

    terminal = context.terminal
    done = []
    with terminal.progress("Preflight"):
        for check in table.run(stage, plan, environment, context.project):
            done.append(check)
            for line in told(check):
                terminal.out(line)
    return tuple(done)


def refusals(environment: Environment, stage: Stage, checks: tuple[Check, ...]) -> list[str]:
    """The names of the checks that say no. What a rehearsal does not know refuses nowhere."""
    from scripts import approval

    strict = approval.is_production(environment.name) and not stage.rehearsal
    return [check.name for check in checks if check.refuses(prod=strict)]
