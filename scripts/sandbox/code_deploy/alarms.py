"""The alarms of a deployment group: one that is active, or not known, stops a deployment.

https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.errors import Failed
from scripts.sandbox.fleets.account import Account

_ACTIVE = (
    "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, "
    "and the affected deployments have been stopped. Activated alarms: "
)


def problem(account: Account, watched: Mapping[str, Any]) -> str:
    """Why an alarm configuration stops a deployment now; empty where it does not."""
    names = [one["name"] for one in watched.get("alarms", ()) if one.get("name")]
    if not watched.get("enabled") or not names:
        return ""
    kinds = ["MetricAlarm", "CompositeAlarm"]
    try:
        told = account.call("cloudwatch", "describe_alarms", AlarmNames=names, AlarmTypes=kinds)
    except Failed as failure:
        unknown = f"The states of the alarms are not known: {failure.message}"
        return "" if watched.get("ignorePollAlarmFailure") else unknown
    alarms = (*told.get("MetricAlarms", ()), *told.get("CompositeAlarms", ()))
    active = [one["AlarmName"] for one in alarms if one["StateValue"] == "ALARM"]
    if active:
        return _ACTIVE + " ".join(f"<{name}>" for name in active)
    missing = sorted(set(names) - {one["AlarmName"] for one in alarms})
    if missing and not watched.get("ignorePollAlarmFailure"):
        return f"There are no such alarms: {', '.join(missing)}"
    return ""
