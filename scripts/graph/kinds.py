"""Resource types in plain words, and the family whose colour and sign they carry.

A type that is not listed is still drawn: its words come from its name, its family from its service.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """What a part of the shop is for; the value is how the legend says it."""

    TRAFFIC = "traffic"
    NETWORK = "network"
    COMPUTE = "compute"
    DATA = "data"
    EVENTS = "messages and workflows"
    SECURITY = "security"
    OPERATION = "operation"


@dataclass(frozen=True)
class Kind:
    """What one resource of a type is called, and several of it.

    `weight` orders what is named first; what weighs nothing is only counted. A `store` holds data that
    would be missed.
    """

    one: str
    family: Family
    weight: int = 1
    store: bool = False
    many: str = ""

    def counted(self, number: int | str) -> str:
        """`3 buckets`, `up to 1 role`, `1 to 3 NAT gateways`."""
        return f"{number} {self.one if str(number).split()[-1] == '1' else self.many or plural(self.one)}"


def plural(noun: str) -> str:
    """`policies` of `policy`; irregular ones are spelt in the table."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch")) else f"{noun}s"


#: Service, as in a type's name -> family.
SERVICES = {
    Family.TRAFFIC: "CloudFront Route53 ElasticLoadBalancingV2 ApiGateway ApiGatewayV2 GlobalAccelerator",
    Family.NETWORK: "EC2",
    Family.COMPUTE: "AutoScaling Lambda ECS Batch ApplicationAutoScaling ImageBuilder AutoScalingPlans",
    Family.DATA: "DynamoDB RDS S3 ElastiCache OpenSearchService Redshift RedshiftServerless Glue Athena "
    "Personalize Backup DAX EFS KinesisFirehose Kinesis MemoryDB DMS",
    Family.EVENTS: "SQS SNS Events EventSchemas StepFunctions Scheduler Pipes SES",
    Family.SECURITY: "KMS IAM SecretsManager WAFv2 Shield CertificateManager GuardDuty SecurityHub Inspector "
    "ACMPCA AccessAnalyzer Cognito Macie InspectorV2",
    Family.OPERATION: "CloudWatch Logs CloudTrail Config CloudFormation CodeBuild CodeDeploy CodePipeline "
    "Budgets CE SSM XRay Synthetics RUM FIS ResourceGroups ServiceCatalogAppRegistry Oam",
}
_FAMILIES = {service: family for family, names in SERVICES.items() for service in names.split()}

_T, _N, _C, _D = Family.TRAFFIC, Family.NETWORK, Family.COMPUTE, Family.DATA
_E, _S, _O = Family.EVENTS, Family.SECURITY, Family.OPERATION

