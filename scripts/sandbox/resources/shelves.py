"""Where ministack's services keep what has a name, by type: what stands there though no stack holds it.

A type that is not here is only known by the stacks that hold one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scripts.sandbox.resources.custom_names import CustomName
from scripts.sandbox.seams import Kind, Seam


@dataclass(frozen=True)
class Shelf:
    """A service's own records of one type, in the account and Region at hand.

    They are found by `key`, or, where an id made by the service is the key, by the values of `fields`.
    """

    store: Seam
    key: str = "{0}"
    fields: tuple[str, ...] = ()

    def holds(self, name: CustomName, account: str, region: str) -> bool:
        """Whether a resource of this name stands there."""
        if not self.fields:
            return self.key.format(*name, account=account, region=region) in self.store.value
        return any(
            tuple(str(record.get(field, "")) for field in self.fields) == name
            for record in list(self.store.value.values())
        )


def _shelf(service: str, store: str, key: str = "{0}", fields: tuple[str, ...] = ()) -> Shelf:
    module = f"ministack.services.{service}"
    return Shelf(Seam(module, store, None, Kind.MAPPING, None, "names that are taken"), key, fields)


SHELVES: Mapping[str, Shelf] = {
    "AWS::Athena::WorkGroup": _shelf("athena", "_workgroups"),
    "AWS::AutoScaling::AutoScalingGroup": _shelf("autoscaling", "_asgs"),
    "AWS::AutoScaling::LaunchConfiguration": _shelf("autoscaling", "_launch_configs"),
    "AWS::Backup::BackupVault": _shelf("backup", "_vaults"),
    "AWS::CloudWatch::Alarm": _shelf("cloudwatch", "_alarms"),
    "AWS::CloudWatch::Dashboard": _shelf("cloudwatch", "_dashboards"),
    "AWS::DocDB::DBCluster": _shelf("documentdb", "_clusters"),
    "AWS::DocDB::DBInstance": _shelf("documentdb", "_instances"),
    "AWS::DynamoDB::GlobalTable": _shelf("dynamodb", "_tables"),
    "AWS::DynamoDB::Table": _shelf("dynamodb", "_tables"),
    "AWS::EC2::LaunchTemplate": _shelf("ec2", "_launch_templates", fields=("LaunchTemplateName",)),
    "AWS::EC2::SecurityGroup": _shelf("ec2", "_security_groups", fields=("VpcId", "GroupName")),
    "AWS::ECR::Repository": _shelf("ecr", "_repositories"),
    "AWS::ECS::Cluster": _shelf("ecs", "_clusters"),
    "AWS::EKS::Cluster": _shelf("eks", "_clusters"),
    "AWS::ElastiCache::CacheCluster": _shelf("elasticache", "_clusters"),
    "AWS::ElastiCache::ReplicationGroup": _shelf("elasticache", "_replication_groups"),
    "AWS::ElastiCache::SubnetGroup": _shelf("elasticache", "_subnet_groups"),
    "AWS::ElastiCache::User": _shelf("elasticache", "_users"),
    "AWS::ElastiCache::UserGroup": _shelf("elasticache", "_user_groups"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _shelf(
        "alb", "_lbs", fields=("LoadBalancerName",)
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _shelf("alb", "_tgs", fields=("TargetGroupName",)),
    "AWS::Events::EventBus": _shelf("eventbridge", "_event_buses"),
    "AWS::Events::Rule": _shelf("eventbridge", "_rules", "{0}|{1}"),
    "AWS::Glue::Crawler": _shelf("glue", "_crawlers"),
    "AWS::Glue::Job": _shelf("glue", "_jobs"),
    "AWS::Glue::Trigger": _shelf("glue", "_triggers"),
    "AWS::IAM::InstanceProfile": _shelf("iam", "_instance_profiles"),
    "AWS::IAM::ManagedPolicy": _shelf("iam", "_policies", fields=("PolicyName",)),
    "AWS::IAM::Role": _shelf("iam", "_roles"),
    "AWS::IAM::User": _shelf("iam", "_users"),
    "AWS::KMS::Alias": _shelf("kms", "_aliases", "arn:aws:kms:{region}:{account}:{0}"),
    "AWS::Kinesis::Stream": _shelf("kinesis", "_streams"),
    "AWS::KinesisFirehose::DeliveryStream": _shelf("firehose", "_streams"),
    "AWS::Lambda::Function": _shelf("lambda_svc", "_functions"),
    "AWS::Logs::LogGroup": _shelf("cloudwatch_logs", "_log_groups"),
    "AWS::OpenSearchService::Domain": _shelf("opensearch", "_domains"),
    "AWS::Pipes::Pipe": _shelf("pipes", "_pipes"),
    "AWS::RDS::DBCluster": _shelf("rds", "_clusters"),
    "AWS::RDS::DBClusterParameterGroup": _shelf("rds", "_db_cluster_param_groups"),
    "AWS::RDS::DBInstance": _shelf("rds", "_instances"),
    "AWS::RDS::DBParameterGroup": _shelf("rds", "_param_groups"),
    "AWS::RDS::DBSubnetGroup": _shelf("rds", "_subnet_groups"),
    "AWS::S3::Bucket": _shelf("s3", "_buckets"),
    "AWS::SES::ConfigurationSet": _shelf("ses", "_configuration_sets"),
    "AWS::SNS::Topic": _shelf("sns", "_topics", "arn:aws:sns:{region}:{account}:{0}"),
    "AWS::SQS::Queue": _shelf("sqs", "_queue_name_to_url"),
    "AWS::SSM::Parameter": _shelf("ssm", "_parameters"),
    "AWS::Scheduler::Schedule": _shelf("scheduler", "_schedules", "{0}/{1}"),
    "AWS::Scheduler::ScheduleGroup": _shelf("scheduler", "_schedule_groups"),
    "AWS::StepFunctions::StateMachine": _shelf(
        "stepfunctions", "_state_machines", "arn:aws:states:{region}:{account}:stateMachine:{0}"
    ),
    "AWS::WAFv2::WebACL": _shelf("waf", "_web_acls", fields=("Scope", "Name")),
}
"""Type to its shelf."""

SEAMS = tuple({str(shelf.store): shelf.store for shelf in SHELVES.values()}.values())
