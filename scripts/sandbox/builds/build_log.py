"""What a build says, in CloudWatch Logs, while it says it.

https://docs.aws.amazon.com/codebuild/latest/APIReference/API_LogsConfig.html
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scripts.errors import Failed
from scripts.sandbox.fleets.account import Account

_FLUSH_SECONDS = 0.2
_AT_ONCE = 1000
_LONGEST = 200_000
"""Bytes of a line that are kept: an event may have 256 KB."""
_HIDDEN = "***"

log = logging.getLogger("tradewind.builds")


@dataclass
class BuildLog:
    """A log stream, written to by a thread of its own; nothing where `group` is empty.

    Values of `secrets` are told as three asterisks.
    """

    account: Account
    group: str
    stream: str
    secrets: set[str] = field(default_factory=set)
    _waiting: list[tuple[int, str]] = field(default_factory=list)
    _more: threading.Condition = field(default_factory=threading.Condition)
    _closed: bool = False
    _writer: threading.Thread | None = None

    def open(self) -> None:
        """Make group and stream, and begin to write."""
        if not self.group:
            return
        for operation, asked in (
            ("create_log_group", {"logGroupName": self.group}),
            ("create_log_stream", {"logGroupName": self.group, "logStreamName": self.stream}),
        ):
            self._make(operation, asked)
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def say(self, line: str) -> None:
        """What the container itself says."""
        now = datetime.now(UTC).strftime("%Y/%m/%d %H:%M:%S.%f")
        self.add(f"[Container] {now} {line}")

    def hear(self, line: bytes) -> None:
        """What a command says."""
        self.add(line[:_LONGEST].decode("utf-8", "replace").rstrip("\n"))

    def add(self, line: str) -> None:
        """One line, to be written soon."""
        for secret in self.secrets:
            line = line.replace(secret, _HIDDEN)
        if self._writer is not None:
            with self._more:
                self._waiting.append((int(time.time() * 1000), f"{line}\n"))
                self._more.notify()

    def hide(self, secrets: Iterable[str]) -> None:
        """Have values hidden from here on."""
        self.secrets.update(value for value in secrets if len(value) >= 3)

    def close(self) -> None:
        """Write what is left, and end."""
        if self._writer is None:
            return
        with self._more:
            self._closed = True
            self._more.notify()
        self._writer.join()
        self._writer = None

    def _write(self) -> None:
        while True:
            with self._more:
                while not self._waiting and not self._closed:
                    self._more.wait()
                if not self._waiting:
                    return
                if not self._closed:
                    self._more.wait(_FLUSH_SECONDS)  # what is said next goes along
                lines, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            self._put(lines)

    def _put(self, lines: list[tuple[int, str]]) -> None:
        events = [{"timestamp": moment, "message": line} for moment, line in lines]
        try:
            self.account.call(
                "logs",
                "put_log_events",
                logGroupName=self.group,
                logStreamName=self.stream,
                logEvents=events,
            )
        except Failed as problem:
            log.warning("%s/%s: %s", self.group, self.stream, problem.message)

    def _make(self, operation: str, asked: dict[str, str]) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            getattr(self.account.client("logs"), operation)(**asked)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
                log.warning("%s: %s", self.group, error)
        except BotoCoreError as error:
            log.warning("%s: %s", self.group, error)
