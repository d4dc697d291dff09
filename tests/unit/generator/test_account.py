"""What an account has but one of: made here unless it is there already, and watched."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.audit_events import AUDIT_EVENTS
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layers.account_alerts import AccountAlerts
from generator.layers.account_settings import AccountSettings
from generator.layers.account_trail import AccountTrail
from generator.layers.configuration import Configuration
from generator.layers.detection import Detection
from generator.layers.shield_engagement import ShieldEngagement
from tests.unit.generator.resolved import Made
from tests.unit.generator.standing import of_type, standing, types

FULL = {"trail_data_events": "true", "trail_insights": "true"}


@pytest.fixture(scope="module")
def trail() -> Any:
    return standing(AccountTrail, **FULL)["Trail"]


def test_one_trail_records_every_region_and_it_is_the_primarys() -> None:
    assert AccountTrail.condition is Conditions.audit_trail
    on = {"audit_trail": "true", "region_role": "primary"}
    assert Conditions.audit_trail.holds(on)
    assert not Conditions.audit_trail.holds(on | {"region_role": "standby"})
    assert not Conditions.audit_trail.holds(on | {"audit_trail": "false"})


def test_the_trail_is_whole_encrypted_and_can_be_proved_unaltered(trail: Any) -> None:
    for what in (
        "IsLogging",
        "IsMultiRegionTrail",
        "IncludeGlobalServiceEvents",
        "EnableLogFileValidation",
    ):
        assert trail[what] is True, what
    assert trail["KMSKeyId"].startswith("arn:aws:kms:")
    assert trail["CloudWatchLogsLogGroupArn"].of == "TrailEvents"
    assert trail["CloudWatchLogsRoleArn"].of == "TrailWriter"


def test_data_events_are_every_object_and_what_is_written_of_orders(trail: Any) -> None:
    objects, orders = trail["EventSelectors"]
    assert objects == {
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::"]}],
        "IncludeManagementEvents": True,
        "ReadWriteType": "All",
    }
    assert orders["ReadWriteType"] == "WriteOnly"
    assert orders["IncludeManagementEvents"] is False  # a second time would be a second bill
    (tables,) = orders["DataResources"]
    regions = {table.split(":")[3] for table in tables["Values"]}
    assert regions == {"us-east-1", "us-west-2"}
    assert all(table.endswith(":table/tradewind-dev-order-intake") for table in tables["Values"])


def test_what_is_paid_by_the_event_is_off_unless_wanted() -> None:
    trail = standing(AccountTrail)["Trail"]
    assert trail["EventSelectors"] == [{"IncludeManagementEvents": True, "ReadWriteType": "All"}]
    assert "InsightSelectors" not in trail


@pytest.mark.parametrize(
    "benchmark",
    [
        "RootUsed",
        "UnauthorizedCalls",
        "SignInWithoutMfa",
        "IamPoliciesChanged",
        "TrailChanged",
        "SignInFailures",
        "KeyDisabled",
        "BucketPolicyChanged",
        "ConfigurationRecorderChanged",
        "SecurityGroupsChanged",
        "NetworkAclsChanged",
        "GatewaysChanged",
        "RoutesChanged",
        "NetworksChanged",
        "OrganizationChanged",
    ],
)
def test_everything_that_the_benchmark_names_is_counted_and_alarmed_on(benchmark: str) -> None:
    """CIS AWS Foundations Benchmark 3.0, 4.1 to 4.15."""
    made = standing(AccountTrail)
    counted, alarm = made[f"{benchmark}Filter"], made[benchmark]
    (metric,) = counted["MetricTransformations"]
    assert (alarm["Namespace"], alarm["MetricName"]) == (
        metric["MetricNamespace"],
        metric["MetricName"],
    )
    assert alarm["AlarmActions"]
    assert counted["LogGroupName"].of == "TrailEvents"


def test_a_filter_of_calls_names_each_and_its_service() -> None:
    patterns = {event.title: event.pattern for event in AUDIT_EVENTS}
    assert patterns["KeyDisabled"] == (
        "{($.eventSource=kms.amazonaws.com) && "
        "(($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion))}"
    )
    assert patterns["NetworkAclsChanged"].startswith("{($.eventName=CreateNetworkAcl) || ")
    assert all(len(pattern) <= 1024 for pattern in patterns.values())  # CloudWatch Logs' limit


def test_an_alarm_is_counted_by_environment_for_an_account_may_hold_two() -> None:
    one, other = (standing(AccountTrail, environment=name)["RootUsed"] for name in ("dev", "qa"))
    assert one["MetricName"] != other["MetricName"]


def test_foundation_lets_in_what_the_account_delivers_and_nobody_elses() -> None:
    made = standing(Foundation)
    bucket = made["LogsBucketPolicy"]["PolicyDocument"]["Statement"]
    key = made["LogsKey"]["KeyPolicy"]["Statement"]
    name = standing(AccountTrail)["Trail"]["TrailName"]
    trails = "arn:aws:cloudtrail:*:111111111111:trail/tradewind-dev-*"
    for statement in (*bucket, *key):
        match statement["Sid"]:
            case "TrailLooks" | "TrailWrites" | "TrailIsDelivered":
                assert statement["Condition"]["ArnLike"]["aws:SourceArn"] == trails
            case "ConfigLooks" | "ConfigWrites" | "LogsAreDelivered":
                account = statement["Condition"]["StringEquals"]["aws:SourceAccount"]
                assert account == "111111111111"
    sids = {statement["Sid"] for statement in (*bucket, *key)}
    assert sids > {"TrailWrites", "ConfigWrites", "TrailIsDelivered", "LogsAreDelivered"}
    assert name.startswith(trails.rsplit("/", 1)[1].rstrip("*"))


def test_what_is_delivered_belongs_to_the_bucket() -> None:
    policy = standing(Foundation)["LogsBucketPolicy"]["PolicyDocument"]["Statement"]
    for sid in ("TrailWrites", "ConfigWrites"):
        (statement,) = (s for s in policy if s["Sid"] == sid)
        assert statement["Condition"]["StringEquals"]["s3:x-amz-acl"] == "bucket-owner-full-control"


@pytest.mark.parametrize("role", ["primary", "standby"])
def test_a_recorder_and_its_channel_in_every_region_and_iam_in_one(role: str) -> None:
    made = standing(Configuration, role)
    group = made["Recorder"]["RecordingGroup"]
    assert group["AllSupported"] is True
    assert group["IncludeGlobalResourceTypes"] is (role == "primary")
    assert made["Delivery"]["S3KmsKeyArn"].startswith("arn:aws:kms:")
    assert ("ConfigRole" in made) is (role == "primary")


def test_neither_recorder_nor_channel_waits_for_the_other() -> None:
    """Each needs the other: with DependsOn, CloudFormation would wait for ever."""
    template = Configuration().template
    assert "DependsOn" not in template.resources["Recorder"].to_dict()
    assert "DependsOn" not in template.resources["Delivery"].to_dict()


def test_the_recorder_waits_for_the_role_that_the_primary_makes() -> None:
    ours = standing(Configuration)["Recorder"]["RoleARN"]
    assert ours.of == "Fn::Sub of ConfigRole"
    theirs = standing(Configuration, "standby")["Recorder"]["RoleARN"]
    role = "arn:aws:iam::111111111111:role/aws-service-role/config.amazonaws.com/"
    assert theirs == f"{role}AWSServiceRoleForConfig"


def test_a_company_with_a_recorder_keeps_it_and_gets_the_rules() -> None:
    made = standing(Configuration, config_recorder="false")
    assert types(made) == {"AWS::Config::ConfigRule", "AWS::Events::Rule"}
    assert not types(standing(Configuration, config_recorder="false", config_rules="false"))


def test_rules_check_each_kind_of_claim() -> None:
    made = standing(Configuration, deletion_protection="true", backups="true")
    checked = {
        rule["Source"]["SourceIdentifier"]
        for rule in of_type(made, "AWS::Config::ConfigRule").values()
    }
    assert checked >= {
        "RDS_STORAGE_ENCRYPTED",
        "S3_BUCKET_PUBLIC_READ_PROHIBITED",
        "CMK_BACKING_KEY_ROTATION_ENABLED",
        "RDS_MULTI_AZ_SUPPORT",
        "DB_INSTANCE_BACKUP_ENABLED",
        "DYNAMODB_IN_BACKUP_PLAN",
        "S3_BUCKET_SSL_REQUESTS_ONLY",
        "MULTI_REGION_CLOUD_TRAIL_ENABLED",
        "EC2_IMDSV2_CHECK",
        "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
        "VPC_FLOW_LOGS_ENABLED",
    }


def test_an_alarm_need_not_act_on_missing_data() -> None:
    """The rule asks for that by default, and would report each of the alarms."""
    rule = standing(Configuration)["CloudwatchAlarmActionCheck"]
    assert rule["InputParameters"]["insufficientDataActionRequired"] == "false"


def test_no_rule_checks_what_an_environment_does_not_claim() -> None:
    made = standing(Configuration, deletion_protection="false", backups="false")
    assert not [title for title in made.resources if "Deletion" in title or "BackupPlan" in title]


def test_a_finding_reaches_somebody() -> None:
    detection = standing(Detection, guardduty="true")
    topic = AccountAlerts.account_topic_arn.example
    rules = of_type(detection, "AWS::Events::Rule") | of_type(
        standing(Configuration), "AWS::Events::Rule"
    )
    assert set(rules) == {"SharedBeyondTheAccount", "ThreatFound", "ClaimBroken"}
    for rule in rules.values():
        (target,) = rule["Targets"]
        assert target["Arn"] == topic
        said = target["InputTransformer"]
        for word in said["InputPathsMap"]:
            assert f"<{word}>" in said["InputTemplate"]
        assert json.loads(said["InputTemplate"])


def test_what_costs_is_off_and_what_does_not_is_on() -> None:
    assert types(standing(Detection)) == {"AWS::AccessAnalyzer::Analyzer", "AWS::Events::Rule"}


def test_unused_access_is_looked_for_once_since_iam_is_global() -> None:
    assert "UnusedAccess" in standing(Detection, unused_access_analyzer="true")
    assert "UnusedAccess" not in standing(Detection, "standby", unused_access_analyzer="true")


def test_the_standards_wait_for_their_hub() -> None:
    resources = Detection().template.resources
    assert resources["AwsStandard"].to_dict()["DependsOn"] == "FindingsHub"
    assert (
        standing(Detection, security_hub="true")["FindingsHub"]["EnableDefaultStandards"] is False
    )


def test_each_setting_of_the_account_can_be_somebody_elses() -> None:
    ours = {
        "AWS::ApiGateway::Account",
        "AWS::EC2::SnapshotBlockPublicAccess",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
    }
    assert types(standing(AccountSettings)) == ours
    assert not types(
        standing(AccountSettings, api_gateway_account="false", block_snapshot_sharing="false")
    )


def test_a_region_without_the_snapshot_block_goes_without() -> None:
    assert "SnapshotSharing" not in Made(AccountSettings, "ap-east-2")


def test_shield_calls_somebody_only_where_somebody_is_named() -> None:
    assert not standing(ShieldEngagement).resources
    made = standing(
        ShieldEngagement, shield_advanced="true", shield_contact_email="oncall@example.com"
    )
    (contact,) = made["Engagement"]["EmergencyContactList"]
    assert contact["EmailAddress"] == "oncall@example.com"
    assert "PhoneNumber" not in contact


def test_shields_engineers_act_below_a_ceiling_of_their_own() -> None:
    made = standing(ShieldEngagement, shield_advanced="true", shield_response_team="true")
    assert made["ShieldResponse"]["PermissionsBoundary"].endswith(
        ":policy/tradewind-dev-response-boundary-us-east-1"
    )
    assert "LogBucketList" not in made["ResponseTeam"]  # Shield would rewrite the bucket's policy


def test_the_primary_makes_the_role_that_a_search_domain_in_a_vpc_needs() -> None:
    """It is one of the account, so no other region makes it; nor do we where it is already."""
    linked = "AWS::IAM::ServiceLinkedRole"
    searching = {"product_search": "true"}
    made = of_type(standing(AccountSettings, **searching), linked)
    assert [role["AWSServiceName"] for role in made.values()] == ["opensearchservice.amazonaws.com"]
    for where in (
        standing(AccountSettings),
        standing(AccountSettings, "standby", **searching),
        standing(AccountSettings, search_linked_role="false", **searching),
    ):
        assert not of_type(where, linked)
