"""The way of a release: nothing is executed that was not planned, approved and looked at again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from generator import release_stages as names
from generator.layers.shop_instance import ShopInstance
from generator.layers.workers import Workers
from generator.pipeline import Pipeline
from generator.release_stages import WAVES
from tests.unit.generator.resolved import Made

#: The longest value of an action's configuration (botocore: ActionConfigurationValue).
LONGEST_VALUE = 1000

REFERENCE = re.compile(r"#\{([\w@-]+)\.([\w@-]+)\}")

Said = Mapping[str, Any]


@pytest.fixture(scope="module")
def made() -> Made:
    return Made(Pipeline)


@pytest.fixture(scope="module")
def stages(made: Made) -> dict[str, Said]:
    return {stage["Name"]: stage for stage in made["Pipeline"]["Stages"]}


def actions(stage: Said) -> dict[str, Said]:
    return {action["Name"]: action for action in stage["Actions"]}


def in_order(stage: Said) -> list[str]:
    return [each["Name"] for each in sorted(stage["Actions"], key=lambda each: each["RunOrder"])]


def every_action(made: Made) -> Iterator[tuple[str, Said]]:
    for stage in made["Pipeline"]["Stages"]:
        for action in stage["Actions"]:
            yield stage["Name"], action


def told(action: Said) -> dict[str, str]:
    """The environment variables that an action gives its build."""
    given = json.loads(action["Configuration"]["EnvironmentVariables"])
    return {variable["name"]: variable["value"] for variable in given}


def allowed(made: Made, role: str) -> set[str]:
    return {action for said in made.statements(role) for action in said["Action"]}


def who_may(made: Made, action: str) -> list[str]:
    return [role for role in made.of_type("AWS::IAM::Role") if action in allowed(made, role)]


def reached(made: Made, role: str, action: str) -> list[str]:
    return [
        resource
        for said in made.statements(role)
        if action in said["Action"]
        for resource in said["Resource"]
    ]


def test_the_primary_is_changed_between_two_turns_of_the_standby_and_the_edge_comes_last(
    stages: dict[str, Said],
) -> None:
    assert list(stages) == [
        "Source",
        "Validate",
        "PlanStandbyFirst",
        "ChangeStandbyFirst",
        "PlanPrimary",
        "ChangePrimary",
        "PlanStandby",
        "ChangeStandby",
        "PlanEdge",
        "ChangeEdge",
        "Shop",
        "Record",
    ]


def test_executions_wait_for_one_another_and_none_overtakes(made: Made) -> None:
    assert made["Pipeline"]["ExecutionMode"] == "QUEUED"
    assert made["Pipeline"]["PipelineType"] == "V2"


@pytest.mark.parametrize("wave", WAVES, ids=lambda wave: str(wave.name))
class TestEachWave:
    def test_is_approved_then_looked_at_again_then_executed_then_verified(
        self, stages: dict[str, Said], wave: names.ReleaseWave
    ) -> None:
        assert in_order(stages[wave.change]) == ["Approve", "Gate", "Execute", "Verify"]
        orders = [action["RunOrder"] for action in stages[wave.change]["Actions"]]
        assert sorted(orders) == [1, 2, 3, 4]

    def test_is_passed_over_unless_its_own_plan_has_changes(
        self, stages: dict[str, Said], wave: names.ReleaseWave
    ) -> None:
        (condition,) = stages[wave.change]["BeforeEntry"]["Conditions"]
        (rule,) = condition["Rules"]
        assert condition["Result"] == "SKIP"
        assert rule["RuleTypeId"]["Provider"] == "VariableCheck"
        assert rule["Configuration"] == {
            "Variable": f"#{{{wave.plan}.HasChanges}}",
            "Operator": "EQ",
            "Value": "true",
        }

    def test_executes_the_very_change_set_that_was_planned_approved_and_gated(
        self, stages: dict[str, Said], wave: names.ReleaseWave
    ) -> None:
        change = actions(stages[wave.change])
        planned = f"#{{{wave.plan}.ChangeSetName}}"
        assert actions(stages[wave.plan])["Plan"]["Namespace"] == wave.plan
        assert change["Execute"]["Configuration"] == {
            "ActionMode": "CHANGE_SET_EXECUTE",
            "StackName": f"tradewind-dev-{wave.root}",
            "ChangeSetName": planned,
        }
        assert told(change["Gate"])["CHANGE_SET"] == planned
        assert f"#{{{wave.plan}.PlanHash}}" in change["Approve"]["Configuration"]["CustomData"]

    def test_is_planned_gated_executed_and_verified_in_one_place(
        self, stages: dict[str, Said], wave: names.ReleaseWave
    ) -> None:
        change = actions(stages[wave.change])
        regions = {"primary": "us-east-1", "standby": "us-west-2", "edge": "us-east-1"}
        for build in (actions(stages[wave.plan])["Plan"], change["Gate"], change["Verify"]):
            assert told(build)["ROOT"] == wave.root
            assert told(build)["REGION"] == regions[wave.role]
        assert change["Execute"]["Region"] == regions[wave.role]


def test_the_standby_has_one_turn_in_either_order(stages: dict[str, Said]) -> None:
    turns = {wave.name: told(actions(stages[wave.plan])["Plan"])["TURN"] for wave in WAVES}
    assert turns == {
        "StandbyFirst": "standby-first",
        "Primary": "always",
        "Standby": "primary-first",
        "Edge": "always",
    }


def test_no_variable_is_referred_to_that_an_execution_may_lack(made: Made) -> None:
    """A stage that is passed over has none; what comes of a reference to one is documented nowhere."""
    known = {f"variables.{said['Name']}" for said in made["Pipeline"]["Variables"]}
    known.add("codepipeline.PipelineExecutionId")
    for stage in made["Pipeline"]["Stages"]:
        referred = {".".join(found) for found in REFERENCE.findall(json.dumps(stage, default=str))}
        assert referred <= known, stage["Name"]
        if "BeforeEntry" not in stage:
            for action in stage["Actions"]:
                known |= {f"{action.get('Namespace')}.{name}" for name in names.EXPORTED}


def test_every_variable_has_a_default_so_that_any_start_names_an_order(made: Made) -> None:
    variables = {said["Name"]: said["DefaultValue"] for said in made["Pipeline"]["Variables"]}
    assert variables["WaveOrder"] == "primary-first"
    assert set(variables) == {"WaveOrder", "StartedBy", "Reason"}
    assert all(variables.values())


def test_an_approval_that_nobody_gives_ends(stages: dict[str, Said]) -> None:
    for wave in WAVES:
        approve = actions(stages[wave.change])["Approve"]
        assert approve["TimeoutInMinutes"] == "1440"
        assert approve["Configuration"]["ExternalEntityLink"] == f"#{{{wave.plan}.PlanUrl}}"


def test_a_start_that_names_no_release_ships_none(stages: dict[str, Said]) -> None:
    sources = actions(stages["Source"])
    assert set(sources) == {"Release", "Shipment", "ShopRevision", "WorkerRevision"}
    for source in sources.values():
        configuration = source["Configuration"]
        assert configuration["AllowOverrideForS3ObjectKey"] == "true"
        assert configuration["PollForSourceChanges"] == "false"
        assert not configuration["S3ObjectKey"].startswith(("releases/", "shipments/"))


def test_the_fleet_in_the_standby_is_given_its_revision_first_and_a_failure_goes_back(
    stages: dict[str, Said],
) -> None:
    shop = stages["Shop"]
    orders = {name: action["RunOrder"] for name, action in actions(shop).items()}
    assert orders == {"ShopStandby": 1, "WorkerStandby": 1, "ShopPrimary": 2, "WorkerPrimary": 2}
    assert shop["OnFailure"] == {"Result": "ROLLBACK"}
    assert [name for name, stage in stages.items() if "OnFailure" in stage] == ["Shop"]
    (condition,) = shop["BeforeEntry"]["Conditions"]
    assert condition["Rules"][0]["Configuration"]["Variable"] == "#{PlanPrimary.ShopHasChanges}"


def test_without_a_worker_fleet_no_worker_is_released() -> None:
    without = Made(Pipeline, worker_fleet="false")
    present = {action["Name"] for _, action in every_action(without)}
    assert not {name for name in present if name.startswith("Worker")}
    policies = without["ReleaseDeployPrimary"]["ManagedPolicyArns"]
    assert len(policies) == 1


@pytest.mark.parametrize(
    ("region", "values", "stores"),
    [
        ("us-east-1", {"edge_apart": "false"}, ["us-east-1", "us-west-2"]),
        (
            "eu-central-1",
            {"edge_apart": "true", "standby_region": "eu-west-1"},
            ["eu-central-1", "eu-west-1", "us-east-1"],
        ),
    ],
)
def test_every_region_that_an_action_works_in_has_one_store_under_a_key_of_ours(
    region: str, values: dict[str, str], stores: list[str]
) -> None:
    made = Made(Pipeline, region=region, **values)
    held = made["Pipeline"]["ArtifactStores"]
    assert [store["Region"] for store in held] == stores
    assert all(store["ArtifactStore"]["EncryptionKey"]["Type"] == "KMS" for store in held)
    worked_in = {action.get("Region", region) for _, action in every_action(made)}
    assert worked_in <= set(stores)


def test_artifacts_are_made_once_before_they_are_taken(made: Made) -> None:
    there: list[str] = []
    for stage in made["Pipeline"]["Stages"]:
        for action in stage["Actions"]:
            assert {each["Name"] for each in action.get("InputArtifacts", ())} <= set(there)
        there += [
            each["Name"]
            for action in stage["Actions"]
            for each in action.get("OutputArtifacts", ())
        ]
    assert len(there) == len(set(there))


def test_no_value_is_longer_than_codepipeline_takes() -> None:
    long = Made(
        Pipeline,
        region="ap-southeast-2",
        environment="a" * 12,
        standby_region="ap-northeast-1",
        edge_apart="true",
    )
    for _, action in every_action(long):
        for value in action["Configuration"].values():
            assert len(str(value)) <= LONGEST_VALUE


def test_every_action_but_an_approval_acts_as_a_role_that_the_pipeline_alone_may_be(
    made: Made,
) -> None:
    runner = made["PipelineRunner"]
    trusted = runner["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert trusted == {"Service": "codepipeline.amazonaws.com"}
    may_be = {arn.rpartition("/")[2] for arn in reached(made, "PipelineRunner", "sts:AssumeRole")}
    roles = set()
    for _, action in every_action(made):
        if action["ActionTypeId"]["Category"] == "Approval":
            assert "RoleArn" not in action
            continue
        role = made[action["RoleArn"].of]
        roles.add(role["RoleName"])
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"]["AWS"].of == "PipelineRunner"
    assert roles == may_be


def test_each_kind_of_work_has_a_role_of_its_own(made: Made) -> None:
    by_role: dict[str, set[tuple[str, str]]] = {}
    for _, action in every_action(made):
        if "RoleArn" in action:
            configuration = action["Configuration"]
            what = configuration.get("ProjectName") or configuration.get("StackName") or "sources"
            kind = action["ActionTypeId"]["Provider"]
            of = (kind, "" if kind == "CodeDeploy" else what)
            by_role.setdefault(action["RoleArn"].of, set()).add(of)
    assert all(len(of) == 1 for of in by_role.values()), by_role


@pytest.mark.parametrize(
    ("role", "stack"),
    [
        ("ReleaseExecutePrimary", "us-east-1:111111111111:stack/tradewind-dev-platform/*"),
        ("ReleaseExecuteStandby", "us-west-2:111111111111:stack/tradewind-dev-platform/*"),
        ("ReleaseExecuteEdge", "us-east-1:111111111111:stack/tradewind-dev-edge/*"),
    ],
)
def test_an_execution_reaches_one_stack_in_one_region(made: Made, role: str, stack: str) -> None:
    arn = f"arn:aws:cloudformation:{stack}"
    assert reached(made, role, "cloudformation:ExecuteChangeSet") == [arn]
    assert allowed(made, role) == {
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStacks",
        "cloudformation:ExecuteChangeSet",
    }


def test_no_build_changes_a_stack_or_answers_an_approval(made: Made) -> None:
    builds = [name for name in made.of_type("AWS::IAM::Role") if name.endswith("Build")]
    assert len(builds) == 5
    for build in builds:
        assert not allowed(made, build) & {
            "cloudformation:CreateStack",
            "cloudformation:DeleteStack",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:UpdateStack",
            "codepipeline:PutApprovalResult",
        }


def test_only_a_plan_makes_change_sets_and_only_for_what_the_pipeline_ships(made: Made) -> None:
    assert who_may(made, "cloudformation:CreateChangeSet") == ["PlanBuild"]
    stacks = {
        arn.rpartition("/")[2]
        for arn in reached(made, "PlanBuild", "cloudformation:CreateChangeSet")
    }
    assert stacks == {"tradewind-dev-platform*", "tradewind-dev-edge*"}
    (passing,) = (s for s in made.statements("PlanBuild") if "iam:PassRole" in s["Action"])
    assert sorted(arn.rpartition("/")[2] for arn in passing["Resource"]) == [
        "tradewind-dev-edge-execution-us-east-1",
        "tradewind-dev-platform-execution-us-east-1",
        "tradewind-dev-platform-execution-us-west-2",
    ]
    assert passing["Condition"] == {
        "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}
    }


#: What the tool asks of AWS in a build: seen in runs against the sandbox, which enforces no policy.
ASKED = {
    "PlanBuild": {
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeEvents",
        "cloudformation:DescribeStackResourceDrifts",
        "cloudformation:DescribeStacks",
        "cloudformation:DetectStackResourceDrift",
        "cloudformation:GetTemplate",
        "cloudformation:ListChangeSets",
        "cloudformation:ListStackResources",
        "cloudformation:ListStacks",
        "codedeploy:GetDeploymentGroup",
        "dynamodb:DescribeTable",
        "ec2:DescribeManagedPrefixLists",
        "s3:PutObject",
    },
    "GateBuild": {
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStacks",
        "cloudformation:DetectStackResourceDrift",
        "cloudformation:GetTemplate",
        "cloudformation:ListStackResources",
        "codepipeline:GetPipelineState",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
    },
    "VerifyBuild": {
        "cloudformation:DescribeStacks",
        "cloudformation:GetTemplate",
        "cloudformation:ListStackResources",
        "dynamodb:DescribeTable",
        "ec2:DescribeManagedPrefixLists",
    },
    "RecordBuild": {"s3:GetObject", "s3:ListBucket", "s3:PutObject"},
}


@pytest.mark.parametrize("build", ASKED)
def test_a_build_may_do_what_its_command_asks(made: Made, build: str) -> None:
    assert ASKED[build] <= allowed(made, build)


def test_the_operator_alone_answers_approvals(made: Made) -> None:
    assert who_may(made, "codepipeline:PutApprovalResult") == ["Operator"]
    assert reached(made, "Operator", "codepipeline:PutApprovalResult") == [
        "arn:aws:codepipeline:us-east-1:111111111111:tradewind-dev/*"
    ]
    assert made["Operator"]["RoleName"] == "tradewind-dev-operator-us-east-1"
    assert made["Operator"]["MaxSessionDuration"] == 3600


def test_the_environment_says_who_may_be_the_operator_and_whether_by_mfa() -> None:
    def trust(**values: str) -> dict[str, Any]:
        made = Made(Pipeline, **values)
        (statement,) = made["Operator"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}
        return dict(statement["Condition"])

    assert trust(operators="role/release-*", approval_mfa="true") == {
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/release-*"},
        "Null": {"aws:MultiFactorAuthAge": "false"},
    }
    assert trust() == {
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:*"},
        "Null": {"aws:MultiFactorAuthAge": ["true", "false"]},
    }


def test_people_are_told_that_a_plan_waits_that_a_release_failed_and_that_one_is_done(
    made: Made,
) -> None:
    rules = made.of_type("AWS::Events::Rule")
    heard = {
        (rule["EventPattern"]["detail-type"][0], rule["EventPattern"]["detail"]["state"][0])
        for rule in rules.values()
    }
    assert heard == {
        ("CodePipeline Action Execution State Change", "STARTED"),
        ("CodePipeline Stage Execution State Change", "FAILED"),
        ("CodePipeline Pipeline Execution State Change", "SUCCEEDED"),
    }
    for rule in rules.values():
        assert rule["EventPattern"]["detail"]["pipeline"] == ["tradewind-dev"]
        assert "account-alerts" in rule["Targets"][0]["Arn"]
    assert made["ReleasesFail"]["AlarmActions"] == [rule["Targets"][0]["Arn"]]


def test_instances_read_the_revision_where_the_pipeline_leaves_it() -> None:
    """CodeDeploy is given the artifact and not the release's object, and so is a fleet that scales out."""
    for layer, role in ((ShopInstance, "ShopInstance"), (Workers, "WorkerInstance")):
        reads = reached(Made(layer), role, "s3:GetObject")
        assert any(arn.endswith("/tradewind-*") for arn in reads), role


def test_where_codebuild_is_not_offered_nothing_stands_but_the_log() -> None:
    without = Made(Pipeline, offers_codebuild="false")
    assert set(without.resources) == {"Runs"}
    assert without.outputs["PipelineName"] == without.outputs["OperatorRoleArn"] == ""


def test_builds_are_small_and_end_and_have_no_privileges(made: Made) -> None:
    projects = made.of_type("AWS::CodeBuild::Project")
    assert {project["Name"] for project in projects.values()} == {
        f"tradewind-dev-{duty}" for duty in ("validate", "plan", "gate", "verify", "record")
    }
    for project in projects.values():
        assert project["Environment"]["PrivilegedMode"] is False
        assert project["Environment"]["Type"] == "ARM_CONTAINER"
        assert project["TimeoutInMinutes"] <= 60
        assert project["EncryptionKey"]
        assert project["Source"]["Type"] == project["Artifacts"]["Type"] == "CODEPIPELINE"
