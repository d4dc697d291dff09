"""What the trail is watched for: what CIS's AWS Foundations Benchmark wants alarms on, and more.

Each row is a filter of CloudWatch Logs over CloudTrail's events.
https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AuditEvent:
    """Calls worth waking somebody; `often` is how many in five minutes are too many."""

    title: str
    pattern: str
    says: str
    often: int = 1


def calls(*names: str, source: str = "") -> str:
    """The filter for any of these calls, of one service where the names alone do not say which."""
    named = " || ".join(f"($.eventName={name})" for name in names)
    return f"{{($.eventSource={source}.amazonaws.com) && ({named})}}" if source else f"{{{named}}}"


AUDIT_EVENTS = (
    AuditEvent(
        "RootUsed",
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS'
        ' && $.eventType !="AwsServiceEvent"}',
        "The root user did something. If nobody of you was it, secure its mailbox and its MFA now.",
    ),
    AuditEvent(
        "UnauthorizedCalls",
        '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
        "Many calls were refused. Search the trail's log group for errorCode AccessDenied by "
        "userIdentity.arn: a release that lacks a grant, or somebody feeling their way.",
        often=20,
    ),
    AuditEvent(
        "SignInWithoutMfa",
        '{($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed !="Yes")'
        ' && ($.userIdentity.type="IAMUser") && ($.responseElements.ConsoleLogin="Success")}',
        "A user signed in to the console without MFA. Have it set up, or take the password away.",
    ),
    AuditEvent(
        "SignInFailures",
        '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
        "Console sign-ins fail again and again: see whose, and from where.",
        often=5,
    ),
    AuditEvent(
        "IamPoliciesChanged",
        calls(
            "DeleteGroupPolicy",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "PutRolePolicy",
            "PutUserPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
            source="iam",
        ),
        "A policy of IAM changed. A deployment does that; anything else should have been announced.",
    ),
    AuditEvent(
        "TrailChanged",
        calls("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
        "A trail was changed or stopped. If it was no deployment, somebody hides what they do.",
    ),
    AuditEvent(
        "ConfigurationRecorderChanged",
        calls(
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
            source="config",
        ),
        "AWS Config was changed or stopped: what it records may have a gap from now on.",
    ),
    AuditEvent(
        "KeyDisabled",
        calls("DisableKey", "ScheduleKeyDeletion", source="kms"),
        "A key was disabled, or its deletion scheduled. Data under it cannot be read: undo it "
        "(EnableKey, CancelKeyDeletion) before asking why.",
    ),
    AuditEvent(
        "BucketPolicyChanged",
        calls(
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
            source="s3",
        ),
        "Who may do what with a bucket changed. Compare it with what foundation says.",
    ),
    AuditEvent(
        "SecurityGroupsChanged",
        calls(
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ),
        "A security group changed. A deployment does that; else see which port is open to whom.",
    ),
    AuditEvent(
        "NetworkAclsChanged",
        calls(
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ),
        "A network ACL changed. A deployment does that; else compare it with the network layer.",
    ),
    AuditEvent(
        "GatewaysChanged",
        calls(
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ),
        "A way out of a network was made or removed. A deployment does that; else look at it now.",
    ),
    AuditEvent(
        "RoutesChanged",
        calls(
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
            source="ec2",
        ),
        "A route changed: traffic may go where nobody meant it to. Compare it with the network layer.",
    ),
    AuditEvent(
        "NetworksChanged",
        calls(
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
        ),
        "A VPC was made, removed or peered with another. A deployment does the first two.",
    ),
    AuditEvent(
        "OrganizationChanged",
        calls(
            "AcceptHandshake",
            "AttachPolicy",
            "CreatePolicy",
            "DeletePolicy",
            "DetachPolicy",
            "DisablePolicyType",
            "EnablePolicyType",
            "LeaveOrganization",
            "RemoveAccountFromOrganization",
            "UpdatePolicy",
            source="organizations",
        ),
        "The organization, or the account's place in it, changed: other rules may hold now.",
    ),
    AuditEvent(
        "BackupsEndedByHand",
        calls(
            "DeleteRecoveryPoint",
            "DeleteBackupVault",
            "DeleteBackupVaultLockConfiguration",
            "DeleteBackupVaultAccessPolicy",
            "UpdateRecoveryPointLifecycle",
            source="backup",
        ),
        "Somebody ends backups before their time, or unlocks their vault: ransomware begins so.",
    ),
)
