"""Templates that AWS refuses: before a stack is made, whichever way they come."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rehearsal.sandbox.stacks import Account, output, parameter, template
from tests.rehearsal.sandbox.test_refusals import PLAIN, refusal

ABSENT = template({"Value": parameter({"Ref": "Absent"})})
SENTENCE = (
    "ValidationError: Template format error: Unresolved resource dependencies [Absent] in the "
    "Resources block of the template"
)


def test_a_name_that_is_not_there_is_refused_whichever_way(account: Account) -> None:
    account.create("s", PLAIN)
    assert refusal(account.create, "new", ABSENT) == SENTENCE
    assert refusal(account.update, "s", ABSENT) == SENTENCE
    assert refusal(account.change_set, "s", ABSENT) == SENTENCE
    assert refusal(account.change_set, "new", ABSENT, "CREATE") == SENTENCE
    assert refusal(account.cfn.validate_template, TemplateBody=json.dumps(ABSENT)) == SENTENCE
    assert account.live() == ["s"]


def test_a_condition_decides_what_is_there(account: Account) -> None:
    body = template(
        {
            "Extra": parameter("x", Condition="Big"),
            "Value": parameter({"Ref": "Extra"}),
        },
        Parameters={"Size": {"Type": "String"}},
        Conditions={"Big": {"Fn::Equals": [{"Ref": "Size"}, "big"]}},
    )

    def sized(size: str) -> list[dict[str, str]]:
        return [{"ParameterKey": "Size", "ParameterValue": size}]

    said = refusal(account.create, "s", body, Parameters=sized("small"))
    assert "Unresolved resource dependencies [Extra]" in said
    assert account.create("s", body, Parameters=sized("big"))["StackStatus"] == "CREATE_COMPLETE"
    said = refusal(account.update, "s", body, Parameters=sized("small"))
    assert "Unresolved resource dependencies [Extra]" in said
    account.cfn.validate_template(TemplateBody=json.dumps(body))


def test_a_condition_that_names_nothing_is_no_failure_of_the_service(account: Account) -> None:
    body = {**PLAIN, "Conditions": {"Big": {"Condition": "Absent"}}}
    assert refusal(account.create, "s", body).startswith(
        "ValidationError: Template format error: Unresolved condition dependency Absent"
    )


def test_a_child_that_is_refused_fails_its_parent(account: Account) -> None:
    root = account.create("root", template({"Child": account.child(ABSENT)}))
    assert root["StackStatus"] == "ROLLBACK_COMPLETE"
    [(_, reason)] = [
        held for held in account.reasons("root", "Child") if held[0] == "CREATE_FAILED"
    ]
    assert reason == SENTENCE.removeprefix("ValidationError: ")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('{"Resources":', "JSON not well-formed. (line 1, column 14)"),
        ("Resources:\n  A:\n - b", "YAML not well-formed. (line 3, column 2)"),
        ("Resources", "unsupported structure."),
    ],
)
def test_what_is_not_well_formed(account: Account, body: str, sentence: str) -> None:
    said = f"ValidationError: Template format error: {sentence}"
    assert refusal(account.cfn.create_stack, StackName="s", TemplateBody=body) == said
    assert (
        refusal(
            account.cfn.create_change_set,
            StackName="s",
            ChangeSetName="c",
            ChangeSetType="CREATE",
            TemplateBody=body,
        )
        == said
    )


@pytest.mark.parametrize(
    "sections",
    [{"Transform": "Own"}, {"Resources": {"A": {**parameter({"Fn::Transform": {"Name": "Own"}})}}}],
)
def test_a_transform_that_nobody_has(account: Account, sections: dict[str, Any]) -> None:
    assert refusal(account.create, "s", {**PLAIN, **sections}) == (
        "ValidationError: No transform named Own found."
    )


def test_a_transform_that_the_sandbox_lacks(account: Account) -> None:
    said = refusal(account.create, "s", {**PLAIN, "Transform": "AWS::CodeDeployBlueGreen"})
    assert said == (
        "ValidationError: The sandbox does not have the transform AWS::CodeDeployBlueGreen."
    )


def test_loops_are_unrolled_before_they_are_checked(account: Account) -> None:
    loop = ["Name", ["One", "Two"], {"Value${Name}": parameter({"Ref": "Name"})}]
    body = {"Resources": {"Fn::ForEach::Values": loop}, "Transform": "AWS::LanguageExtensions"}
    assert account.create("s", body)["StackStatus"] == "CREATE_COMPLETE"
    assert sorted(account.parameters().values()) == ["One", "Two"]
    loop[2]["Value${Name}"] = parameter({"Ref": "Absent"})  # type: ignore[index]
    assert refusal(account.update, "s", body) == SENTENCE


def test_where_a_template_is(account: Account) -> None:
    create = account.cfn.create_stack
    body = json.dumps(PLAIN)
    host = f"https://{account.bucket}.s3.amazonaws.com"
    for url, sentence in (
        (f"{host}/absent.json", "S3 error: The specified key does not exist."),
        ("https://example.com/a/b", "TemplateURL must be a supported URL."),
        ("https://s3.amazonaws.com/bucket-alone", "TemplateURL must be a supported URL."),
    ):
        assert refusal(create, StackName="s", TemplateURL=url) == f"ValidationError: {sentence}"
    said = refusal(create, StackName="s", TemplateURL=f"{host}/a", TemplateBody=body)
    assert said == "ValidationError: Either Template URL or Template Body must be specified."


def test_a_summary_says_what_a_deploy_asks(account: Account) -> None:
    body = template(
        {"Value": parameter("x"), "Other": parameter("y"), "Topic": {"Type": "AWS::SNS::Topic"}},
        Parameters={
            "Must": {"Type": "String", "AllowedValues": ["a", "b"]},
            "May": {"Type": "Number", "Default": "", "Description": "said"},
        },
        Metadata={"Said": "so"},
    )
    summary = account.cfn.get_template_summary(TemplateBody=json.dumps(body))
    must, may = summary["Parameters"]
    assert must == {
        "ParameterKey": "Must",
        "ParameterType": "String",
        "NoEcho": False,
        "ParameterConstraints": {"AllowedValues": ["a", "b"]},
    }
    assert (may["DefaultValue"], may["Description"]) == ("", "said")
    assert "Description" not in summary
    assert summary["Version"] == "2010-09-09"
    assert json.loads(summary["Metadata"]) == {"Said": "so"}
    assert summary["ResourceIdentifierSummaries"] == [
        {"ResourceType": "AWS::SSM::Parameter", "LogicalResourceIds": ["Value", "Other"]},
        {"ResourceType": "AWS::SNS::Topic", "LogicalResourceIds": ["Topic"]},
    ]
    validated = account.cfn.validate_template(TemplateBody=json.dumps(body))
    assert "DefaultValue" not in validated["Parameters"][0]
    account.create("s", {**body, "Parameters": {}, "Outputs": {"O": output("x")}})
    of_stack = account.cfn.get_template_summary(StackName="s")
    assert of_stack["ResourceTypes"] == ["AWS::SNS::Topic", "AWS::SSM::Parameter"]
    assert "Capabilities" not in of_stack
