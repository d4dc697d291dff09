"""Every type of a Region deploys, and is refused as AWS would refuse it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.sandbox.resource_types import failure, outputs, remove, resource
from tests.rehearsal.sandbox.stacks import Account, changes, output, template


def recorded(**properties: Any) -> dict[str, Any]:
    """A resource of a type that nothing but its schema is known of."""
    family = {"Description": "any", "ParameterGroupFamily": "redshift-1.0"}
    return resource("Redshift::ClusterParameterGroup", **family, **properties)


def test_a_type_without_an_api_lives_and_dies(account: Account) -> None:
    named = template(
        {"Shop": recorded(ParameterGroupName="a")}, Outputs={"R": output({"Ref": "Shop"})}
    )
    assert outputs(account.create("s", named)) == {"R": "a"}
    taken = account.create("t", template({"Shop": recorded(ParameterGroupName="a")}))
    assert taken["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "a already exists in stack" in failure(account, "t", "Shop")
    renamed = template(
        {"Shop": recorded(ParameterGroupName="b")}, Outputs={"R": output({"Ref": "Shop"})}
    )
    assert outputs(account.update("s", renamed)) == {"R": "b"}
    assert remove(account, "s") == "DELETE_COMPLETE"
    again = account.create("u", template({"Shop": recorded(ParameterGroupName="b")}))
    assert again["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (
            resource("SQS::Queue", Nonsense=1),
            "Properties validation failed for resource Broken with message:\n"
            "#: extraneous key [Nonsense] is not permitted",
        ),
        (
            resource("SQS::Queue", VisibilityTimeout="soon"),
            "#/VisibilityTimeout: expected type: Integer, found: String",
        ),
        (
            resource("CodeDeploy::Application", ComputePlatform="Mainframe"),
            "#/ComputePlatform: failed validation constraint for keyword [enum]",
        ),
        (resource("CodePipeline::Pipeline"), "#: required key [Stages] not found"),
        (resource("EC2::NatGateway", SubnetId="s", Colour="red"), "extraneous key [Colour]"),
    ],
)
def test_broken_properties(account: Account, broken: dict[str, Any], sentence: str) -> None:
    assert account.create("s", template({"Broken": broken}))["StackStatus"] == "ROLLBACK_COMPLETE"
    assert sentence in failure(account, "s", "Broken")


def test_an_update_is_checked_too(account: Account) -> None:
    account.create("s", template({"Q": resource("SQS::Queue")}))
    stack = account.update("s", template({"Q": resource("SQS::Queue", Nonsense=1)}))
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "extraneous key [Nonsense]" in failure(account, "s", "Q")


def test_an_attribute_the_schema_lacks(account: Account) -> None:
    asked = output({"Fn::GetAtt": ["Shop", "Colour"]})
    stack = account.create("s", template({"Shop": recorded()}, Outputs={"C": asked}))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "attribute Colour does not exist in schema" in failure(account, "s", "s")


def test_a_type_the_region_lacks(account: Account) -> None:
    account.region = "us-west-1"
    account.cfn = account.client("cloudformation")
    tracker = resource("Personalize::EventTracker", Name="n", DatasetGroupArn="arn")
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Personalize::Ev"):
        account.create("s", template({"Tracker": tracker}))
    unused = template(
        {"Tracker": {**tracker, "Condition": "Never"}, "Shop": recorded()},
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
    )
    assert account.create("s", unused)["StackStatus"] == "CREATE_COMPLETE"


def test_a_nested_create_only_property_replaces(account: Account) -> None:
    def checked(**config: Any) -> Any:
        config = {"FullyQualifiedDomainName": "a.example.com", "Port": 80, **config}
        check = resource("Route53::HealthCheck", HealthCheckConfig=config)
        return template({"Check": check}, Outputs={"Id": output({"Ref": "Check"})})

    first = outputs(account.create("s", checked(Type="HTTP")))
    assert outputs(account.update("s", checked(Type="HTTP", FailureThreshold=2))) == first
    planned = changes(account.change_set("s", checked(Type="TCP")))["Check"]
    assert planned["Replacement"] == "Conditional"
    assert outputs(account.update("s", checked(Type="TCP"))) != first
    found = account.client("route53").list_health_checks()["HealthChecks"]
    assert [check["HealthCheckConfig"]["Type"] for check in found] == ["TCP"]


def test_a_custom_named_resource_is_not_replaced(account: Account) -> None:
    def rollout(name: str, hosts: int) -> Any:
        healthy = {"Type": "HOST_COUNT", "Value": hosts}
        properties = {"DeploymentConfigName": name, "MinimumHealthyHosts": healthy}
        return template({"Rollout": resource("CodeDeploy::DeploymentConfig", **properties)})

    account.create("s", rollout("careful", 2))
    refused = account.update("s", rollout("careful", 3))
    assert refused["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "cannot update a stack when a custom-named resource requires replacing" in failure(
        account, "s", "Rollout"
    )
    assert account.update("s", rollout("bold", 3))["StackStatus"] == "UPDATE_COMPLETE"


def test_stack_tags_reach_a_resource_made_by_api(account: Account) -> None:
    body = template({"Address": resource("EC2::EIP", Domain="vpc")})
    account.create("s", body, Tags=[{"Key": "team", "Value": "shop"}])
    tags = account.client("ec2").describe_addresses()["Addresses"][0]["Tags"]
    assert {"Key": "team", "Value": "shop"} in tags
    assert {"Key": "aws:cloudformation:logical-id", "Value": "Address"} in tags
