"""What CreatePipeline refuses of one action: its type, its artifacts' number, its configuration."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable

from scripts.sandbox.json_api import ApiError
from scripts.sandbox.pipelines.action_types import TYPES, ActionType
from scripts.sandbox.pipelines.declarations import Action, Stage
from scripts.sandbox.pipelines.references import EXECUTION, PIPELINE

_CODE = "InvalidActionDeclarationException"


def check(stage: Stage, action: Action) -> None:
    """Raise ApiError for the first thing that is refused of an action by itself."""
    kind = _type_of(action)
    for what, count, (least, most) in (
        ("input", len(action.inputs), kind.takes),
        ("output", len(action.outputs), kind.gives),
    ):
        if not least <= count <= most:
            raise ApiError(
                _CODE,
                f"Action {action.name} in stage {stage.name} has {count} {what} artifact(s); "
                f"{action.category} by {action.provider} takes {least} to {most}",
            )
    check_configuration(action, kind)
    if action.provider == "CloudFormation":
        _check_cloudformation(action)
    if action.timeout_minutes is not None and action.category != "Approval":
        raise ApiError(
            _CODE, f"Action {action.name}: timeoutInMinutes is for manual approvals only"
        )
    if action.namespace in (PIPELINE, EXECUTION):
        raise ApiError(_CODE, f"Action {action.name}: the namespace {action.namespace} is reserved")


def _type_of(action: Action) -> ActionType:
    type_id = action.type_id
    known = TYPES.get((action.category, action.provider))
    if known is None or type_id["owner"] != "AWS" or type_id["version"] != "1":
        raise ApiError(
            _CODE,
            f"ActionType (Category: '{action.category}', Provider: '{action.provider}', "
            f"Owner: '{type_id['owner']}', Version: '{type_id['version']}') in action "
            f"'{action.name}' is not available",
        )
    return known


def check_configuration(action: Action, kind: ActionType) -> None:
    """Every key that is needed, and none that is unknown. Raises ApiError."""
    given = set(action.configuration)
    for name in sorted(kind.required - given):
        raise ApiError(
            _CODE,
            f"Action configuration for action '{action.name}' is missing required configuration '{name}'",
        )
    for name in sorted(given - kind.settings if kind.settings is not None else ()):
        raise ApiError(
            _CODE,
            f"Action configuration for action '{action.name}' contains unknown configuration '{name}'",
        )


#: ActionMode -> what it needs beside ActionMode and StackName.
#: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html
_NEEDED = {
    "CREATE_UPDATE": ("RoleArn", "TemplatePath"),
    "REPLACE_ON_FAILURE": ("RoleArn", "TemplatePath"),
    "CHANGE_SET_REPLACE": ("RoleArn", "TemplatePath", "ChangeSetName"),
    "CHANGE_SET_EXECUTE": ("ChangeSetName",),
    "DELETE_ONLY": ("RoleArn",),
}


def _check_cloudformation(action: Action) -> None:
    mode = action.configuration["ActionMode"]
    if mode not in _NEEDED and "#{" not in mode:
        raise ApiError(
            _CODE,
            f"Action configuration for action '{action.name}' has invalid ActionMode '{mode}'",
        )
    for name in _NEEDED.get(mode, ()):
        if not action.configuration.get(name):
            raise ApiError(
                _CODE,
                f"Action configuration for action '{action.name}' is missing required configuration "
                f"'{name}'",
            )
    overrides = action.configuration.get("ParameterOverrides")
    if overrides and "#{" not in overrides:
        try:
            json.loads(overrides)
        except ValueError:
            raise ApiError(
                _CODE, f"Action '{action.name}': ParameterOverrides must be a JSON object"
            ) from None


def twice(names: Iterable[str]) -> str:
    """A name that is there more than once; empty where there is none."""
    return next((name for name, times in Counter(names).items() if times > 1), "")
