"""A run: lint, then every trial a step at a time, then all of it taken away again, whatever happened."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from scripts.deploy.release import Release
from scripts.errors import Failed, TradewindError
from scripts.validate import provenance
from scripts.validate.findings import Finding
from tests.taskcat import claims, surroundings
from tests.taskcat.claims import Claim
from tests.taskcat.client import Taskcat
from tests.taskcat.lanes import Lane, Values
from tests.taskcat.report import CREATED, NOT_RUN, Outcome, Report
from tests.taskcat.stages import Stage
from tests.taskcat.trials import Case

#: Regions in which stacks are created at once, unless somebody says another number.
AT_ONCE = 3

Tell = Callable[[str], None]
Step = Sequence[tuple[Lane, Case, Values]]


@dataclass
class Run:
    """What is needed, and what was found so far. `tests` is the configuration's section of that name."""

    stage: Stage
    taskcat: Taskcat
    release: Release
    tests: Mapping[str, Any]
    at_once: int
    tell: Tell
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    _steps: list[Sequence[str]] = field(default_factory=list)

    def report(self, *, lint: bool = True) -> Report:
        """Do all of it."""
        began, clock = datetime.now(UTC), time.monotonic()
        findings = self._lint() if lint else ()
        left: tuple[str, ...] = ()
        if not findings:
            lanes = [
                Lane.of(trial, self.stage.connect(trial.environment), self.release)
                for trial in self.stage.trials
            ]
            with ExitStack() as holding:
                held = self._guard(lanes, holding)
                try:
                    for claim in held:
                        claim.make_bucket()
                    self._deploy(lanes)
                finally:
                    left = tuple(self._remove(lanes, held))
                    for what in left:
                        self.tell(f"left: {what}")
        return Report(
            on=self.stage.name,
            began=began.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - clock, 1),
            templates=len(self._files()) if lint else 0,
            findings=findings,
            outcomes=tuple(self._located()),
            left=left,
        )

    def _lint(self) -> tuple[Finding, ...]:
        """What taskcat finds. Raises Failed where it did not come to every template."""
        regions: dict[str, set[str]] = {}
        for test in self.tests.values():
            regions.setdefault(test["template"], set()).update(test["regions"])
        self.tell(f"taskcat lints {self.release.templates} templates")
        linted, found = self.taskcat.lint({file: sorted(at) for file, at in regions.items()})
        if unread := self._files() - linted:
            raise Failed(f"taskcat did not lint {', '.join(sorted(unread))}.")
        return provenance.located(found)

    def _files(self) -> set[str]:
        roots = self.release.roots.values()
        return {one.file for root in roots for one in (root.template, *root.children)}

    def _guard(self, lanes: Sequence[Lane], holding: ExitStack) -> Sequence[Claim]:
        """Everything that could refuse does so before anything but a lease of each trial is made."""
        for lane in lanes:
            account = self.taskcat.account(self.stage.profile(lane.environment))
            if account != lane.environment.account_id:
                raise Failed(
                    f"taskcat would use credentials of account {account}, and {lane.environment.name} "
                    f"is for {lane.environment.account_id}.",
                    fix="Name the profile: AWS_PROFILE=...",
                )
            surroundings.refuse_lacking(lane.trial, lane.aws)
        held = [holding.enter_context(claims.held(lane.trial, lane.aws)) for lane in lanes]
        for lane, claim in zip(lanes, held, strict=True):
            lane.refuse_standing()
            claim.has_bucket()
        return held

    def _deploy(self, lanes: Sequence[Lane]) -> None:
        fresh = {lane.environment.name for lane in lanes}
        while step := self._next(lanes):
            uploads = []
            for lane, case, _ in step:
                lane.send_bundles(case)
                if lane.environment.name in fresh:
                    fresh.remove(lane.environment.name)
                    uploads.append(case.name)
            self._create(step, uploads)
        for lane in lanes:
            for case in lane.pending:
                self._end(lane, case, _outcome(case, NOT_RUN), lane.stopped)

    def _next(self, lanes: Sequence[Lane]) -> Step:
        """What is created side by side, in no more regions than may be; who is behind comes first."""
        step: list[tuple[Lane, Case, Values]] = []
        regions: set[str] = set()
        for lane in sorted(lanes, key=lambda lane: -len(lane.pending)):
            self._settle(lane)
            for case, values in lane.ready():
                if len(regions | {case.wave.region}) <= self.at_once:
                    regions.add(case.wave.region)
                    step.append((lane, case, values))
        return step

    def _create(self, step: Step, upload: Sequence[str]) -> None:
        told = ", ".join(f"{case.name} in {case.wave.region}" for _, case, _ in step)
        self.tell(f"creating {told}")
        asked = {
            case.name: lane.overrides(
                case,
                values,
                self.tests[case.name]["parameters"],
                self.stage.profile(lane.environment),
            )
            for lane, case, values in step
        }
        self._steps.append(list(asked))
        answers = self.taskcat.deploy(asked, upload)
        for lane, case, _ in step:
            said = answers[case.name]
            lane.pending.remove(case)
            outcome = _outcome(
                case, said["status"], id=said["id"], seconds=said.get("seconds", 0.0)
            )
            self._end(lane, case, outcome, said["reason"])

    def _settle(self, lane: Lane) -> None:
        """Complete what waits for that."""
        for case, values in lane.ready():
            if not case.wave.settles:
                return
            self.tell(f"updating {case.name} in {case.wave.region}")
            began = time.monotonic()
            stack_id, status = lane.settle(case, values)
            seconds = round(time.monotonic() - began, 1)
            lane.pending.remove(case)
            self._end(lane, case, _outcome(case, status, id=stack_id, seconds=seconds), "")

    def _end(self, lane: Lane, case: Case, outcome: Outcome, reason: str) -> None:
        """Remember how a test ended; whatever waits for one that failed is not run."""
        if outcome.status in CREATED:
            outcome = replace(outcome, resources=lane.resources(case, outcome.id))
        else:
            cause = lane.cause(case, outcome.id, reason)
            outcome = replace(outcome, cause=cause)
            lane.stopped = lane.stopped or f"waits for {case.name}, which failed"
        self.outcomes[case.name] = outcome
        self.tell(
            f"  {outcome.status} {case.name} {outcome.reason if outcome.cause else ''}".rstrip()
        )

    def _remove(self, lanes: Sequence[Lane], held: Sequence[Claim]) -> Iterator[str]:
        """Delete what taskcat made, the last first, then whatever a stack keeps; gives what is left."""
        try:
            for names in reversed(self._steps):
                self.tell(f"deleting {', '.join(names)}")
                self.taskcat.delete(names)
        except Failed as error:  # whatever still stands is swept
            yield error.message
        for lane, claim in zip(lanes, held, strict=True):
            for case in lane.trial.cases(self.release.roots):
                if (outcome := self.outcomes.get(case.name)) is not None:
                    self.outcomes[case.name] = replace(outcome, deleted=lane.gone(outcome))
            self.tell(f"removing what the stacks of {lane.environment.name} kept")
            try:
                yield from claim.remove()
            except TradewindError as error:
                yield f"{lane.environment.name}: {error.message}"

    def _located(self) -> Iterator[Outcome]:
        """The outcomes, their causes with the line of Python that made what failed."""
        failed = {name: one.cause for name, one in self.outcomes.items() if one.cause is not None}
        causes = dict(zip(failed, provenance.located(failed.values()), strict=True))
        for name, outcome in self.outcomes.items():
            yield replace(outcome, cause=causes.get(name))


def _outcome(case: Case, status: str, *, id: str = "", seconds: float = 0.0) -> Outcome:
    wave = case.wave
    return Outcome(case.name, wave.root, wave.region, case.stack, status, id, seconds)
