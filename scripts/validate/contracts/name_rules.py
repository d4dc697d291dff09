"""What services take for a name where their provider schemas do not say it, or say it badly.

The pattern of a schema may lack its anchors, and then holds for any name with a fitting part in it; or it
tries so many ways of reading a name that Python does not come to an end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A name's pattern, of the whole name, its fewest and most characters (0: unsaid), and who says so."""

    pattern: str
    least: int
    most: int
    source: str


_BALANCER = Rule(
    "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?",
    1,
    32,
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
)
#: AWS's own library refuses what no page of the API tells.
_CDK = "https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-cloudfront/lib/"
_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"
_PERSONALIZE = Rule(
    "[a-zA-Z0-9][a-zA-Z0-9_-]*",
    1,
    63,
    "https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDataset.html",
)
_REGISTRY = Rule(
    "[0-9A-Za-z_.@-]+",
    1,
    64,
    "https://docs.aws.amazon.com/eventbridge/latest/schema-reference/v1-registries-name-registryname.html",
)
_ELASTICACHE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/"

#: By type and path from its Properties.
RULES: Mapping[tuple[str, str], Rule] = {
    ("AWS::ApiGateway::Stage", "StageName"): Rule(
        "[A-Za-z0-9_-]+",
        1,
        128,
        "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html",
    ),
    ("AWS::Backup::BackupVault", "BackupVaultName"): Rule(
        "[a-zA-Z0-9_-]+",
        2,
        50,
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html",
    ),
    ("AWS::Backup::RestoreTestingPlan", "RestoreTestingPlanName"): Rule(
        "[a-zA-Z0-9_]+",
        1,
        50,
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html",
    ),
    ("AWS::Budgets::Budget", "Budget/BudgetName"): Rule(
        r"(?!.*/action/)[^:\\]+",
        1,
        100,
        "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html",
    ),
    ("AWS::CloudFront::CachePolicy", "CachePolicyConfig/Name"): Rule(
        r"[\w-]+", 1, 128, f"{_CDK}cache-policy.ts"
    ),
    ("AWS::CloudFront::OriginAccessControl", "OriginAccessControlConfig/Name"): Rule(
        ".+",
        1,
        64,
        "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html",
    ),
    ("AWS::CloudFront::OriginRequestPolicy", "OriginRequestPolicyConfig/Name"): Rule(
        r"[\w-]+", 1, 128, f"{_CDK}origin-request-policy.ts"
    ),
    ("AWS::CloudWatch::Dashboard", "DashboardName"): Rule(
        "[A-Za-z0-9_-]+",
        1,
        255,
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html",
    ),
    ("AWS::CodeBuild::Project", "Name"): Rule(
        "[A-Za-z0-9][A-Za-z0-9_-]*",
        2,
        150,
        "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html",
    ),
    ("AWS::CodePipeline::Pipeline", "Name"): Rule(
        "[A-Za-z0-9.@_-]+",
        1,
        100,
        "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html",
    ),
    ("AWS::Config::ConfigRule", "ConfigRuleName"): Rule(
        r".*\S.*",
        1,
        128,
        "https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html",
    ),
    ("AWS::Config::ConfigurationRecorder", "Name"): Rule(
        ".+",
        1,
        256,
        "https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html",
    ),
    ("AWS::Config::DeliveryChannel", "Name"): Rule(
        ".+",
        1,
        256,
        "https://docs.aws.amazon.com/config/latest/APIReference/API_DeliveryChannel.html",
    ),
    ("AWS::DynamoDB::GlobalTable", "TableName"): Rule(
        "[a-zA-Z0-9_.-]+",
        3,
        255,
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
    ),
    ("AWS::ElastiCache::CacheCluster", "ClusterName"): Rule(
        "[A-Za-z](-?[A-Za-z0-9])*", 1, 50, f"{_ELASTICACHE}API_CreateCacheCluster.html"
    ),
    ("AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId"): Rule(
        "[A-Za-z](-?[A-Za-z0-9])*", 1, 40, f"{_ELASTICACHE}API_CreateReplicationGroup.html"
    ),
    ("AWS::ElastiCache::SubnetGroup", "CacheSubnetGroupName"): Rule(
        "[A-Za-z0-9-]+", 1, 255, f"{_ELASTICACHE}API_CreateCacheSubnetGroup.html"
    ),
    ("AWS::ElastiCache::User", "UserId"): Rule(
        "[A-Za-z][A-Za-z0-9-]*", 1, 0, f"{_ELASTICACHE}API_CreateUser.html"
    ),
    ("AWS::ElastiCache::UserGroup", "UserGroupId"): Rule(
        "[A-Za-z][A-Za-z0-9-]*", 1, 0, f"{_ELASTICACHE}API_CreateReplicationGroup.html"
    ),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"): _BALANCER,
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name"): _BALANCER,
    ("AWS::EventSchemas::Registry", "RegistryName"): _REGISTRY,
    ("AWS::EventSchemas::Schema", "RegistryName"): _REGISTRY,
    ("AWS::EventSchemas::Schema", "SchemaName"): Rule(
        "[0-9A-Za-z_.@-]+",
        1,
        385,
        "https://docs.aws.amazon.com/eventbridge/latest/schema-reference/v1-registries-name-registryname-schemas-name-schemaname.html",
    ),
    ("AWS::Events::Archive", "ArchiveName"): Rule(
        "[A-Za-z0-9._-]+",
        1,
        48,
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateArchive.html",
    ),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"): Rule(
        r"[\w+=,.@-]+",
        1,
        128,
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html",
    ),
    ("AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName"): Rule(
        "[a-zA-Z0-9_.-]+",
        1,
        64,
        "https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html",
    ),
    ("AWS::Lambda::Function", "FunctionName"): Rule(
        "[a-zA-Z0-9_-]+",
        1,
        64,
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    ),
    ("AWS::Logs::DeliveryDestination", "Name"): Rule(
        r"[\w-]+", 1, 60, f"{_LOGS}API_PutDeliveryDestination.html"
    ),
    ("AWS::Logs::DeliverySource", "Name"): Rule(
        r"[\w-]+", 1, 60, f"{_LOGS}API_PutDeliverySource.html"
    ),
    ("AWS::Logs::MetricFilter", "FilterName"): Rule(
        "[^:*]+", 1, 512, f"{_LOGS}API_PutMetricFilter.html"
    ),
    ("AWS::Logs::ResourcePolicy", "PolicyName"): Rule(
        "[^:*/]+(/[^:*/]+)*",
        1,
        255,
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-resourcepolicy.html",
    ),
    ("AWS::OpenSearchService::Domain", "DomainName"): Rule(
        "[a-z][a-z0-9-]+",
        3,
        28,
        "https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_CreateDomain.html",
    ),
    **{
        (f"AWS::Personalize::{type}", "Name"): _PERSONALIZE
        for type in ("Dataset", "DatasetGroup", "EventTracker", "Filter", "Schema", "Solution")
    },
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName"): Rule(
        "[a-z0-9 ._-]+",
        1,
        255,
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html",
    ),
    ("AWS::SNS::Topic", "TopicName"): Rule(
        r"[A-Za-z0-9_-]+(\.fifo)?",
        1,
        256,
        "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
    ),
    ("AWS::SQS::Queue", "QueueName"): Rule(
        r"[A-Za-z0-9_-]+(\.fifo)?",
        1,
        80,
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
    ),
    ("AWS::SecretsManager::Secret", "Name"): Rule(
        "[A-Za-z0-9/_+=.@-]+",
        1,
        512,
        "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
    ),
    ("AWS::StepFunctions::StateMachine", "StateMachineName"): Rule(
        "[A-Za-z0-9_-]+",
        1,
        80,
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html",
    ),
    ("AWS::WAFv2::WebACL", "Name"): Rule(
        r"[\w-]+",
        1,
        128,
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html",
    ),
}
