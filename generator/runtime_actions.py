"""Every action that a role of the platform may be granted: the runtime boundary, in full.

A new grant that needs an action beyond these is a decision to be made here, and seen in the diff.
"""

from __future__ import annotations

from awacs import (
    autoscaling,
    awslambda,
    cloudwatch,
    dynamodb,
    ec2,
    elasticloadbalancing,
    es,
    events,
    firehose,
    kms,
    logs,
    rds,
    s3,
    secretsmanager,
    sns,
    sqs,
    ssm,
    ssmmessages,
    states,
    tag,
    xray,
)
from awacs.aws import Action

#: What the platform's roles may do with what the environment owns.
RUNTIME_SCOPED: dict[str, list[Action]] = {
    "autoscaling": [
        autoscaling.CompleteLifecycleAction,
        autoscaling.DeleteLifecycleHook,
        autoscaling.PutLifecycleHook,
        autoscaling.RecordLifecycleActionHeartbeat,
        autoscaling.ResumeProcesses,
        autoscaling.SetInstanceHealth,
        autoscaling.SuspendProcesses,
    ],
    "dynamodb": [
        dynamodb.BatchGetItem,
        dynamodb.BatchWriteItem,
        dynamodb.ConditionCheckItem,
        dynamodb.DeleteItem,
        dynamodb.DescribeStream,
        dynamodb.DescribeTable,
        dynamodb.GetItem,
        dynamodb.GetRecords,
        dynamodb.GetShardIterator,
        dynamodb.PutItem,
        dynamodb.Query,
        dynamodb.Scan,
        dynamodb.UpdateItem,
    ],
    "es": [
        es.ESHttpDelete,
        es.ESHttpGet,
        es.ESHttpHead,
        es.ESHttpPatch,
        es.ESHttpPost,
        es.ESHttpPut,
    ],
    "events": [events.PutEvents],
    "firehose": [firehose.PutRecord, firehose.PutRecordBatch],
    "lambda": [awslambda.InvokeFunction],
    "logs": [
        logs.CreateLogGroup,
        logs.CreateLogStream,
        logs.DescribeLogStreams,
        logs.GetLogEvents,
        logs.PutLogEvents,
        logs.PutRetentionPolicy,
    ],
    "rds": [
        rds.DescribeDBClusters,
        rds.DescribeDBInstances,
        rds.ModifyDBCluster,
        rds.ModifyDBInstance,
        rds.StartDBInstance,
        rds.StopDBInstance,
    ],
    "s3": [
        s3.AbortMultipartUpload,
        s3.DeleteObject,
        s3.GetBucketLocation,
        s3.GetObject,
        s3.GetObjectVersion,
        s3.GetObjectVersionAcl,
        s3.GetObjectVersionForReplication,
        s3.GetObjectVersionTagging,
        s3.GetReplicationConfiguration,
        s3.ListBucket,
        s3.PutObject,
        s3.ReplicateDelete,
        s3.ReplicateObject,
        s3.ReplicateTags,
    ],
    "secretsmanager": [
        secretsmanager.DescribeSecret,
        secretsmanager.GetSecretValue,
        secretsmanager.PutSecretValue,
        secretsmanager.UpdateSecretVersionStage,
    ],
    "sns": [sns.Publish],
    "sqs": [
        sqs.ChangeMessageVisibility,
        sqs.DeleteMessage,
        sqs.GetQueueAttributes,
        sqs.GetQueueUrl,
        sqs.ReceiveMessage,
        sqs.SendMessage,
    ],
    "states": [states.StartExecution, states.StartSyncExecution],
}

#: Enhanced Monitoring's log group, of which an account has one in a region.
MONITORING = "logs:*:{account}:log-group:RDSOSMetrics*"

#: What the platform's roles may do where ARNs have no names, or AWS offers no resource.
RUNTIME_UNSCOPED: list[Action] = [
    autoscaling.DescribeAutoScalingGroups,
    autoscaling.DescribeLifecycleHooks,
    cloudwatch.DescribeAlarms,
    cloudwatch.PutMetricData,
    dynamodb.ListStreams,
    ec2.AssignPrivateIpAddresses,
    ec2.CreateNetworkInterface,
    ec2.DeleteNetworkInterface,
    ec2.DescribeInstanceStatus,
    ec2.DescribeInstances,
    ec2.DescribeNetworkInterfaces,
    ec2.DescribeSecurityGroups,
    ec2.DescribeSubnets,
    ec2.RevokeSecurityGroupEgress,
    ec2.RevokeSecurityGroupIngress,
    ec2.UnassignPrivateIpAddresses,
    elasticloadbalancing.DeregisterTargets,
    elasticloadbalancing.DescribeLoadBalancers,
    elasticloadbalancing.DescribeTargetGroupAttributes,
    elasticloadbalancing.DescribeTargetGroups,
    elasticloadbalancing.DescribeTargetHealth,
    elasticloadbalancing.RegisterTargets,
    secretsmanager.GetRandomPassword,
    ssm.UpdateInstanceInformation,
    ssmmessages.CreateControlChannel,
    ssmmessages.CreateDataChannel,
    ssmmessages.OpenControlChannel,
    ssmmessages.OpenDataChannel,
    tag.GetResources,
    xray.PutTelemetryRecords,
    xray.PutTraceSegments,
]

#: What they may do under the environment's keys.
RUNTIME_KEYS: list[Action] = [kms.Decrypt, kms.DescribeKey, kms.Encrypt, kms.GenerateDataKey]
