"""The generators: a CodeBuild project of load-test.json, of which a batch is a run."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.naming import stack_name
from scripts import inventory
from scripts.aws import Aws, AwsSaidNo
from scripts.errors import Failed, UsageError

ROOT = "load-test"
_OUTPUT = "LoadTestProject"

#: What CodeBuild calls the builds that make load; the others of a batch make none.
GENERATOR = "generator_"

_AT_WORK = "IN_PROGRESS"
_SUCCEEDED = "SUCCEEDED"


@dataclass(frozen=True)
class Project:
    """The project as it stands; `variables` is what its builds are told unless a run says otherwise."""

    name: str
    region: str
    generators: int
    longest_minutes: int
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Build:
    """A build of a batch; `phase` is empty until it has begun, `logs` is where to read what it said."""

    part: str
    status: str
    phase: str = ""
    logs: str = ""

    @property
    def generates(self) -> bool:
        """Whether it makes load."""
        return self.part.startswith(GENERATOR)

    @property
    def failed(self) -> bool:
        """Whether it ended otherwise than it should."""
        return self.status not in (_AT_WORK, _SUCCEEDED)


@dataclass(frozen=True)
class Batch:
    """A run on CodeBuild, as it is now."""

    id: str
    status: str
    phase: str
    variables: Mapping[str, str] = field(default_factory=dict)
    builds: tuple[Build, ...] = ()

    @property
    def run(self) -> str:
        """The run's name; empty for a batch that somebody started by hand."""
        return self.variables.get("RUN", "")

    @property
    def at_work(self) -> bool:
        """Whether it goes on."""
        return self.status == _AT_WORK

    @property
    def generators(self) -> tuple[Build, ...]:
        """Its builds that make load."""
        return tuple(build for build in self.builds if build.generates)


def find(aws: Aws, region: str) -> Project:
    """The project that is deployed. Raises UsageError where there is none."""
    name = aws.environment.name
    stack = inventory.stack(aws, region, stack_name(name, ROOT))
    if stack is None or not stack.stands:
        raise UsageError(
            f"No load test is deployed in {region}.",
            fix=f"Deploy it: tradewind deploy {name} --root {ROOT}",
        )
    if not (project := stack.outputs.get(_OUTPUT, "")):
        raise UsageError(
            f"{region} has no CodeBuild, so there is nothing to make load with.",
            fix=f"Load it from elsewhere, by generator/runtime/load_test in {stack.name}'s place.",
        )
    answer = aws.client("codebuild", region).call("batch_get_projects", names=[project])
    if not answer.get("projects"):
        raise Failed(
            f"{stack.name} names the project {project}, which does not exist.",
            fix=f"Deploy it again: tradewind deploy {name} --root {ROOT}",
        )
    said = answer["projects"][0]
    restrictions = said.get("buildBatchConfig", {}).get("restrictions", {})
    return Project(
        project,
        region,
        generators=restrictions.get("maximumBuildsAllowed", 2) - 1,  # the last one makes the report
        longest_minutes=said["timeoutInMinutes"],
        variables=_variables(said),
    )


def start(aws: Aws, project: Project, run: str, variables: Mapping[str, str]) -> str:
    """Start a run; gives the batch's id. A call that is repeated starts it once: `run` is its token.

    The variables override the project's, or add to them:
    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuildBatch.html
    """
    answer = aws.client("codebuild", project.region).call(
        "start_build_batch",
        projectName=project.name,
        idempotencyToken=run,
        environmentVariablesOverride=[
            {"name": name, "value": value, "type": "PLAINTEXT"}
            for name, value in {**variables, "RUN": run}.items()
        ],
    )
    return str(answer["buildBatch"]["id"])


def latest(aws: Aws, project: Project) -> Batch | None:
    """The run that was started last, if there ever was one."""
    ids = aws.client("codebuild", project.region).pages(
        "list_build_batches_for_project",
        "ids",
        projectName=project.name,
        sortOrder="DESCENDING",
    )
    first = next(iter(itertools.islice(ids, 1)), None)
    return None if first is None else look(aws, project, first)


def look(aws: Aws, project: Project, id: str) -> Batch:
    """How a run is now."""
    codebuild = aws.client("codebuild", project.region)
    found = codebuild.call("batch_get_build_batches", ids=[id]).get("buildBatches", ())
    if not found:
        raise Failed(f"CodeBuild does not know the batch {id} any more.")
    said = found[0]
    groups = {
        group["identifier"]: group["currentBuildSummary"]
        for group in said.get("buildGroups", ())
        if "currentBuildSummary" in group
    }
    ids = {part: _build_id(summary) for part, summary in groups.items() if "arn" in summary}
    told: dict[str, Any] = {}
    if ids:
        builds = codebuild.call("batch_get_builds", ids=list(ids.values())).get("builds", ())
        told = {build["id"]: build for build in builds}
    return Batch(
        said["id"],
        said["buildBatchStatus"],
        said.get("currentPhase", ""),
        _variables(said),
        tuple(
            _build(part, summary, told.get(ids.get(part, ""), {}))
            for part, summary in groups.items()
        ),
    )


def stop(aws: Aws, project: Project, batch: Batch) -> None:
    """End a run. One that has ended by itself meanwhile is left as it is."""
    try:
        aws.client("codebuild", project.region).call("stop_build_batch", id=batch.id)
    except AwsSaidNo:
        if look(aws, project, batch.id).at_work:
            raise


def _variables(said: Mapping[str, Any]) -> dict[str, str]:
    variables = said.get("environment", {}).get("environmentVariables", ())
    return {one["name"]: one["value"] for one in variables}


def _build_id(summary: Mapping[str, Any]) -> str:
    return str(summary["arn"]).rpartition(":build/")[2]


def _build(part: str, summary: Mapping[str, Any], told: Mapping[str, Any]) -> Build:
    return Build(
        part,
        told.get("buildStatus") or summary.get("buildStatus", _AT_WORK),
        told.get("currentPhase", ""),
        told.get("logs", {}).get("deepLink", ""),
    )
