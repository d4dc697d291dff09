"""What a drill does, line by line, each on disk before the next thing happens; tampering shows.

A line is one JSON object in one form only, with the hash of itself and of the line before it, so that the
last hash stands for all of them. One process writes, and it alone has the file locked.

What follows the last newline was torn off by a crash: nobody was told that it was written, so the next writer
cuts it away. Anything else that is not as it should be is tampering.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from os import fsync, ftruncate, write
from pathlib import Path
from typing import Any, Self

from scripts.drill.folder import keep
from scripts.errors import Failed, Refused


class Kind(StrEnum):
    """What a line tells."""

    OPENED = "opened"
    STATE = "state"
    INTENT = "intent"
    DONE = "done"
    UNDONE = "undone"
    SETTLED = "settled"
    NOTE = "note"
    MEASURED = "measured"
    CLOSED = "closed"


@dataclass(frozen=True)
class Line:
    """One line. `at`: drill seconds since the epoch; `wall`: the machine's. `hash` is over all the rest, the
    hash of the line before among it.
    """

    number: int
    at: float
    wall: float
    kind: Kind
    said: Mapping[str, Any]
    previous: str
    hash: str

    @property
    def text(self) -> str:
        """As it is on disk, without the newline."""
        return _canonical(asdict(self))

    def follows(self, before: Line | None) -> str:
        """What is wrong with it after that line; empty where nothing is."""
        number, previous = (before.number, before.hash) if before else (0, "")
        if self.number != number + 1:
            return f"its number is {self.number}, and {number + 1} was due"
        if self.previous != previous:
            return "it does not follow from the line before it"
        if self.hash != _sealed(asdict(self)):
            return "its hash is not that of what it says"
        return ""


@dataclass(frozen=True)
class Verified:
    """The chain is whole. `torn`: bytes after the last line, of a write that a crash cut off."""

    lines: tuple[Line, ...]
    torn: int = 0

    @property
    def head(self) -> str:
        """The last line's hash, which stands for all of them."""
        return self.lines[-1].hash if self.lines else ""


@dataclass(frozen=True)
class Tampered:
    """The chain is broken at line `line`, counted from 1. `before` are the lines up to there."""

    line: int
    why: str
    before: tuple[Line, ...] = ()


class Unwritable(Failed):
    """The journal takes no line: nothing more may be done that has to be in it."""


class Busy(Refused):
    """Another process of this machine writes the journal."""


def parsed(text: str) -> Line:
    """A line of a journal. Raises ValueError for what is none, or is written in another way."""
    document = json.loads(text)
    if not isinstance(document, dict) or _canonical(document) != text:
        raise ValueError("it is not written as a line of a journal is")
    try:
        return Line(**{**document, "kind": Kind(document["kind"])})
    except (KeyError, TypeError) as error:
        raise ValueError("it is no line of a journal") from error


def chained(texts: list[str]) -> Verified | Tampered:
    """Recompute the chain of these lines."""
    lines: list[Line] = []
    for number, text in enumerate(texts, 1):
        try:
            line = parsed(text)
        except ValueError as error:
            why = "it is not JSON" if isinstance(error, json.JSONDecodeError) else str(error)
            return Tampered(number, why, tuple(lines))
        if why := line.follows(lines[-1] if lines else None):
            return Tampered(number, why, tuple(lines))
        lines.append(line)
    return Verified(tuple(lines))


def verify(path: Path) -> Verified | Tampered:
    """Recompute the chain of a journal. Raises Failed where the file cannot be read."""
    try:
        return _of(path.read_bytes())
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}.") from error


def read(path: Path) -> tuple[Line, ...]:
    """The lines of a journal that is whole. Raises Failed for one that is not."""
    return _whole(path, verify(path)).lines


