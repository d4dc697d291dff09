"""What a run on CodeBuild has brought, whatever became of its generators."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.aws import Aws
from scripts.load_test import results
from scripts.load_test.batch import Batch, Project
from scripts.load_test.figures import Figures
from scripts.load_test.load import LoadPlan, address, loaded
from scripts.load_test.provisions import Place


@dataclass(frozen=True)
class Harvest:
    """What was run, what was measured, and what of it is not there."""

    plan: LoadPlan
    figures: Figures
    missing: tuple[str, ...]


def gather(
    aws: Aws, project: Project, ended: Batch, into: Path, tell: Callable[[str], None]
) -> Harvest:
    """Fetch the results of a batch that has ended, and count them."""
    variables = {**project.variables, **ended.variables}
    place = Place.of(f"{variables['RESULTS']}{ended.run}/")
    paths = results.fetch(aws, project.region, place, into, tell)
    figures, broken = results.read(paths, tell)
    brought = {path.name.partition(".")[0] for path in paths}
    missing = (*_missing(project, ended, brought), *broken)
    return Harvest(_ran(aws, project, variables), figures, missing)


def _missing(project: Project, ended: Batch, brought: set[str]) -> Iterator[str]:
    for build in ended.generators:
        if build.failed or build.part not in brought:
            counted = (
                "what it brought is counted" if build.part in brought else "it brought nothing"
            )
            logs = f" ({build.logs})" if build.logs else ""
            yield f"{build.part} ended as {build.status}: {counted}{logs}"
    if (begun := len(ended.generators)) < project.generators:
        yield f"{begun} of {project.generators} generators began; the batch ended as {ended.status}"


def _ran(aws: Aws, project: Project, variables: Mapping[str, str]) -> LoadPlan:
    jmeter = f"{variables.get('JMETER_NAME', '')} {variables.get('JMETER_SHA512', '')[:16]}"
    return LoadPlan(
        aws.environment.name,
        project.region,
        variables["TARGET"],
        loaded(variables),
        project.generators,
        address(variables),
        jmeter.strip(),
    )
