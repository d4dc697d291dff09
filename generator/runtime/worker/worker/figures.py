"""The worker's own metrics: how jobs end, by their kind. No job waits for them, and none fails by them."""

from __future__ import annotations

import logging

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from .aws import code, config
from .logs import about

log = logging.getLogger("worker.figures")


class Figures:
    """Published under a namespace; without one, nowhere."""

    def __init__(self, namespace: str) -> None:
        self.cloudwatch = (
            boto3.client("cloudwatch", config=config(attempts=2)) if namespace else None
        )
        self.namespace = namespace

    def count(self, name: str, kind: str, *, seconds: float | None = None) -> None:
        """One more of `name`, such as JobsDone; `seconds`: what it took."""
        if self.cloudwatch is None:
            return
        dimensions = [{"Name": "Kind", "Value": kind}]
        data = [{"MetricName": name, "Value": 1, "Unit": "Count", "Dimensions": dimensions}]
        if seconds is not None:
            took = {"MetricName": "JobSeconds", "Value": seconds, "Unit": "Seconds"}
            data.append({**took, "Dimensions": dimensions})
        try:
            self.cloudwatch.put_metric_data(Namespace=self.namespace, MetricData=data)
        except (BotoCoreError, ClientError) as error:
            log.warning("a metric is lost", extra=about(reason=code(error)))
