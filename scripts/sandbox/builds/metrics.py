"""What CodeBuild tells CloudWatch of a build that has ended: of its project, and of all of the account.

One that failed or took too long counts as failed; one that was stopped, or that broke down on CodeBuild's
side, as neither.
https://docs.aws.amazon.com/codebuild/latest/userguide/monitoring-metrics.html
"""

from __future__ import annotations

import logging
from typing import Any

from scripts.errors import Failed
from scripts.sandbox.builds import records
from scripts.sandbox.builds.records import Build
from scripts.sandbox.fleets.account import Account

NAMESPACE = "AWS/CodeBuild"

_FAILED = frozenset({records.FAILED, records.TIMED_OUT})

log = logging.getLogger("tradewind.builds")


def tell(account: Account, build: Build) -> None:
    """Put the figures. That they cannot be put is no part of the build."""
    try:
        account.call("cloudwatch", "put_metric_data", Namespace=NAMESPACE, MetricData=data(build))
    except Failed as problem:
        log.warning("%s: %s", build.id, problem)


def data(build: Build) -> list[dict[str, Any]]:
    """The MetricData of a build that has ended."""
    figures = (
        ("Builds", 1.0, "Count"),
        ("FailedBuilds", float(build.status in _FAILED), "Count"),
        ("SucceededBuilds", float(build.status == records.SUCCEEDED), "Count"),
        ("Duration", (build.end or build.start) - build.start, "Seconds"),
    )
    return [
        {"MetricName": name, "Dimensions": dimensions, "Value": value, "Unit": unit}
        for dimensions in ([{"Name": "ProjectName", "Value": build.project}], [])
        for name, value, unit in figures
    ]
