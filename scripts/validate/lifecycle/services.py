"""Which of AWS's services, and which types of resources, new accounts are still given.

AWS keeps three lists: of services in maintenance, which no new customer gets; of those in sunset, which have
a last day; and of those that are shut down. A service that is used has to have been looked for on all three,
and stands in `GIVEN` once it was found on none. Where only a part of a service ends, its types are named.
"""

from __future__ import annotations

from collections.abc import Iterator

from scripts.validate.lifecycle.rows import Row, Source, listed

SERVICE = "service"
TYPE = "resource type"
PROPERTY = "property"

_REFERENCE = "https://docs.aws.amazon.com/general/latest/gr"
MAINTENANCE = Source("AWS services in maintenance", f"{_REFERENCE}/maintenance_services.html")
SUNSET = Source("AWS services in sunset", f"{_REFERENCE}/sunset_services.html")
SHUTDOWN = Source("AWS services in full shutdown", f"{_REFERENCE}/full_shutdown_services.html")
LISTS = Source("AWS services in maintenance, in sunset, in full shutdown", MAINTENANCE.url)
LAUNCH_CONFIGURATIONS = Source(
    "Auto Scaling launch configurations",
    "https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html",
)
CLOSED = "closed to new customers"

#: The first part of its types' names -> the day that AWS announced, or announced for, its closing to new
#: customers.
IN_MAINTENANCE = {
    "AWS::AppRunner": "2026-03-31",
    "AWS::AuditManager": "2026-03-31",
    "AWS::Cloud9": "2024-07-25",
    "AWS::CodeGuruReviewer": "2025-10-07",
    "AWS::Forecast": "2024-07-29",
    "AWS::FraudDetector": "2025-11-07",
    "AWS::IoTFleetWise": "2026-03-31",
    "AWS::Kendra": "2026-06-30",
    "AWS::QBusiness": "2026-06-30",
    "AWS::Route53RecoveryReadiness": "2026-03-31",
    "AWS::S3ObjectLambda": "2025-11-07",
    "AWS::SSMIncidents": "2025-11-07",
    "AWS::ServiceCatalogAppRegistry": "2026-06-30",
}
TYPES_IN_MAINTENANCE = {
    "AWS::Bedrock::Agent": "2026-06-30",
    "AWS::Bedrock::AgentAlias": "2026-06-30",
    "AWS::CloudTrail::Channel": "2026-03-31",
    "AWS::CloudTrail::Dashboard": "2026-03-31",
    "AWS::CloudTrail::EventDataStore": "2026-03-31",
    "AWS::DirectoryService::SimpleAD": "2026-06-30",
    "AWS::Timestream::Database": "2025-06-20",
    "AWS::Timestream::ScheduledQuery": "2025-06-20",
    "AWS::Timestream::Table": "2025-06-20",
}
PROPERTIES_IN_MAINTENANCE = {
    "AWS::SNS::Topic/DataProtectionPolicy": "2026-03-31",
}

#: -> its last day.
IN_SUNSET = {
    "AWS::AppMesh": "2026-09-30",
    "AWS::FinSpace": "2026-10-07",
    "AWS::Greengrass": "2026-10-07",
    "AWS::LookoutEquipment": "2026-10-07",
    "AWS::Pinpoint": "2026-10-30",
    "AWS::PinpointEmail": "2026-10-30",
    "AWS::Proton": "2026-10-07",
    "AWS::WAF": "2026-10-07",
    "AWS::WAFRegional": "2026-10-07",
}
SHUT_DOWN = {
    "AWS::Evidently": "2025-10-17",
    "AWS::Inspector": "2026-05-20",
    "AWS::IoT1Click": "2025-01-29",
    "AWS::IoTAnalytics": "2025-12-15",
    "AWS::IoTEvents": "2026-05-20",
    "AWS::KinesisAnalytics": "2026-01-27",
    "AWS::LookoutMetrics": "2025-10-10",
    "AWS::LookoutVision": "2025-10-31",
    "AWS::MediaStore": "2025-11-12",
    "AWS::OpsWorks": "2024-05-01",
    "AWS::OpsWorksCM": "2024-05-01",
    "AWS::Panorama": "2026-05-31",
    "AWS::QLDB": "2025-07-31",
    "AWS::RoboMaker": "2025-09-10",
    "AWS::SimSpaceWeaver": "2026-05-20",
    "AWS::VoiceID": "2026-05-20",
}

#: On none of the three lists.
GIVEN = (
    "AWS::AccessAnalyzer",
    "AWS::ApiGateway",
    "AWS::ApplicationAutoScaling",
    "AWS::AutoScaling",
    "AWS::Backup",
    "AWS::Budgets",
    "AWS::CE",
    "AWS::CertificateManager",
    "AWS::CloudFormation",
    "AWS::CloudFront",
    "AWS::CloudTrail",
    "AWS::CloudWatch",
    "AWS::CodeBuild",
    "AWS::CodeDeploy",
    "AWS::CodePipeline",
    "AWS::Config",
    "AWS::DynamoDB",
    "AWS::EC2",
    "AWS::ElastiCache",
    "AWS::ElasticLoadBalancingV2",
    "AWS::EventSchemas",
    "AWS::Events",
    "AWS::GuardDuty",
    "AWS::IAM",
    "AWS::KMS",
    "AWS::KinesisFirehose",
    "AWS::Lambda",
    "AWS::Logs",
    "AWS::OpenSearchService",
    "AWS::Personalize",
    "AWS::RDS",
    "AWS::RedshiftServerless",
    "AWS::Route53",
    "AWS::S3",
    "AWS::SNS",
    "AWS::SQS",
    "AWS::SSM",
    "AWS::Scheduler",
    "AWS::SecretsManager",
    "AWS::SecurityHub",
    "AWS::Shield",
    "AWS::StepFunctions",
    "AWS::WAFv2",
)


def rows() -> Iterator[Row]:
    """Every service's."""
    yield from listed(SERVICE, LISTS, GIVEN)
    yield from listed(SERVICE, MAINTENANCE, IN_MAINTENANCE, CLOSED, announced=True)
    yield from listed(SERVICE, SUNSET, IN_SUNSET)
    yield from listed(SERVICE, SHUTDOWN, SHUT_DOWN)
    yield from listed(TYPE, MAINTENANCE, TYPES_IN_MAINTENANCE, CLOSED, announced=True)
    yield from listed(
        TYPE,
        LAUNCH_CONFIGURATIONS,
        {"AWS::AutoScaling::LaunchConfiguration": "2024-10-01"},
        "closed to new accounts",
    )
    yield from listed(PROPERTY, MAINTENANCE, PROPERTIES_IN_MAINTENANCE, CLOSED, announced=True)
