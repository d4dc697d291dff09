"""Drills by routine: which of them nobody has to approve, and what every drill leaves in CloudWatch.

What a routine may do is in the settings, which are reviewed and released like code: `drill_allowance:
takeover` lets a takeover go that leaves the data where they are and comes back by itself. Whatever else is
asked for waits for a person. An environment without the allowance, prod as it comes, has no such drills.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.drill_records import METRICS
from scripts.aws import Aws
from scripts.drill.plan import Plan, Trigger
from scripts.errors import Refused

#: What is said instead of a plan's hash, and the value of `drill_allowance` that lets it be said.
APPROVAL, ALLOWED = "routine", "takeover"

#: Figure of a report -> the metric that it becomes.
_FIGURES = {"rto_s": "RtoSeconds", "rpo": "RpoSeconds", "orders_lost": "OrdersLost"}


def approved(plan: Plan, allowance: str) -> str:
    """The hash of a plan that the allowance lets go. Raises Refused for any other."""
    objection = _objection(plan, allowance)
    if objection:
        raise Refused(
            f"{plan.environment} lets no drill go without a person's approval that {objection}.",
            fix=f"Read the plan (tradewind failover-drill plan {plan.environment}), then pass --approve "
            f"{plan.hash}.",
        )
    return plan.hash


def publish(aws: Aws, plan: Plan, report: Mapping[str, Any]) -> None:
    """Put what a drill measured beside what its environment aims at, in the standby. Raises AwsSaidNo.

    What was not measured leaves no figure. The age of the last good drill is told by drill_age, every day.
    """
    named = [{"Name": "Environment", "Value": plan.environment}]
    figures = [
        {"MetricName": metric, "Dimensions": named, "Value": float(value)}
        for metric, value in _measured(report)
    ]
    if figures:
        aws.client("cloudwatch", plan.theatre.standby.name).call(
            "put_metric_data", Namespace=METRICS, MetricData=figures
        )


def _objection(plan: Plan, allowance: str) -> str:
    if allowance != ALLOWED:
        return f"its drill_allowance does not name: it is {allowance}"
    if plan.trigger is not Trigger.TAKEOVER:
        return f"is no takeover: this is {plan.trigger}"
    if plan.data:
        return "moves the database"
    return "stays failed over" if plan.hold else ""


def _measured(report: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for key, metric in _FIGURES.items():
        if isinstance(value := report.get(key), int | float):
            yield metric, value
