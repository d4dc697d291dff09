"""Change sets: over a whole tree, as AWS creates, executes and deletes them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.sandbox.stacks import Account, changes, failing, output, parameter, template

NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)
UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"


def network(value: str = "net") -> Any:
    return template({"Id": parameter(value)}, Outputs={"Name": output({"Ref": "Id"})})


def shop(suffix: str = "v1") -> Any:
    value = parameter({"Fn::Sub": f"${{Network}} {suffix}"})
    return template({"Value": value}, Parameters={"Network": {"Type": "String"}})


def tree(account: Account, *, network_body: Any = None, shop_body: Any = None) -> Any:
    wired = {"Network": {"Fn::GetAtt": ["Network", "Outputs.Name"]}}
    return template(
        {
            "Network": account.child(network_body or network()),
            "Shop": account.child(shop_body or shop(), Parameters=wired),
        }
    )


def test_a_tree_is_created_from_the_stacks_in_review(account: Account) -> None:
    root = account.change_set("root", tree(account), "CREATE")
    assert (root["Status"], root["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert root["IncludeNestedStacks"] is True
    assert "ParentChangeSetId" not in root
    child = account.described(changes(root)["Shop"]["ChangeSetId"])
    assert child["ParentChangeSetId"] == child["RootChangeSetId"] == root["ChangeSetId"]
    assert child["Parameters"] == [{"ParameterKey": "Network", "ParameterValue": UNKNOWN}]
    shells = account.live()
    assert len(shells) == 3
    assert account.settled(child["StackId"])["StackStatus"] == "REVIEW_IN_PROGRESS"

    assert account.execute(root)["StackStatus"] == "CREATE_COMPLETE"
    assert account.live() == shells
    assert account.nested("root", "Shop")["StackId"] == child["StackId"]
    assert account.nested("root", "Shop")["ParentId"] == root["StackId"]
    name = account.nested("root", "Network")["Outputs"][0]["OutputValue"]
    assert sorted(account.parameters().values()) == sorted(["net", f"{name} v1"])
    assert account.described(root["ChangeSetId"])["ExecutionStatus"] == "EXECUTE_COMPLETE"
    assert account.described(child["ChangeSetId"])["ExecutionStatus"] == "EXECUTE_COMPLETE"


def test_a_tree_has_any_depth(account: Account) -> None:
    def body(value: str) -> Any:
        leaf = account.child(template({"Value": parameter(value)}))
        middle = account.child(template({"Leaf": leaf}))
        return template({"Middle": middle})

    made = account.change_set("root", body("one"), "CREATE")
    middle = account.described(changes(made)["Middle"]["ChangeSetId"])
    leaf = account.described(changes(middle)["Leaf"]["ChangeSetId"])
    assert leaf["RootChangeSetId"] == made["ChangeSetId"]
    assert leaf["ParentChangeSetId"] == middle["ChangeSetId"]
    in_review = account.settled(leaf["StackId"])
    assert (in_review["ParentId"], in_review["RootId"]) == (middle["StackId"], made["StackId"])
    assert account.execute(made)["StackStatus"] == "CREATE_COMPLETE"
    assert len(account.live()) == 3
    assert (
        account.nested(account.nested("root", "Middle")["StackId"], "Leaf")["RootId"]
        == (made["StackId"])
    )
    newer = account.change_set("root", body("two"))
    middle = account.described(changes(newer)["Middle"]["ChangeSetId"])
    assert changes(middle)["Leaf"]["Action"] == "Modify"
    assert account.execute(newer)["StackStatus"] == "UPDATE_COMPLETE"
    assert list(account.parameters().values()) == ["two"]
    assert account.change_set("root", body("two"))["StatusReason"] == NO_CHANGES


def test_a_tree_that_fails_is_undone_by_its_root(account: Account) -> None:
    account.create("root", tree(account))
    worse = shop("v2")
    worse["Resources"]["Broken"] = {**failing(), "DependsOn": "Value"}
    made = account.change_set("root", tree(account, network_body=network("new"), shop_body=worse))
    assert account.execute(made)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert account.nested("root", "Network")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert account.nested("root", "Shop")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert sorted(value[-2:] for value in account.parameters().values()) == ["et", "v1"]


def test_only_the_changed_child_is_updated(account: Account) -> None:
    account.create("root", tree(account))
    root = account.change_set("root", tree(account, shop_body=shop("v2")))
    assert list(changes(root)) == ["Shop"]
    change = changes(root)["Shop"]
    assert (change["Action"], change["Replacement"]) == ("Modify", "False")
    child = account.described(change["ChangeSetId"])
    assert changes(child)["Value"]["Action"] == "Modify"
    assert account.execute(root)["StackStatus"] == "UPDATE_COMPLETE"
    assert account.nested("root", "Network")["StackStatus"] == "CREATE_COMPLETE"
    assert account.nested("root", "Shop")["StackStatus"] == "UPDATE_COMPLETE"


def test_an_unchanged_childs_change_set_fails_and_fails_nothing(account: Account) -> None:
    account.create("root", tree(account))
    account.change_set("root", tree(account, shop_body=shop("v2")))
    unchanged = account.nested("root", "Network")["StackName"]
    (summary,) = account.cfn.list_change_sets(StackName=unchanged)["Summaries"]
    assert (summary["Status"], summary["StatusReason"]) == ("FAILED", NO_CHANGES)
    assert summary["IncludeNestedStacks"] is True


def test_a_change_of_the_siblings_output_is_not_known_yet(account: Account) -> None:
    account.create("root", tree(account))
    root = account.change_set("root", tree(account, network_body=network("new")))
    assert set(changes(root)) == {"Network", "Shop"}
    consumer = account.described(changes(root)["Shop"]["ChangeSetId"])
    assert consumer["Parameters"][0]["ParameterValue"] == UNKNOWN
    details = changes(consumer)["Value"]["Details"]
    assert {detail["Evaluation"] for detail in details} == {"Dynamic"}
    assert account.execute(root)["StackStatus"] == "UPDATE_COMPLETE"
    assert "new" in account.parameters().values()


def test_a_new_output_reaches_a_new_parameter(account: Account) -> None:
    account.create("root", template({"Network": account.child(network())}))
    richer = network()
    richer["Outputs"]["More"] = output("more")
    consumer = template(
        {"Value": parameter({"Ref": "More"})}, Parameters={"More": {"Type": "String"}}
    )
    wired = {"More": {"Fn::GetAtt": ["Network", "Outputs.More"]}}
    root = account.change_set(
        "root",
        template(
            {
                "Network": account.child(richer),
                "Consumer": account.child(consumer, Parameters=wired),
            }
        ),
    )
    assert root["Status"] == "CREATE_COMPLETE"
    assert account.execute(root)["StackStatus"] == "UPDATE_COMPLETE"
    assert "more" in account.parameters().values()


def test_no_change_anywhere_fails_the_root(account: Account) -> None:
    account.create("root", tree(account))
    root = account.change_set("root", tree(account))
    assert (root["Status"], root["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert root["StatusReason"] == NO_CHANGES
    with pytest.raises(ClientError) as refused:
        account.execute(root)
    assert refused.value.response["Error"]["Code"] == "InvalidChangeSetStatus"


@pytest.mark.parametrize(
    "looking",
    [
        {"Fn::Select": ["1", {"Fn::Split": [",", {"Fn::GetAtt": ["Network", "Outputs.Name"]}]}]},
        {"Fn::Select": ["0", {"Fn::Split": [",", {"Fn::GetAtt": ["Network", "Outputs.Name"]}]}]},
    ],
)
def test_looking_into_a_siblings_new_output_fails(account: Account, looking: Any) -> None:
    body = template(
        {
            "Network": account.child(network()),
            "Shop": account.child(shop(), Parameters={"Network": looking}),
        }
    )
    root = account.change_set("root", body, "CREATE")
    assert root["Status"] == "FAILED"
    assert "Template error: Fn::Select cannot select nonexistent value" in root["StatusReason"]


def test_looking_into_a_value_inside_the_child_fails_as_well(account: Account) -> None:
    picky = template(
        {"Value": parameter({"Fn::Select": ["1", {"Fn::Split": [",", {"Ref": "Network"}]}]})},
        Parameters={"Network": {"Type": "String"}},
    )
    root = account.change_set("root", tree(account, shop_body=picky), "CREATE")
    assert root["Status"] == "FAILED"


def test_deleting_a_tree_leaves_no_stack_of_a_child(account: Account) -> None:
    root = account.change_set("root", tree(account), "CREATE")
    children = [change["ChangeSetId"] for change in changes(root).values()]
    account.cfn.delete_change_set(ChangeSetName=root["ChangeSetId"])
    assert account.live() == ["root"]  # in review still, as AWS leaves it
    for change_set in children:
        with pytest.raises(ClientError) as missing:
            account.described(change_set)
        assert missing.value.response["Error"]["Code"] == "ChangeSetNotFound"


def test_a_child_of_which_no_change_came_is_sent_back_with_the_others(account: Account) -> None:
    """Its change set could not know that its sibling's output would stay the same."""
    account.create("root", tree(account))
    body = tree(account, network_body=network("other"))
    body["Resources"]["Broken"] = {**failing(), "DependsOn": "Shop"}

    root = account.execute(account.change_set("root", body))

    assert root["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "net" in account.parameters().values()


def test_executing_one_change_set_discards_the_other_trees(account: Account) -> None:
    abandoned = account.change_set("root", tree(account), "CREATE")
    chosen = account.change_set("root", tree(account), "CREATE")
    assert abandoned["StackId"] == chosen["StackId"]
    assert len(account.live()) == 5
    assert account.execute(chosen)["StackStatus"] == "CREATE_COMPLETE"
    assert len(account.live()) == 3


def test_a_failed_execution_leaves_no_stack_in_review(account: Account) -> None:
    body = tree(account)
    body["Resources"]["Broken"] = failing()
    body["Resources"]["Network"]["DependsOn"] = "Broken"
    root = account.change_set("root", body, "CREATE")
    assert account.execute(root)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert account.live() == ["root"]
    assert account.parameters() == {}
    assert account.described(root["ChangeSetId"])["ExecutionStatus"] == "EXECUTE_FAILED"


def test_deleting_a_stack_in_review_takes_its_tree(account: Account) -> None:
    root = account.change_set("root", tree(account), "CREATE")
    account.cfn.delete_stack(StackName="root")
    account.cfn.get_waiter("stack_delete_complete").wait(
        StackName=root["StackId"], WaiterConfig={"Delay": 0.05}
    )
    assert account.live() == []


def test_a_nested_change_set_is_neither_executed_nor_deleted_alone(account: Account) -> None:
    root = account.change_set("root", tree(account), "CREATE")
    child = changes(root)["Network"]["ChangeSetId"]
    with pytest.raises(ClientError, match="root change set"):
        account.cfn.execute_change_set(ChangeSetName=child)
    with pytest.raises(ClientError, match="root change set"):
        account.cfn.delete_change_set(ChangeSetName=child)


def test_capabilities_of_a_child_fail_the_tree(account: Account) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
    body = template({"Child": account.child(template({"Role": role}))})
    root = account.change_set("root", body, "CREATE", Capabilities=[])
    assert root["Status"] == "FAILED"
    assert "Requires capabilities : [CAPABILITY_IAM]" in root["StatusReason"]


def test_without_the_tree_a_nested_stack_may_have_changed(account: Account) -> None:
    account.create("root", tree(account))
    root = account.change_set("root", tree(account), IncludeNestedStacks=False)
    (detail,) = changes(root)["Network"]["Details"]
    assert (detail["ChangeSource"], detail["Evaluation"]) == ("Automatic", "Dynamic")
    assert account.execute(root)["StackStatus"] == "UPDATE_COMPLETE"
    assert account.nested("root", "Network")["StackStatus"] == "CREATE_COMPLETE"


def test_a_condition_alone_is_a_change(account: Account) -> None:
    body = template(
        {"Always": parameter("a"), "Guard": parameter("b", Condition="On")},
        Parameters={"Guarded": {"Type": "String", "Default": "no"}},
        Conditions={"On": {"Fn::Equals": [{"Ref": "Guarded"}, "yes"]}},
    )
    account.create("root", body)
    switched = [{"ParameterKey": "Guarded", "ParameterValue": "yes"}]
    root = account.change_set("root", body, Parameters=switched)
    assert {key: change["Action"] for key, change in changes(root).items()} == {"Guard": "Add"}
    assert account.execute(root)["StackStatus"] == "UPDATE_COMPLETE"
    back = account.change_set("root", body)
    assert {key: change["Action"] for key, change in changes(back).items()} == {"Guard": "Remove"}


def test_property_values_come_with_the_changes(account: Account) -> None:
    body = template(
        {"Value": parameter("one"), "Secret": parameter({"Ref": "Token"})},
        Parameters={"Token": {"Type": "String", "NoEcho": True, "Default": "hush"}},
    )
    account.create("root", body)
    newer = json.loads(json.dumps(body).replace('"one"', '"two"').replace("hush", "hushed"))
    made = account.change_set("root", newer)
    shown = changes(account.described(made["ChangeSetId"], IncludePropertyValues=True))
    assert json.loads(shown["Value"]["BeforeContext"])["Properties"]["Value"] == "one"
    assert json.loads(shown["Value"]["AfterContext"])["Properties"]["Value"] == "two"
    assert "hush" not in json.dumps(shown)
    assert "BeforeContext" not in changes(made)["Value"]


def test_changes_come_in_pages(account: Account) -> None:
    many = template({f"Value{index:03}": parameter("x") for index in range(130)})
    made = account.change_set("root", many, "CREATE")
    assert len(made["Changes"]) == 100
    rest = account.described(made["ChangeSetId"], NextToken=made["NextToken"])
    assert len(rest["Changes"]) == 30
    assert "NextToken" not in rest


def test_what_aws_refuses_of_a_change_set(account: Account) -> None:
    body = template({"Value": parameter("one")})
    account.create("root", body)

    def refusal(**arguments: Any) -> str:
        request = {
            "StackName": "root",
            "ChangeSetName": "c",
            "TemplateBody": json.dumps(template({"Value": parameter("two")})),
        }
        with pytest.raises(ClientError) as refused:
            account.cfn.create_change_set(**{**request, **arguments})
        error = refused.value.response["Error"]
        return f"{error['Code']}: {error['Message']}"

    assert "can not be created" not in refusal(ChangeSetType="CREATE")
    assert refusal(ChangeSetType="CREATE").startswith(
        "ValidationError: Stack [root] already exists"
    )
    assert "[a-zA-Z][-a-zA-Z0-9]*" in refusal(ChangeSetName="1st")
    assert refusal(StackName="nowhere") == "ValidationError: Stack [nowhere] does not exist"
    assert "DeploymentMode" in refusal(DeploymentMode="REVERT_DRIFT")
    account.cfn.create_change_set(
        StackName="root",
        ChangeSetName="c",
        TemplateBody=json.dumps(template({"Value": parameter("two")})),
    )
    assert refusal().startswith("AlreadyExistsException: ChangeSet [c] already exists")
