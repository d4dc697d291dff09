"""The tool with something planted in it: `python -m tests.rehearsal.drill.planted NAME WORDS...`.

What goes wrong at the very moment of the fault is planted in the drill's own process: a test that looks on
from outside may come too late.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from scripts import cli
from scripts.commands.failover_drill import drafting
from scripts.drill import path, triggers
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.plan import Plan
from scripts.drill.stage import Stage
from scripts.drill.steps import Step, Token

#: Done in the place of a fault, which it makes itself; gives the fault's time.
Act = Callable[[Stage, Plan, Callable[[], float | None]], float | None]

#: Drill seconds.
BASELINE = 150


class Planted:
    """A trigger that does more than it says."""

    def __init__(self, step: Step, stage: Stage, plan: Plan, act: Act) -> None:
        self._step, self._stage, self._plan, self._act = step, stage, plan, act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._step, name)

    def make(self, token: Token) -> float | None:
        """The fault, and what was planted."""
        return self._act(self._stage, self._plan, lambda: self._step.make(token))


def a_longer_baseline() -> None:
    """More orders come before the fault."""
    drafted = drafting.drafted

    def longer(*said: Any, **how: Any) -> Plan:
        plan = drafted(*said, **how)
        return replace(plan, pace=replace(plan.pace, baseline=BASELINE))

    drafting.drafted = longer


def both_regions_go() -> None:
    """The standby is lost with the primary."""

    def lose(stage: Stage, plan: Plan, fail: Callable[[], float | None]) -> float | None:
        assert stage.outage is not None
        stage.outage.begin(plan.theatre.standby.name)
        return fail()

    _at_the_fault(lose)


def credentials_expire() -> None:
    """Once the primary is left, AWS takes these credentials no more."""

    def refused(_: BaseClient, operation: str, __: Mapping[str, Any]) -> None:
        said = "The security token included in the request is expired"
        raise ClientError({"Error": {"Code": "ExpiredTokenException", "Message": said}}, operation)

    def expire(_: Stage, __: Plan, fail: Callable[[], float | None]) -> float | None:
        at = fail()
        BaseClient._make_api_call = refused
        return at

    _at_the_fault(expire)


def a_call_home() -> None:
    """On the way out the region that is left is asked for something; nobody declares it."""

    def ask(stage: Stage, plan: Plan, fail: Callable[[], float | None]) -> float | None:
        stage.aws.client("dynamodb", plan.theatre.primary.name).call("list_tables")
        return fail()

    _at_the_fault(ask)


def a_declared_call_home() -> None:
    """It is declared, as what the way out needs."""
    calls = path.calls
    planted = Call("dynamodb", "ListTables", Where.IMPAIRED, Plane.CONTROL, "planted")
    path.calls = lambda plan: (*calls(plan), planted)


def _at_the_fault(act: Act) -> None:
    trigger = triggers.trigger
    triggers.trigger = lambda stage, plan: Planted(trigger(stage, plan), stage, plan, act)


PLANTS = {
    one.__name__: one
    for one in (
        a_longer_baseline,
        both_regions_go,
        credentials_expire,
        a_call_home,
        a_declared_call_home,
    )
}

if __name__ == "__main__":
    PLANTS[sys.argv.pop(1)]()
    sys.exit(cli.main())
