"""What CreatePipeline refuses of a definition, by AWS's names."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.pipelines.stand import (
    JSON,
    Refusal,
    approval,
    call,
    check,
    declaration,
    does,
    source,
    stage,
    unless,
)

FETCH = stage("Fetch", source())
WORK = stage("Do", does("Work"))


def taking(name: str, *inputs: str, **more: Any) -> JSON:
    return does(name, inputArtifacts=[{"name": each} for each in inputs], **more)


def giving(name: str, output: str, **more: Any) -> JSON:
    return does(name, outputArtifacts=[{"name": output}], **more)


def typed(name: str, category: str, provider: str, **configuration: str) -> JSON:
    type_id = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    return {"name": name, "actionTypeId": type_id, "configuration": configuration}


def cloudformation(**configuration: str) -> JSON:
    return typed("Deploy", "Deploy", "CloudFormation", StackName="s", **configuration)


STORES = {"eu-west-1": {"type": "S3", "location": "home"}}

REFUSED: dict[str, tuple[str, str, JSON]] = {
    "one stage": ("InvalidStructureException", "two stages", declaration(FETCH)),
    "no source": ("InvalidStructureException", "source", declaration(WORK, FETCH)),
    "a source that comes later": (
        "InvalidStructureException",
        "first stage",
        declaration(FETCH, stage("Do", source("Other", "Other"))),
    ),
    "something beside the sources": (
        "InvalidStructureException",
        "source",
        declaration(stage("Fetch", source(), does("Work")), WORK),
    ),
    "a stage's name twice": (
        "InvalidStageDeclarationException",
        "unique",
        declaration(FETCH, WORK, WORK),
    ),
    "an action's name twice": (
        "InvalidActionDeclarationException",
        "unique",
        declaration(FETCH, stage("Do", does("Work"), does("Work"))),
    ),
    "an input that nobody makes": (
        "InvalidActionDeclarationException",
        "Input Artifact Bundle Nothing",
        declaration(FETCH, stage("Do", taking("Work", "Nothing"))),
    ),
    "an input that is made at the same time": (
        "InvalidActionDeclarationException",
        "Input Artifact Bundle Made",
        declaration(FETCH, stage("Do", giving("Make", "Made"), taking("Take", "Made"))),
    ),
    "an output made twice": (
        "InvalidActionDeclarationException",
        "Made has been used more than once",
        declaration(FETCH, stage("Do", giving("A", "Made"), giving("B", "Made"))),
    ),
    "more inputs than the provider takes": (
        "InvalidActionDeclarationException",
        "2 input artifact",
        declaration(
            stage("Fetch", source(), source("Other", "Other")),
            stage("Do", taking("Work", "Source", "Other")),
        ),
    ),
    "an action type that AWS has not": (
        "InvalidActionDeclarationException",
        "not available",
        declaration(FETCH, stage("Do", typed("Work", "Build", "Nobody"))),
    ),
    "a setting that is missing": (
        "InvalidActionDeclarationException",
        "missing required configuration 'ActionMode'",
        declaration(FETCH, stage("Do", cloudformation())),
    ),
    "a change set of nested stacks": (
        "InvalidActionDeclarationException",
        "unknown configuration 'IncludeNestedStacks'",
        declaration(
            FETCH,
            stage(
                "Do",
                cloudformation(
                    ActionMode="CHANGE_SET_REPLACE",
                    ChangeSetName="c",
                    RoleArn="r",
                    TemplatePath="Source::t",
                    IncludeNestedStacks="true",
                ),
            ),
        ),
    ),
    "a change set to execute without its name": (
        "InvalidActionDeclarationException",
        "'ChangeSetName'",
        declaration(FETCH, stage("Do", cloudformation(ActionMode="CHANGE_SET_EXECUTE"))),
    ),
    "a mode that is none": (
        "InvalidActionDeclarationException",
        "ActionMode 'APPLY'",
        declaration(FETCH, stage("Do", cloudformation(ActionMode="APPLY"))),
    ),
    "a namespace that is not there yet": (
        "InvalidActionDeclarationException",
        "namespace that does not exist",
        declaration(FETCH, stage("Do", does("Work", puts="A=#{Later.B}"))),
    ),
    "a namespace twice": (
        "InvalidActionDeclarationException",
        "N has been used more than once",
        declaration(
            FETCH, stage("Do", does("A", namespace="N"), does("B", order=2, namespace="N"))
        ),
    ),
    "a reserved namespace": (
        "InvalidActionDeclarationException",
        "reserved",
        declaration(FETCH, stage("Do", does("A", namespace="variables"))),
    ),
    "a variable that is not declared": (
        "InvalidActionDeclarationException",
        "no pipeline variable",
        declaration(FETCH, stage("Do", does("A", puts="A=#{variables.B}"))),
    ),
    "no artifact store": (
        "InvalidStructureException",
        "artifactStore",
        declaration(FETCH, WORK, artifactStore=None),
    ),
    "two kinds of artifact stores": (
        "InvalidStructureException",
        "not both",
        declaration(FETCH, WORK, artifactStores=STORES),
    ),
    "an action in another Region without a store there": (
        "InvalidStructureException",
        "us-east-1",
        declaration(
            FETCH,
            stage("Do", does("Work", region="us-east-1")),
            artifactStore=None,
            artifactStores=STORES,
        ),
    ),
    "a timeout of what is no approval": (
        "InvalidActionDeclarationException",
        "timeoutInMinutes",
        declaration(FETCH, stage("Do", does("Work", timeoutInMinutes=5))),
    ),
    "a variable in a pipeline of type V1": (
        "InvalidStructureException",
        "V2",
        declaration(
            FETCH,
            WORK,
            pipelineType="V1",
            executionMode="SUPERSEDED",
            variables=[{"name": "A", "defaultValue": "a"}],
        ),
    ),
    "a queue in a pipeline of type V1": (
        "InvalidStructureException",
        "V2",
        declaration(FETCH, WORK, pipelineType="V1"),
    ),
    "a condition in a pipeline of type V1": (
        "InvalidStructureException",
        "V2",
        declaration(
            FETCH,
            stage("Do", does("Work"), beforeEntry=unless("FAIL", check("a", "a"))),
            pipelineType="V1",
            executionMode="SUPERSEDED",
        ),
    ),
    "a skip of what has succeeded": (
        "InvalidStageDeclarationException",
        "SKIP",
        declaration(FETCH, stage("Do", does("Work"), onSuccess=unless("SKIP", check("a", "a")))),
    ),
    "a rollback at the entry": (
        "InvalidStageDeclarationException",
        "ROLLBACK",
        declaration(
            FETCH, stage("Do", does("Work"), beforeEntry=unless("ROLLBACK", check("a", "a")))
        ),
    ),
    "a rollback in parallel mode": (
        "InvalidStageDeclarationException",
        "PARALLEL",
        declaration(
            FETCH,
            stage("Do", does("Work"), onFailure={"result": "ROLLBACK"}),
            executionMode="PARALLEL",
        ),
    ),
    "a rule that the sandbox has not": (
        "InvalidStageDeclarationException",
        "the sandbox does not have the rule CloudWatchAlarm",
        declaration(
            FETCH,
            stage(
                "Do",
                does("Work"),
                onSuccess=unless(
                    "FAIL",
                    {
                        "name": "Alarm",
                        "ruleTypeId": {
                            "category": "Rule",
                            "owner": "AWS",
                            "provider": "CloudWatchAlarm",
                            "version": "1",
                        },
                        "configuration": {"AlarmName": "a"},
                    },
                ),
            ),
        ),
    ),
    "an operator that is none": (
        "InvalidStageDeclarationException",
        "GT",
        declaration(
            FETCH, stage("Do", does("Work"), beforeEntry=unless("SKIP", check("1", "2", "GT")))
        ),
    ),
    "an approval with artifacts": (
        "InvalidActionDeclarationException",
        "1 input artifact",
        declaration(FETCH, stage("Do", approval(inputArtifacts=[{"name": "Source"}]))),
    ),
    "a run order of none": (
        "ValidationException",
        "greater than or equal to 1",
        declaration(FETCH, stage("Do", does("Work", order=0))),
    ),
    "a run order of a thousand": (
        "ValidationException",
        "less than or equal to 999",
        declaration(FETCH, stage("Do", does("Work", order=1000))),
    ),
    "a name with a space": (
        "ValidationException",
        "pattern",
        declaration(FETCH, stage("Do it", does("Work"))),
    ),
    "a setting of more than a thousand characters": (
        "ValidationException",
        "less than or equal to 1000",
        declaration(FETCH, stage("Do", does("Work", puts="A=" + "x" * 1000))),
    ),
}


@pytest.mark.parametrize(("code", "words", "declared"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused(code: str, words: str, declared: JSON) -> None:
    with pytest.raises(Refusal) as refused:
        call("CreatePipeline", pipeline=declared)
    assert refused.value.code == code
    assert words in refused.value.message


def test_an_update_is_checked_as_a_new_pipeline_is() -> None:
    call("CreatePipeline", pipeline=declaration(FETCH, WORK))
    with pytest.raises(Refusal, match="InvalidStructureException"):
        call("UpdatePipeline", pipeline=declaration(FETCH))
    assert call("GetPipeline", name="p")["pipeline"]["version"] == 1


def test_a_pipeline_is_told_with_its_defaults() -> None:
    made = call("CreatePipeline", pipeline=declaration(FETCH, WORK))["pipeline"]
    told = call("GetPipeline", name="p")
    assert told["pipeline"] == made
    assert made["version"] == 1
    assert made["stages"][0]["actions"][0]["runOrder"] == 1
    assert told["metadata"]["pipelineArn"] == "arn:aws:codepipeline:eu-west-1:111111111111:p"


def test_a_name_is_taken_once_in_an_account_and_region() -> None:
    call("CreatePipeline", pipeline=declaration(FETCH, WORK))
    with pytest.raises(Refusal, match="PipelineNameInUseException"):
        call("CreatePipeline", pipeline=declaration(FETCH, WORK))
    call("CreatePipeline", account="222222222222", pipeline=declaration(FETCH, WORK))
    call("CreatePipeline", region="us-east-1", pipeline=declaration(FETCH, WORK))
    assert len(call("ListPipelines")["pipelines"]) == 1


def test_older_versions_are_told_and_unknown_ones_are_not() -> None:
    call("CreatePipeline", pipeline=declaration(FETCH, WORK))
    call("UpdatePipeline", pipeline=declaration(FETCH, stage("Other", does("Work"))))
    assert call("GetPipeline", name="p", version=1)["pipeline"]["stages"][1]["name"] == "Do"
    assert call("GetPipeline", name="p")["pipeline"]["stages"][1]["name"] == "Other"
    with pytest.raises(Refusal, match="PipelineVersionNotFoundException"):
        call("GetPipeline", name="p", version=3)


def test_a_pipeline_that_is_deleted_is_gone() -> None:
    call("CreatePipeline", pipeline=declaration(FETCH, WORK))
    call("DeletePipeline", name="p")
    call("DeletePipeline", name="p")
    with pytest.raises(Refusal, match="PipelineNotFoundException"):
        call("GetPipelineState", name="p")


def test_tags_are_put_on_and_taken_off() -> None:
    call("CreatePipeline", pipeline=declaration(FETCH, WORK), tags=[{"key": "a", "value": "1"}])
    arn = "arn:aws:codepipeline:eu-west-1:111111111111:p"
    call("TagResource", resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    call("UntagResource", resourceArn=arn, tagKeys=["a"])
    assert call("ListTagsForResource", resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]
    with pytest.raises(Refusal, match="ResourceNotFoundException"):
        call("ListTagsForResource", resourceArn=arn + "x")
