"""Grants to say what happens: logs, metrics, traces."""

from __future__ import annotations

from dataclasses import dataclass

from awacs import cloudwatch, logs, xray
from awacs.aws import Statement, StringEquals
from troposphere import Sub

from generator.grants.statements import Arn, allow, unscoped


@dataclass(frozen=True)
class LogGroup:
    """A CloudWatch Logs log group; GetAtt Arn ends in `:*`, which is what its streams' actions want.

    Its key is used by the service under the key's own policy.
    """

    arn: Arn

    def write(self) -> Statement:
        """Open streams and put events."""
        return allow([logs.CreateLogStream, logs.PutLogEvents], [self.arn])

    def deliver(self) -> list[Statement]:
        """What VPC flow logs need besides.

        https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
        """
        return [self.write(), allow([logs.DescribeLogStreams], [self.arn])]


def publish_traces() -> Statement:
    """Send traces to X-Ray."""
    return unscoped([xray.PutTraceSegments, xray.PutTelemetryRecords], because="a trace has no ARN")


def report_executions() -> list[Statement]:
    """What a state machine needs to write its log by log delivery, and to trace.

    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
    """
    delivery = [
        logs.CreateLogDelivery,
        logs.DeleteLogDelivery,
        logs.DescribeLogGroups,
        logs.DescribeResourcePolicies,
        logs.GetLogDelivery,
        logs.ListLogDeliveries,
        logs.PutResourcePolicy,
        logs.UpdateLogDelivery,
    ]
    sampling = [xray.GetSamplingRules, xray.GetSamplingTargets]
    return [
        publish_traces(),
        unscoped(sampling, because="sampling is the account's"),
        unscoped(delivery, because="log deliveries are managed by no resource"),
    ]


def publish_api_logs() -> list[Statement]:
    """What API Gateway needs to write the logs of all APIs of a region; it names their groups by itself.

    AWS's managed AmazonAPIGatewayPushToCloudWatchLogs, on API Gateway's groups and on ours.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    groups = [
        Sub(f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{name}")
        for name in ("API-Gateway-Execution-Logs_*", "/aws/apigateway/*", "/tradewind/*")
    ]
    write = [
        logs.CreateLogGroup,
        logs.CreateLogStream,
        logs.DescribeLogStreams,
        logs.FilterLogEvents,
        logs.GetLogEvents,
        logs.PutLogEvents,
    ]
    return [
        allow(write, groups),
        unscoped([logs.DescribeLogGroups], because="it lists by no group"),
    ]


def publish_database_monitoring() -> list[Statement]:
    """What RDS needs to write a database host's metrics; the log group is one for the account.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
    """
    group = Sub(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:RDSOSMetrics"
    )
    streams = Sub("${Group}:log-stream:*", Group=group)
    return [
        allow([logs.CreateLogGroup, logs.PutRetentionPolicy], [group]),
        allow(
            [logs.CreateLogStream, logs.PutLogEvents, logs.DescribeLogStreams, logs.GetLogEvents],
            [streams],
        ),
    ]


def publish_metrics(namespace: Arn) -> Statement:
    """Put metrics of one namespace."""
    return unscoped(
        [cloudwatch.PutMetricData],
        StringEquals("cloudwatch:namespace", namespace),
        because="PutMetricData names no resource; the namespace scopes it",
    )
