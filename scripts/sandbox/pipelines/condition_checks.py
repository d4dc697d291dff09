"""What CreatePipeline refuses of conditions and their rules."""

from __future__ import annotations

from scripts.sandbox.json_api import ApiError
from scripts.sandbox.pipelines.action_checks import check_configuration, twice
from scripts.sandbox.pipelines.action_types import RULES
from scripts.sandbox.pipelines.declarations import (
    BEFORE_ENTRY,
    CONDITION_KINDS,
    ON_FAILURE,
    Action,
    Stage,
)

_CODE = "InvalidStageDeclarationException"

#: What a condition of each kind may lead to. Only entry can be skipped, and its own rules decide.
#: https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
RESULTS = {
    BEFORE_ENTRY: ("FAIL", "SKIP"),
    "onSuccess": ("FAIL", "ROLLBACK"),
    ON_FAILURE: ("FAIL", "ROLLBACK", "RETRY"),
}
SKIPPING_RULES = ("LambdaInvoke", "VariableCheck")
OPERATORS = ("EQ", "NE", "CONTAINS", "MATCHES")


def check(stage: Stage, *, first: bool) -> None:
    """Raise ApiError for the first thing that is refused of a stage's conditions."""
    for kind in CONDITION_KINDS:
        if first and stage.document.get(kind) and (kind == BEFORE_ENTRY or rolls_back(stage)):
            raise ApiError(
                _CODE, f"Stage {stage.name}: the source stage cannot have {kind} conditions"
            )
        condition = stage.condition(kind)
        if condition is None:
            continue
        if condition.result not in RESULTS[kind]:
            raise ApiError(
                _CODE,
                f"Stage {stage.name}: the result of a {kind} condition is one of "
                f"{', '.join(RESULTS[kind])}, not {condition.result}",
            )
        if name := twice(rule.name for rule in condition.rules):
            raise ApiError(_CODE, f"Stage {stage.name}: rule name {name} is used twice in {kind}")
        for rule in condition.rules:
            _check_rule(stage, rule)
            if condition.result == "SKIP" and rule.provider not in SKIPPING_RULES:
                raise ApiError(
                    _CODE,
                    f"Stage {stage.name}: with the result SKIP rules are {' or '.join(SKIPPING_RULES)}",
                )
    if stage.on_failure not in RESULTS[ON_FAILURE]:
        raise ApiError(_CODE, f"Stage {stage.name}: {stage.on_failure} cannot follow a failure")
    if (stage.document.get(ON_FAILURE) or {}).get("retryConfiguration") and (
        stage.on_failure != "RETRY"
    ):
        raise ApiError(_CODE, f"Stage {stage.name}: retryConfiguration is for the result RETRY")


def _check_rule(stage: Stage, rule: Action) -> None:
    if rule.provider not in RULES:
        raise ApiError(
            _CODE, f"Stage {stage.name}: rule {rule.name} has the unknown provider {rule.provider}"
        )
    kind = RULES[rule.provider]
    if kind is None:
        raise ApiError(
            _CODE,
            f"Stage {stage.name}: the sandbox does not have the rule {rule.provider} ({rule.name})",
        )
    try:
        check_configuration(rule, kind)
    except ApiError as fault:
        raise ApiError(_CODE, f"Stage {stage.name}: {fault.message}") from None
    operator = rule.configuration.get("Operator", "EQ")
    if operator not in OPERATORS:
        raise ApiError(
            _CODE, f"Stage {stage.name}: {operator} of rule {rule.name} is not an operator"
        )


def rolls_back(stage: Stage) -> bool:
    """Whether anything leads to a rollback of the stage."""
    conditions = (stage.condition(kind) for kind in CONDITION_KINDS)
    return stage.on_failure == "ROLLBACK" or any(
        each is not None and each.result == "ROLLBACK" for each in conditions
    )
