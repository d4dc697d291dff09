"""What CreatePipeline and UpdatePipeline refuse of a declaration whose members are well-formed.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-requirements.html
"""

from __future__ import annotations

from scripts.sandbox.json_api import ApiError
from scripts.sandbox.pipelines import action_checks, condition_checks, reference_checks
from scripts.sandbox.pipelines.action_checks import twice
from scripts.sandbox.pipelines.condition_checks import rolls_back
from scripts.sandbox.pipelines.declarations import CONDITION_KINDS, Declaration

MOST_STAGES, MOST_ACTIONS = 50, 50


def check(declared: Declaration, region: str) -> None:
    """Raise ApiError for the first thing that is refused. `region` is the pipeline's own."""
    _check_stages(declared)
    _check_features(declared)
    for stage in declared.stages:
        for action in stage.actions:
            action_checks.check(stage, action)
    _check_sources(declared)
    _check_artifacts(declared)
    _check_stores(declared, region)
    for number, stage in enumerate(declared.stages):
        condition_checks.check(stage, first=number == 0)
    reference_checks.check(declared)


def _structure(message: str) -> ApiError:
    return ApiError("InvalidStructureException", message)


def _stage(message: str) -> ApiError:
    return ApiError("InvalidStageDeclarationException", message)


def _action(message: str) -> ApiError:
    return ApiError("InvalidActionDeclarationException", message)


def _check_stages(declared: Declaration) -> None:
    stages = declared.stages
    if len(stages) < 2:
        many = "only one" if stages else "no"
        raise _structure(
            f"Pipeline has {many} stage(s). There should be a minimum of two stages in a pipeline"
        )
    if len(stages) > MOST_STAGES:
        raise _structure(f"Pipeline has {len(stages)} stages; {MOST_STAGES} are allowed")
    if name := twice(stage.name for stage in stages):
        raise _stage(
            f"Stage name must be unique within the pipeline. {name} is used more than once."
        )
    for stage in stages:
        if not 1 <= len(stage.actions) <= MOST_ACTIONS:
            raise _stage(
                f"Stage {stage.name} has {len(stage.actions)} actions; 1 to {MOST_ACTIONS} are allowed"
            )
        if name := twice(action.name for action in stage.actions):
            raise _action(
                f"Action name must be unique within stage {stage.name}. {name} is used twice."
            )
        if stage.document.get("blockers"):
            raise ApiError(
                "InvalidBlockerDeclarationException", "Blockers are reserved for future use"
            )


def _check_features(declared: Declaration) -> None:
    """What V1 has not, what PARALLEL has not."""
    if not declared.is_v2:
        used = [name for name in ("variables", "triggers") if declared.document.get(name)]
        used += [declared.mode] if declared.mode != "SUPERSEDED" else []
        used += [kind for kind in CONDITION_KINDS for s in declared.stages if s.document.get(kind)]
        if used:
            raise _structure(f"{used[0]} is only supported for pipelines of type V2")
    if name := twice(variable["name"] for variable in declared.variables):
        raise _structure(f"Variable name must be unique within the pipeline. {name} is used twice.")
    if declared.document.get("triggers"):
        raise _structure("The sandbox does not have triggers: nothing outside of it is reached")
    for stage in declared.stages:
        if declared.mode == "PARALLEL" and rolls_back(stage):
            raise _stage(
                f"Stage {stage.name}: rollback is not available in PARALLEL execution mode"
            )


def _check_sources(declared: Declaration) -> None:
    first, *rest = declared.stages
    if any(action.category != "Source" for action in first.actions):
        raise _structure("Pipeline should start with a stage that only contains source actions")
    for stage in rest:
        for action in stage.actions:
            if action.category == "Source":
                raise _structure(
                    f"Source action {action.name} is in stage {stage.name}; "
                    "only the first stage may contain source actions"
                )


def _check_artifacts(declared: Declaration) -> None:
    """An artifact is made once, and before it is taken."""
    made: set[str] = set()
    for stage, group in declared.groups():
        for action in group:
            for name in action.inputs:
                if name not in made:
                    raise _action(
                        f"Input Artifact Bundle {name} in action {action.name} of stage {stage.name} "
                        "is not declared as Output Artifact Bundle in any of the preceding actions"
                    )
            if name := twice(action.inputs):
                raise _action(f"Input Artifact Bundle {name} is used twice in action {action.name}")
        for action in group:
            for output in action.outputs:
                if output["name"] in made:
                    raise _action(
                        "Output Artifact Bundle name must be unique within the pipeline. "
                        f"{output['name']} has been used more than once."
                    )
                made.add(output["name"])


def _check_stores(declared: Declaration, home: str) -> None:
    one, many = declared.document.get("artifactStore"), declared.document.get("artifactStores")
    if bool(one) == bool(many):
        raise _structure(
            "Pipeline must have either artifactStore or artifactStores, and not both"
            if one
            else "Pipeline must have an artifactStore, or artifactStores"
        )
    for stage in declared.stages:
        for action in stage.actions:
            region = action.region(home)
            if one and region != home:
                raise _structure(
                    f"Action {action.name} of stage {stage.name} is in region {region}: a pipeline with "
                    "cross-region actions must have artifactStores"
                )
            if many and region not in many:
                raise _structure(
                    f"artifactStores has no artifact store for region {region} of action {action.name} "
                    f"in stage {stage.name}"
                )
    if many and home not in many:
        raise _structure(f"artifactStores has no artifact store for the pipeline's region {home}")
