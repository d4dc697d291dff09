"""What watches and bounds the regions: alarms, how long logs are kept, reserved concurrency."""

from __future__ import annotations

from scripts.drill.parity.readings import GONE, Comparison, Reading, told
from scripts.drill.parity.sides import Side

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
LOG_GROUP = "AWS::Logs::LogGroup"
FUNCTION = "AWS::Lambda::Function"

ENABLED, DISABLED = "actions enabled", "actions disabled"


def alarms(side: Side) -> Reading:
    """Those that the stacks made: each must be there, and be able to call somebody."""
    client = side.client("cloudwatch")
    states = {
        one["AlarmName"]: ENABLED if one["ActionsEnabled"] else DISABLED
        for kind in ("MetricAlarms", "CompositeAlarms")
        for one in client.pages(
            "describe_alarms",
            kind,
            AlarmNamePrefix=f"tradewind-{side.environment.name}-",
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        )
    }
    return {path: states.get(name, GONE) for path, name in side.of(*ALARMS).items()}


def retentions(side: Side) -> Reading:
    """How long each log group of the stacks is kept."""
    known = {
        one["logGroupName"]: f"{one['retentionInDays']} days"
        if "retentionInDays" in one
        else "ever"
        for one in side.client("logs").pages("describe_log_groups", "logGroups")
    }
    return {path: known.get(name, GONE) for path, name in side.of(LOG_GROUP).items()}


def concurrency(side: Side) -> Reading:
    """What each function keeps for itself."""
    client = side.client("lambda")
    found = {}
    for path, name in side.of(FUNCTION).items():
        answer = told(client, "get_function_concurrency", FunctionName=name)
        kept = (answer or {}).get("ReservedConcurrentExecutions", "none")
        found[path] = GONE if answer is None else f"{kept} reserved"
    return found


OPERATIONS = (
    Comparison(
        "alarms",
        "cloudwatch:DescribeAlarms",
        "aws cloudwatch enable-alarm-actions; one that is gone: tradewind drift ENV",
        alarms,
        wanted=lambda said: said == ENABLED,
    ),
    Comparison(
        "logs",
        "logs:DescribeLogGroups",
        "Have the log group as its template says: tradewind drift ENV",
        retentions,
    ),
    Comparison(
        "concurrency",
        "lambda:GetFunctionConcurrency",
        "Have the function as its template says: tradewind drift ENV",
        concurrency,
    ),
)
