"""A run that could be started: what it would be, with all that it needs, and the start itself."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.aws import Aws
from scripts.errors import UsageError
from scripts.load_test import batch, provisions
from scripts.load_test.batch import Project
from scripts.load_test.load import Load, LoadPlan, address, new_run, overriding
from scripts.load_test.provisions import Archive, Place

#: Minutes that a build takes beside the load: to begin, and to bring its results home.
_OVERHEAD_MINUTES = 10


@dataclass(frozen=True)
class Launch:
    """A plan to be approved, and the JMeter to run it."""

    plan: LoadPlan
    jmeter: Archive

    def start(self, aws: Aws, project: Project) -> tuple[str, str]:
        """Start it; gives the run's name and the batch's id."""
        run = new_run(aws.clock.now())
        variables = {
            **overriding(self.plan.load),
            "JMETER_SHA512": self.jmeter.sha512,
            "JMETER_NAME": self.jmeter.name,
        }
        return run, batch.start(aws, project, run, variables)


def prepare(aws: Aws, project: Project, load: Load) -> Launch:
    """What would be run. Raises UsageError where it cannot be."""
    if load.seconds > 60 * (project.longest_minutes - _OVERHEAD_MINUTES):
        raise UsageError(
            f"The run would take {load.seconds} s; a build is ended after "
            f"{project.longest_minutes} min.",
            fix=f"Leave {_OVERHEAD_MINUTES} min for its beginning and its end.",
        )
    archive = provisions.jmeter(aws, project.region, Place.of(project.variables["JMETER"]))
    if archive is None:
        raise UsageError(
            "The generators have no JMeter yet.",
            fix=f"Bring it once: tradewind load-test {aws.environment.name} "
            "--jmeter apache-jmeter-5.6.3.tgz",
        )
    plan = LoadPlan(
        aws.environment.name,
        project.region,
        project.variables["TARGET"],
        load,
        project.generators,
        address(project.variables),
        f"{archive.name} {archive.sha512[:16]}",
    )
    return Launch(plan, archive)
