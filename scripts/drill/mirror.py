"""The journal once more, in the standby's region: so that another machine can go on with a drill.

Each line is an object of its own, sent by a thread and never replaced: `drills/<id>/journal/<number>.json`.
What was observed, and the report, are beside them once there is something to keep.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from generator.drill_records import DRILLS
from scripts.aws import Aws, AwsSaidNo, Client
from scripts.drill import open_drill
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.folder import Folder, at, made
from scripts.drill.journal import Journal, Line, Tampered, chained, read
from scripts.errors import Failed, UsageError

CALLS = (
    Call("s3", "PutObject", Where.STANDBY, Plane.DATA, "keeps a copy of the journal", needed=False),
    Call(
        "s3",
        "GetObject",
        Where.STANDBY,
        Plane.DATA,
        "reads the journal that another machine wrote",
        needed=False,
    ),
    Call(
        "s3",
        "ListObjectsV2",
        Where.STANDBY,
        Plane.DATA,
        "finds the journal that another machine wrote",
        needed=False,
    ),
)

#: Seconds between two tries of a line that did not arrive. Real ones: S3 does not know of drill time.
RETRY = 5.0

#: S3's words for an object that stands already, and for one that another writes at the same time.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
_STANDS, _CONTESTED = "PreconditionFailed", "ConditionalRequestConflict"


@dataclass(frozen=True)
class Copies:
    """What of one drill is in a bucket. What is asked of it raises Failed where AWS does not do it."""

    aws: Aws
    region: str
    bucket: str
    drill: str

    def add(self, line: Line) -> None:
        """A line of the journal, which may be there already. Raises Failed where another line is."""
        try:
            self._put(_name(line.number), line.text.encode(), "application/json", IfNoneMatch="*")
        except AwsSaidNo as error:
            if error.code not in (_STANDS, _CONTESTED):
                raise
            if self.text(line.number) != line.text:
                raise Failed(
                    f"Line {line.number} of {self.drill} in {self.bucket} is another: another machine went "
                    "on with this drill."
                ) from error

    def keep(self, path: Path) -> None:
        """A file of the drill, beside the journal's lines; the last one stands."""
        try:
            body = path.read_bytes()
        except OSError as error:
            raise Failed(f"{path} cannot be read: {error.strerror}.") from error
        kind = {".html": "text/html", ".json": "application/json"}.get(path.suffix, "text/plain")
        self._put(path.name, body, kind)

    @property
    def place(self) -> str:
        """Where they are."""
        return f"s3://{self.bucket}/{self._prefix}"

    def numbers(self) -> list[int]:
        """Which lines are there."""
        prefix = f"{self._prefix}journal/"
        listed = self._s3.pages("list_objects_v2", "Contents", Bucket=self.bucket, Prefix=prefix)
        return sorted(int(one["Key"].removeprefix(prefix).partition(".")[0]) for one in listed)

    def text(self, number: int) -> str:
        """A line as it was written."""
        return self.body(_name(number)).decode("ascii", "replace")

    def body(self, name: str) -> bytes:
        """One of them."""
        key = f"{self._prefix}{name}"
        body = self._s3.call("get_object", Bucket=self.bucket, Key=key)["Body"]
        try:
            said: bytes = body.read()
        except Exception as error:  # what cuts a stream off is botocore's, urllib3's or ssl's
            raise Failed(f"{key} in {self.bucket} did not arrive: {error}.") from error
        return said

    @property
    def _prefix(self) -> str:
        return f"{DRILLS}{self.drill}/"

    @property
    def _s3(self) -> Client:
        return self.aws.client("s3", self.region)

    def _put(self, name: str, body: bytes, kind: str, **condition: str) -> None:
        self._s3.call(
            "put_object",
            Bucket=self.bucket,
            Key=f"{self._prefix}{name}",
            Body=body,
            ContentType=kind,
            **condition,
        )


class Mirror:
    """The journal on its way there, line by line, by a thread of its own."""

    def __init__(self, copies: Copies) -> None:
        self._copies = copies
        self._queue: deque[Line] = deque()
        self._changed = threading.Condition()
        self._arrived = 0
        self._closing = False
        self._failure = ""
        self._thread = threading.Thread(target=self._send_all, name="journal-mirror", daemon=True)

    @property
    def failure(self) -> str:
        """Why it is behind; empty while it is not."""
        return self._failure

    def start(self) -> None:
        """Begin to copy."""
        self._thread.start()

    def offer(self, line: Line) -> None:
        """Copy this line, too, when its turn comes."""
        with self._changed:
            self._queue.append(line)
            self._changed.notify_all()

    def has(self, line: Line, within: float) -> bool:
        """Whether the line has arrived, waiting for so many real seconds at most; less if it failed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._arrived >= line.number or bool(self._failure), within
            )
            return self._arrived >= line.number

    def close(self, within: float) -> None:
        """Send what is left, for so many real seconds at most, and stop."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(within)

    def _send_all(self) -> None:
        while (line := self._next()) is not None:
            try:
                self._copies.add(line)
            except Exception as error:  # noqa: BLE001 - a copy that cannot be made ends no drill
                self._fell_behind(str(error))
                continue
            with self._changed:
                self._queue.popleft()
                self._arrived, self._failure = line.number, ""
                self._changed.notify_all()

    def _next(self) -> Line | None:
        """The first that has not arrived; None at the end, and where there is no use in trying again."""
        with self._changed:
            if self._failure and not self._closing:
                self._changed.wait_for(lambda: self._closing, RETRY)
            elif self._failure:
                return None
            self._changed.wait_for(lambda: bool(self._queue) or self._closing)
            return self._queue[0] if self._queue else None

    def _fell_behind(self, why: str) -> None:
        with self._changed:
            self._failure = why
            self._changed.notify_all()


def fetched(aws: Aws, standby: str, project: Path) -> Folder:
    """The environment's open drill, brought to this machine where it is not here.

    Reads the open-drill item in the standby's region for the id and the bucket; what is here already is kept,
    and what the mirror has beyond it is added. Raises UsageError where no drill is open, Busy where a process
    of this machine is at work on it, and Failed where the mirror cannot be read or its chain is broken.
    """
    if (standing := open_drill.read(aws, standby)) is None:
        raise UsageError(
            f"No drill of {aws.environment.name} is open.",
            fix=f"Begin one: tradewind failover-drill run {aws.environment.name}",
        )
    folder = at(project, aws.environment.name, standing.id)
    here = read(folder.journal) if folder.journal.exists() else ()
    there = Copies(aws, standby, standing.bucket, standing.id)
    texts = [there.text(number) for number in there.numbers() if number > len(here)]
    found = chained([*(line.text for line in here), *texts])
    if isinstance(found, Tampered):
        raise Failed(
            f"Line {found.line} of {standing.id} does not fit its mirror in {standing.bucket}: {found.why}.",
            fix=f"Go on from the machine that began it ({standing.host}).",
        )
    if not found.lines:
        raise Failed(
            f"{standing.id} has no line in {standing.bucket}: its mirror failed before the first.",
            fix=f"Go on from the machine that began it ({standing.host}).",
        )
    if not folder.path.exists():
        made(folder)
    if texts:
        journal = Journal.open(folder.journal, time.time)
        try:
            for line in found.lines[len(here) :]:
                journal.add(line)
        finally:
            journal.close()
    if not folder.observations.exists():
        with suppress(Failed, OSError):
            folder.observations.write_bytes(there.body(folder.observations.name))
    return folder


def _name(number: int) -> str:
    return f"journal/{number:08}.json"
