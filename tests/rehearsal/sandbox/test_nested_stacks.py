"""AWS::CloudFormation::Stack: children are stacks of their own, and behave as AWS's do."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.sandbox.stacks import Account, Template, failing, output, parameter, template


def test_a_child_is_a_stack_that_knows_its_family(account: Account) -> None:
    leaf = template({"Value": parameter("one")}, Outputs={"Name": output({"Ref": "Value"})})
    middle = template(
        {"Leaf": account.child(leaf)},
        Outputs={"Name": output({"Fn::GetAtt": ["Leaf", "Outputs.Name"]})},
    )
    root = account.create(
        "root",
        template(
            {"Middle": account.child(middle)},
            Outputs={"Name": output({"Fn::GetAtt": ["Middle", "Outputs.Name"]})},
        ),
    )
    assert root["StackStatus"] == "CREATE_COMPLETE"
    child = account.nested("root", "Middle")
    grandchild = account.nested(child["StackId"], "Leaf")
    assert (child["ParentId"], child["RootId"]) == (root["StackId"], root["StackId"])
    assert (grandchild["ParentId"], grandchild["RootId"]) == (child["StackId"], root["StackId"])
    assert "ParentId" not in root
    assert root["Outputs"][0]["OutputValue"] in account.parameters()


def test_a_failing_child_leaves_nothing_behind(account: Account) -> None:
    good = template({"Value": parameter("one")})
    bad = template({"First": parameter("two"), "Broken": {**failing(), "DependsOn": "First"}})
    root = account.create(
        "root",
        template({"Good": account.child(good), "Bad": account.child(bad, DependsOn="Good")}),
    )
    assert root["StackStatus"] == "ROLLBACK_COMPLETE"
    assert account.parameters() == {}
    assert account.live() == ["root"]
    events = account.cfn.describe_stack_events(StackName="root")["StackEvents"]
    (physical_id,) = {
        e["PhysicalResourceId"] for e in events if e["ResourceStatus"] == "CREATE_FAILED"
    }
    assert physical_id.startswith("arn:aws:cloudformation:eu-west-1:")
    failed = [event for event in account.reasons("root", "Bad") if event[0] == "CREATE_FAILED"]
    assert len(failed) == 1
    assert "was not successfully created: " in failed[0][1]
    assert "The following resource(s) failed to create: [Broken]. " in failed[0][1]


def test_the_parents_events_carry_the_childs_arn(account: Account) -> None:
    account.create("root", template({"Child": account.child(template({"V": parameter("one")}))}))
    child = account.nested("root", "Child")["StackId"]
    events = account.cfn.describe_stack_events(StackName="root")["StackEvents"]
    named = [e["PhysicalResourceId"] for e in events if e["LogicalResourceId"] == "Child"]
    assert named == [child, child, ""]  # complete, initiated, in progress
    own = account.cfn.describe_stack_events(StackName=child)["StackEvents"]
    assert {event["StackId"] for event in own} == {child}


def test_what_is_retained_stays_when_its_stack_is_deleted(account: Account) -> None:
    child = template(
        {
            "Kept": parameter("kept", DeletionPolicy="Retain"),
            "KeptLater": parameter("kept later", DeletionPolicy="RetainExceptOnCreate"),
            "Gone": parameter("gone"),
        }
    )
    root = account.create("root", template({"Child": account.child(child)}))
    assert account.delete(root["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert account.live() == []
    assert sorted(account.parameters().values()) == ["kept", "kept later"]


def test_retain_except_on_create_goes_when_its_creation_is_rolled_back(account: Account) -> None:
    child = template(
        {
            "Kept": parameter("kept", DeletionPolicy="Retain"),
            "NotKept": parameter("not kept", DeletionPolicy="RetainExceptOnCreate"),
        }
    )
    root = account.create(
        "root",
        template({"Child": account.child(child), "Broken": {**failing(), "DependsOn": "Child"}}),
    )
    assert root["StackStatus"] == "ROLLBACK_COMPLETE"
    assert list(account.parameters().values()) == ["kept"]


def test_an_update_reaches_the_changed_child_alone(account: Account) -> None:
    network = template({"Id": parameter("net")}, Outputs={"Name": output({"Ref": "Id"})})
    shop = template(
        {"Value": parameter({"Fn::Sub": "${Network} v1"})},
        Parameters={"Network": {"Type": "String"}},
    )
    newer = template(
        {"Value": parameter({"Fn::Sub": "${Network} v2"})},
        Parameters={"Network": {"Type": "String"}},
    )
    wired = {"Network": {"Fn::GetAtt": ["Network", "Outputs.Name"]}}

    def tree(body: dict[str, object]) -> dict[str, object]:
        return template(
            {"Network": account.child(network), "Shop": account.child(body, Parameters=wired)}
        )

    account.create("root", tree(shop))
    before = account.nested("root", "Network")
    assert account.update("root", tree(newer))["StackStatus"] == "UPDATE_COMPLETE"
    after = account.nested("root", "Network")
    assert after["StackStatus"] == "CREATE_COMPLETE"
    assert after["StackId"] == before["StackId"]
    assert account.nested("root", "Shop")["StackStatus"] == "UPDATE_COMPLETE"
    assert sorted(value[-2:] for value in account.parameters().values()) == ["et", "v2"]


def test_a_failed_update_sends_every_child_back(account: Account) -> None:
    def tree(value: str, broken: bool) -> dict[str, object]:
        child = template({"Value": parameter(value)})
        resources = {"Child": account.child(child, key="fixed/child.json")}
        if broken:
            resources["Broken"] = {**failing(), "DependsOn": "Child"}
        return template(resources)

    account.create("root", tree("one", broken=False))
    root = account.update("root", tree("two", broken=True))
    assert root["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert account.nested("root", "Child")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert list(account.parameters().values()) == ["one"]


def test_a_child_added_by_a_failed_update_goes(account: Account) -> None:
    account.create("root", template({"Value": parameter("one")}))
    bad = template({"First": parameter("two"), "Broken": {**failing(), "DependsOn": "First"}})
    root = account.update("root", template({"Value": parameter("one"), "Bad": account.child(bad)}))
    assert root["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert account.live() == ["root"]
    assert list(account.parameters().values()) == ["one"]


def test_a_child_that_the_template_drops_is_deleted(account: Account) -> None:
    child = template({"Value": parameter("one")})
    account.create("root", template({"Own": parameter("own"), "Child": account.child(child)}))
    assert (
        account.update("root", template({"Own": parameter("own")}))["StackStatus"]
        == "UPDATE_COMPLETE"
    )
    assert account.live() == ["root"]
    assert list(account.parameters().values()) == ["own"]


def test_no_change_is_refused(account: Account) -> None:
    body = template({"Child": account.child(template({"Value": parameter("one")}))})
    account.create("root", body)
    with pytest.raises(ClientError, match="No updates are to be performed"):
        account.update("root", body)


def test_capabilities_are_asked_for_the_root(account: Account) -> None:
    role = template(
        {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": {"Statement": []}},
            }
        }
    )
    with pytest.raises(ClientError) as refused:
        account.create("root", role, Capabilities=[])
    assert refused.value.response["Error"]["Code"] == "InsufficientCapabilitiesException"
    assert "Requires capabilities : [CAPABILITY_IAM]" in str(refused.value)


def test_capabilities_are_asked_for_a_child(account: Account) -> None:
    role = template(
        {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": {"Statement": []}, "RoleName": "named"},
            }
        }
    )
    root = account.create(
        "root", template({"Child": account.child(role)}), Capabilities=["CAPABILITY_IAM"]
    )
    assert root["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ("CREATE_FAILED", "Requires capabilities : [CAPABILITY_NAMED_IAM]") in account.reasons(
        "root", "Child"
    )


def test_a_template_that_changed_behind_its_url_is_an_update(account: Account) -> None:
    def tree(value: str) -> Template:
        leaf = account.child(template({"Value": parameter(value)}), key="fixed/leaf.json")
        middle = account.child(template({"Leaf": leaf}), key="fixed/middle.json")
        return template({"Middle": middle})

    account.create("root", tree("one"))
    assert account.update("root", tree("two"))["StackStatus"] == "UPDATE_COMPLETE"
    assert list(account.parameters().values()) == ["two"]
    with pytest.raises(ClientError, match="No updates are to be performed"):
        account.update("root", tree("two"))
