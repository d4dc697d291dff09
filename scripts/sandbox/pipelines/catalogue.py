"""Pipelines are created, updated, deleted, listed and tagged."""

from __future__ import annotations

import re

from scripts.sandbox.json_api import ApiError, Caller
from scripts.sandbox.pipelines import launches
from scripts.sandbox.pipelines.declarations import JSON, Declaration, completed
from scripts.sandbox.pipelines.engine import Engine
from scripts.sandbox.pipelines.passage import cancel_all
from scripts.sandbox.pipelines.records import Pipeline, now
from scripts.sandbox.pipelines.structure import check

MOST_TAGS = 50

_ARN = re.compile(r"arn:aws[\w-]*:codepipeline:([a-z0-9-]+):(\d{12}):([^:/]+)")


def create(
    engine: Engine, caller: Caller, by: str, document: JSON, tags: dict[str, str]
) -> Pipeline:
    """A new pipeline, which starts at once, as on AWS. Raises ApiError.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create.html
    """
    _check_tags(tags)
    at = now()
    declared = Declaration(completed(document, 1))
    pipeline = Pipeline(
        caller.account, caller.region, declared.name, [declared.document], at, at, tags=tags
    )
    if pipeline.arn in engine.store.pipelines:
        raise ApiError(
            "PipelineNameInUseException",
            f"A pipeline with the name '{declared.name}' already exists in account '{caller.account}'",
        )
    check(declared, caller.region)
    with engine.changing(pipeline) as then:
        engine.store.pipelines[pipeline.arn] = pipeline
        if all("defaultValue" in variable for variable in declared.variables):
            launches.begin(pipeline, "CreatePipeline", by, {}, {}, then)
    return pipeline


def update(engine: Engine, caller: Caller, document: JSON) -> Pipeline:
    """The next version of a pipeline; executions under way are cancelled. Raises ApiError."""
    pipeline = engine.store.pipeline(caller.account, caller.region, document["name"])
    declared = Declaration(completed(document, pipeline.declared.version + 1))
    check(declared, caller.region)
    with engine.changing(pipeline) as then:
        cancel_all(pipeline, then)
        pipeline.versions.append(declared.document)
        pipeline.updated = now()
    return pipeline


def delete(engine: Engine, caller: Caller, name: str) -> None:
    """No pipeline of that name, whether there was one or not; what it had under way goes on alone."""
    with engine.changing():
        engine.store.pipelines.pop(
            f"arn:aws:codepipeline:{caller.region}:{caller.account}:{name}", None
        )


def listed(engine: Engine, caller: Caller) -> list[Pipeline]:
    """All in the account and Region, by name."""
    return sorted(
        (
            each
            for each in engine.store.pipelines.values()
            if (each.account, each.region) == (caller.account, caller.region)
        ),
        key=lambda each: each.name,
    )


def by_arn(engine: Engine, caller: Caller, arn: str) -> Pipeline:
    """The pipeline that tags are about. Raises ApiError."""
    match = _ARN.fullmatch(arn)
    if match is None or (match[1], match[2]) != (caller.region, caller.account):
        raise ApiError(
            "InvalidArnException", f"The ARN {arn} is not of a pipeline of this account and Region"
        )
    found = engine.store.pipelines.get(arn)
    if found is None:
        raise ApiError("ResourceNotFoundException", f"The resource {arn} does not exist")
    return found


def tag(engine: Engine, pipeline: Pipeline, tags: dict[str, str]) -> None:
    """Put tags on it. Raises ApiError."""
    _check_tags({**pipeline.tags, **tags})
    with engine.changing():
        pipeline.tags.update(tags)


def untag(engine: Engine, pipeline: Pipeline, keys: list[str]) -> None:
    """Take tags off it."""
    with engine.changing():
        for key in keys:
            pipeline.tags.pop(key, None)


def _check_tags(tags: dict[str, str]) -> None:
    user = [key for key in tags if not key.startswith("aws:cloudformation:")]
    if any(key.lower().startswith("aws:") for key in user):
        raise ApiError("InvalidTagsException", "Tag keys that begin with aws: are reserved")
    if len(user) > MOST_TAGS:
        raise ApiError("TooManyTagsException", f"A pipeline has {MOST_TAGS} tags at most")
