"""The stages of the pipeline: what is done in which order, and what is passed over.

Source → Validate → for each wave Plan and Change → Shop → Record. A Change stage asks for approval of the
plan's hash, looks again (Gate), executes the change set and looks at what came of it (Verify); it is passed
over where the plan found no changes. CodePipeline's own actions on change sets cannot include nested stacks,
so the tool makes them, in a build.
https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from troposphere import AWSObject, GetAtt, NoValue, Ref
from troposphere.codepipeline import (
    Actions,
    ActionTypeId,
    BeforeEntryConditions,
    Condition,
    FailureConditions,
    InputArtifacts,
    OutputArtifacts,
    RuleDeclaration,
    RuleTypeId,
    Stages,
)

from generator import release_stages as names
from generator.conditions import Conditions
from generator.naming import pascal
from generator.pipeline_builds import project_name
from generator.places import EDGE_REGION, Role
from generator.release_stages import ReleaseWave
from generator.territory import NAMES

if TYPE_CHECKING:
    from generator.layer import Layer

#: The regions of a pipeline, which stands in the primary, as Fn::Sub completes them in a text.
REGIONS: Mapping[Role, str] = {
    "primary": "${AWS::Region}",
    "standby": "${StandbyRegion}",
    "edge": EDGE_REGION,
}

#: The fleets, each with the artifact that its revision is.
FLEETS = {"shop": names.SHOP_REVISION, "worker": names.WORKER_REVISION}

#: The execution itself, as a build is told of it.
EXECUTION = "#{codepipeline.PipelineExecutionId}"

#: The order that it was started with.
ORDER = f"#{{variables.{names.WAVE_ORDER}}}"


@dataclass(frozen=True)
class Work:
    """What does an action: its category and provider of AWS, and the role that it acts as."""

    category: Literal["Source", "Build", "Deploy", "Approval"]
    provider: str
    role: AWSObject | None = None

    def action(
        self,
        name: str,
        configuration: Mapping[str, object],
        *,
        order: int = 1,
        takes: Sequence[str] = (),
        gives: str = "",
        namespace: str = "",
        region: object | None = None,
        minutes: object | None = None,
    ) -> Actions:
        """An action of it."""
        said: dict[str, Any] = {
            "Configuration": dict(configuration),
            "RunOrder": order,
        }
        if self.role is not None:
            said["RoleArn"] = GetAtt(self.role, "Arn")
        if takes:
            said["InputArtifacts"] = [InputArtifacts(Name=each) for each in takes]
        if gives:
            said["OutputArtifacts"] = [OutputArtifacts(Name=gives)]
        if namespace:
            said["Namespace"] = namespace
        if region is not None:
            said["Region"] = region
        if minutes is not None:
            said["TimeoutInMinutes"] = minutes
        return Actions(
            Name=name,
            ActionTypeId=ActionTypeId(
                Category=self.category, Owner="AWS", Provider=self.provider, Version="1"
            ),
            **said,
        )


@dataclass(frozen=True)
class Crew:
    """Who does what: the sources, each build by its duty, executions and deployments by the region's role."""

    source: Work
    builds: Mapping[str, Work]
    execute: Mapping[Role, Work]
    deploy: Mapping[Role, Work]


def region(layer: Layer, role: Role) -> object:
    """A region of the pipeline, as a value."""
    known: Mapping[Role, object] = {
        "primary": Ref("AWS::Region"),
        "standby": layer.settings.standby_region,
        "edge": EDGE_REGION,
    }
    return known[role]


def stages(layer: Layer, crew: Crew, bucket: object) -> list[Stages]:
    """All stages; `bucket` is where releases lie."""
    waves = [made(layer, crew, wave) for wave in names.WAVES for made in (_plan, _change)]
    return [
        _source(layer, crew, bucket),
        _stage(names.VALIDATE, _build(layer, crew, names.VALIDATE, told={"WAVE_ORDER": ORDER})),
        *waves,
        _shop(layer, crew),
        _stage(names.RECORD, _build(layer, crew, names.RECORD, told={"EXECUTION": EXECUTION})),
    ]


def _source(layer: Layer, crew: Crew, bucket: object) -> Stages:
    """What is shipped: objects whose keys whoever starts the execution names, one by one.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html
    """

    def taken(name: str) -> Actions:
        return crew.source.action(
            name,
            {
                "S3Bucket": bucket,
                "S3ObjectKey": names.UNNAMED,
                "AllowOverrideForS3ObjectKey": "true",
                "PollForSourceChanges": "false",
            },
            gives=name,
        )

    always = (names.RELEASE, names.SHIPMENT, names.SHOP_REVISION)
    worker = layer.choose(Conditions.worker_releases, taken(names.WORKER_REVISION), NoValue)
    return _stage(names.SOURCE, *(taken(name) for name in always), worker)


