"""Stack-level tags reach what the stack holds, nested stacks and all."""

from __future__ import annotations

from typing import Any

from tests.rehearsal.sandbox.stacks import Account, parameter, template

TAGS = [{"Key": "Team", "Value": "shop"}]


def test_a_nested_stack_made_by_a_change_set_has_its_roots_tags_from_the_start(
    account: Account,
) -> None:
    body = template({"Child": account.child(template({"Value": parameter("one")}))})
    made = account.change_set("root", body, "CREATE", Tags=TAGS)
    account.execute(made)

    assert account.nested("root", "Child")["Tags"] == TAGS

    body["Resources"]["Other"] = parameter("two")
    planned = account.change_set("root", body, Tags=TAGS)
    changed = [c["ResourceChange"]["LogicalResourceId"] for c in planned["Changes"]]
    assert changed == ["Other"]


def test_a_fleet_passes_stack_level_tags_on_to_its_instances(account: Account) -> None:
    made = account.create("root", template({"Fleet": fleet()}), Tags=TAGS)

    assert made["StackStatus"] == "CREATE_COMPLETE", made.get("StackStatusReason")
    groups = account.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    tags = {tag["Key"]: tag["PropagateAtLaunch"] for tag in groups[0]["Tags"]}
    assert tags["Team"] is True


def test_a_bucket_and_a_cluster_take_stack_level_tags(account: Account) -> None:
    cluster = {
        "Type": "AWS::RDS::DBCluster",
        "DeletionPolicy": "Delete",
        "Properties": {
            "Engine": "aurora-postgresql",
            "MasterUsername": "orders",
            "MasterUserPassword": "not-a-secret",
            "Tags": [{"Key": "Team", "Value": "orders"}],
        },
    }
    body = template({"Bucket": {"Type": "AWS::S3::Bucket"}, "Orders": cluster})
    made = account.create("root", body, Tags=TAGS)
    assert made["StackStatus"] == "CREATE_COMPLETE", account.reasons("root", "Orders")
    name = account.resource("root", "Bucket")["PhysicalResourceId"]
    [held] = account.client("rds").describe_db_clusters()["DBClusters"]
    for listed, team in (
        (account.client("s3").get_bucket_tagging(Bucket=name)["TagSet"], "shop"),
        (held["TagList"], "orders"),
    ):
        tags = {tag["Key"]: tag["Value"] for tag in listed}
        assert tags["Team"] == team
        assert tags["aws:cloudformation:stack-name"] == "root"
    later = {"Key": "Phase", "Value": "later"}
    assert account.update("root", body, Tags=[later])["StackStatus"] == "UPDATE_COMPLETE"
    assert later in account.client("s3").get_bucket_tagging(Bucket=name)["TagSet"]
    [held] = account.client("rds").describe_db_clusters()["DBClusters"]
    assert later in held["TagList"]


def test_a_fleets_own_tag_must_say_whether_it_is_passed_on(account: Account) -> None:
    vague = fleet()
    vague["Properties"]["Tags"] = [{"Key": "Team", "Value": "shop"}]

    assert account.create("root", template({"Fleet": vague}))["StackStatus"] == "ROLLBACK_COMPLETE"


def fleet() -> dict[str, Any]:
    return {
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "Properties": {
            "MinSize": "0",
            "MaxSize": "0",
            "AvailabilityZones": ["eu-west-1a"],
            "LaunchTemplate": {"LaunchTemplateId": "lt-0123456789abcdef0", "Version": "1"},
        },
    }
