"""`tradewind drift` over everything that stands: found, told apart, counted, and how to mend it."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project


def test_an_environment_that_nobody_touched_is_in_sync(deployed: Project) -> None:
    run = deployed.run("drift", "dev", "--json")

    assert run.code == 0, run.told
    said = run.document
    assert said["drifted"] == said["benign"] == said["unasked"] == said["mend"] == []
    assert said["stacks"] == len(deployed.stacks(PRIMARY)) + len(deployed.stacks(STANDBY))
    assert said["checked"] > 0


def test_what_was_changed_or_deleted_by_hand_is_found_in_nested_stacks_of_every_region(
    deployed: Project,
) -> None:
    sqs = deployed.client("sqs", STANDBY)
    url = sqs.get_queue_url(QueueName="tradewind-dev-orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "77"})
    tables = deployed.client("dynamodb", PRIMARY)
    [table] = [name for name in tables.list_tables()["TableNames"] if "Products" in name]
    tables.delete_table(TableName=table)

    run = deployed.run("drift", "dev", "--json")

    assert run.code == 1
    found = {
        (one["region"], "/".join((one["root"], *one["path"]))): one
        for one in run.document["drifted"]
    }
    changed = found[STANDBY, "platform/Queue/Orders"]
    assert changed["status"] == "MODIFIED"
    assert changed["differences"] == [
        {
            "property": "/DelaySeconds",
            "expected": "5",
            "actual": "77",
            "difference": "NOT_EQUAL",
        }
    ]
    assert found[PRIMARY, "platform/Catalog/Products"]["status"] == "DELETED"
    assert [step["path"] for step in run.document["mend"]] == [
        ["Catalog", "Products"],
        ["Queue", "Orders"],
    ]


def test_a_person_reads_what_drifted_and_what_to_do_and_one_region_can_be_asked_alone(
    deployed: Project,
) -> None:
    sqs = deployed.client("sqs", PRIMARY)
    url = sqs.get_queue_url(QueueName="tradewind-dev-orders")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "77"})

    here = deployed.run("drift", "dev", "--region", PRIMARY, "--root", "platform")
    there = deployed.run("drift", "dev", "--region", STANDBY)

    assert (here.code, there.code) == (1, 0)
    assert f"platform/Queue/Orders (AWS::SQS::Queue) in {PRIMARY} was changed" in here.out
    assert "  /DelaySeconds is 77 and should be 5" in here.out
    assert (
        "if what is there is right: put it into the template of Queue or params/*.yaml" in here.out
    )
    assert f"--queue-url {url} --attributes DelaySeconds=5" in here.out
    assert "CloudFormation does not look at" in here.out
    assert deployed.run("drift", "dev", "--root", "platfrom").code == 2


def test_nothing_stands_so_nothing_has_drifted(project: Project) -> None:
    run = project.run("drift", "dev")

    assert run.code == 0
    assert run.out == "nothing of dev stands\n"


def cluster(name: str) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBCluster",
        "Properties": {
            "DBClusterIdentifier": name,
            "Engine": "aurora-postgresql",
            "EngineVersion": "17.9",
            "MasterUsername": "owner",
            "MasterUserPassword": "not-a-secret-1",
            "BackupRetentionPeriod": 7,
            "DeletionProtection": False,
        },
    }


def stand(project: Project, region: str, **resources: dict[str, Any]) -> None:
    """A root `orders` in a region, as a deploy would have made it."""
    cloudformation = project.client("cloudformation", region)
    cloudformation.create_stack(
        StackName="tradewind-dev-orders",
        TemplateBody=json.dumps({"Resources": resources}),
        Tags=[
            {"Key": "Project", "Value": "tradewind"},
            {"Key": "Environment", "Value": "dev"},
            {"Key": "Root", "Value": "orders"},
        ],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="tradewind-dev-orders", WaiterConfig={"Delay": 1}
    )


def wait_until_at_rest(project: Project) -> None:
    """The switchover has come to its end."""
    deadline = time.monotonic() + 120
    rds = project.client("rds")
    while rds.describe_global_clusters()["GlobalClusters"][0]["Status"] != "available":
        assert time.monotonic() < deadline, "the switchover has not ended"
        time.sleep(0.2)


def test_an_aurora_switchover_is_not_drift_and_what_else_was_changed_still_is(
    project: Project,
) -> None:
    arn = f"arn:aws:rds:{PRIMARY}:{project.account}:cluster:east"
    orders = {
        "Type": "AWS::RDS::GlobalCluster",
        "DependsOn": "East",
        "Properties": {"GlobalClusterIdentifier": "orders", "SourceDBClusterIdentifier": arn},
    }
    stand(project, PRIMARY, East=cluster("east"), Orders=orders)
    west = cluster("west")
    west["Properties"] |= {"GlobalClusterIdentifier": "orders"}
    stand(project, STANDBY, West=west)

    project.client("rds").switchover_global_cluster(
        GlobalClusterIdentifier="orders",
        TargetDbClusterIdentifier=f"arn:aws:rds:{STANDBY}:{project.account}:cluster:west",
    )
    wait_until_at_rest(project)

    switched = project.run("drift", "dev", "--json")

    assert switched.code == 0, switched.out
    assert {(one["path"][-1], one["property"]) for one in switched.document["benign"]} == {
        ("Orders", "/SourceDBClusterIdentifier"),
        ("West", "/GlobalClusterIdentifier"),
    }

    project.client("rds", STANDBY).modify_db_cluster(
        DBClusterIdentifier="west", BackupRetentionPeriod=1, ApplyImmediately=True
    )
    changed = project.run("drift", "dev", "--json")

    assert changed.code == 1
    [drifted] = changed.document["drifted"]
    assert drifted["path"] == ["West"]
    assert [one["property"] for one in drifted["differences"]] == ["/BackupRetentionPeriod"]
    assert [step["urgency"] for step in changed.document["mend"]] == ["guard"]


def test_a_secret_is_found_by_what_its_stack_knows_of_it(project: Project) -> None:
    properties = {"Name": "orders", "Description": "of the orders"}
    stand(project, PRIMARY, Owner={"Type": "AWS::SecretsManager::Secret", "Properties": properties})
    secrets = project.client("secretsmanager")

    assert project.run("drift", "dev").code == 0

    secrets.update_secret(SecretId="orders", Description="of somebody")
    [changed] = project.run("drift", "dev", "--json").document["drifted"]
    assert [one["property"] for one in changed["differences"]] == ["/Description"]

    secrets.delete_secret(SecretId="orders")
    [deleted] = project.run("drift", "dev", "--json").document["drifted"]
    assert deleted["status"] == "DELETED"
