"""A custom name is given once: what stands under it is neither made over nor lost."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.rehearsal.sandbox.resource_types import failure, remove, resource
from tests.rehearsal.sandbox.stacks import Account, failing, template

Named = dict[str, Any]

_ASSUMED = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
_KEY = [{"AttributeName": "id", "KeyType": "HASH"}]
_STATES = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
_FUNCTION = {
    "Code": {"ZipFile": "def handler(event, context): return 1"},
    "Handler": "index.handler",
    "Role": "arn:aws:iam::111111111111:role/any",
    "Runtime": "python3.13",
}
_TABLE = {
    "KeySchema": _KEY,
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
_ALARM = {
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "MetricName": "Errors",
    "Namespace": "Shop",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 0,
}

NAMED: list[Named] = [
    resource("CloudWatch::Alarm", AlarmName="orders", **_ALARM),
    resource("DynamoDB::GlobalTable", TableName="orders", Replicas=[{"Region": "eu-west-1"}], **_TABLE),
    resource("DynamoDB::Table", TableName="orders", **_TABLE),
    resource("EC2::LaunchTemplate", LaunchTemplateName="orders", LaunchTemplateData={}),
    resource("ElasticLoadBalancingV2::TargetGroup", Name="orders", Port=80, Protocol="HTTP"),
    resource("Events::EventBus", Name="orders"),
    resource("Events::Rule", Name="orders", ScheduleExpression="rate(1 day)"),
    resource("IAM::ManagedPolicy", ManagedPolicyName="orders", PolicyDocument=_ASSUMED),
    resource("IAM::Role", RoleName="orders", AssumeRolePolicyDocument=_ASSUMED),
    resource("KMS::Alias", AliasName="alias/orders", TargetKeyId="any"),
    resource("Kinesis::Stream", Name="orders", ShardCount=1),
    resource("Lambda::Function", FunctionName="orders", **_FUNCTION),
    resource("Logs::LogGroup", LogGroupName="orders"),
    resource("RDS::DBCluster", DBClusterIdentifier="orders", Engine="aurora-postgresql",
             MasterUsername="shop", MasterUserPassword="not-a-secret"),
    resource("SNS::Topic", TopicName="orders"),
    resource("SQS::Queue", QueueName="orders"),
    resource("SSM::Parameter", Name="orders", Type="String", Value="one"),
    resource("Scheduler::Schedule", Name="orders", ScheduleExpression="rate(1 day)",
             FlexibleTimeWindow={"Mode": "OFF"},
             Target={"Arn": "arn:aws:sqs:eu-west-1:111111111111:q", "RoleArn": _FUNCTION["Role"]}),
    resource("StepFunctions::StateMachine", StateMachineName="orders", RoleArn=_FUNCTION["Role"],
             DefinitionString=json.dumps(_STATES)),
    resource("WAFv2::WebACL", Name="orders", Scope="REGIONAL", DefaultAction={"Allow": {}},
             VisibilityConfig={"CloudWatchMetricsEnabled": False, "MetricName": "m",
                               "SampledRequestsEnabled": False}),
]  # fmt: skip


def kind(named: Named) -> str:
    return str(named["Type"])


@pytest.mark.parametrize("named", NAMED, ids=kind)
def test_another_logical_id_does_not_get_the_name(account: Account, named: Named) -> None:
    stack_id = account.create("s", template({"Old": named}))["StackId"]
    stands = account.resource("s", "Old")["PhysicalResourceId"]

    renamed = account.update("s", template({"New": named}))

    assert renamed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert failure(account, "s", "New") == f"{stands} already exists in stack {stack_id}"
    assert account.resource("s", "Old")["PhysicalResourceId"] == stands


@pytest.mark.parametrize("named", NAMED, ids=kind)
def test_what_no_stack_holds_has_its_name_still(account: Account, named: Named) -> None:
    account.create("s", template({"Kept": {**named, "DeletionPolicy": "Retain"}}))
    assert remove(account, "s") == "DELETE_COMPLETE"

    again = account.create("s", template({"Kept": named}))

    assert again["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = failure(account, again["StackId"], "Kept")
    assert f"Resource of type '{named['Type']}' with identifier '" in reason
    assert reason.endswith("orders' already exists.\" (HandlerErrorCode: AlreadyExists)")


@pytest.mark.parametrize("named", NAMED, ids=kind)
def test_a_name_is_free_once_its_bearer_is_deleted(account: Account, named: Named) -> None:
    for _ in range(2):
        assert account.create("s", template({"Orders": named}))["StackStatus"] == "CREATE_COMPLETE"
        assert remove(account, "s") == "DELETE_COMPLETE"


def table(name: str, key: str = "id") -> Named:
    properties = {
        **_TABLE,
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
    }
    return resource("DynamoDB::Table", TableName=name, **properties)


def test_the_data_survives_a_changed_logical_id(account: Account) -> None:
    account.create("s", template({"Old": table("orders")}))
    dynamodb = account.client("dynamodb")
    dynamodb.put_item(TableName="orders", Item={"id": {"S": "1"}})

    account.update("s", template({"New": table("orders")}))

    assert dynamodb.scan(TableName="orders")["Count"] == 1


def test_a_resource_of_another_stack_keeps_its_name(account: Account) -> None:
    other = account.create("other", template({"Orders": table("orders")}))["StackId"]
    taken = account.create("s", template({"Orders": table("orders")}))
    assert taken["StackStatus"] == "ROLLBACK_COMPLETE"
    assert failure(account, "s", "Orders") == f"orders already exists in stack {other}"


def test_a_nested_stack_does_not_get_a_name_of_its_siblings(account: Account) -> None:
    tree = {
        "A": account.child(template({"Orders": table("orders")})),
        "B": account.child(template({"Orders": table("orders")}), DependsOn="A"),
    }
    assert account.create("root", template(tree))["StackStatus"] == "ROLLBACK_COMPLETE"
    assert account.client("dynamodb").list_tables()["TableNames"] == []


def test_a_resource_does_not_get_another_ones_name_by_an_update(account: Account) -> None:
    account.create("s", template({"A": table("a"), "B": table("b")}))
    swapped = account.update("s", template({"A": table("b"), "B": table("a")}))
    assert swapped["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "already exists in stack" in failure(account, "s", "A") + failure(account, "s", "B")
    assert account.client("dynamodb").list_tables()["TableNames"] == ["a", "b"]


def test_what_the_api_made_is_not_taken_over(account: Account) -> None:
    account.client("iam").create_role(
        RoleName="orders", AssumeRolePolicyDocument=json.dumps(_ASSUMED)
    )
    role = resource("IAM::Role", RoleName="orders", AssumeRolePolicyDocument=_ASSUMED)
    assert account.create("s", template({"Role": role}))["StackStatus"] == "ROLLBACK_COMPLETE"
    assert account.client("iam").get_role(RoleName="orders")


def test_a_role_stands_in_the_way_in_every_region_and_a_queue_in_its_own(account: Account) -> None:
    there = copy.copy(account)
    there.region = "eu-central-1"
    there.cfn = there.client("cloudformation")
    role = resource("IAM::Role", RoleName="orders", AssumeRolePolicyDocument=_ASSUMED)
    first = account.create(
        "s", template({"Role": role, "Queue": resource("SQS::Queue", QueueName="q")})
    )
    there.create("roles", template({"Role": role}))
    queues = there.create("queues", template({"Queue": resource("SQS::Queue", QueueName="q")}))
    assert failure(there, "roles", "Role") == f"orders already exists in stack {first['StackId']}"
    assert queues["StackStatus"] == "CREATE_COMPLETE"


def test_a_rule_has_its_name_on_its_bus_alone(account: Account) -> None:
    daily = {"Name": "daily", "EventPattern": {"source": ["shop"]}}
    rules = {
        "Bus": resource("Events::EventBus", Name="orders"),
        "There": resource("Events::Rule", EventBusName={"Ref": "Bus"}, **daily),
        "Here": resource("Events::Rule", **daily),
    }
    assert account.create("s", template(rules))["StackStatus"] == "CREATE_COMPLETE"
    rules["Again"] = resource("Events::Rule", EventBusName="default", **daily)
    assert account.update("s", template(rules))["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_broken_properties_are_refused_before_a_name_is_looked_for(account: Account) -> None:
    account.create("s", template({"Orders": resource("SQS::Queue", QueueName="orders")}))
    broken = resource("SQS::Queue", QueueName="orders", VisibilityTimeout="soon")
    account.create("t", template({"Orders": broken}))
    assert "expected type: Integer" in failure(account, "t", "Orders")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (table("orders"), table("orders", key="number")),
        (
            resource("EC2::SecurityGroup", GroupName="orders", GroupDescription="a", VpcId="vpc-1"),
            resource("EC2::SecurityGroup", GroupName="orders", GroupDescription="b", VpcId="vpc-1"),
        ),
    ],
    ids=["table", "security-group"],
)
def test_a_resource_with_a_name_of_its_own_is_not_replaced(
    account: Account, old: Named, new: Named
) -> None:
    account.create("s", template({"Orders": old}))
    stands = account.resource("s", "Orders")["PhysicalResourceId"]
    assert (
        account.update("s", template({"Orders": new}))["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    )
    assert failure(account, "s", "Orders").startswith(
        "CloudFormation cannot update a stack when a custom-named resource requires replacing."
    )
    assert account.resource("s", "Orders")["PhysicalResourceId"] == stands


def test_an_import_takes_what_has_the_name(account: Account) -> None:
    kept = {**table("orders"), "DeletionPolicy": "Retain"}
    account.create("s", template({"Kept": kept}))
    remove(account, "s")
    wanted = {
        "ResourceType": kept["Type"],
        "LogicalResourceId": "Kept",
        "ResourceIdentifier": {"TableName": "orders"},
    }

    change_set = account.change_set(
        "t",
        template({"Kept": kept}),
        "IMPORT",
        ResourcesToImport=[wanted],
        IncludeNestedStacks=False,
    )

    assert account.execute(change_set)["StackStatus"] == "IMPORT_COMPLETE"
    renamed = {**kept, "Properties": {**kept["Properties"], "TableName": "sold"}}
    assert account.update("t", template({"Kept": renamed}))["StackStatus"] == "UPDATE_COMPLETE"


def test_a_renamed_resource_goes_back_to_its_name(account: Account) -> None:
    account.create("s", template({"Orders": table("a")}))
    broken = {**failing(), "DependsOn": "Orders"}
    failed = account.update("s", template({"Orders": table("b"), "Broken": broken}))
    assert failed["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert account.client("dynamodb").list_tables()["TableNames"] == ["a"]
    assert account.update("s", template({"Orders": table("b")}))["StackStatus"] == "UPDATE_COMPLETE"
