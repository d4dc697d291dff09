"""What CreatePipeline refuses of references to variables."""

from __future__ import annotations

from scripts.sandbox.json_api import ApiError
from scripts.sandbox.pipelines.declarations import (
    BEFORE_ENTRY,
    CONDITION_KINDS,
    Action,
    Declaration,
    Stage,
)
from scripts.sandbox.pipelines.references import EXECUTION, PIPELINE, found_in

_CODE = "InvalidActionDeclarationException"


def check(declared: Declaration) -> None:
    """Raise ApiError for a reference to a namespace or a variable that is not there before it."""
    known = {EXECUTION, PIPELINE} if declared.is_v2 else {EXECUTION}
    variables = {variable["name"] for variable in declared.variables}
    order = [(stage.name, group) for stage, group in declared.groups()]
    for stage in declared.stages:
        groups = [group for name, group in order if name == stage.name]
        for rule in _rules(stage, BEFORE_ENTRY):
            _check_texts(stage, rule, known, variables)
        for group in groups:
            for action in group:
                _check_texts(stage, action, known, variables)
            for action in group:
                if action.namespace and action.namespace in known:
                    raise ApiError(
                        _CODE,
                        "Namespace must be unique within the pipeline. "
                        f"{action.namespace} has been used more than once.",
                    )
                known = known | ({action.namespace} if action.namespace else set())
        for kind in CONDITION_KINDS[1:]:
            for rule in _rules(stage, kind):
                _check_texts(stage, rule, known, variables)


def _rules(stage: Stage, kind: str) -> tuple[Action, ...]:
    condition = stage.condition(kind)
    return condition.rules if condition else ()


def _check_texts(stage: Stage, action: Action, known: set[str], variables: set[str]) -> None:
    for key, text in action.configuration.items():
        for reference, namespace, name in found_in(text):
            where = (
                f"StageName=[{stage.name}], ActionName=[{action.name}], "
                f"ActionConfigurationKey=[{key}], VariableReferenceText=[{reference[2:-1]}]"
            )
            if not namespace:
                raise ApiError(_CODE, f"{_FORM} The following are not of this format. {where}")
            if namespace not in known:
                raise ApiError(_CODE, f"{_FORM} {_NO_NAMESPACE} {where}")
            if namespace == PIPELINE and name not in variables:
                raise ApiError(
                    _CODE, f"{_FORM} The following refer to no pipeline variable. {where}"
                )


_FORM = (
    "Valid format for a pipeline execution variable reference is a namespace and a key separated by a "
    "period (.)."
)
_NO_NAMESPACE = (
    "The following pipeline execution variables are referencing a namespace that does not exist."
)
