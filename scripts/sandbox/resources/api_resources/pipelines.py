"""AWS::CodePipeline::Pipeline: made through the API, so that its clients find it, and it runs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from scripts.sandbox.resources.api_resources.calls import JSON, CallRefused, call
from scripts.sandbox.resources.handlers import Handler, Properties, generated_name, home
from scripts.sandbox.resources.schema_resources import Created

_APART = frozenset(
    {
        "Tags",
        "DisableInboundStageTransitions",
        "RestartExecutionOnUpdate",
        "ArtifactStores",
        "Stages",
    }
)


def pipeline() -> Handler:
    """The type. A new pipeline starts once, as on AWS; an update only where it asks for that."""
    return {
        "create": _create,
        "update": _update,
        "update_with_logical_id": True,
        "delete": _delete,
    }


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    from scripts.sandbox.pipelines.engine import ENGINE  # which imports this package

    name = str(properties.get("Name") or generated_name(stack, logical_id))
    with ENGINE.holding(_arn(name)):  # it starts at once, and may be past a transition in no time
        call(
            "codepipeline",
            "CreatePipeline",
            {"pipeline": _declared(name, properties), **_tags(properties)},
        )
        _turn(name, {}, _disabled(properties))
    return name, _attributes(name)


def _update(
    name: str, old: Properties, new: Properties, _stack: str, _logical_id: str | None
) -> Created:
    if _declared(name, old) != _declared(name, new):
        call("codepipeline", "UpdatePipeline", {"pipeline": _declared(name, new)})
    _retag(name, old, new)
    _turn(name, _disabled(old), _disabled(new))
    if str(new.get("RestartExecutionOnUpdate", False)).lower() == "true":
        call("codepipeline", "StartPipelineExecution", {"name": name})
    return name, _attributes(name)


def _delete(name: str, _properties: Properties) -> None:
    call("codepipeline", "DeletePipeline", {"name": name})


def _declared(name: str, properties: Properties) -> JSON:
    """The declaration, in a template's spelling: the call finds the API's by itself."""
    document = {key: value for key, value in properties.items() if key not in _APART}
    stores = properties.get("ArtifactStores")
    if stores:
        document["ArtifactStores"] = {each["Region"]: each["ArtifactStore"] for each in stores}
    stages = [_stage(stage) for stage in properties["Stages"]]
    return {**document, "Name": name, "Stages": stages}


def _stage(stage: Mapping[str, Any]) -> JSON:
    return {**stage, "Actions": [_with_texts(action) for action in stage["Actions"]]}


def _with_texts(action: Mapping[str, Any]) -> JSON:
    """An action whose configuration is a JSON text, or holds numbers, as one of texts."""
    given = action.get("Configuration") or {}
    held = json.loads(given) if isinstance(given, str) else given
    return {**action, "Configuration": {key: _text(value) for key, value in held.items()}}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


def _tags(properties: Properties) -> JSON:
    tags = properties.get("Tags")
    return {"tags": tags} if tags else {}


def _retag(name: str, old: Properties, new: Properties) -> None:
    before, after = (
        {tag["Key"]: tag["Value"] for tag in of.get("Tags") or ()} for of in (old, new)
    )
    arn = _arn(name)
    if gone := [key for key in before if key not in after]:
        call("codepipeline", "UntagResource", {"resourceArn": arn, "tagKeys": gone})
    if after != before and after:
        tags = [{"key": key, "value": value} for key, value in after.items()]
        call("codepipeline", "TagResource", {"resourceArn": arn, "tags": tags})


def _disabled(properties: Properties) -> dict[str, str]:
    """Stage to the reason why nobody may enter it."""
    given = properties.get("DisableInboundStageTransitions") or ()
    return {each["StageName"]: each["Reason"] for each in given}


def _turn(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    for stage, reason in after.items():
        if before.get(stage) != reason:
            where = {"pipelineName": name, "stageName": stage, "transitionType": "Inbound"}
            call("codepipeline", "DisableStageTransition", {**where, "reason": reason})
    for stage in before:
        if stage not in after:
            _enable(name, stage)


def _enable(name: str, stage: str) -> None:
    where = {"pipelineName": name, "stageName": stage, "transitionType": "Inbound"}
    try:
        call("codepipeline", "EnableStageTransition", where)
    except CallRefused as refusal:
        if "StageNotFound" not in refusal.code:  # a stage that the same update removed
            raise


def _attributes(name: str) -> dict[str, Any]:
    version = call("codepipeline", "GetPipeline", {"name": name})["pipeline"]["version"]
    return {"Arn": _arn(name), "Version": str(version)}


def _arn(name: str) -> str:
    account, region = home()
    return f"arn:aws:codepipeline:{region}:{account}:{name}"
