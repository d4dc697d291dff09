"""A message that is this worker's while it works on it: kept invisible to others, until it is not."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from .aws import code
from .jobs_queue import JobsQueue, Message
from .logs import about

log = logging.getLogger("worker.hold")

#: SQS lets nobody keep a message for longer than twelve hours; a job that needs more goes on anew.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
LONGEST = 11.5 * 3600

#: What SQS says of a message that is another's, or nobody's, by now.
GONE = {"ReceiptHandleIsInvalid", "MessageNotInflight", "InvalidParameterValue"}


class HandBack(Exception):
    """The job is to be handed back now; it says why."""


class Lost(Exception):
    """Another has the job: whatever this worker still wrote would be in its way."""


class Hold:
    """The keeping of one message; a context in which a thread asks for more time, every third of it."""

    def __init__(
        self,
        queue: JobsQueue,
        message: Message,
        *,
        seconds: float,
        limit: float,
        leaving: threading.Event,
        over_limit: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.queue, self.message, self.seconds, self.limit = queue, message, seconds, limit
        self.leaving, self.over_limit, self.clock = leaving, over_limit, clock
        self.began = self.kept_at = clock()
        self.over, self.lost = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._keep, name="hold", daemon=True)
        self.telling = threading.Lock()
        self.settled = False

    def __enter__(self) -> Hold:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()

    @property
    def took(self) -> float:
        """Seconds since the message was received."""
        return self.clock() - self.began

    def check(self) -> None:
        """Whether to go on; for between two steps. Raises Lost, or HandBack."""
        if self.lost.is_set():
            raise Lost
        if self.leaving.is_set():
            raise HandBack("this worker must go")
        if self.took > LONGEST:
            raise HandBack("SQS takes it away soon")

    def settle(self, call: Callable[[Message], None]) -> None:
        """Tell the queue what becomes of the message: once, and nothing after it.

        The job does when it stops, or the guard when it does not. Raises what the call raises.
        """
        with self.telling:
            self.over.set()
            if not self.settled:
                call(self.message)
                self.settled = True

    def _keep(self) -> None:
        said = False
        while not self.over.wait(self.seconds / 3):
            if self.took > self.limit and not said:
                said = True
                log.warning("takes longer than usual", extra=about(seconds=round(self.took)))
                self.over_limit()
            try:
                with self.telling:
                    if self.over.is_set():
                        return
                    self.queue.keep(self.message, self.seconds)
                    self.kept_at = self.clock()
            except (BotoCoreError, ClientError) as error:
                log.warning("cannot keep the job", extra=about(reason=code(error)))
                if code(error) in GONE or self.clock() - self.kept_at >= self.seconds:
                    self.lost.set()
                    return
