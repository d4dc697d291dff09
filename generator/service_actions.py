"""Every action that a role which an AWS service assumes for its work may be granted: the service boundary.

Backup, Firehose, Personalize and their kind act under roles that we pass to them. They may do what our own
code may not, and the other way round: hence a ceiling of their own, beside `runtime_actions`.
"""

from __future__ import annotations

from awacs import (
    awslambda,
    cloudwatch,
    codebuild,
    ec2,
    firehose,
    kms,
    logs,
    personalize,
    redshift_data,
    s3,
    secretsmanager,
    sqs,
    states,
    xray,
)
from awacs.aws import Action

#: What services may do with what the environment owns: service -> actions, on the ARNs of `territory`.
SERVICE_SCOPED: dict[str, list[Action]] = {
    "codebuild": [codebuild.RetryBuild, codebuild.StartBuild, codebuild.StopBuild],
    "firehose": [firehose.PutRecord, firehose.PutRecordBatch],
    "lambda": [awslambda.InvokeFunction],
    "logs": [logs.CreateLogStream, logs.PutLogEvents],
    "personalize": [
        personalize.CreateCampaign,
        personalize.CreateSolutionVersion,
        personalize.DeleteCampaign,
        personalize.DescribeCampaign,
        personalize.DescribeSolution,
        personalize.DescribeSolutionVersion,
        personalize.StopSolutionVersionCreation,
        personalize.UpdateCampaign,
        personalize.UpdateSolution,
    ],
    "redshift-serverless": [
        redshift_data.BatchExecuteStatement,
        redshift_data.ExecuteStatement,
    ],
    "s3": [
        s3.AbortMultipartUpload,
        s3.GetBucketLocation,
        s3.GetObject,
        s3.GetObjectVersion,
        s3.ListBucket,
        s3.ListBucketMultipartUploads,
        s3.PutObject,
    ],
    "secretsmanager": [secretsmanager.DescribeSecret, secretsmanager.GetSecretValue],
    "sqs": [sqs.GetQueueAttributes, sqs.GetQueueUrl, sqs.SendMessage],
    "states": [states.StartExecution],
}

#: What they may do where ARNs have no names, or AWS offers no resource.
SERVICE_UNSCOPED: list[Action] = [
    cloudwatch.PutMetricData,
    ec2.AssignPrivateIpAddresses,
    ec2.CreateNetworkInterface,
    ec2.CreateNetworkInterfacePermission,
    ec2.DeleteNetworkInterface,
    ec2.DescribeDhcpOptions,
    ec2.DescribeNetworkInterfaces,
    ec2.DescribeSecurityGroups,
    ec2.DescribeSubnets,
    ec2.DescribeVpcs,
    ec2.UnassignPrivateIpAddresses,
    logs.CreateLogDelivery,
    logs.CreateLogGroup,
    logs.CreateLogStream,
    logs.DeleteLogDelivery,
    logs.DescribeLogGroups,
    logs.DescribeLogStreams,
    logs.DescribeResourcePolicies,
    logs.FilterLogEvents,
    logs.GetLogEvents,
    logs.PutLogEvents,
    logs.GetLogDelivery,
    logs.ListLogDeliveries,
    logs.PutResourcePolicy,
    logs.UpdateLogDelivery,
    personalize.ListCampaigns,
    personalize.ListSolutionVersions,
    redshift_data.DescribeStatement,
    redshift_data.GetStatementResult,
    xray.GetSamplingRules,
    xray.GetSamplingTargets,
    xray.PutTelemetryRecords,
    xray.PutTraceSegments,
]

#: What they may do under the environment's keys.
SERVICE_KEYS: list[Action] = [
    kms.Decrypt,
    kms.DescribeKey,
    kms.GenerateDataKey,
    kms.ListGrants,
]
