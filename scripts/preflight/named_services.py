"""Names of what runs, serves and watches: how they are asked for, and what frees one."""

from __future__ import annotations

from scripts.preflight.naming import Named, delete
from scripts.preflight.taken import by_name, described, listed, of, turned

_FIREWALL = (
    "Look whose {{name}} is (aws wafv2 list-web-acls --region {{region}} --scope {}), then delete it by "
    "its id and lock token: aws wafv2 delete-web-acl"
)
_CLOUDFRONT = (
    "Look whose {{name}} is (aws cloudfront {}), then delete it by its id and ETag: "
    "aws cloudfront {}"
)

SERVICES: tuple[Named, ...] = (
    Named(
        "functions",
        {"AWS::Lambda::Function": "FunctionName"},
        listed("lambda", "list_functions", "Functions", of("FunctionName")),
        delete("lambda delete-function --function-name"),
    ),
    Named(
        "load balancers",
        {"AWS::ElasticLoadBalancingV2::LoadBalancer": "Name"},
        by_name(
            "elbv2",
            "describe_load_balancers",
            "Names",
            "LoadBalancerNotFound",
            "LoadBalancers",
            "LoadBalancerName",
        ),
        "Look whose {name} in {region} is, then: aws elbv2 delete-load-balancer --load-balancer-arn ARN",
    ),
    Named(
        "target groups",
        {"AWS::ElasticLoadBalancingV2::TargetGroup": "Name"},
        by_name(
            "elbv2",
            "describe_target_groups",
            "Names",
            "TargetGroupNotFound",
            "TargetGroups",
            "TargetGroupName",
        ),
        "Look whose {name} in {region} is, then: aws elbv2 delete-target-group --target-group-arn ARN",
    ),
    Named(
        "workflows",
        {"AWS::StepFunctions::StateMachine": "StateMachineName"},
        listed("stepfunctions", "list_state_machines", "stateMachines", of("name")),
        "Look whose {name} in {region} is, then: aws stepfunctions delete-state-machine "
        "--state-machine-arn ARN",
    ),
    Named(
        "build projects",
        {"AWS::CodeBuild::Project": "Name"},
        listed("codebuild", "list_projects", "projects", str),
        delete("codebuild delete-project --name"),
    ),
    Named(
        "pipelines",
        {"AWS::CodePipeline::Pipeline": "Name"},
        listed("codepipeline", "list_pipelines", "pipelines", of("name")),
        delete("codepipeline delete-pipeline --name"),
    ),
    Named(
        "key aliases",
        {"AWS::KMS::Alias": "AliasName"},
        listed("kms", "list_aliases", "Aliases", of("AliasName")),
        delete("kms delete-alias --alias-name"),
    ),
    Named(
        "IAM roles",
        {"AWS::IAM::Role": "RoleName"},
        listed("iam", "list_roles", "Roles", of("RoleName")),
        "Look whose it is, detach its policies, then: aws iam delete-role --role-name {name}",
        everywhere=True,
    ),
    Named(
        "managed policies",
        {"AWS::IAM::ManagedPolicy": "ManagedPolicyName"},
        listed("iam", "list_policies", "Policies", of("PolicyName"), Scope="Local"),
        "Look who has it, detach {name}, then: aws iam delete-policy --policy-arn ARN",
        everywhere=True,
    ),
    Named(
        "firewalls",
        {"AWS::WAFv2::WebACL": "Name"},
        turned("wafv2", "list_web_acls", "WebACLs", of("Name"), Scope="REGIONAL"),
        _FIREWALL.format("REGIONAL"),
        only=lambda one: one.text("Scope") == "REGIONAL",
    ),
    Named(
        "firewalls of CloudFront",
        {"AWS::WAFv2::WebACL": "Name"},
        turned("wafv2", "list_web_acls", "WebACLs", of("Name"), Scope="CLOUDFRONT"),
        _FIREWALL.format("CLOUDFRONT"),
        everywhere=True,
        only=lambda one: one.text("Scope") == "CLOUDFRONT",
    ),
    Named(
        "cache policies",
        {"AWS::CloudFront::CachePolicy": "CachePolicyConfig/Name"},
        turned(
            "cloudfront",
            "list_cache_policies",
            "Items",
            of("CachePolicy", "CachePolicyConfig", "Name"),
            within="CachePolicyList",
            Type="custom",
        ),
        _CLOUDFRONT.format("list-cache-policies --type custom", "delete-cache-policy"),
        everywhere=True,
    ),
    Named(
        "response headers policies",
        {"AWS::CloudFront::ResponseHeadersPolicy": "ResponseHeadersPolicyConfig/Name"},
        turned(
            "cloudfront",
            "list_response_headers_policies",
            "Items",
            of("ResponseHeadersPolicy", "ResponseHeadersPolicyConfig", "Name"),
            within="ResponseHeadersPolicyList",
            Type="custom",
        ),
        _CLOUDFRONT.format(
            "list-response-headers-policies --type custom", "delete-response-headers-policy"
        ),
        everywhere=True,
    ),
    Named(
        "origin access controls",
        {"AWS::CloudFront::OriginAccessControl": "OriginAccessControlConfig/Name"},
        turned(
            "cloudfront",
            "list_origin_access_controls",
            "Items",
            of("Name"),
            within="OriginAccessControlList",
        ),
        _CLOUDFRONT.format("list-origin-access-controls", "delete-origin-access-control"),
        everywhere=True,
    ),
    Named(
        "event buses",
        {"AWS::Events::EventBus": "Name"},
        described("events", "describe_event_bus", "Name"),
        delete("events delete-event-bus --name"),
    ),
    Named(
        "event archives",
        {"AWS::Events::Archive": "ArchiveName"},
        described("events", "describe_archive", "ArchiveName"),
        delete("events delete-archive --archive-name"),
    ),
    Named(
        "event rules",
        {"AWS::Events::Rule": "Name"},
        listed("events", "list_rules", "Rules", of("Name")),
        "Look whose it is, remove its targets, then: aws events delete-rule --region {region} --name {name}",
        only=lambda one: "EventBusName" not in one.properties,  # a bus of ours has none yet
    ),
    Named(
        "schedules",
        {"AWS::Scheduler::Schedule": "Name"},
        listed("scheduler", "list_schedules", "Schedules", of("Name"), GroupName="default"),
        delete("scheduler delete-schedule --name"),
    ),
    Named(
        "trails",
        {"AWS::CloudTrail::Trail": "TrailName"},
        listed("cloudtrail", "list_trails", "Trails", of("Name")),
        delete("cloudtrail delete-trail --name"),
    ),
    Named(
        "deployed applications",
        {"AWS::CodeDeploy::Application": "ApplicationName"},
        listed("codedeploy", "list_applications", "applications", str),
        delete("deploy delete-application --application-name"),
    ),
    Named(
        "alarms",
        {"AWS::CloudWatch::Alarm": "AlarmName"},
        listed("cloudwatch", "describe_alarms", "MetricAlarms", of("AlarmName")),
        delete("cloudwatch delete-alarms --alarm-names"),
    ),
    Named(
        "composite alarms",
        {"AWS::CloudWatch::CompositeAlarm": "AlarmName"},
        listed(
            "cloudwatch",
            "describe_alarms",
            "CompositeAlarms",
            of("AlarmName"),
            AlarmTypes=["CompositeAlarm"],
        ),
        delete("cloudwatch delete-alarms --alarm-names"),
    ),
    Named(
        "dashboards",
        {"AWS::CloudWatch::Dashboard": "DashboardName"},
        listed("cloudwatch", "list_dashboards", "DashboardEntries", of("DashboardName")),
        delete("cloudwatch delete-dashboards --dashboard-names"),
        everywhere=True,  # "global, not region-specific", says PutDashboard
    ),
    Named(
        "rules of AWS Config",
        {"AWS::Config::ConfigRule": "ConfigRuleName"},
        listed("config", "describe_config_rules", "ConfigRules", of("ConfigRuleName")),
        delete("configservice delete-config-rule --config-rule-name"),
    ),
    Named(
        "sources of log deliveries",
        {"AWS::Logs::DeliverySource": "Name"},
        listed("logs", "describe_delivery_sources", "deliverySources", of("name")),
        delete("logs delete-delivery-source --name"),
    ),
    Named(
        "destinations of log deliveries",
        {"AWS::Logs::DeliveryDestination": "Name"},
        listed("logs", "describe_delivery_destinations", "deliveryDestinations", of("name")),
        delete("logs delete-delivery-destination --name"),
    ),
    Named(
        "resource policies of CloudWatch Logs",
        {"AWS::Logs::ResourcePolicy": "PolicyName"},
        listed("logs", "describe_resource_policies", "resourcePolicies", of("policyName")),
        delete("logs delete-resource-policy --policy-name"),
    ),
    Named(
        "access analyzers",
        {"AWS::AccessAnalyzer::Analyzer": "AnalyzerName"},
        listed("accessanalyzer", "list_analyzers", "analyzers", of("name")),
        delete("accessanalyzer delete-analyzer --analyzer-name"),
    ),
)