def _plan(layer: Layer, crew: Crew, wave: ReleaseWave) -> Stages:
    turn = {"TURN": wave.order or "always", "WAVE_ORDER": ORDER}
    told = {**_of(wave), **turn, "EXECUTION": EXECUTION}
    return _stage(wave.plan, _build(layer, crew, names.PLAN, told=told, namespace=wave.plan))


def _change(layer: Layer, crew: Crew, wave: ReleaseWave) -> Stages:
    change_set = wave.variable(names.CHANGE_SET_NAME)
    approved = {"CHANGE_SET": change_set, "EXECUTION": EXECUTION}
    return _stage(
        wave.change,
        _approve(layer, wave),
        _build(layer, crew, names.GATE, told={**_of(wave), **approved}, order=2),
        crew.execute[wave.role].action(
            names.EXECUTE,
            {
                "ActionMode": "CHANGE_SET_EXECUTE",
                "StackName": layer.sub(f"{NAMES}{wave.root}"),
                "ChangeSetName": change_set,
            },
            order=3,
            region=region(layer, wave.role),
        ),
        _build(layer, crew, names.VERIFY, told=_of(wave), order=4),
        unless=wave.variable(names.HAS_CHANGES),
    )


def _approve(layer: Layer, wave: ReleaseWave) -> Actions:
    """A person's answer, and the page that it rests on. The Gate takes no other words than these."""
    plan_hash = wave.variable(names.PLAN_HASH)
    says = (
        f"{wave.root} in {REGIONS[wave.role]}, plan {plan_hash}. Read the plan, then: "
        f"tradewind approve ${{Environment}} {plan_hash}. As the operator in the console, "
        f"begin the comment so: tradewind {plan_hash}"
    )
    return Work("Approval", "Manual").action(
        names.APPROVE,
        {
            "CustomData": layer.sub(says),
            "ExternalEntityLink": wave.variable(names.PLAN_URL),
        },
        minutes=layer.settings.approval_minutes,
    )


def _shop(layer: Layer, crew: Crew) -> Stages:
    """The fleets' revisions, the standby's first: what fails there never reaches a customer.

    A failure takes both regions back to the revision of the last release that came this far.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
    """

    def deployed(fleet: str, role: Role, order: int) -> Actions:
        return crew.deploy[role].action(
            f"{pascal(fleet)}{pascal(role)}",
            {
                "ApplicationName": layer.named_everywhere(fleet),
                "DeploymentGroupName": layer.named_everywhere(fleet),
            },
            order=order,
            takes=[FLEETS[fleet]],
            region=region(layer, role),
        )

    turns: tuple[tuple[Role, int], ...] = (("standby", 1), ("primary", 2))
    shop = [deployed("shop", *turn) for turn in turns]
    worker = [
        layer.choose(Conditions.worker_releases, deployed("worker", *turn), NoValue)
        for turn in turns
    ]
    return _stage(
        names.SHOP,
        *shop,
        *worker,
        unless=names.PRIMARY.variable(names.SHOP_HAS_CHANGES),
        OnFailure=FailureConditions(Result="ROLLBACK"),
    )


def _stage(name: str, *actions: object, unless: str = "", **properties: Any) -> Stages:
    """A stage; `unless` is the variable that must be true, or it is passed over."""
    if unless:
        properties["BeforeEntry"] = BeforeEntryConditions(
            Conditions=[Condition(Result="SKIP", Rules=[_is_true(unless)])]
        )
    return Stages(Name=name, Actions=list(actions), **properties)


def _is_true(variable: str) -> RuleDeclaration:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html"""
    return RuleDeclaration(
        Name="ThereAreChanges",
        RuleTypeId=RuleTypeId(Category="Rule", Owner="AWS", Provider="VariableCheck", Version="1"),
        Configuration={"Variable": variable, "Operator": "EQ", "Value": "true"},
    )


def _build(
    layer: Layer,
    crew: Crew,
    name: str,
    *,
    told: Mapping[str, str],
    order: int = 1,
    namespace: str = "",
) -> Actions:
    """A build of a duty, on the release with the shipment beside it.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
    """
    variables = [{"name": name, "value": value} for name, value in told.items()]
    text = json.dumps(variables, separators=(",", ":"))
    configuration = {
        "ProjectName": project_name(layer, name),
        "PrimarySource": names.RELEASE,
        "EnvironmentVariables": layer.sub(text) if "${" in text else text,
    }
    return crew.builds[name].action(
        name,
        configuration,
        order=order,
        takes=[names.RELEASE, names.SHIPMENT],
        namespace=namespace,
    )


def _of(wave: ReleaseWave) -> dict[str, str]:
    return {"ROOT": wave.root, "REGION": REGIONS[wave.role]}
