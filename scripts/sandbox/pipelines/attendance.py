"""Who looks after a run: a thread each, which begins the work, looks whether it has ended, and says so.

Threads end with the process and hold nothing: after a restart `resume` looks after whatever was in progress.
Between two looks a thread sleeps, longer and longer, unless somebody wakes it.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable

from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.pipelines import objects
from scripts.sandbox.pipelines.action_types import RULES, TYPES
from scripts.sandbox.pipelines.assignments import assignment
from scripts.sandbox.pipelines.consequences import Consequences
from scripts.sandbox.pipelines.providers import Ended, Job, Provider, Refused, provider
from scripts.sandbox.pipelines.records import (
    FAILED,
    IN_PROGRESS,
    SUCCEEDED,
    Pipeline,
    Run,
    now,
)
from scripts.sandbox.pipelines.store import Pipelines
from scripts.sandbox.workflow_runs import SET_ACCOUNT, SET_REGION

#: Seconds between two looks: at first, and at most.
SHORTEST, LONGEST = 0.05, 0.5

log = logging.getLogger("tradewind.sandbox")

Finished = Callable[[Pipeline, Consequences], None]


class Attendance:
    """The threads. `finished` is called with the lock held when a run has ended."""

    def __init__(
        self, store: Pipelines, carry_out: Callable[[Consequences], None], finished: Finished
    ) -> None:
        self._store = store
        self._carry_out = carry_out
        self._finished = finished
        self._wakers: dict[str, threading.Event] = {}

    def begin(self, arn: str, run: str) -> None:
        """Look after a run, unless somebody does."""
        with self._store.lock:
            pipeline = self._store.pipelines.get(arn)
            if pipeline is None or run in self._wakers:
                return
            self._wakers[run] = threading.Event()
            account, region = pipeline.account, pipeline.runs[run].region
        context = contextvars.Context()
        context.run(SET_ACCOUNT.value, account)
        context.run(SET_REGION.value, region)
        thread = threading.Thread(
            target=context.run, args=(self._attend, arn, run), daemon=True, name=f"run-{run}"
        )
        thread.start()

    @property
    def attended(self) -> frozenset[str]:
        """The runs that are looked after."""
        return frozenset(self._wakers)

    def wake(self, run: str) -> None:
        """Have a run looked at now."""
        waker = self._wakers.get(run)
        if waker is not None:
            waker.set()

    def resume(self) -> list[str]:
        """Look after all that is in progress. Gives the runs."""
        with self._store.lock:
            found = [
                (pipeline.arn, run.id)
                for pipeline in self._store.pipelines.values()
                for run in pipeline.runs.values()
                if run.status == IN_PROGRESS
            ]
        for arn, run in found:
            self.begin(arn, run)
        return [run for _, run in found]

    def _attend(self, arn: str, run: str) -> None:
        try:
            self._conclude(arn, run, self._in_its_region(arn, run))
        finally:
            self._wakers.pop(run, None)

    def _in_its_region(self, arn: str, run: str) -> Ended | None:
        """How the run ended; what fails in an outage of its region is tried again when that is over."""
        held = self._store.run(arn, run)
        region = held.region if held is not None else ""
        while True:
            STANDING.wait_while_down(region)
            outages = STANDING.outages(region)
            ended = self._until_it_ends(arn, run)
            if ended is None or ended.succeeded or STANDING.outages(region) == outages:
                return ended

    def _until_it_ends(self, arn: str, run: str) -> Ended | None:
        """How the run ended; None when it is nobody's concern any more."""
        try:
            held = self._store.run(arn, run)
            if held is None or held.status != IN_PROGRESS:
                return None
            worker = provider(held.category, held.provider)
            if worker is None:
                kind = f"{held.category} by {held.provider}"
                return Ended(
                    False, code="ConfigurationError", message=f"The sandbox does not have {kind}."
                )
            job = assignment(self._store, arn, run)
            external = held.external_id
            if not external:
                external = worker.begin(job)
                with self._store.lock:
                    held.external_id = external
                self._carry_out(Consequences())
            return self._look(worker, job, held, external)
        except Refused as no:
            return Ended(False, code=no.code, message=no.message)
        except objects.NoObject as no:
            return Ended(False, code="PermissionError", message=f"{no.code}: {no}")
        except Exception as problem:
            log.exception("run %s failed in its provider", run)
            told = f"{type(problem).__name__}: {problem}"
            return Ended(False, code="SystemUnavailable", message=told)

    def _look(self, worker: Provider, job: Job, held: Run, external: str) -> Ended | None:
        pause, longest = SHORTEST, 60.0 * _minutes(job)
        waker = self._wakers[held.id]
        while self._store.run(job.arn, held.id) is held and held.status == IN_PROGRESS:
            waker.clear()
            STANDING.wait_while_down(held.region)
            ended = worker.look(job, external)
            if ended is not None:
                return ended
            if time.time() - held.started > longest:
                worker.stop(job, external)
                return Ended(False, code="JobFailed", message="The action timed out.")
            waker.wait(pause)
            pause = min(pause * 1.3, LONGEST)
        return None

    def _conclude(self, arn: str, run: str, ended: Ended | None) -> None:
        then = Consequences()
        with self._store.lock:
            pipeline, held = self._store.pipelines.get(arn), self._store.run(arn, run)
            if ended is None or pipeline is None or held is None or held.status != IN_PROGRESS:
                return
            record(pipeline, held, ended)
            if not held.condition:
                then.tell_action(pipeline, pipeline.executions[held.execution], held)
            self._finished(pipeline, then)
        self._carry_out(then)


def record(pipeline: Pipeline, run: Run, ended: Ended) -> None:
    """Write down how a run ended, and what it put out."""
    execution = pipeline.executions[run.execution]
    run.status = SUCCEEDED if ended.succeeded else FAILED
    run.changed = execution.changed = now()
    run.summary = ended.summary
    run.updated_by = ended.updated_by
    run.external_url = ended.external_url or run.external_url
    if ended.external_id:
        run.external_id = ended.external_id
    if not ended.succeeded:
        run.code, run.message = ("" if ended.updated_by else ended.code), ended.message
        return
    run.variables = dict(ended.variables)
    if run.namespace:
        execution.outputs[run.namespace] = dict(ended.variables)
    for output in run.outputs:
        moved = ended.artifacts.get(output.name)
        if moved is not None:
            output.bucket, output.key, output.version = moved.bucket, moved.key, moved.version
        execution.artifacts[output.name] = output
    if ended.revision and run.outputs:
        execution.revisions[run.name] = {
            **ended.revision,
            "name": run.outputs[0].name,
            "created": run.changed,
        }


def _minutes(job: Job) -> int:
    if job.timeout_minutes:
        return job.timeout_minutes
    kind = (
        RULES.get(job.provider)
        if job.category == "Rule"
        else TYPES.get((job.category, job.provider))
    )
    return kind.minutes if kind else 60
