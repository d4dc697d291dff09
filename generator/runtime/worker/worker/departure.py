"""When this worker must go, and what it says when it does.

EC2 and Auto Scaling tell an instance through its metadata; systemd tells its services by SIGTERM.

| told by | what | then |
|---|---|---|
| spot/instance-action | EC2 takes the instance in two minutes | hand back and go |
| autoscaling/target-lifecycle-state | Terminated: the group lets it go | hand back and go |
| events/recommendations/rebalance | it may be taken soon, a successor is started | finish, take nothing new |
| SIGTERM | a revision comes, or the system shuts down | hand back and go |

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from .aws import code, config
from .logs import about
from .metadata import Metadata

log = logging.getLogger("worker.departure")

SPOT, TARGET, REBALANCE = (
    "spot/instance-action",
    "autoscaling/target-lifecycle-state",
    "events/recommendations/rebalance",
)
GROUP = "tags/instance/aws:autoscaling:groupName"

SIGNALS = {signal.SIGTERM, signal.SIGINT}

#: Seconds that a successor is waited for. The group keeps this instance where no other is to be had, and jobs
#: must not wait for what does not come.
PATIENCE = 600


class Departure:
    """`leaving` is set once, by whoever tells first; `abandon` is for a job that does not stop in time."""

    def __init__(
        self, metadata: Metadata | None, *, hook: str, notice_seconds: float, poll_seconds: float
    ) -> None:
        self.metadata, self.hook = metadata, hook
        self.notice_seconds, self.poll_seconds = notice_seconds, poll_seconds
        self.leaving, self.stopped, self.ended = (threading.Event() for _ in range(3))
        self.noticed = False
        self.left_at = 0.0
        self.rebalanced_at: float | None = None
        self.abandon: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Watch, beside the work. Call it before any other thread is there, for they inherit what is blocked.

        A thread waits for the signals: a handler would interrupt the main thread anywhere, even where it has
        a lock that the handler needs.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        for work in (self._listen, self._watch):
            threading.Thread(target=work, name=work.__name__, daemon=True).start()

    def resting(self) -> bool:
        """Whether new jobs are left to the successor."""
        since = self.rebalanced_at
        return since is not None and time.monotonic() - since < PATIENCE

    def say_goodbye(self) -> None:
        """All is handed back: Auto Scaling need not wait for us. It goes on without a word, only later."""
        self.ended.set()
        if self.metadata is None or not self.hook or not (self.noticed or self._expected_to_go()):
            return
        autoscaling = boto3.client("autoscaling", config=config())
        deadline = self.left_at + self.notice_seconds
        while time.monotonic() < deadline:
            try:
                autoscaling.complete_lifecycle_action(
                    AutoScalingGroupName=self.metadata.get(GROUP) or "",
                    LifecycleHookName=self.hook,
                    InstanceId=self.metadata.get("instance-id") or "",
                    LifecycleActionResult="CONTINUE",
                )
            except (BotoCoreError, ClientError, OSError) as error:
                # EC2's notice comes before Auto Scaling waits for anybody: ValidationError until then.
                log.info("Auto Scaling does not wait for us yet", extra=about(reason=code(error)))
                if self.stopped.wait(self.poll_seconds):
                    return
            else:
                log.info("told Auto Scaling that all is handed back")
                return

    def _listen(self) -> None:
        told = signal.sigwait(SIGNALS)
        self.stopped.set()
        self._leave(signal.Signals(told).name)

    def _watch(self) -> None:
        silent = False
        while self.metadata and not self.leaving.is_set():
            try:
                if self._told_to_go():
                    self.noticed = True
                    self._leave("notice")
                elif self.rebalanced_at is None and self.metadata.get(REBALANCE) is not None:
                    self.rebalanced_at = time.monotonic()
                    log.info("may be taken soon: no new job")
                silent = False
            except OSError as error:
                if not silent:
                    log.warning("no metadata", extra=about(reason=type(error).__name__))
                silent = True
            self.leaving.wait(self.poll_seconds)
        self.leaving.wait()
        if not self.ended.wait(self.notice_seconds / 2):
            self._abandon()

    def _told_to_go(self) -> bool:
        return (
            self.metadata.get(SPOT) is not None or (self.metadata.get(TARGET) or "") == "Terminated"
        )

    def _expected_to_go(self) -> bool:
        """Whether it is told after all: SIGTERM may have been quicker than the next look."""
        try:
            return self._told_to_go()
        except OSError:
            return False

    def _leave(self, reason: str) -> None:
        if not self.leaving.is_set():
            self.left_at = time.monotonic()
            self.leaving.set()
            log.info("leaving", extra=about(reason=reason))

    def _abandon(self) -> None:
        """What the job still writes is fenced off; what it is stuck in must not keep the message."""
        log.warning("the job does not stop: it is handed back under way")
        try:
            self.abandon()
            self.say_goodbye()
        finally:
            os._exit(0)
