"""Alarms of the standby that go off, or calm down, while it carries everything."""

from __future__ import annotations

from collections.abc import Iterable

from generator.naming import PREFIX
from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.clock import Clock
from scripts.drill.observations import Alarmed, Observation
from scripts.drill.observing.rounds import Periodic
from scripts.drill.plan import Plan

_PERIOD = 30.0

CALLS = (
    Call(
        "cloudwatch",
        "DescribeAlarms",
        Where.STANDBY,
        Plane.CONTROL,
        "watches the standby's alarms",
        needed=False,
    ),
)


class Alarms(Periodic):
    """Of the environment, in the standby. The first look tells nothing: it is what stands."""

    name, period = "alarms", _PERIOD

    def __init__(self, aws: Aws, clock: Clock, plan: Plan) -> None:
        self._region = plan.theatre.standby.name
        self._cloudwatch = aws.client("cloudwatch", self._region)
        self._prefix = f"{PREFIX}-{plan.environment}-"
        self._clock = clock
        self._states: dict[str, str] | None = None

    def look(self) -> Iterable[Observation]:
        """What is not as it was."""
        states: dict[str, str] = {}
        for kind, key in (("MetricAlarm", "MetricAlarms"), ("CompositeAlarm", "CompositeAlarms")):
            listed = self._cloudwatch.pages(
                "describe_alarms", key, AlarmNamePrefix=self._prefix, AlarmTypes=[kind]
            )
            states.update({alarm["AlarmName"]: alarm["StateValue"] for alarm in listed})
        before, self._states = self._states, states
        now = self._clock.now()
        for alarm, state in sorted(states.items()):
            if before is not None and state != before.get(alarm, state):
                yield Alarmed(now, self._region, alarm, state)
