"""A deploy through the pipeline, from this machine: what is done here, what is handed over, and how it ends.

The order is always the same. What differs is found without changing anything; where an execution goes on
already it is joined, or said to be somebody else's; what the pipeline stands on is deployed from here, under
the lease; then the release is shipped, one execution is started, and from then on the pipeline is the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from generator.release_stages import WaveOrder
from generator.settings import TRUE, Settings
from scripts import deploy_lease, failpoints
from scripts.aws import Aws
from scripts.deploy import change_sets, waivers, waves
from scripts.deploy.pipeline import names, runs, shipping
from scripts.deploy.pipeline.shipping import Survey
from scripts.deploy.plan import Awaiting, WavePlan
from scripts.deploy.planner import Planner
from scripts.deploy.standing import Look
from scripts.errors import Refused, TradewindError, UsageError
from scripts.events import (
    Event,
    NothingChanged,
    ProtectionSet,
    ReleaseRead,
    RolloutCompleted,
    WaveStarted,
)
from scripts.execution_events import ExecutionJoined
from scripts.lease import Lease

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.deploy.executor import Executor
    from scripts.deploy.pipeline.runs import Run
    from scripts.deploy.release import Release
    from scripts.deploy.sealed import Sealed
    from scripts.deploy.shipments import Shipment
    from scripts.deploy.waves import Wave
    from scripts.telling import Telling


#: Brings a release to the environment's buckets, and says what is to be shipped.
Prepare: TypeAlias = "Callable[[Release], Generator[Event, None, tuple[Sealed, Shipment]]]"


#: How often what the tool deploys itself is gone over: a wave may hand on another value to one before it.
ROUNDS = 3


@dataclass(frozen=True)
class Wanted:
    """What is to stand: a release, how it is brought, and which of the pair goes first.

    `refresh` takes the newest images; `skipped` is what a rollback that stopped half-way may leave.
    """

    built: Release
    prepare: Prepare
    order: WaveOrder = WaveOrder.PRIMARY_FIRST
    refresh: bool = False
    skipped: Sequence[str] = ()


@dataclass
class Shipping:
    """One run of `deploy` or `rollback`; `command` is which."""

    context: Context
    environment: Environment
    aws: Aws
    telling: Telling
    approve: Callable[[WavePlan], None]
    reason: str
    command: str = "deploy"

    def bring(self, wanted: Wanted, roots: Sequence[str] = ()) -> None:
        """Bring the environment to what is wanted, or the named roots alone.

        What goes wrong is in the document before it is raised.
        """
        order = waves.roll_out(wanted.built.roots, self.environment.places)
        chosen = waves.named(order, roots, self.environment.places)
        refuse_past_the_pipeline(roots, wanted.built)
        waivers.read(
            self.context.project / "params"
        )  # else a build would be the first to refuse them
        try:
            self.aws.verify_account()
            if roots:
                self._own(wanted, order, chosen, whole=True)
            else:
                self._everything(wanted, order)
        except TradewindError as error:
            self.telling.failed(error)
            raise

    def _everything(self, wanted: Wanted, order: tuple[Wave, ...]) -> None:
        began = self.aws.clock.monotonic()
        found = self._survey(wanted, order)
        self.telling.tell([ReleaseRead(wanted.built.digest, wanted.built.templates)])
        for look in found.shipped:
            self.context.terminal.say(f"{look.wave} is to change: {look.what}")
        for fleet in found.fleets:
            self.context.terminal.say(f"{fleet} is to run another revision")
        if not found.own and not found.ships:
            self._nothing(found, began)
        elif runs.under_way(found.runs):
            self._join(wanted, found, order)
        else:
            self._bring(wanted, found, order, began)

    def _bring(self, wanted: Wanted, found: Survey, order: tuple[Wave, ...], began: float) -> None:
        changed = 0
        for _ in range(ROUNDS):
            if not found.own:
                break
            now = self._own(wanted, order, found.own, whole=False)
            found, changed = self._survey(wanted, order), changed + now
            if not now:
                break  # what differs still changes nothing
        if not found.ships:
            lasted = self.aws.clock.monotonic() - began
            self.telling.tell(
                [RolloutCompleted(self.environment.name, changed, len(order), lasted)]
            )
            return
        execution = self._request(wanted, found, order)
        if execution is None:
            self._nothing(found, began)
        else:
            self._follow(execution, found.release, order)

    def _survey(self, wanted: Wanted, order: tuple[Wave, ...]) -> Survey:
        return shipping.survey(
            self.aws, self.environment, wanted.built, order, refresh=wanted.refresh
        )

    def _nothing(self, found: Survey, began: float) -> None:
        """Everything is as wanted: no execution is started."""
        number = len(found.looks)
        self.telling.tell(
            event
            for n, look in enumerate(found.looks, 1)
            for event in (
                WaveStarted(look.wave.root, look.wave.region, n, number),
                NothingChanged(look.wave.root, look.wave.region, look.left_out),
            )
        )
        self._protect(found.looks)
        for run in runs.under_way(found.runs):
            self.context.terminal.warn(
                f"execution {run.id} of {run.starter} goes on: "
                f"tradewind watch {self.environment.name}"
            )
        lasted = self.aws.clock.monotonic() - began
        self.telling.tell([RolloutCompleted(self.environment.name, 0, number, lasted)])

    def _join(self, wanted: Wanted, found: Survey, order: tuple[Wave, ...]) -> None:
        """Follow the execution that is under way: ours, or another one if somebody here wants to.

        Ours brings the very same shipment: an earlier run was killed, or asked the same.
        """
        ours, shipment, primary = "", None, self.environment.primary_region
        if not found.own:
            _, shipment = self.telling.returned(wanted.prepare(found.release))
            ours = shipment.key
        try:
            run = runs.refuse_others(self.aws, primary, found.runs, ours)
            if run is not None and shipment is not None:
                shipping.remember(self.aws, self.environment, shipment, run.id)
        except Refused as refused:
            terminal = self.context.terminal
            if not terminal.interactive:
                raise
            terminal.say(refused.message)
            if not terminal.confirm("Follow it?"):
                raise
            run = runs.under_way(found.runs)[0]
        assert run is not None
        self._follow(self._joined(run), found.release, order)

    def _joined(self, run: Run) -> str:
        self.telling.tell(
            [ExecutionJoined(self.environment.name, run.id, run.status, run.starter, self.reason)]
        )
        return run.id

    def _own(
        self, wanted: Wanted, order: Sequence[Wave], chosen: Sequence[Wave], *, whole: bool
    ) -> int:
        """What the tool deploys itself, under the lease; how many waves changed.

        `whole` says that nothing else is done in this run.
        """
        changed = 0
        with self._lease() as lease:
            for event in self._executor(wanted.built, wanted, order, lease, chosen).roll_out():
                if isinstance(event, RolloutCompleted):
                    changed = event.changed
                # What was told of the whole is not told of this part of it again.
                if whole or not isinstance(event, RolloutCompleted | ReleaseRead):
                    self.telling.tell([event])
        return changed

    def _request(self, wanted: Wanted, found: Survey, order: Sequence[Wave]) -> str | None:
        """Clear what an earlier run left, ship the release, and start its execution.

        None where CloudFormation finds that what differs changes nothing.
        """
        from scripts.deploy.pipeline import wave_order

        with self._lease() as lease:
            executor = self._executor(found.release, wanted, order, lease, ())
            for look in found.shipped:
                self.telling.tell(executor.recover(look.wave))
            planner = Planner(self.aws, self.environment, found.release, order)
            if not found.fleets and not self.telling.returned(changes(planner, found.shipped)):
                return None
            self.telling.returned(wave_order.admit(planner, wanted.order, found.shipped))
            sealed, shipment = self.telling.returned(wanted.prepare(found.release))
            lease.confirm()
            primary = self.environment.primary_region
            known = runs.listed(self.aws, primary)
            if run := runs.refuse_others(self.aws, primary, known, shipment.key):
                shipping.remember(self.aws, self.environment, shipment, run.id)
                return self._joined(run)
            asking = shipping.request(
                self.aws, self.environment, sealed, shipment, wanted.order, known
            )
            execution = self.telling.returned(asking)
        failpoints.reach("execution.left")
        return execution

    def _follow(self, execution: str, built: Release, order: Sequence[Wave]) -> None:
        """Attend an execution to its end, then see to what only the tool does."""
        from scripts.attending import Attending

        attending = Attending(
            self.aws,
            self.environment,
            Planner(self.aws, self.environment, built, order),
            self.context.terminal,
            self.telling,
            self.approve,
            self.reason or f"approved in tradewind {self.command}",
        )
        attending.to_the_end(execution)
        self._protect(self._survey_of(built, order))

    def _survey_of(self, built: Release, order: Sequence[Wave]) -> Sequence[Look]:
        planner = Planner(self.aws, self.environment, built, order)
        shipped = [wave for wave in order if wave.root in names.SHIPPED]
        return [Look(wave, stack=planner.standing(wave.root, wave.region)) for wave in shipped]

    def _protect(self, looks: Sequence[Look]) -> None:
        """Termination protection where the environment wants it; only ever switched on."""
        from scripts.deploy.executor import set_protection

        for look in looks:
            stack, region = look.stack, look.wave.region
            if stack is None or stack.protected or not self._protected(region):
                continue
            set_protection(self.aws, stack, enabled=True)
            self.telling.tell([ProtectionSet(look.wave.root, region, enabled=True)])

    def _lease(self) -> AbstractContextManager[Lease]:
        command = f"tradewind {self.command} {self.environment.name}"
        return deploy_lease.held(self.aws, self.environment, command)

    def _executor(
        self,
        built: Release,
        wanted: Wanted,
        order: Sequence[Wave],
        lease: Lease,
        chosen: Sequence[Wave],
    ) -> Executor:
        from scripts.deploy.executor import Executor

        return Executor(
            self.aws,
            Planner(self.aws, self.environment, built, order),
            lease,
            self.approve,
            (),
            self._protected,
            chosen,
            wanted.skipped,
        )

    def _protected(self, region: str) -> bool:
        return self.environment.values(region)[Settings.deletion_protection.key] == TRUE


def changes(planner: Planner, looks: Sequence[Look]) -> Generator[Event, None, bool]:
    """Whether CloudFormation would change anything; plans as far as the first wave that it would.

    A template may differ in what a region does not have, or a value may come to the same: then a stack
    never takes them on, and they differ for ever.
    """
    for look in looks:
        inputs = planner.inputs(look.wave)
        if look.stack is None or isinstance(inputs, Awaiting):
            return True
        outcome = yield from planner.plan(look.wave, inputs)
        if isinstance(outcome, WavePlan):
            change_sets.delete(planner.aws, outcome.change_set)
            return True
    return False


def refuse_past_the_pipeline(roots: Sequence[str], built: Release) -> None:
    """Raise UsageError for roots that only the pipeline ships, and where there is no pipeline at all."""
    if names.PIPELINE not in built.roots:
        raise UsageError(
            "There is no pipeline among the built templates.",
            fix="Build them all (tradewind build), or go past the pipeline: --direct.",
        )
    alone = [root for root in roots if root in names.SHIPPED]
    if alone:
        raise UsageError(
            f"{alone[0]} goes through the pipeline, together with all that it ships.",
            fix="Leave --root out, or go past the pipeline: --direct.",
        )
