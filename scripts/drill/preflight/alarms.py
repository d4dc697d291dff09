"""Whether anything is wrong already, in the standby or at the edge: a drill must not add to it."""

from __future__ import annotations

from generator.naming import PREFIX, stack_name
from generator.places import EDGE_REGION
from scripts import inventory
from scripts.aws import Client
from scripts.checks import Answer, judged, not_applicable, unknown
from scripts.drill.preflight.ground import Ground, Question, Questions

#: In the names of the alarms on the age of the last good drill, which a drill is to quieten.
DRILLS = "-drill-"

TYPES = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


def standby_is_quiet(ground: Ground) -> Answer:
    """Every alarm of the environment in the standby; those that scaling made for itself have other names."""
    region = ground.theatre.standby.name
    states = _states(
        ground.aws.client("cloudwatch", region),
        AlarmNamePrefix=f"{PREFIX}-{ground.environment.name}-",
    )
    return _quiet(states, region)


def edge_is_quiet(ground: Ground) -> Answer:
    """Those of the edge's stack alone: us-east-1 may be the primary's region, too."""
    name = stack_name(ground.environment.name, "edge")
    if inventory.stack(ground.aws, EDGE_REGION, name) is None:
        return not_applicable(f"no {name} stands")
    ours = {
        found.physical_id
        for found in inventory.resources(ground.aws, EDGE_REGION, name)
        if found.type in TYPES
    }
    states = _states(ground.aws.client("cloudwatch", EDGE_REGION))
    return _quiet({name: state for name, state in states.items() if name in ours}, "edge")


def _states(client: Client, **which: str) -> dict[str, str]:
    return {
        one["AlarmName"]: one["StateValue"]
        for kind in ("MetricAlarms", "CompositeAlarms")
        for one in client.pages(
            "describe_alarms", kind, AlarmTypes=["MetricAlarm", "CompositeAlarm"], **which
        )
    }


def _quiet(states: dict[str, str], where: str) -> Answer:
    """INSUFFICIENT_DATA is no alarm, and no word that all is well."""
    firing = sorted(
        name for name, state in states.items() if state == "ALARM" and DRILLS not in name
    )
    well = sum(state == "OK" for state in states.values())
    blind = len(states) - well - len(firing)
    expected = "none is in ALARM"
    counted = f"{well} OK, {blind} without data"
    if not firing and not well:
        return unknown(f"{counted}: no alarm of {where} has seen anything", expected)
    return judged(
        not firing,
        f"{', '.join(firing)} in ALARM" if firing else counted,
        expected,
        "Mend what they tell of first; each alarm's description says where to look.",
    )


CHECKS: Questions = (
    Question("alarms of the standby", standby_is_quiet),
    Question("alarms of the edge", edge_is_quiet),
)
