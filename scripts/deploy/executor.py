"""The only module that changes stacks: a roll-out or a tear-down, as a generator of events.

Every mutation is preceded by `lease.confirm()`. Any run may be killed at any line: the next one starts
from what stands (`recovery`), so a wave is done again, gone on with, or found to be done.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from generator.naming import stack_name
from scripts import failpoints, inventory
from scripts.aws import Aws
from scripts.deploy import change_sets, follow, stuck_rollbacks
from scripts.deploy.follow import Operation
from scripts.deploy.plan import Awaiting, Inputs, Unchanged, WavePlan
from scripts.deploy.planner import Planner
from scripts.deploy.recovery import (
    ContinueRollback,
    DeleteFailedCreation,
    FollowToEnd,
    Ready,
    remedy,
)
from scripts.deploy.waves import Wave
from scripts.errors import Failed, TradewindError
from scripts.events import (
    ChangeSetExecuted,
    Event,
    LeftoverRemoved,
    NothingChanged,
    OperationFound,
    ProtectionSet,
    ReleaseRead,
    RollbackContinued,
    RolloutCompleted,
    RolloutStopped,
    StackEventSeen,
    WaveCompleted,
    WaveFailed,
    WavePlanned,
    WaveStarted,
)
from scripts.lease import Lease

if TYPE_CHECKING:
    from scripts.deploy.pipeline.planning import Examined

_SUCCEEDED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "DELETE_COMPLETE")


class WaveGaveUp(Failed):
    """A wave ended otherwise than planned; its events and its cause were told."""


@dataclass
class Executor:
    """Carries out what a planner plans.

    `approve` is asked before each execution and raises Refused to stop; `accepted` names the data that
    may be lost; `protected` says whether a region's stacks are to be protected from deletion; `skipped`
    names what a rollback that stopped half-way may leave as it is; `explain` tells what a plan does.
    """

    aws: Aws
    planner: Planner
    lease: Lease
    approve: Callable[[WavePlan], None]
    accepted: Collection[str] = ()
    protected: Callable[[str], bool] = lambda _: False
    waves: Sequence[Wave] = ()
    skipped: Collection[str] = ()
    explain: Callable[[Examined], None] | None = None
    _under_way: str = ""
    _done: dict[tuple[str, str], Inputs] = field(default_factory=dict)

    def roll_out(self) -> Iterator[Event]:
        """`waves`, or every one, in order. Raises Refused or Failed at the first that does not end well."""
        began = self.aws.clock.monotonic()
        waves = self.waves or self.planner.waves
        yield ReleaseRead(self.planner.release.digest, self.planner.release.templates)
        changed = 0
        for number, wave in enumerate(waves, 1):
            yield WaveStarted(wave.root, wave.region, number, len(waves))
            try:
                changed += yield from self._wave(wave)
            except TradewindError:
                yield self._stopped(waves, number)
                raise
        failpoints.reach("rollout.completed")
        yield RolloutCompleted(
            self.planner.environment.name,
            changed,
            len(waves),
            self.aws.clock.monotonic() - began,
        )

    def _wave(self, wave: Wave) -> Generator[Event, None, bool]:
        """Bring one wave to where it should be; whether anything had to be executed."""
        yield from self.recover(wave)
        inputs = self.planner.inputs(wave)
        if isinstance(inputs, Awaiting):
            raise Failed(
                f"{wave} cannot be planned: {inputs.awaited} does not stand.",
                fix=f"Deploy everything: tradewind deploy {self.planner.environment.name}",
            )
        if self._done.get((wave.root, wave.region)) == inputs:
            yield NothingChanged(wave.root, wave.region)
            return False
        self.lease.confirm()
        outcome = yield from self.planner.plan(wave, inputs)
        match outcome:
            case Unchanged(_, left_out):
                yield NothingChanged(wave.root, wave.region, left_out)
            case WavePlan():
                try:
                    yield planned(outcome, explained=self.explain is not None)
                    self.admit(outcome)
                except BaseException:  # Ctrl-C at a question, too: nothing stays behind
                    change_sets.discard(self.aws, outcome.change_set)
                    raise
                yield from self.execute(outcome)
            case _:
                assert_never(outcome)
        self._done[wave.root, wave.region] = inputs
        yield from self._protect(wave)
        return isinstance(outcome, WavePlan)

    def _stopped(self, waves: Sequence[Wave], number: int) -> RolloutStopped:
        """How far a roll-out came that ends with wave `number`."""
        return RolloutStopped(
            self.planner.environment.name,
            tuple(dict.fromkeys(str(wave) for wave in waves[: number - 1])),
            self._under_way,
            tuple(dict.fromkeys(str(wave) for wave in waves[number:])),
        )

    def recover(self, wave: Wave) -> Iterator[Event]:
        """Deal with what an earlier run left, until the stack can be planned.

        Raises Stuck where only a person can, and Refused where one has a rollback skip something.
        """
        name = stack_name(self.planner.environment.name, wave.root)
        continued = False
        while True:
            found = remedy(inventory.stack(self.aws, wave.region, name))
            match found:
                case Ready():
                    break
                case FollowToEnd(stack):
                    yield OperationFound(wave.root, wave.region, stack.status)
                    self._under_way = str(wave)
                    yield from follow.follow(self.aws, follow.latest(self.aws, wave, stack.id))
                    self._under_way = ""
                case ContinueRollback(stack) if continued:
                    raise self._stuck(stack)
                case ContinueRollback(stack):
                    yield from self._continue(wave, stack)
                    continued = True
                case DeleteFailedCreation(stack):
                    yield from self._delete(wave, stack)
                    yield LeftoverRemoved(
                        wave.root, wave.region, "a first creation that had been rolled back"
                    )
                case _:
                    assert_never(found)
        if inventory.stack(self.aws, wave.region, name) is None:
            return
        for left in change_sets.leftovers(self.aws, wave.region, name):
            self.lease.confirm()
            change_sets.delete(self.aws, left)
            yield LeftoverRemoved(wave.root, wave.region, "an unexecuted change set")

    def _continue(self, wave: Wave, stack: inventory.Stack) -> Iterator[Event]:
        """Have a rollback go on that stopped half-way, and follow it to where it stops."""
        stuck = stuck_rollbacks.of(self.aws, stack)
        skipped = stuck_rollbacks.to_skip(stuck, self.skipped)
        yield RollbackContinued(wave.root, wave.region, stuck, skipped)
        token = f"tradewind-{uuid.uuid4().hex}"
        self.lease.confirm()
        self.aws.client("cloudformation", wave.region).call(
            "continue_update_rollback",
            StackName=stack.id,
            ClientRequestToken=token,
            **({"ResourcesToSkip": [one.skipped_as for one in skipped]} if skipped else {}),
        )
        self._under_way = str(wave)
        status = ""
        for event in follow.follow(self.aws, Operation(wave, stack.id, token)):
            status = status if event.path else event.status
            yield event
        self._under_way = ""
        if skipped and status == "UPDATE_ROLLBACK_COMPLETE":
            raise stuck_rollbacks.skipped(stack, skipped, self.planner.environment.name)

    def _stuck(self, stack: inventory.Stack | None) -> stuck_rollbacks.Stuck:
        """That a rollback stopped half-way: at what, why, and the ways out."""
        assert stack is not None
        again = f"tradewind deploy {self.planner.environment.name}"
        return stuck_rollbacks.still(stack, stuck_rollbacks.of(self.aws, stack), again)

    def admit(self, plan: WavePlan) -> None:
        """Let a plan through its gates, or raise Refused."""
        from scripts.deploy import waivers  # most runs change nothing, and need none of it
        from scripts.deploy.pipeline import planning

        let_pass = waivers.read(self.planner.release.project / "params")
        found = planning.examined(self.planner, plan, let_pass, self.accepted)
        if self.explain is not None:
            self.explain(found)
        found.judgement.refuse()
        self.approve(plan)

    def execute(self, plan: WavePlan) -> Iterator[Event]:
        """Execute an admitted plan and follow it to its end; WaveGaveUp where that is not as planned."""
        wave, made = plan.wave, plan.change_set
        began = self.aws.clock.monotonic()
        token = f"tradewind-{uuid.uuid4().hex}"
        self.lease.confirm()
        self.aws.client("cloudformation", wave.region).call(
            "execute_change_set", ChangeSetName=made.id, ClientRequestToken=token
        )
        self._under_way = str(wave)
        failpoints.reach("wave.executed")
        yield ChangeSetExecuted(wave.root, wave.region, made.name)
        yield from self._follow(Operation(wave, made.stack_id, token))
        failpoints.reach("wave.followed")
        standing = inventory.stack(self.aws, wave.region, made.stack_id)
        assert standing is not None
        yield WaveCompleted(
            wave.root,
            wave.region,
            standing.status,
            self.aws.clock.monotonic() - began,
            standing.outputs,
        )

    def _follow(self, operation: Operation) -> Iterator[Event]:
        """An operation's events; its failure as WaveFailed and then WaveGaveUp."""
        wave = operation.wave
        events: list[StackEventSeen] = []
        for event in follow.follow(self.aws, operation):
            events.append(event)
            yield event
        self._under_way = ""
        status = next(event.status for event in reversed(events) if not event.path)
        if status not in _SUCCEEDED:
            seen = follow.root_cause(events)
            cause = seen and follow.explained(self.aws, operation, seen)
            yield WaveFailed(wave.root, wave.region, status, cause)
            if status == "UPDATE_ROLLBACK_FAILED":
                raise self._stuck(inventory.stack(self.aws, wave.region, operation.stack_id))
            raise WaveGaveUp(f"{wave} ended in {status}.", fix=self._remedy(cause))

    def _remedy(self, cause: StackEventSeen | None) -> str:
        """What to do about a wave that failed."""
        again = "run the same command again: what is done stays done."
        if cause is not None and "already exists" in cause.reason:
            return (
                "If an earlier destroy kept it, this deletes it for good, but never in prod: "
                f"tradewind destroy {self.planner.environment.name} --purge. Then {again}"
            )
        return f"Correct the cause and {again}"

    def _protect(self, wave: Wave) -> Iterator[Event]:
        """Termination protection as the environment wants it; only ever switched on here."""
        name = stack_name(self.planner.environment.name, wave.root)
        standing = inventory.stack(self.aws, wave.region, name)
        if standing is None or standing.protected or not self.protected(wave.region):
            return
        self.lease.confirm()
        set_protection(self.aws, standing, enabled=True)
        failpoints.reach("wave.protected")
        yield ProtectionSet(wave.root, wave.region, enabled=True)

    def _delete(self, wave: Wave, stack: inventory.Stack) -> Iterator[Event]:
        self.lease.confirm()
        yield from self._follow(delete(self.aws, wave, stack))


def planned(plan: WavePlan, *, explained: bool = False) -> WavePlanned:
    """A plan, as an event."""
    wave = plan.wave
    return WavePlanned(
        wave.root,
        wave.region,
        plan.hash,
        plan.changes,
        plan.recorded,
        plan.inputs.left_out,
        explained,
    )


def set_protection(aws: Aws, stack: inventory.Stack, *, enabled: bool) -> None:
    """Switch a stack's termination protection."""
    aws.client("cloudformation", stack.region).call(
        "update_termination_protection", StackName=stack.name, EnableTerminationProtection=enabled
    )


def delete(aws: Aws, wave: Wave, stack: inventory.Stack) -> Operation:
    """Begin to delete a stack; the operation is to be followed."""
    token = f"tradewind-{uuid.uuid4().hex}"
    aws.client("cloudformation", stack.region).call(
        "delete_stack", StackName=stack.id, ClientRequestToken=token
    )
    return Operation(wave, stack.id, token)
