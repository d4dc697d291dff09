"""Every action that a routine's failover drill may be granted: the drill boundary.

It reads both regions, and changes items: the standby's switch and leases, what a customer would, and whose an
order is that waited in the standby; it ends the workflow of such a one. Of control planes only the leases'
own table is in it, so that a drill by routine can do no more than `takeover`.
"""

from __future__ import annotations

from awacs import (
    acm,
    autoscaling,
    awslambda,
    backup,
    cloudformation,
    cloudwatch,
    codedeploy,
    codepipeline,
    dynamodb,
    ec2,
    elasticache,
    elasticloadbalancing,
    es,
    iam,
    kms,
    logs,
    rds,
    route53,
    s3,
    secretsmanager,
    servicequotas,
    states,
)
from awacs.aws import Action

#: What a drill may do with what the environment owns.
DRILL_SCOPED: dict[str, list[Action]] = {
    "backup": [backup.DescribeBackupVault, backup.ListRecoveryPointsByBackupVault],
    "cloudformation": [
        cloudformation.DescribeStacks,
        cloudformation.GetTemplate,
        cloudformation.ListStackResources,
    ],
    "codedeploy": [
        codedeploy.BatchGetDeployments,
        codedeploy.GetDeployment,
        codedeploy.GetDeploymentGroup,
        codedeploy.ListDeployments,
    ],
    "codepipeline": [codepipeline.ListPipelineExecutions],
    "dynamodb": [
        dynamodb.BatchGetItem,
        dynamodb.CreateTable,
        dynamodb.DeleteItem,
        dynamodb.DescribeTable,
        dynamodb.GetItem,
        dynamodb.PutItem,
        dynamodb.Scan,
        dynamodb.TagResource,
        dynamodb.UpdateItem,
    ],
    "es": [es.DescribeDomain],
    "iam": [iam.GetRole, iam.SimulatePrincipalPolicy],
    "lambda": [awslambda.GetFunctionConcurrency],
    "logs": [logs.CreateLogStream, logs.PutLogEvents],
    "rds": [rds.DescribeDBClusters, rds.DescribeDBInstances],
    "route53": [
        route53.GetHealthCheck,
        route53.GetHealthCheckStatus,
        route53.ListResourceRecordSets,
    ],
    "s3": [
        s3.AbortMultipartUpload,
        s3.GetObject,
        s3.GetObjectVersion,
        s3.ListBucket,
        s3.PutObject,
    ],
    "secretsmanager": [secretsmanager.DescribeSecret],
    "states": [states.DescribeExecution, states.ListExecutions, states.StopExecution],
}

#: What it may read where ARNs have no names, or AWS offers no resource.
DRILL_UNSCOPED: list[Action] = [
    acm.DescribeCertificate,
    autoscaling.DescribeAutoScalingGroups,
    awslambda.GetAccountSettings,
    cloudwatch.DescribeAlarms,
    cloudwatch.GetMetricData,
    cloudwatch.GetMetricStatistics,
    cloudwatch.PutMetricData,
    ec2.DescribeImages,
    ec2.DescribeInstanceTypeOfferings,
    ec2.DescribeInstanceTypes,
    ec2.DescribeLaunchTemplateVersions,
    ec2.DescribeManagedPrefixLists,
    elasticache.DescribeCacheClusters,
    elasticache.DescribeReplicationGroups,
    elasticloadbalancing.DescribeAccountLimits,
    elasticloadbalancing.DescribeLoadBalancerAttributes,
    elasticloadbalancing.DescribeLoadBalancers,
    logs.DescribeLogGroups,
    servicequotas.GetAWSDefaultServiceQuota,
    servicequotas.GetServiceQuota,
]

#: What it may do under the environment's keys.
DRILL_KEYS: list[Action] = [kms.Decrypt, kms.DescribeKey, kms.GenerateDataKey]
