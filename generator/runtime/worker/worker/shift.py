"""A worker's shift: take a job, do it, take the next, until it must go.

How a job can end, and what becomes of its message:

| end | message |
|---|---|
| done | deleted |
| the worker must go | visible again at once |
| it failed, or is none that we know | visible again after a pause; in the end in the dead-letter queue |
| another worker has it | left to that one |
| the worker is killed | visible again when its time is over |
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from . import checkpoints
from .aws import code, config
from .catalogue import Catalogue
from .departure import Departure
from .figures import Figures
from .hold import HandBack, Hold, Lost
from .jobs import Job, Unreadable, job
from .jobs_queue import JobsQueue, Message
from .kinds import KINDS
from .logs import about
from .objects import Objects, Refused
from .settings import Settings
from .walk import Results, walk

log = logging.getLogger("worker.shift")

#: The longest pause after a call to the queue that failed, in seconds.
LONGEST_PAUSE = 60


class Shift:
    """With all it works with; `departure` says when it ends."""

    def __init__(self, settings: Settings, departure: Departure) -> None:
        self.settings, self.departure = settings, departure
        self.queue = JobsQueue(
            settings.queue,
            wait=settings.receive_seconds,
            attempts=settings.attempts,
            retry_seconds=settings.retry_seconds,
        )
        self.figures = Figures(settings.metrics_namespace)
        self.catalogue = Catalogue(
            boto3.client("dynamodb", config=config()), settings.catalogue_table
        )
        s3 = boto3.client("s3", config=config())
        self.checkpoints, self.images, feeds, reports = (
            Objects(s3, place.bucket, place.prefix)
            for place in (settings.checkpoints, settings.images, settings.feeds, settings.reports)
        )
        self.results = {Results.FEEDS: feeds, Results.REPORTS: reports}

    def begin(self) -> bool:
        """Wait until the queue is there for us; False when we must go before it is."""
        return self._insist(self.queue.check) is not None

    def run(self) -> None:
        """Until we must go."""
        while not self.departure.leaving.is_set():
            if self.departure.resting():
                self.departure.leaving.wait(self.settings.poll_seconds)
                continue
            received = self._insist(self.queue.receive)
            if received and received[0]:
                self.work(received[0])

    def work(self, message: Message) -> None:
        """One message, to one of its ends."""
        kind = "unknown"
        with Hold(
            self.queue,
            message,
            seconds=self.settings.job_seconds,
            limit=self.settings.limit_seconds,
            leaving=self.departure.leaving,
            over_limit=lambda: self.figures.count("JobsOverLimit", kind),
        ) as hold:
            said = {"message": message.id, "receives": message.receives}
            self.departure.abandon = lambda: hold.settle(self.queue.hand_back)
            try:
                wanted = job(message.body, KINDS)
                kind = wanted.kind
                said["job"] = wanted.name
                log.info("taken", extra=about(**said))
                self.do(wanted, hold)
            except Unreadable as reason:
                log.error("no job that we know", extra=about(**said, reason=str(reason)))
                self._settle(hold, self.queue.put_off, "JobsRefused", kind)
            except HandBack as reason:
                log.info("handed back", extra=about(**said, reason=str(reason)))
                self._settle(hold, self.queue.hand_back, "JobsHandedBack", kind)
            except (Lost, Refused) as reason:
                log.warning("another has it", extra=about(**said, reason=type(reason).__name__))
                self._settle(hold, leave_it, "JobsLost", kind)
            except Exception as error:  # whatever a job fails by, the worker goes on
                log.exception("failed", extra=about(**said, reason=code(error)))
                self._settle(hold, self.queue.put_off, "JobsFailed", kind)
            else:
                log.info("done", extra=about(**said, seconds=round(hold.took, 1)))
                self._settle(hold, self.queue.done, "JobsDone", kind, seconds=hold.took)
            finally:
                self.departure.abandon = lambda: None

    def do(self, wanted: Job, hold: Hold) -> None:
        """Go on with the job where it was left."""
        hold.check()
        kind = KINDS[wanted.kind]
        walk(
            kind,
            wanted,
            catalogue=self.catalogue,
            images=self.images,
            results=self.results[kind.results],
            checkpoint=checkpoints.take(self.checkpoints, wanted),
            hold=hold,
        )

    def _settle(
        self,
        hold: Hold,
        call: Callable[[Message], None],
        figure: str,
        kind: str,
        *,
        seconds: float | None = None,
    ) -> None:
        """Tell the queue. When it cannot be told, the message comes again when its time is over."""
        try:
            hold.settle(call)
        except (BotoCoreError, ClientError) as error:
            log.warning("the queue could not be told", extra=about(reason=code(error)))
        self.figures.count(figure, kind, seconds=seconds)

    def _insist(self, call) -> tuple | None:
        """The call's answer, in a tuple, however long it takes; None when we must go first."""
        pause = 1.0
        while not self.departure.leaving.is_set():
            try:
                return (call(),)
            except (BotoCoreError, ClientError) as error:
                log.warning("the queue does not answer", extra=about(reason=code(error)))
                self.departure.leaving.wait(random.uniform(0, pause))  # noqa: S311 - jitter
                pause = min(LONGEST_PAUSE, pause * 2)
        return None


def leave_it(_: Message) -> None:
    """The message is another's to settle."""
