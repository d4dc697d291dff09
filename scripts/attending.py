"""An execution of the pipeline, attended: told or drawn as it goes, its approvals answered, its end said.

`deploy`, `rollback` and `watch` all end here, so whoever comes back to an execution, from whatever machine,
has the same in front of him as who began it. Nothing here is needed for the execution to go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scripts import approval, failpoints, narration
from scripts.aws import Aws, AwsSaidNo
from scripts.deploy.executor import planned
from scripts.deploy.pipeline import approvals, durations, failures, origins, planning
from scripts.deploy.pipeline.approvals import AlreadyAnswered, Given, Verdict
from scripts.deploy.pipeline.following import Following
from scripts.errors import Failed, Refused
from scripts.events import Event, StackEventSeen
from scripts.execution_events import ApprovalAnswered, ApprovalAwaited, ExecutionEnded
from scripts.terminal import Terminal

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.deploy.pipeline.state import Action
    from scripts.deploy.plan import WavePlan
    from scripts.deploy.planner import Planner
    from scripts.live_screen import Screen
    from scripts.telling import Telling


class Rejected(Refused):
    """Somebody rejected a plan: the execution ended there."""


class ExecutionFailed(Failed):
    """The execution did not come to its end; the cause was told."""


@dataclass
class Attending:
    """Follows one execution for a person.

    `approve` lets a plan pass or raises Refused: NotApproved rejects it, any other leaves it waiting.
    `waits` says whether a plan that nobody here can approve is waited for, or is the end of the command.
    """

    aws: Aws
    environment: Environment
    planner: Planner
    terminal: Terminal
    telling: Telling
    approve: Callable[[WavePlan], None]
    reason: str
    waits: bool = False
    _rejected: ApprovalAnswered | None = field(default=None, init=False)

    def to_the_end(self, execution: str) -> None:
        """Until the execution has ended well. Raises Rejected, Refused or ExecutionFailed otherwise."""
        try:
            following = Following(self.aws, self.environment, execution)
            failpoints.reach("execution.followed")
            with self._screen(execution) as screen:
                self._attend(following, screen)
            self._end(following)
        except AwsSaidNo as error:
            raise type(error)(
                error.message,
                code=error.code,
                detail=error.detail,
                fix=f"{error.fix} The execution goes on without us; "
                f"to follow it again: {self._watch(execution)}".strip(),
            ) from error
        except KeyboardInterrupt:
            self.terminal.warn(
                f"stopped following; the execution goes on. To follow it again: {self._watch(execution)}"
            )
            raise

    @contextmanager
    def _screen(self, execution: str) -> Iterator[Screen | None]:
        """The live screen where somebody watches it; else None, and events are lines."""
        if not self.terminal.watched:
            yield None
            return
        from scripts.live_screen import Screen

        learnt = durations.learn(self.aws, self.environment.primary_region)
        with Screen(f"{self.environment.name}: execution {execution}", learnt) as screen:
            yield screen

    def _attend(self, following: Following, screen: Screen | None) -> None:
        for event in following.events():
            if screen is None:
                self.telling.tell([event])
            else:
                self._draw(screen, following, event)
            match event:
                case StackEventSeen():
                    failpoints.reach("stack.seen")
                case ApprovalAwaited():
                    failpoints.reach("approval.awaited")
                    with _paused(screen):
                        self._answer(following, event)
                case ApprovalAnswered(_, False):
                    self._rejected = event

    def _draw(self, screen: Screen, following: Following, event: Event) -> None:
        """Take an event in: what is routine moves on the screen, the rest stays above it as a line."""
        screen.show(following.execution)
        if isinstance(event, StackEventSeen):
            screen.seen(event, narration.stack_event(event))
        if narration.is_routine(event):
            self.telling.remember(event)
            return
        with _paused(screen):
            self.telling.tell([event])

    def _answer(self, following: Following, awaited: ApprovalAwaited) -> None:
        """Show the plan that waits, and answer as `approve` decides."""
        verdict: Verdict = "Approved"
        plan = self._plan(awaited)
        self.telling.remember(planned(plan))
        self._show(plan)
        try:
            self.approve(plan)
        except approval.NotApproved:
            verdict = "Rejected"
        except Refused as refused:
            self._leave(following, awaited, refused)
            return
        action = next(one for one in following.execution.waiting if one.stage == awaited.stage)
        given = Given(plan.hash, self.reason)
        try:
            approvals.put(self.aws, self.environment.primary_region, action, given, verdict)
        except AlreadyAnswered as answered:
            self.terminal.say(f"  {answered.message}")
        failpoints.reach("approval.given")
        following.refresh()

    def _show(self, plan: WavePlan) -> None:
        """What is to be decided on: from what to what, why, and what it interrupts."""
        from scripts.plan_reading import Reading
        from scripts.plan_tree import painted

        found = planning.shown(self.planner, plan)
        reading = Reading.of(plan, found.explanation, found.judgement)
        terminal = self.terminal
        for line in painted(reading, terminal.paint, whole=terminal.verbose, margin="    "):
            terminal.say(line)

    def _plan(self, awaited: ApprovalAwaited) -> WavePlan:
        """The plan itself, from the change set that stands: what was exported is only compared with it."""
        from scripts.deploy.waves import Wave

        plan = self.planner.recall(Wave(awaited.root, awaited.region), awaited.change_set)
        if plan.hash != awaited.hash:
            raise Refused(
                f"What stands for {plan.wave} is plan {plan.hash}; the pipeline asks for approval of "
                f"{awaited.hash or 'none in particular'}.",
                fix=f"Reject it and deploy again: tradewind reject {self.environment.name} "
                f"{awaited.hash} --reason WHY",
            )
        return plan

    def _leave(self, following: Following, awaited: ApprovalAwaited, refused: Refused) -> None:
        """Nobody here answers: wait for somebody elsewhere, or say how it can be done."""
        how = (
            f"tradewind approve {self.environment.name} {awaited.hash} --reason WHY "
            f"(or reject), then: {self._watch(following.id)}"
        )
        if not self.waits:
            raise Refused(refused.message, fix=f"It waits in the pipeline. Approve it: {how}")
        self.terminal.say(f"  waiting for somebody to approve it: {how}")

    def _end(self, following: Following) -> None:
        execution = following.execution
        failpoints.reach("execution.ended")
        cause = None
        if execution.status == "Failed" and self._rejected is None:
            cause = failures.cause(
                self.aws, self.environment, execution, origins.of(self.planner.release)
            )
        self.telling.tell(
            [
                ExecutionEnded(
                    self.environment.name,
                    execution.id,
                    execution.status,
                    execution.summary,
                    _lasted([*execution.actions]),
                    cause,
                )
            ]
        )
        if execution.status == "Succeeded":
            return
        if self._rejected is not None:
            why = f": {self._rejected.reason}" if self._rejected.reason else ""
            raise Rejected(
                f"{self._rejected.who} rejected {self._rejected.stage}{why}.",
                fix="What was deployed before it stays; what was rejected was not begun.",
            )
        if cause is not None and cause.refused:
            raise Refused(cause.reason, fix=cause.fix)
        if cause is not None:
            raise ExecutionFailed(
                f"{self.environment.name} was not deployed: {cause.where} failed in {cause.stage}.",
                fix=cause.fix,
            )
        raise ExecutionFailed(
            f"Execution {execution.id} is {execution.status.lower()}"
            f"{f': {execution.summary}' if execution.summary else ''}.",
            fix=f"What is done stays done. Deploy again: tradewind deploy {self.environment.name}",
        )

    def _watch(self, execution: str) -> str:
        return f"tradewind watch {self.environment.name} {execution}"


@contextmanager
def _paused(screen: Screen | None) -> Iterator[None]:
    """The terminal for somebody else, for the length of a block."""
    if screen is None:
        yield
        return
    screen.pause()
    try:
        yield
    finally:
        screen.resume()


def _lasted(actions: Sequence[Action]) -> float:
    """Seconds from the first action's beginning to the last one's end, whenever that is asked."""
    begun = [action.began for action in actions if action.began is not None]
    ended = [action.ended for action in actions if action.ended is not None]
    return max(0.0, (max(ended) - min(begun)).total_seconds()) if begun and ended else 0.0
