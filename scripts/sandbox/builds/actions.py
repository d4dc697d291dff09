"""CodePipeline's actions of the provider CodeBuild: an action is a build of a project.

The pipeline's artifacts stand in the place of the project's source and artifacts.
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
"""

from __future__ import annotations

import json

from scripts.sandbox.builds import api, requests
from scripts.sandbox.builds.descriptions import link
from scripts.sandbox.builds.projects import PIPELINE
from scripts.sandbox.builds.records import LOST, RECORDS, SUCCEEDED, Build
from scripts.sandbox.builds.runner import RUNNER
from scripts.sandbox.json_api import JSON, ApiError, Caller
from scripts.sandbox.pipelines.providers import Artifact, Ended, Job, Refused

_KNOWN = frozenset(
    {"ProjectName", "PrimarySource", "EnvironmentVariables", "BatchEnabled", "CombineArtifacts"}
)
_LONGEST = 10_000
"""Characters of EnvironmentVariables that AWS takes."""


class CodeBuildActions:
    """Builds of actions."""

    def begin(self, job: Job) -> str:
        """Start a build, or find the one that was started for this job."""
        for build in list(RECORDS.builds.values()):
            if build.job == job.id:
                return build.id
        caller = Caller(job.account, job.region)
        said = _overrides(job)
        try:
            project = api.project_of(caller, job.configuration["ProjectName"])
            asked = requests.asked(project, said)
            build = api.start(
                caller,
                project,
                asked,
                f"codepipeline/{job.pipeline}",
                delivery=_delivery(job),
                job=job.id,
            )
        except ApiError as refusal:
            raise Refused(
                f"Error calling startBuild: {refusal.message} (Service: AWSCodeBuild; "
                f"Status Code: 400; Error Code: {refusal.code})"
            ) from None
        return build.id

    def look(self, job: Job, external_id: str) -> Ended | None:
        """How the build ended, in CodePipeline's words."""
        build = RECORDS.builds.get(external_id)
        if build is None:
            return Ended(False, message=f"Build {external_id} cannot be found: {LOST}")
        if build.running:
            return None
        if build.status != SUCCEEDED:
            return Ended(
                False, message=_failure(build), variables=build.exported, external_url=link(build)
            )
        written = {one["artifactIdentifier"]: one.get("version", "") for one in build.artifacts}
        return Ended(
            True,
            external_url=link(build),
            variables=build.exported,
            artifacts={
                output.name: Artifact(
                    output.name, output.bucket, output.key, written.get(output.name, "")
                )
                for output in job.outputs
            },
        )

    def stop(self, _job: Job, external_id: str) -> None:
        """End the build."""
        build = RECORDS.builds.get(external_id)
        if build is not None:
            RUNNER.stop(build)


def _overrides(job: Job) -> JSON:
    """What StartBuild is told. Raises Refused."""
    configuration = job.configuration
    for name in configuration:
        if name not in _KNOWN:
            raise Refused(f"The configuration of the action has an unknown key: {name}")
    if not configuration.get("ProjectName"):
        raise Refused("The configuration of the action has no ProjectName")
    if configuration.get("BatchEnabled", "false").lower() == "true":
        raise Refused("The sandbox runs no batch builds (BatchEnabled).")
    return {
        "projectName": configuration["ProjectName"],
        "sourceTypeOverride": PIPELINE,
        "artifactsOverride": {"type": PIPELINE},
        "secondarySourcesOverride": [],
        "secondaryArtifactsOverride": [],
        "environmentVariablesOverride": _variables(configuration.get("EnvironmentVariables", "")),
    }


def _variables(said: str) -> list[JSON]:
    """The variables of an action: a JSON list. Raises Refused."""
    if not said:
        return []
    if len(said) > _LONGEST:
        raise Refused(f"EnvironmentVariables is longer than {_LONGEST} characters")
    try:
        listed = json.loads(said)
    except ValueError:
        raise Refused("EnvironmentVariables is not JSON") from None
    if not isinstance(listed, list):
        raise Refused("EnvironmentVariables is not a list")
    for one in listed:
        if not isinstance(one, dict) or not {"name", "value"} <= one.keys() <= {
            *("name", "value", "type")
        }:
            raise Refused(f"EnvironmentVariables has an item without name and value: {one}")
    return [{**one, "value": str(one["value"])} for one in listed]


def _delivery(job: Job) -> JSON:
    """Where the build's sources are, the primary one first, and where its artifacts go. Raises Refused."""
    primary = job.configuration.get("PrimarySource", "")
    if len(job.inputs) > 1 and not primary:
        raise Refused("PrimarySource is required where an action has more than one input artifact")
    if primary:
        job.input(primary)
    inputs = sorted(job.inputs, key=lambda artifact: artifact.name != primary)
    if not inputs:
        raise Refused("A CodeBuild action takes at least one input artifact")
    return {
        "sources": [
            {
                "name": one.name,
                "location": {"bucket": one.bucket, "key": one.key, "version": one.version},
            }
            for one in inputs
        ],
        "outputs": [
            {
                "identifier": one.name,
                "bucket": one.bucket,
                "key": one.key,
                "encryption_key": one.encryption_key,
            }
            for one in job.outputs
        ],
    }


def _failure(build: Build) -> str:
    said = f"Build terminated with state: {build.status}"
    phase = build.failure
    if phase is None:
        return said
    return f"{said}. Phase: {phase.type}, Code: {phase.code}, Message: {phase.message}"
