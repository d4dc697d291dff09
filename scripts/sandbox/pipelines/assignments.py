"""What a provider is given: a run with its action's settings, and its artifacts in its own Region."""

from __future__ import annotations

from scripts.sandbox.pipelines import objects
from scripts.sandbox.pipelines.declarations import Action, Declaration
from scripts.sandbox.pipelines.providers import Artifact, Job
from scripts.sandbox.pipelines.records import Located, Run
from scripts.sandbox.pipelines.store import Pipelines


def assignment(store: Pipelines, arn: str, run: str) -> Job:
    """The job of a run; its input artifacts are copied into its Region first. Raises NoObject."""
    with store.lock:
        pipeline = store.pipelines[arn]
        held = pipeline.runs[run]
        execution = pipeline.executions[held.execution]
        declared = pipeline.structure_of(execution)
    bucket, key = _store(declared, held.region)
    return Job(
        id=held.id,
        account=pipeline.account,
        region=held.region,
        pipeline=pipeline.name,
        pipeline_region=pipeline.region,
        stage=held.stage,
        action=held.name,
        category=held.category,
        provider=held.provider,
        configuration=dict(held.resolved),
        inputs=tuple(_brought(store, each, held.region, bucket, key) for each in held.inputs),
        outputs=tuple(Artifact(each.name, each.bucket, each.key, "", key) for each in held.outputs),
        revision=dict(execution.overrides.get(held.name, {})) if held.category == "Source" else {},
        timeout_minutes=_action(declared, held).timeout_minutes,
    )


def _action(declared: Declaration, run: Run) -> Action:
    """What is declared of the run's action or rule."""
    stage = declared.stage(run.stage)
    assert stage is not None, "a run's stage is one of its version"
    condition = stage.condition(run.condition) if run.condition else None
    among = condition.rules if condition else stage.actions
    return next(each for each in among if each.name == run.name)


def _store(declared: Declaration, region: str) -> tuple[str, str]:
    """The bucket and the key, or none, of a Region's artifact store; a rule's Region may have none."""
    store = declared.store(region) or {}
    return str(store.get("location", "")), str((store.get("encryptionKey") or {}).get("id", ""))


def _brought(store: Pipelines, artifact: Located, region: str, bucket: str, key: str) -> Artifact:
    """An artifact in a Region's store; copied there when it is not."""
    if region == artifact.region:
        return Artifact(artifact.name, artifact.bucket, artifact.key, artifact.version, key)
    if region not in artifact.copies:
        source = (artifact.bucket, artifact.key, artifact.version)
        objects.copy(source, bucket, artifact.key, key)
        with store.lock:
            artifact.copies[region] = bucket
    return Artifact(artifact.name, artifact.copies[region], artifact.key, "", key)
