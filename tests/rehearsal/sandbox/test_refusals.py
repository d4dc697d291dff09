"""What AWS refuses of stacks, in AWS's words and codes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.sandbox.stacks import Account, failing, output, parameter, template

PLAIN = template({"Value": parameter("one")})


def refusal(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(*arguments, **named)
    error = refused.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def typed(**attributes: Any) -> Any:
    return template(
        {"Value": parameter({"Ref": "Given"})},
        Parameters={"Given": {"Type": "String", **attributes}},
    )


def given(value: str, key: str = "Given") -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value}]


def test_parameters(account: Account) -> None:
    create = account.create
    assert refusal(create, "s", PLAIN, Parameters=given("x", "Nowhere")) == (
        "ValidationError: Parameters: [Nowhere] do not exist in the template"
    )
    assert refusal(create, "s", typed()) == "ValidationError: Parameters: [Given] must have values"
    said = refusal(create, "s", typed(AllowedValues=["a"], NoEcho=True), Parameters=given("hush"))
    assert said == "ValidationError: Parameter 'Given' must be one of AllowedValues"
    said = refusal(create, "s", typed(AllowedPattern="[a-z]+"), Parameters=given("1"))
    assert said == "ValidationError: Parameter 'Given' must match pattern [a-z]+"
    assert "at least 3" in refusal(create, "s", typed(MinLength=3), Parameters=given("x"))
    said = refusal(create, "s", typed(Type="Number", MaxValue=3), Parameters=given("4"))
    assert "not greater than 3" in said
    assert "4096" in refusal(create, "s", typed(), Parameters=given("x" * 4097))
    assert account.live() == []


def test_template_quotas(account: Account) -> None:
    many = {f"Value{index}": parameter("x") for index in range(501)}
    assert "501, is greater than maximum allowed, 500" in refusal(
        account.cfn.create_stack, StackName="s", TemplateURL=account.upload(template(many))
    )
    wide = {**PLAIN, "Outputs": {f"O{index}": output("x") for index in range(201)}}
    assert "maximum allowed, 200" in refusal(account.create, "s", wide)
    long = json.dumps({**PLAIN, "Metadata": {"x": "y" * 51_200}})
    assert "51200" in refusal(account.cfn.create_stack, StackName="s", TemplateBody=long)
    huge = account.upload({**PLAIN, "Metadata": {"x": "y" * 1_000_000}})
    assert "1000000" in refusal(account.cfn.create_stack, StackName="s", TemplateURL=huge)


def test_a_rolled_back_stack_is_neither_created_nor_updated_again(account: Account) -> None:
    stack = account.create("s", template({"Broken": failing()}))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert refusal(account.create, "s", PLAIN) == (
        "AlreadyExistsException: Stack [s] already exists"
    )
    assert refusal(account.update, "s", PLAIN) == (
        f"ValidationError: Stack:{stack['StackId']} is in ROLLBACK_COMPLETE state and can not be "
        "updated."
    )


def test_termination_protection_covers_the_children(account: Account) -> None:
    account.create(
        "root", template({"Child": account.child(PLAIN)}), EnableTerminationProtection=True
    )
    child = account.nested("root", "Child")["StackName"]
    for name in ("root", child):
        said = refusal(account.cfn.delete_stack, StackName=name)
        assert "cannot be deleted while TerminationProtection is enabled" in said
    account.cfn.update_termination_protection(StackName="root", EnableTerminationProtection=False)
    root = account.settled("root")["StackId"]
    assert account.delete(root)["StackStatus"] == "DELETE_COMPLETE"


def test_an_export_has_one_owner(account: Account) -> None:
    exporting = template({"Value": parameter("one")}, Outputs={"O": output("x", "shared")})
    account.create("first", exporting)
    second = account.create("second", exporting)
    assert second["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = " ".join(reason for _, reason in account.reasons("second", "second"))
    assert "Export with name shared is already exported by stack" in reasons


def test_a_childs_export_is_kept_while_it_is_imported(account: Account) -> None:
    child = template({"Value": parameter("one")}, Outputs={"O": output("x", "shared")})
    account.create("root", template({"Child": account.child(child)}))
    importing = template({"Value": parameter({"Fn::ImportValue": "shared"})})
    account.create("importer", importing)
    changed = template({"Value": parameter("one")}, Outputs={"O": output("y", "shared")})
    root = account.update("root", template({"Child": account.child(changed)}))
    assert root["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert account.cfn.list_exports()["Exports"][0]["Value"] == "x"
    dropped = account.delete(account.nested("root", "Child")["ParentId"])
    assert dropped["StackStatus"] == "DELETE_FAILED"
    assert "failed to delete: [Child]" in dropped["StackStatusReason"]
    reasons = " ".join(reason for _, reason in account.reasons(dropped["StackId"], "Child"))
    assert "Delete canceled. Cannot delete export shared as it is in use by importer." in reasons
    account.delete(account.settled("importer")["StackId"])
    assert account.delete(dropped["StackId"])["StackStatus"] == "DELETE_COMPLETE"
    assert account.cfn.list_exports()["Exports"] == []


def test_the_deletion_of_an_export_in_use_is_taken_and_cancelled(account: Account) -> None:
    exporting = template({"Value": parameter("1")}, Outputs={"O": output("x", "shared")})
    account.create("exporter", exporting)
    importing = template({"Value": parameter({"Fn::ImportValue": "shared"})})
    for name in ("one", "two"):
        account.create(name, importing)
    stack = account.delete("exporter")
    reason = "Delete canceled. Cannot delete export shared as it is in use by one and two."
    assert (stack["StackStatus"], stack["StackStatusReason"]) == ("CREATE_COMPLETE", reason)
    assert account.reasons("exporter", "exporter")[-1] == ("CREATE_COMPLETE", reason)
    assert account.resource("exporter", "Value")["ResourceStatus"] == "CREATE_COMPLETE"


def test_an_export_that_an_update_drops_is_free_again(account: Account) -> None:
    account.create("first", template({"V": parameter("1")}, Outputs={"O": output("x", "shared")}))
    account.update("first", template({"V": parameter("2")}))
    other = template({"V": parameter("3")}, Outputs={"O": output("z", "shared")})
    assert account.create("second", other)["StackStatus"] == "CREATE_COMPLETE"


def policy(*statements: dict[str, Any]) -> str:
    allow = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    return json.dumps({"Statement": [allow, *statements]})


def deny(action: str, resource: str = "LogicalResourceId/Value") -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Principal": "*", "Resource": resource}


def test_a_stack_policy_forbids_a_change_and_its_override_allows_it(account: Account) -> None:
    account.create("s", PLAIN, StackPolicyBody=policy(deny("Update:Modify")))
    newer = template({"Value": parameter("two")})
    assert account.update("s", newer)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert list(account.parameters().values()) == ["one"]
    assert (
        "UPDATE_FAILED",
        "Action denied by stack policy: Statement [#2] does not allow [Update:Modify] for resource "
        "[LogicalResourceId/Value];",
    ) in account.reasons("s", "Value")
    overridden = account.update("s", newer, StackPolicyDuringUpdateBody=policy())
    assert overridden["StackStatus"] == "UPDATE_COMPLETE"
    third = account.update("s", template({"Value": parameter("three")}))
    assert third["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.parametrize("action", ["Update:Delete", "Update:*"])
def test_a_stack_policy_forbids_a_removal(account: Account, action: str) -> None:
    both = template({"Value": parameter("one"), "Other": parameter("o")})
    account.create("s", both, StackPolicyBody=policy(deny(action)))
    root = account.update("s", template({"Other": parameter("o2")}))
    assert root["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert sorted(account.parameters().values()) == ["o", "one"]


def test_a_stack_policy_holds_for_a_change_set(account: Account) -> None:
    account.create("s", PLAIN, StackPolicyBody=policy(deny("Update:Replace")))
    renamed = template({"Value": parameter("one")})
    renamed["Resources"]["Value"]["Properties"]["Name"] = "renamed"
    made = account.change_set("s", renamed)
    assert account.execute(made)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert account.described(made["ChangeSetId"])["ExecutionStatus"] == "EXECUTE_FAILED"


def test_what_is_no_stack_policy_is_refused(account: Account) -> None:
    account.create("s", PLAIN)
    said = refusal(account.cfn.set_stack_policy, StackName="s", StackPolicyBody='{"Statement": 1}')
    assert said == "ValidationError: Error validating stack policy: Invalid stack policy"


def test_a_stack_that_is_still_created_is_deleted_afterwards(account: Account) -> None:
    body = template({"Child": account.child(template({"V": parameter("1")}))})
    made = account.cfn.create_stack(StackName="s", TemplateBody=json.dumps(body))
    account.cfn.delete_stack(StackName="s")
    account.cfn.get_waiter("stack_delete_complete").wait(
        StackName=made["StackId"], WaiterConfig={"Delay": 0.05}
    )
    assert account.live() == []
    assert account.parameters() == {}