KINDS = {
    "CloudFront::Distribution": Kind("distribution", _T, 9),
    "CloudFront::CachePolicy": Kind("cache policy", _T, 3),
    "CloudFront::Function": Kind("edge function", _T, 4),
    "Route53::RecordSet": Kind("record", _T, 7),
    "Route53::HealthCheck": Kind("health check", _T, 6),
    "ElasticLoadBalancingV2::LoadBalancer": Kind("load balancer", _T, 9),
    "ElasticLoadBalancingV2::Listener": Kind("listener", _T, 2),
    "ElasticLoadBalancingV2::ListenerRule": Kind("listener rule", _T, 4),
    "ElasticLoadBalancingV2::TargetGroup": Kind("target group", _T, 3),
    "ApiGateway::RestApi": Kind("REST API", _T, 9),
    "ApiGateway::Method": Kind("API method", _T, 2),
    "ApiGatewayV2::Api": Kind("HTTP API", _T, 9),
    "EC2::VPC": Kind("VPC", _N, 9),
    "EC2::Subnet": Kind("subnet", _N, 8),
    "EC2::NatGateway": Kind("NAT gateway", _N, 7),
    "EC2::VPCEndpoint": Kind("VPC endpoint", _N, 6),
    "EC2::InternetGateway": Kind("internet gateway", _N, 2),
    "EC2::NetworkAcl": Kind("network ACL", _N, 2),
    "EC2::SnapshotBlockPublicAccess": Kind("block on shared snapshots", _N, 3),
    "EC2::FlowLog": Kind("flow log", _N, 2),
    "EC2::SecurityGroup": Kind("security group", _S, 2),
    "EC2::LaunchTemplate": Kind("launch template", _C, 3),
    "AutoScaling::AutoScalingGroup": Kind("Auto Scaling group", _C, 9),
    "AutoScaling::WarmPool": Kind("warm pool", _C, 3),
    "AutoScaling::ScalingPolicy": Kind("scaling policy", _C, 6),
    "AutoScaling::ScheduledAction": Kind("scheduled action", _C, 5),
    "ApplicationAutoScaling::ScalableTarget": Kind("scalable target", _C, 0),
    "Lambda::Function": Kind("function", _C, 7),
    "DynamoDB::GlobalTable": Kind("global table", _D, 9, store=True),
    "DynamoDB::Table": Kind("table", _D, 8, store=True),
    "RDS::GlobalCluster": Kind("global cluster", _D, 7, store=True),
    "RDS::DBCluster": Kind("database cluster", _D, 8, store=True),
    "RDS::DBInstance": Kind("database instance", _D, 9, store=True),
    "RDS::DBProxy": Kind("database proxy", _D, 7, many="database proxies"),
    "S3::Bucket": Kind("bucket", _D, 9, store=True),
    "ElastiCache::ReplicationGroup": Kind("Valkey group", _D, 9, store=True),
    "ElastiCache::CacheCluster": Kind("Memcached cluster", _D, 8, store=True),
    "ElastiCache::User": Kind("cache user", _D, 3),
    "OpenSearchService::Domain": Kind("search domain", _D, 9, store=True),
    "RedshiftServerless::Namespace": Kind("warehouse", _D, 9, store=True),
    "RedshiftServerless::Workgroup": Kind("warehouse workgroup", _D, 6),
    "KinesisFirehose::DeliveryStream": Kind("delivery stream", _D, 8),
    "Personalize::DatasetGroup": Kind("dataset group", _D, 8),
    "Personalize::Dataset": Kind("dataset", _D, 6),
    "Backup::BackupVault": Kind("backup vault", _D, 8, store=True),
    "Backup::BackupPlan": Kind("backup plan", _D, 7),
    "Backup::RestoreTestingPlan": Kind("restore test", _D, 6),
    "SQS::Queue": Kind("queue", _E, 7),
    "SNS::Topic": Kind("topic", _E, 7),
    "Events::EventBus": Kind("event bus", _E, 9),
    "Events::Rule": Kind("event rule", _E, 5),
    "Events::Archive": Kind("event archive", _E, 5),
    "EventSchemas::Schema": Kind("event schema", _E, 4),
    "StepFunctions::StateMachine": Kind("workflow", _E, 9),
    "Scheduler::Schedule": Kind("schedule", _E, 4),
    "KMS::Key": Kind("key", _S, 9, store=True),
    "KMS::ReplicaKey": Kind("replica key", _S, 8, store=True),
    "KMS::Alias": Kind("key alias", _S, 0),
    "GuardDuty::Detector": Kind("GuardDuty detector", _S, 8),
    "SecurityHub::Hub": Kind("Security Hub", _S, 8),
    "AccessAnalyzer::Analyzer": Kind("access analyzer", _S, 8),
    "Shield::DRTAccess": Kind("access of the response team", _S, 4, many="accesses"),
    "SecretsManager::Secret": Kind("secret", _S, 9, store=True),
    "SecretsManager::RotationSchedule": Kind("rotation", _S, 6),
    "CertificateManager::Certificate": Kind("certificate", _S, 6),
    "WAFv2::WebACL": Kind("web ACL", _S, 9),
    "Shield::Protection": Kind("protection", _S, 8),
    "IAM::Role": Kind("role", _S, 1),
    "IAM::ManagedPolicy": Kind("policy", _S, 1),
    "CloudWatch::Alarm": Kind("alarm", _O, 2),
    "CloudWatch::CompositeAlarm": Kind("tier alarm", _O, 0),
    "CloudWatch::Dashboard": Kind("dashboard", _O, 8),
    "Logs::LogGroup": Kind("log group", _O, 1),
    "Logs::QueryDefinition": Kind("saved query", _O, 4),
    "Logs::Delivery": Kind("log delivery", _O, 3, many="log deliveries"),
    "CloudTrail::Trail": Kind("trail", _O, 9),
    "Config::ConfigurationRecorder": Kind("recorder", _O, 8),
    "Config::ConfigRule": Kind("Config rule", _O, 8),
    "CodeBuild::Project": Kind("build project", _O, 8),
    "CodePipeline::Pipeline": Kind("pipeline", _O, 9),
    "CodeDeploy::DeploymentGroup": Kind("deployment group", _O, 7),
    "CodeDeploy::Application": Kind("deployment application", _O, 4),
    "Budgets::Budget": Kind("budget", _O, 8),
    "CE::AnomalyMonitor": Kind("anomaly monitor", _O, 7),
}

#: Last words of types that only complete another resource: they are counted, never named.
_MINOR = re.compile(
    r"(Policy|Permission|Attachment|Association|Entry|Route|RouteTable|Ingress|Egress|Profile|EIP|Group"
    r"|Subscription|Config|Configuration|MetricFilter|CustomResource|Deployment|Account|Alias|Stage"
    r"|Resource|Model|RequestValidator|OriginAccessControl|Version|EventSourceMapping|EventInvokeConfig)$"
)
#: Words of names that are written in capitals.
_ACRONYMS = {
    "Acl",
    "Alb",
    "Api",
    "Arn",
    "Db",
    "Dns",
    "Iam",
    "Kms",
    "Nat",
    "Sns",
    "Sqs",
    "Vpc",
    "Waf",
}
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def kind_of(type_name: str) -> Kind:
    """What a resource type is called."""
    short = type_name.removeprefix("AWS::")
    if short in KINDS:
        return KINDS[short]
    service, _, last = short.partition("::")
    family = _FAMILIES.get(service, Family.OPERATION)
    return Kind(words(last).lower(), family, 0 if _MINOR.search(last) else 3)


def words(name: str) -> str:
    """A name in Pascal case as words: `PrivateSubnetA` -> `Private subnet A`, `DnsNames` -> `DNS names`."""
    parts = [
        part.upper() if part in _ACRONYMS else part
        for part in _WORD.findall(name.replace("::", ""))
    ]
    lowered = (part if part.isupper() else part.lower() for part in parts[1:])
    return " ".join([*parts[:1], *lowered])
