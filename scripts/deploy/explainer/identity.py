"""By what a resource is known: the name that it may be given, and the answers that stay while it does.

Names and answers are those of the resource and property reference, page by page:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
A type that is not here is only treated with more care: its attributes may change whenever it is updated, and
nobody is warned of its name.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Type -> the properties that make it unique in its region. Where all are given, a second one cannot be made.
NAMES: Mapping[str, tuple[str, ...]] = {
    "AWS::AutoScaling::AutoScalingGroup": ("AutoScalingGroupName",),
    "AWS::Backup::BackupVault": ("BackupVaultName",),
    "AWS::CloudTrail::Trail": ("TrailName",),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::CloudWatch::CompositeAlarm": ("AlarmName",),
    "AWS::CloudWatch::Dashboard": ("DashboardName",),
    "AWS::CodeBuild::Project": ("Name",),
    "AWS::CodeDeploy::Application": ("ApplicationName",),
    "AWS::CodeDeploy::DeploymentConfig": ("DeploymentConfigName",),
    "AWS::CodeDeploy::DeploymentGroup": ("ApplicationName", "DeploymentGroupName"),
    "AWS::CodePipeline::Pipeline": ("Name",),
    "AWS::Config::ConfigRule": ("ConfigRuleName",),
    "AWS::DynamoDB::GlobalTable": ("TableName",),
    "AWS::DynamoDB::Table": ("TableName",),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateName",),
    "AWS::EC2::SecurityGroup": ("VpcId", "GroupName"),
    "AWS::ECR::Repository": ("RepositoryName",),
    "AWS::ECS::Cluster": ("ClusterName",),
    "AWS::ElastiCache::CacheCluster": ("ClusterName",),
    "AWS::ElastiCache::ReplicationGroup": ("ReplicationGroupId",),
    "AWS::ElastiCache::ServerlessCache": ("ServerlessCacheName",),
    "AWS::ElastiCache::SubnetGroup": ("CacheSubnetGroupName",),
    "AWS::ElastiCache::User": ("UserId",),
    "AWS::ElastiCache::UserGroup": ("UserGroupId",),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Name",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Name",),
    "AWS::Events::Archive": ("ArchiveName",),
    "AWS::Events::EventBus": ("Name",),
    "AWS::Events::Rule": ("EventBusName", "Name"),
    "AWS::IAM::Group": ("GroupName",),
    "AWS::IAM::InstanceProfile": ("InstanceProfileName",),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::IAM::User": ("UserName",),
    "AWS::KMS::Alias": ("AliasName",),
    "AWS::Kinesis::Stream": ("Name",),
    "AWS::KinesisFirehose::DeliveryStream": ("DeliveryStreamName",),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::OpenSearchService::Domain": ("DomainName",),
    "AWS::RDS::DBCluster": ("DBClusterIdentifier",),
    "AWS::RDS::DBClusterParameterGroup": ("DBClusterParameterGroupName",),
    "AWS::RDS::DBInstance": ("DBInstanceIdentifier",),
    "AWS::RDS::DBParameterGroup": ("DBParameterGroupName",),
    "AWS::RDS::DBSubnetGroup": ("DBSubnetGroupName",),
    "AWS::RDS::EventSubscription": ("SubscriptionName",),
    "AWS::RDS::GlobalCluster": ("GlobalClusterIdentifier",),
    "AWS::RedshiftServerless::Namespace": ("NamespaceName",),
    "AWS::RedshiftServerless::Workgroup": ("WorkgroupName",),
    "AWS::Route53::RecordSet": ("HostedZoneId", "Name", "Type"),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SSM::Parameter": ("Name",),
    "AWS::Scheduler::Schedule": ("GroupName", "Name"),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::StepFunctions::StateMachine": ("StateMachineName",),
    "AWS::WAFv2::IPSet": ("Name",),
    "AWS::WAFv2::WebACL": ("Name",),
}

#: Of those, what need not be given: there is a default of the service's, or of the resource's own.
_OPTIONAL = frozenset({"EventBusName", "GroupName", "VpcId"})

#: Type -> attributes that no update in place changes, beside Ref and Arn.
_LASTING: Mapping[str, frozenset[str]] = {
    "AWS::ApiGateway::RestApi": frozenset({"RestApiId", "RootResourceId"}),
    "AWS::Backup::BackupVault": frozenset({"BackupVaultArn", "BackupVaultName"}),
    "AWS::CE::AnomalyMonitor": frozenset({"MonitorArn"}),
    "AWS::CloudFront::CachePolicy": frozenset({"Id"}),
    "AWS::CloudFront::Distribution": frozenset({"Id", "DomainName"}),
    "AWS::CloudFront::OriginAccessControl": frozenset({"Id"}),
    "AWS::CloudFront::ResponseHeadersPolicy": frozenset({"Id"}),
    "AWS::DynamoDB::GlobalTable": frozenset({"TableId"}),
    "AWS::EC2::EIP": frozenset({"AllocationId", "PublicIp"}),
    "AWS::EC2::LaunchTemplate": frozenset({"LaunchTemplateId"}),
    "AWS::EC2::NatGateway": frozenset({"NatGatewayId"}),
    "AWS::EC2::SecurityGroup": frozenset({"GroupId", "Id", "VpcId"}),
    "AWS::EC2::Subnet": frozenset({"SubnetId", "VpcId", "AvailabilityZone", "CidrBlock"}),
    "AWS::EC2::VPC": frozenset({"VpcId", "CidrBlock", "DefaultSecurityGroup", "DefaultNetworkAcl"}),
    "AWS::EC2::VPCEndpoint": frozenset({"Id"}),
    "AWS::ElastiCache::ReplicationGroup": frozenset(
        {"PrimaryEndPoint.Address", "ReaderEndPoint.Address", "ConfigurationEndPoint.Address"}
    ),
    "AWS::ElastiCache::CacheCluster": frozenset({"ConfigurationEndpoint.Address"}),
    "AWS::ElasticLoadBalancingV2::Listener": frozenset({"ListenerArn"}),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": frozenset(
        {
            "CanonicalHostedZoneID",
            "DNSName",
            "LoadBalancerArn",
            "LoadBalancerFullName",
            "LoadBalancerName",
        }
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": frozenset(
        {"TargetGroupArn", "TargetGroupFullName", "TargetGroupName"}
    ),
    "AWS::IAM::Role": frozenset({"RoleId"}),
    "AWS::KMS::Key": frozenset({"KeyId"}),
    "AWS::OpenSearchService::Domain": frozenset({"DomainEndpoint", "DomainArn", "Id"}),
    "AWS::RDS::DBCluster": frozenset(
        {"DBClusterArn", "DBClusterResourceId", "Endpoint.Address", "ReadEndpoint.Address"}
    ),
    "AWS::RDS::DBInstance": frozenset({"DBInstanceArn", "DbiResourceId", "Endpoint.Address"}),
    "AWS::RedshiftServerless::Namespace": frozenset({"Namespace.NamespaceArn"}),
    "AWS::RedshiftServerless::Workgroup": frozenset({"Workgroup.WorkgroupArn"}),
    "AWS::Route53::HealthCheck": frozenset({"HealthCheckId"}),
    "AWS::S3::Bucket": frozenset(
        {"DomainName", "DualStackDomainName", "RegionalDomainName", "WebsiteURL"}
    ),
    "AWS::SNS::Topic": frozenset({"TopicArn", "TopicName"}),
    "AWS::SQS::Queue": frozenset({"QueueName", "QueueUrl"}),
    "AWS::SecretsManager::Secret": frozenset({"Id"}),
    "AWS::StepFunctions::StateMachine": frozenset({"Name"}),
    "AWS::WAFv2::WebACL": frozenset({"Id"}),
}

#: Attributes that two resources may have in common.
_SHARED = frozenset({"AvailabilityZone", "CanonicalHostedZoneID", "CidrBlock", "VpcId", "Name"})

#: Attributes that are the resource's Ref by another name.
_REF = frozenset(
    {
        ("AWS::EC2::LaunchTemplate", "LaunchTemplateId"),
        ("AWS::EC2::NatGateway", "NatGatewayId"),
        ("AWS::EC2::SecurityGroup", "GroupId"),
        ("AWS::EC2::Subnet", "SubnetId"),
        ("AWS::EC2::VPC", "VpcId"),
        ("AWS::ElasticLoadBalancingV2::Listener", "ListenerArn"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerArn"),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupArn"),
        ("AWS::SNS::Topic", "TopicArn"),
        ("AWS::SQS::Queue", "QueueUrl"),
        ("AWS::SecretsManager::Secret", "Id"),
    }
)


def canonical(type: str, attribute: str) -> str:
    """The attribute's one name: "Ref" where it is that."""
    return "Ref" if (type, attribute) in _REF else attribute


def lasts(type: str, attribute: str) -> bool:
    """Whether an update in place leaves what it answers. A custom resource answers what it likes."""
    return not is_custom(type) and (
        attribute in ("Ref", "Arn") or attribute in _LASTING.get(type, frozenset())
    )


def is_custom(type: str) -> bool:
    """Whether a function of its own decides what it is: with another id it is another resource.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes-update.html
    """
    return type.startswith("Custom::") or type == "AWS::CloudFormation::CustomResource"


def tells_apart(type: str, attribute: str) -> bool:
    """Whether no two resources answer the same."""
    return lasts(type, attribute) and attribute not in _SHARED


def names(type: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The properties that make it unique, and which of them have defaults; none where it has no name."""
    every = NAMES.get(type, ())
    return every, _OPTIONAL & frozenset(every[:-1])
