"""Every action that a role of the pipeline may be granted: the pipeline boundary, and the operator's.

What the pipeline's roles do no other role may: plan and execute change sets, hand a stack its execution role,
act as one another. And none of them may answer an approval: that is the operator's, who may do little else.
"""

from __future__ import annotations

from awacs import (
    application_autoscaling,
    autoscaling,
    cloudformation,
    codebuild,
    codedeploy,
    codepipeline,
    dynamodb,
    ec2,
    kms,
    logs,
    rds,
    s3,
)
from awacs.aws import Action

#: What the pipeline may do with what the environment owns.
PIPELINE_SCOPED: dict[str, list[Action]] = {
    "cloudformation": [
        cloudformation.CreateChangeSet,
        cloudformation.DeleteChangeSet,
        cloudformation.DescribeChangeSet,
        cloudformation.DescribeEvents,
        cloudformation.DescribeStackEvents,
        cloudformation.DescribeStackResourceDrifts,
        cloudformation.DescribeStackResources,
        cloudformation.DescribeStacks,
        cloudformation.DetectStackResourceDrift,
        cloudformation.ExecuteChangeSet,
        cloudformation.GetTemplate,
        cloudformation.ListChangeSets,
        cloudformation.ListStackResources,
        cloudformation.TagResource,
    ],
    "codebuild": [codebuild.BatchGetBuilds, codebuild.StartBuild, codebuild.StopBuild],
    "codedeploy": [
        codedeploy.CreateDeployment,
        codedeploy.GetApplication,
        codedeploy.GetApplicationRevision,
        codedeploy.GetDeployment,
        codedeploy.GetDeploymentConfig,
        codedeploy.GetDeploymentGroup,
        codedeploy.RegisterApplicationRevision,
    ],
    "codepipeline": [
        codepipeline.GetPipelineExecution,
        codepipeline.GetPipelineState,
        codepipeline.ListActionExecutions,
    ],
    "dynamodb": [dynamodb.DescribeTable],
    "logs": [logs.CreateLogStream, logs.PutLogEvents],
    "s3": [
        s3.AbortMultipartUpload,
        s3.GetBucketAcl,
        s3.GetBucketLocation,
        s3.GetBucketVersioning,
        s3.GetObject,
        s3.GetObjectVersion,
        s3.ListBucket,
        s3.PutObject,
        s3.PutObjectAcl,
    ],
}

#: What it may do where AWS offers no resource, or the whole account is asked.
PIPELINE_UNSCOPED: list[Action] = [
    application_autoscaling.DescribeScalableTargets,
    autoscaling.DescribeAutoScalingGroups,
    autoscaling.DescribeScheduledActions,
    cloudformation.ListStacks,
    codedeploy.ListDeployments,
    ec2.DescribeManagedPrefixLists,
    rds.DescribeGlobalClusters,
]

#: What it may do under the environment's keys.
PIPELINE_KEYS: list[Action] = [kms.Decrypt, kms.DescribeKey, kms.GenerateDataKey]

#: What the operator may do with the environment's pipeline.
OPERATOR_SCOPED: dict[str, list[Action]] = {
    "codepipeline": [
        codepipeline.DisableStageTransition,
        codepipeline.EnableStageTransition,
        codepipeline.GetPipelineExecution,
        codepipeline.GetPipelineState,
        codepipeline.ListActionExecutions,
        codepipeline.ListPipelineExecutions,
        codepipeline.PutApprovalResult,
        codepipeline.RetryStageExecution,
        codepipeline.RollbackStage,
        codepipeline.StartPipelineExecution,
        codepipeline.StopPipelineExecution,
    ],
}