def being_written(path: Path) -> bool:
    """Whether a process of this machine has it locked."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


class Journal:
    """The one that writes. What it wrote is in `lines`; `heard` is told of each."""

    def __init__(self, path: Path, handle: int, found: Verified, now: Callable[[], float]) -> None:
        self.path, self.lines = path, list(found.lines)
        self.heard: Callable[[Line], None] | None = None
        self._handle, self._now = handle, now
        self._size = sum(len(_bytes(line)) for line in found.lines)
        self._owed: list[Line] = []
        self._torn = found.torn
        self._coming_back = False

    @classmethod
    def open(cls, path: Path, now: Callable[[], float]) -> Self:
        """The journal at `path`, made where there is none; `now` is the drill's time.

        A torn last line is cut away; the first line that is written notes it. Raises Busy where another
        process writes it, Failed where its chain is broken, and Unwritable.
        """
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            keep(path.parent)
            found = _whole(path, verify(path))
            journal = cls(path, handle, found, now)
            if found.torn:
                ftruncate(handle, journal._size)
        except BlockingIOError as error:
            os.close(handle)
            raise Busy(
                f"{path.parent.name} is being worked on by another process of this machine.",
                fix="Stop that one with Ctrl-C: it undoes what it did. Or wait until it is done.",
            ) from error
        except OSError as error:
            os.close(handle)
            raise _unwritable(path, error) from error
        except BaseException:
            os.close(handle)
            raise
        return journal

    @property
    def head(self) -> str:
        """The last line's hash."""
        return self.lines[-1].hash if self.lines else ""

    @property
    def owed(self) -> int:
        """How many lines the disk did not take, and still may."""
        return len(self._owed)

    def come_back(self) -> None:
        """From now on nothing that the disk says keeps the drill from being undone.

        A line that it does not take is kept, and offered again with the next; the mirror has it anyway.
        """
        self._coming_back = True

    def write(self, kind: Kind, **said: Any) -> Line:
        """Add a line; it is on disk when this returns. Raises Unwritable, and then it is not."""
        if self._torn:
            torn, self._torn = self._torn, 0
            self.write(Kind.NOTE, words=f"{torn} bytes of a line that a crash tore were cut away")
        last = self.lines[-1] if self.lines else None
        document = {
            "number": last.number + 1 if last else 1,
            "at": round(self._now(), 6),
            "wall": round(time.time(), 6),
            "kind": kind,
            "said": json.loads(_canonical(said)),
            "previous": last.hash if last else "",
        }
        return self.add(Line(**document, hash=_sealed(document)))

    def add(self, line: Line) -> Line:
        """Add a line that is made already: of this chain, brought from the mirror. As `write`."""
        if why := line.follows(self.lines[-1] if self.lines else None):
            raise ValueError(f"line {line.number} cannot be added: {why}")
        self._owed.append(line)
        try:
            while self._owed:
                self._append(_bytes(self._owed[0]))
                self._owed.pop(0)
        except OSError as error:
            if not self._coming_back:
                self._owed.clear()
                raise _unwritable(self.path, error) from error
        self.lines.append(line)
        if self.heard is not None:
            self.heard(line)
        return line

    def close(self) -> None:
        """Let others write."""
        os.close(self._handle)

    def _append(self, data: bytes) -> None:
        """All of it, or nothing: what half arrived is taken back, which needs no room."""
        left = data
        try:
            while left:
                left = left[write(self._handle, left) :]
            fsync(self._handle)
        except OSError:
            with suppress(OSError):
                ftruncate(self._handle, self._size)
            raise
        self._size += len(data)


def _of(data: bytes) -> Verified | Tampered:
    """Bytes that are no text make a line that is no JSON."""
    *texts, torn = data.split(b"\n")
    found = chained([text.decode("ascii", errors="replace") for text in texts])
    return found if isinstance(found, Tampered) else Verified(found.lines, len(torn))


def _whole(path: Path, found: Verified | Tampered) -> Verified:
    if isinstance(found, Tampered):
        raise Failed(
            f"Line {found.line} of {path} was tampered with: {found.why}.",
            fix=f"What the drill changed can be undone by hand: sh {path.parent / 'undo.sh'}",
        )
    return found


def _unwritable(path: Path, error: OSError) -> Unwritable:
    return Unwritable(
        f"{path} cannot be written: {error.strerror}.",
        fix="Make room there, or make it writable, and run the same command again.",
    )


def _canonical(document: object) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _sealed(document: Mapping[str, Any]) -> str:
    told = {key: value for key, value in document.items() if key != "hash"}
    return hashlib.sha256(_canonical(told).encode()).hexdigest()


def _bytes(line: Line) -> bytes:
    return line.text.encode() + b"\n"
