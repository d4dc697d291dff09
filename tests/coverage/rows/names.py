"""CloudFormation's types under the names by which the rows speak of them, and our keys."""

from __future__ import annotations

from tests.coverage.contents import Refers

ALARM = "AWS::CloudWatch::Alarm"
ALIAS = "AWS::KMS::Alias"
BUCKET = "AWS::S3::Bucket"
BUCKET_POLICY = "AWS::S3::BucketPolicy"
CERTIFICATE = "AWS::CertificateManager::Certificate"
COMPOSITE_ALARM = "AWS::CloudWatch::CompositeAlarm"
DASHBOARD = "AWS::CloudWatch::Dashboard"
DB_CLUSTER = "AWS::RDS::DBCluster"
DB_INSTANCE = "AWS::RDS::DBInstance"
FLEET = "AWS::AutoScaling::AutoScalingGroup"
FUNCTION = "AWS::Lambda::Function"
GLOBAL_TABLE = "AWS::DynamoDB::GlobalTable"
HEALTH_CHECK = "AWS::Route53::HealthCheck"
KEY = "AWS::KMS::Key"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LOG_GROUP = "AWS::Logs::LogGroup"
QUEUE = "AWS::SQS::Queue"
RECORD = "AWS::Route53::RecordSet"
REPLICA_KEY = "AWS::KMS::ReplicaKey"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
ROLE = "AWS::IAM::Role"
SCALING_POLICY = "AWS::AutoScaling::ScalingPolicy"
SCHEDULED_ACTION = "AWS::AutoScaling::ScheduledAction"
SECRET = "AWS::SecretsManager::Secret"
SECURITY_GROUP = "AWS::EC2::SecurityGroup"
SUBNET = "AWS::EC2::Subnet"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
TOPIC = "AWS::SNS::Topic"
WEB_ACL = "AWS::WAFv2::WebACL"


def key(domain: str, region: str = "{region}") -> Refers:
    """The customer key of a domain, whether it is the primary's or a replica."""
    return Refers(f"foundation/{domain}Key", f"foundation/{domain}ReplicaKey", region=region)


DATA_KEY, LOGS_KEY = key("Data"), key("Logs")
SECRETS_KEY, ARTIFACTS_KEY = key("Secrets"), key("Artifacts")
PEER_DATA_KEY = key("Data", region="{peer}")
