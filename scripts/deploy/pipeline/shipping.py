"""What a deploy through the pipeline finds, brings and asks for, until CodePipeline has it.

`survey` reads and changes nothing: it says which waves and fleets are not as wanted. `request` sends the
shipment and starts the one execution that brings it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import release_stages
from generator.settings import TRUE, Settings
from scripts import failpoints
from scripts.aws import Aws
from scripts.deploy import history, releases, shipments, standing
from scripts.deploy.history import History
from scripts.deploy.pipeline import names, revisions, runs
from scripts.deploy.pipeline.revisions import Fleet, Revisions
from scripts.deploy.pipeline.runs import Cargo, Run
from scripts.deploy.planner import Planner
from scripts.deploy.release import Release
from scripts.deploy.sealed import Sealed
from scripts.deploy.shipments import Shipment
from scripts.deploy.standing import Look
from scripts.deploy.waves import Wave
from scripts.events import Event
from scripts.execution_events import ExecutionStarted, ShipmentStored

if TYPE_CHECKING:
    from generator.environments import Environment


@dataclass(frozen=True)
class Survey:
    """What stands, against what is wanted: the waves in their order, fleets that differ, executions.

    `release` is what was built with its images pinned.
    """

    release: Release
    looks: tuple[Look, ...]
    fleets: tuple[Fleet, ...]
    runs: tuple[Run, ...]

    @property
    def own(self) -> tuple[Wave, ...]:
        """The waves that the tool deploys itself, and that differ."""
        return tuple(
            look.wave for look in self.looks if look.differs and look.wave.root not in names.SHIPPED
        )

    @property
    def shipped(self) -> tuple[Look, ...]:
        """The waves that differ and go through the pipeline."""
        return tuple(
            look for look in self.looks if look.differs and look.wave.root in names.SHIPPED
        )

    @property
    def ships(self) -> bool:
        """Whether an execution has something to do."""
        return bool(self.shipped or self.fleets)


def survey(
    aws: Aws,
    environment: Environment,
    built: Release,
    order: Sequence[Wave],
    *,
    refresh: bool = False,
) -> Survey:
    """Look at everything that decides, side by side."""
    primary, places = environment.primary_region, environment.places
    with ThreadPoolExecutor() as pool:
        pinning = pool.submit(releases.pinned, aws, environment, built, refresh=refresh)
        looking = pool.submit(
            standing.read,
            aws,
            environment.name,
            list(dict.fromkeys((wave.root, wave.region) for wave in order)),
        )
        listing = pool.submit(runs.listed, aws, primary)
        fleets = pool.submit(
            Revisions(aws).differences,
            built,
            revisions.of_regions(places["primary"], places["standby"]),
        )
        release, now = pinning.result(), looking.result()
        planner = Planner(aws, environment, release, order, look=now.stack)
        found = standing.looks(planner, now, order)
        return Survey(release, found, fleets.result(), listing.result())


def request(
    aws: Aws,
    environment: Environment,
    sealed: Sealed,
    shipment: Shipment,
    order: release_stages.WaveOrder,
    known: Sequence[Run],
) -> Generator[Event, None, str]:
    """Send a shipment, start its execution and write down who asked for it; the execution's id."""
    shipments.send(aws, environment, shipment)
    failpoints.reach("shipment.sent")
    yield ShipmentStored(sealed.digest, shipment.digest)
    cargo = Cargo(sealed.key, shipment.key, *_revisions(environment, sealed))
    variables = {
        release_stages.WAVE_ORDER: order.value,
        release_stages.STARTED_BY: aws.identity.who,
        release_stages.REASON: shipment.why,
    }
    execution = runs.start(aws, environment.primary_region, cargo, variables, known)
    remember(aws, environment, shipment, execution)
    failpoints.reach("request.recorded")
    yield ExecutionStarted(environment.name, execution, order.value, shipment.why)
    return execution


def remember(aws: Aws, environment: Environment, shipment: Shipment, execution: str) -> None:
    """Write down who asked for an execution; once more is no matter."""
    History.of(aws, environment).write(shipment.requested(execution, history.now(aws)))


def _revisions(environment: Environment, sealed: Sealed) -> tuple[str, str]:
    """The fleets' revisions. A source action wants an object, even of a release that has no fleet."""
    values = environment.values(environment.primary_region)
    has_worker = values[Settings.worker_fleet.key] == TRUE
    shop = sealed.revision("shop") or sealed.key
    return shop, (sealed.revision("worker") or sealed.key) if has_worker else ""
