"""What the IAM proof lets stand, and why: each of these is met, or it would be stale.

A wildcard is filed under its action; a service under itself and what it does; an exception under the logical
id of its policy. An ARN that leaves every name open is filed under its type, with `account` where it is ours:
for a role that runs, after the action; for deployers' roles and boundaries alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.iam_reference import WIDE

#: On behalf of whom nothing can be said.
_UNSAID = {
    "events.amazonaws.com sns:Publish": "EventBridge refuses conditions in a topic's policy",
    "DeployerBoundary": "a boundary grants nothing: it says what its policies may not name",
}

#: What runs, action by action.
_RUNNING = {
    **dict.fromkeys(
        (
            "ec2:AssignPrivateIpAddresses ec2:account:*/*",
            "ec2:CreateNetworkInterface ec2:account:*/*",
            "ec2:DeleteNetworkInterface ec2:account:*/*",
            "ec2:UnassignPrivateIpAddresses ec2:account:*/*",
        ),
        "Lambda and CodeBuild want every interface: they ask before there is one",
    ),
    **dict.fromkeys(
        (
            "acm:DescribeCertificate acm:account:certificate/*",
            "kms:DescribeKey kms:account:key/*",
            "route53:GetHealthCheck route53::healthcheck/*",
            "route53:GetHealthCheckStatus route53::healthcheck/*",
            "servicequotas:GetServiceQuota servicequotas:account:*/*",
        ),
        "a drill looks at what stands, and changes none; AWS makes its id",
    ),
    **dict.fromkeys(
        (
            "rds:CreateDBInstance rds:account:og:*",
            "rds:CreateDBInstance rds:account:pg:*",
            "rds:RestoreDBClusterFromSnapshot rds:account:cluster-pg:*",
            "rds:RestoreDBClusterFromSnapshot rds:account:og:*",
            "rds:RestoreDBInstanceFromDBSnapshot rds:account:og:*",
            "rds:RestoreDBInstanceFromDBSnapshot rds:account:pg:*",
        ),
        "a restored database uses groups whose names RDS or CloudFormation makes up",
    ),
    "ssm:UpdateInstanceInformation ec2:account:instance/*": (
        "an instance tells of itself before anybody knows its id"
    ),
}

#: What deployers' roles make, and boundaries allow, type by type.
_DEPLOYED = {
    **dict.fromkeys(
        (
            "acm:account:certificate/*",
            "apigateway::/restapis/*",
            "apigateway::/restapis/*/stages/*",
            "apigateway::/tags/*",
            "application-autoscaling:account:scalable-target/*",
            "backup:account:backup-plan:*",
            "ce:account:anomalymonitor/*",
            "ce:account:anomalysubscription/*",
            "cloudfront:account:*/*",
            "cloudfront:account:distribution/*",
            "config:account:config-rule/*",
            "ec2::image/*",
            "ec2::snapshot/*",
            "ec2:account:*/*",
            "ec2:account:instance/*",
            "ec2:account:network-interface/*",
            "ec2:account:security-group-rule/*",
            "ec2:account:security-group/*",
            "ec2:account:subnet/*",
            "ec2:account:vpc/*",
            "ec2:account:vpc-endpoint/*",
            "guardduty:account:detector/*",
            "lambda:account:event-source-mapping:*",
            "logs:account:delivery*",
            "personalize:account:event-tracker/*",
            "redshift-serverless:account:namespace/*",
            "redshift-serverless:account:workgroup/*",
            "redshift:account:namespace:*",
            "route53::change/*",
            "route53::healthcheck/*",
            "shield:account:protection/*",
            "ssm:account:managed-instance/*",
        ),
        "AWS makes its id: none of ours can be named beforehand",
    ),
    **dict.fromkeys(
        (
            "elasticache:account:parametergroup:*",
            "elasticache:account:snapshot:*",
            "elasticloadbalancing:account:targetgroup/*/*",
            "personalize:account:dataset-import-job/*",
            "rds:account:auto-backup:*",
            "rds:account:cluster-auto-backup:*",
            "rds:account:cluster-pg:*",
            "rds:account:cluster-snapshot:*",
            "rds:account:es:*",
            "rds:account:og:*",
            "rds:account:pg:*",
            "rds:account:snapshot:*",
            "redshift-serverless:account:recoverypoint/*",
            "redshift-serverless:account:snapshot/*",
        ),
        "AWS or CloudFormation makes up its name",
    ),
    **dict.fromkeys(
        (
            "access-analyzer:account:analyzer/*",
            "backup:account:restore-testing-plan:*-*",
            "config:account:configuration-recorder/*/*",
            "elasticache:account:cluster:*",
            "elasticache:account:replicationgroup:*",
            "elasticache:account:subnetgroup:*",
            "elasticache:account:usergroup:*",
            "elasticloadbalancing:account:*/*",
            "elasticloadbalancing:account:loadbalancer/app/*/*",
            "rds:account:global-cluster:*",
            "rds:account:subgrp:*",
            "schemas:account:registry/*",
            "schemas:account:schema/*/*",
            "wafv2:account:*/ipset/*/*",
            "wafv2:account:*/webacl/*/*",
        ),
        "its deployer is held to our account, and not to our names (generator/territory.py)",
    ),
    **dict.fromkeys(
        (
            "logs:account:log-group:*",
            "personalize:account:campaign/*",
            "personalize:account:dataset/*",
            "servicequotas:account:*/*",
            "shield:account:attack/*",
        ),
        "a boundary grants nothing: what runs below it is named by its own policy",
    ),
    **dict.fromkeys(
        (
            "amplify:account:apps/*",
            "apprunner:account:service/*/*",
            "appsync:account:apis/*",
            "billing:account:billingview/*",
            "cloudtrail:account:eventdatastore/*",
            "codedeploy:account:instance:*",
            "codestar-connections:account:connection/*",
            "cognito-idp:account:userpool/*",
            "ec2:account:ipam-pool/*",
            "ec2:account:verified-access-instance/*",
            "ec2:account:vpc-endpoint-service/*",
            "elasticache:account:globalreplicationgroup:*",
            "elasticache:account:securitygroup:*",
            "lambda:account:capacity-provider:*",
            "lambda:account:code-signing-config:*",
            "lambda:account:layer:*:*",
            "rds:account:secgrp:*",
            "route53-recovery-control:account:controlpanel/*/routingcontrol/*",
            "s3:account:accesspoint/*",
            "s3:account:accesspoint/*/object/*",
            "shield:account:protection-group/*",
            "wafv2:account:*/managedruleset/*/*",
            "wafv2:account:*/regexpatternset/*/*",
            "wafv2:account:*/rulegroup/*/*",
        ),
        "an action on a type of ours acts on this one, too, and we make none of it",
    ),
    **dict.fromkeys(
        (
            "backup:account:framework:*-*",
            "backup:account:legal-hold:*",
            "backup:account:report-plan:*-*",
            "backup:account:tiering-configuration:*-*",
            "cloudformation:account:changeSet/*/*",
            "cloudformation:account:stackset/*:*",
            "cloudwatch:account:alarm-mute-rule:*",
            "cloudwatch:account:insight-rule/*",
            "cloudwatch:account:slo/*",
            "codepipeline:account:actiontype:*/*/*/*",
            "codepipeline:account:webhook:*",
            "guardduty:account:malware-protection-plan/*",
            "logs:account:anomaly-detector:*",
            "logs:account:destination:*",
            "logs:account:lookup-table:*",
            "logs:account:scheduled-query:*",
            "schemas:account:discoverer/*",
            "securityhub:account:aggregatorv2/*",
            "securityhub:account:automation-rule/*",
            "securityhub:account:automation-rulev2/*",
            "securityhub:account:configuration-policy/*",
            "securityhub:account:connectorv2/*",
            "securityhub:account:hubv2/*",
            "states:account:activity:*",
        ),
        "its tags alone: an action on tags takes every type of its service",
    ),
}

EXCUSES: Mapping[str, str] = {**WIDE, **_UNSAID, **_RUNNING, **_DEPLOYED}
