"""The whole table of the preflight: every question, asked side by side, whatever one of them says."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generator.environments import Environment
from scripts.checks import Check, unknown
from scripts.drill.data.checks import checks as data_checks
from scripts.drill.folder import DRILLS
from scripts.drill.plan import Plan
from scripts.drill.preflight import (
    alarms,
    backups,
    capacity,
    changes,
    checkers,
    disk,
    operator,
    permissions,
    quotas,
    replication,
    routing,
    sameness,
    shopping,
    timing,
)
from scripts.drill.preflight.ground import Ground, Question, Questions
from scripts.drill.stage import Stage
from scripts.errors import TradewindError

#: Checks that are made side by side.
AT_ONCE = 12

QUESTIONS: Questions = (
    *operator.CHECKS,
    *changes.CHECKS,
    *checkers.CHECKS,
    *routing.CHECKS,
    *timing.CHECKS,
    *capacity.CHECKS,
    *quotas.CHECKS,
    *sameness.CHECKS,
    *replication.CHECKS,
    *backups.CHECKS,
    *alarms.CHECKS,
    *shopping.CHECKS,
    *permissions.CHECKS,
    *disk.CHECKS,
)


def run(
    stage: Stage, plan: Plan, environment: Environment, project: Path = Path()
) -> Iterator[Check]:
    """Every line, in the order of the table, each as soon as it and those before it are known.

    `project` is the root below which drills are written down.
    """
    ground = Ground(stage, plan, environment, project / DRILLS / environment.name)
    with ThreadPoolExecutor(AT_ONCE, "preflight") as pool:
        yield from pool.map(lambda question: _checked(question, ground), QUESTIONS)
    if plan.data:
        yield from data_checks(stage.aws, plan.theatre)


def _checked(question: Question, ground: Ground) -> Check:
    """What cannot be read is not known, and why is said; the other checks go on."""
    try:
        return question.ask(ground).named(question.name)
    except TradewindError as error:
        return unknown(error.message, "an answer", error.fix).named(question.name)
