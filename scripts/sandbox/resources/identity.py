"""What `Ref` gives, and the shapes of identifiers, where the provider schema does not tell.

By default the physical id of a resource is its primary identifier, several parts joined by `|`.
Both tables are small on purpose: a type stands here only because its documentation says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

REF: Mapping[str, str] = {
    "AWS::ApiGatewayV2::Deployment": "{DeploymentId}",
    "AWS::ApiGatewayV2::Model": "{ModelId}",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "{Arn}",
    "AWS::Backup::BackupSelection": "{SelectionId}_{BackupPlanId}",
    "AWS::Budgets::Budget": "{Budget.BudgetName}",
    "AWS::CodeDeploy::DeploymentGroup": "{DeploymentGroupName}",
    "AWS::Cognito::UserPoolIdentityProvider": "{ProviderName}",
    "AWS::Cognito::UserPoolUser": "{Username}",
    "AWS::EC2::EIP": "{PublicIp}",
    "AWS::SSM::MaintenanceWindowTarget": "{WindowTargetId}",
    "AWS::SSM::MaintenanceWindowTask": "{WindowTaskId}",
}
"""Type to the form of its Ref; every name in braces is a property path or attribute."""

ID_PREFIXES: Mapping[str, str] = {
    "AWS::EC2::CustomerGateway": "cgw",
    "AWS::EC2::DHCPOptions": "dopt",
    "AWS::EC2::EIPAssociation": "eipassoc",
    "AWS::EC2::EgressOnlyInternetGateway": "eigw",
    "AWS::EC2::Instance": "i",
    "AWS::EC2::InstanceConnectEndpoint": "eice",
    "AWS::EC2::IPAM": "ipam",
    "AWS::EC2::IPAMPool": "ipam-pool",
    "AWS::EC2::IPAMScope": "ipam-scope",
    "AWS::EC2::NetworkInterface": "eni",
    "AWS::EC2::TransitGateway": "tgw",
    "AWS::EC2::TransitGatewayAttachment": "tgw-attach",
    "AWS::EC2::TransitGatewayRouteTable": "tgw-rtb",
    "AWS::EC2::VPCCidrBlock": "vpc-cidr-assoc",
    "AWS::EC2::VPCEndpointService": "vpce-svc",
    "AWS::EC2::VPCPeeringConnection": "pcx",
    "AWS::EC2::VPNConnection": "vpn",
    "AWS::EC2::VPNGateway": "vgw",
    "AWS::EC2::Volume": "vol",
}
"""What stands before the 17 hexadecimal digits of an EC2 id."""

ARN_RESOURCES: Mapping[str, str] = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": "autoscaling:{region}:{account}:scalingPolicy:"
    "{uuid}:resource/{ServiceNamespace}/{ResourceId}:policyName/{PolicyName}",
    "AWS::CE::AnomalyMonitor": "ce::{account}:anomalymonitor/{uuid}",
    "AWS::CE::AnomalySubscription": "ce::{account}:anomalysubscription/{uuid}",
    "AWS::CodeConnections::Connection": "codeconnections:{region}:{account}:connection/{uuid}",
    "AWS::CodePipeline::Pipeline": "codepipeline:{region}:{account}:{name}",
    "AWS::IAM::Group": "iam::{account}:group/{name}",
    "AWS::IAM::OIDCProvider": "iam::{account}:oidc-provider/{name}",
    "AWS::Personalize::Campaign": "personalize:{region}:{account}:campaign/{name}",
    "AWS::Personalize::Dataset": "personalize:{region}:{account}:dataset/{name}/{DatasetType}",
    "AWS::Personalize::DatasetGroup": "personalize:{region}:{account}:dataset-group/{name}",
    "AWS::Personalize::EventTracker": "personalize:{region}:{account}:event-tracker/{hex8}",
    "AWS::Personalize::Filter": "personalize:{region}:{account}:filter/{name}",
    "AWS::Personalize::Schema": "personalize:{region}:{account}:schema/{name}",
    "AWS::Personalize::Solution": "personalize:{region}:{account}:solution/{name}",
    "AWS::RedshiftServerless::Namespace": "redshift-serverless:{region}:{account}:namespace/{uuid}",
    "AWS::RedshiftServerless::Workgroup": "redshift-serverless:{region}:{account}:workgroup/{uuid}",
    "AWS::Shield::Protection": "shield::{account}:protection/{uuid}",
    "AWS::Shield::ProtectionGroup": "shield::{account}:protection-group/{ProtectionGroupId}",
    "AWS::StepFunctions::StateMachineAlias": "states:{region}:{account}:stateMachine:{name}",
}
"""A type's own ARN after `arn:aws:`, where `service:region:account:kind/name` would be wrong."""

GLOBAL_SERVICES = frozenset(
    {
        "iam",
        "cloudfront",
        "route53",
        "shield",
        "budgets",
        "ce",
        "organizations",
        "globalaccelerator",
    }
)
"""Services whose resources belong to an account, not to a Region of it."""

ATTRIBUTES_BESIDE_READ_ONLY: Mapping[str, tuple[str, ...]] = {
    "AWS::Backup::BackupSelection": ("BackupPlanId",),
    "AWS::Kinesis::StreamConsumer": ("ConsumerName", "StreamARN"),
    "AWS::RedshiftServerless::Workgroup": ("WorkgroupName", "NamespaceName"),
}
"""Settable properties that Fn::GetAtt reads all the same (cfn-lint's `_getatts.py`)."""

NATIVE_ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "AWS::EC2::SecurityGroup": {"Id": "{GroupId}"},
    "AWS::Lambda::Version": {"FunctionArn": "{Ref}"},
    "AWS::RDS::DBInstance": {"DBInstanceStatus": "available"},
    "AWS::S3::Bucket": {"DualStackDomainName": "{Ref}.s3.dualstack.{Region}.amazonaws.com"},
}
"""Attributes that ministack's own types leave out, made of their other attributes."""


def is_global(type_name: str) -> bool:
    """Whether resources of the type are the account's, seen from every Region."""
    return type_name.split("::")[1].lower() in GLOBAL_SERVICES


def is_account_wide(type_name: str) -> bool:
    """Whether a name of the type is taken in every Region of an account; a bucket's is."""
    return is_global(type_name) or type_name == "AWS::S3::Bucket"
