"""Who brought what to an environment: immutable objects under history/ in the primary's artifacts bucket.

    history/<execution>/requested.json                 who, why, release, shipment
    history/<execution>/approved-<root>-<region>-<plan hash>.json
    history/<execution>/completed.json                 what stands from then on
    history/current.json                               the completed one that stands

What an execution is doing is CodePipeline's to say; this is what outlives its twelve months.
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListPipelineExecutions.html
Only current.json is ever written twice, and each time on condition that nobody else did meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from scripts.aws import Aws, Environment
from scripts.deploy.artifacts import Artifacts
from scripts.errors import Failed, Refused

PREFIX = "history/"
CURRENT = f"{PREFIX}current.json"

#: Objects that are read side by side, and how often what stands is written while others write it.
_AT_ONCE, _TRIES = 8, 8

Record = TypeVar("Record", "Requested", "Approved", "Completed")


@dataclass(frozen=True)
class Requested:
    """An execution was asked for. `restores` is the shipment that a rollback goes back to; `at` is UTC."""

    execution: str
    release: str
    shipment: str
    parameters: str
    who: str
    why: str
    at: str
    restores: str = ""
    commit: str = ""


@dataclass(frozen=True)
class Approved:
    """A wave's plan was approved, and its gates passed with these waivers."""

    execution: str
    root: str
    region: str
    hash: str
    who: str
    why: str
    at: str
    waivers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Completed:
    """An execution came to its end: this release with these parameters stands."""

    execution: str
    release: str
    shipment: str
    parameters: str
    who: str
    why: str
    at: str
    restores: str = ""
    commit: str = ""

    @property
    def what(self) -> tuple[str, str]:
        """What came to stand, whoever brought it: the release and its parameters."""
        return self.release, self.parameters


@dataclass(frozen=True)
class Entry:
    """All that is recorded of one execution."""

    execution: str
    requested: Requested | None = None
    approved: tuple[Approved, ...] = ()
    completed: Completed | None = None

    @property
    def told(self) -> Requested | Completed | None:
        """What says who and why; an execution that somebody else began has no request."""
        return self.requested or self.completed

    @property
    def at(self) -> str:
        """When it was asked for, or else the first that is known of it."""
        known = (self.requested, *self.approved, self.completed)
        return next((one.at for one in known if one is not None), "")


@dataclass(frozen=True)
class History:
    """An environment's."""

    artifacts: Artifacts

    @classmethod
    def of(cls, aws: Aws, environment: Environment) -> History:
        """It lies in the primary region."""
        return cls(Artifacts.of(aws, environment, environment.primary_region))

    def write(self, record: Requested | Approved | Completed) -> None:
        """Keep a record for good. The same one again is no matter; another in its place is Refused."""
        key, body = _key(record), _json(asdict(record))
        if self.artifacts.create(key, body):
            return
        held = self.artifacts.read(key)
        if held is None or not _same(held, body):
            raise Refused(
                f"The history of {record.execution} says otherwise already ({key}).",
                fix="It is never rewritten: start another execution.",
            )

    def complete(self, record: Completed) -> None:
        """Keep the end of an execution, and say that its release stands."""
        self.write(record)
        body = _json(asdict(record))
        for _ in range(_TRIES):
            standing = self.artifacts.stamped(CURRENT)
            if standing is None:
                if self.artifacts.create(CURRENT, body):
                    return
            elif _same(standing[0], body) or self.artifacts.replace(CURRENT, body, standing[1]):
                return
        raise Failed(
            f"{CURRENT} in {self.artifacts.bucket} is written by others all the time.",
            fix="Retry the stage Record.",
        )

    def current(self) -> Completed | None:
        """What stands; None before the first execution came to its end."""
        body = self.artifacts.read(CURRENT)
        return None if body is None else _read(Completed, CURRENT, body)

    def entries(self, newest: int | None = None) -> tuple[Entry, ...]:
        """The executions, the last touched first; `newest` of them, or all."""
        objects = [one for one in self.artifacts.listing(PREFIX).objects if one.key != CURRENT]
        touched: dict[str, datetime] = {}
        for one in objects:
            execution = one.key.split("/")[1]
            touched[execution] = max(touched.get(execution, one.modified), one.modified)
        wanted = sorted(touched, key=lambda execution: touched[execution], reverse=True)[:newest]
        keys = [one.key for one in objects if one.key.split("/")[1] in wanted]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            bodies = dict(zip(keys, pool.map(self.artifacts.read, keys), strict=True))
        return tuple(_entry(execution, bodies) for execution in wanted)

    def way_back(self) -> tuple[Completed, Completed | None]:
        """What to go back to, and what stands whole: None where an execution stopped half-way.

        Raises Refused where nothing else has stood.
        """
        entries, current = self.entries(), self.current()
        ended = completed(entries)
        half_way = interrupted(entries, ended, current)
        found = half_way or before(ended, current)
        if found is None:
            raise Refused(
                "There is nothing to go back to: no other release has stood here.",
                fix="List what is known: tradewind releases ENV",
            )
        return found, None if half_way else current


def completed(entries: Iterable[Entry]) -> list[Completed]:
    """What came to stand, the last first."""
    ended = [entry.completed for entry in entries if entry.completed is not None]
    return sorted(ended, key=lambda record: record.at, reverse=True)


def interrupted(
    entries: Iterable[Entry], ended: Iterable[Completed], current: Completed | None
) -> Completed | None:
    """What to go back to after an execution that changed something and did not come to its end.

    That is what it began with, which is still on record as standing; of a rollback, its goal once more.
    """
    begun = [
        entry
        for entry in entries
        if entry.completed is None and entry.approved and current and entry.at >= current.at
    ]
    if not begun:
        return None
    last = max(begun, key=lambda entry: entry.at)
    goal = last.requested.restores if last.requested else ""
    return next((one for one in ended if one.shipment == goal), current)


def before(ended: Sequence[Completed], current: Completed | None) -> Completed | None:
    """What to go back to, of what came to stand, the last first.

    A rollback is followed to what it restored, so that the next one goes further back, not forward again.
    """
    if current is None:
        return None
    place = next((n for n, one in enumerate(ended) if one.execution == current.execution), 0)
    while ended[place : place + 1] and ended[place].restores:
        goal = ended[place].restores
        earlier = (n for n, one in enumerate(ended) if n > place and one.shipment == goal)
        found = next(earlier, None)
        if found is None:
            break
        place = found
    stood = ended[place].what if ended[place : place + 1] else current.what
    return next((one for one in ended[place + 1 :] if one.what != stood), None)


def now(aws: Aws) -> str:
    """This moment, as records keep it."""
    return datetime.fromtimestamp(aws.clock.now(), UTC).isoformat(timespec="seconds")


def _key(record: Requested | Approved | Completed) -> str:
    match record:
        case Requested():
            name = "requested"
        case Approved(_, root, region, hash):
            name = f"approved-{root}-{region}-{hash}"
        case Completed():
            name = "completed"
    return f"{PREFIX}{record.execution}/{name}.json"


def _entry(execution: str, bodies: Mapping[str, bytes | None]) -> Entry:
    mine = {
        key.rpartition("/")[2]: (key, body)
        for key, body in bodies.items()
        if body is not None and key.startswith(f"{PREFIX}{execution}/")
    }
    approvals = (
        _read(Approved, *held) for name, held in mine.items() if name.startswith("approved-")
    )
    requested, done = mine.get("requested.json"), mine.get("completed.json")
    return Entry(
        execution,
        _read(Requested, *requested) if requested else None,
        tuple(sorted(approvals, key=lambda record: record.at)),
        _read(Completed, *done) if done else None,
    )


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, indent=1, sort_keys=True).encode()


def _same(held: bytes, body: bytes) -> bool:
    """Whether two records tell of the same; a build that runs again does so at another time."""
    try:
        said, wanted = json.loads(held), json.loads(body)
    except ValueError:
        return False
    return isinstance(said, dict) and {**said, "at": ""} == {**wanted, "at": ""}


def _read(kind: type[Record], key: str, body: bytes) -> Record:
    """A record. What a later version added is passed over."""
    try:
        said = json.loads(body)
        known = {one.name: said[one.name] for one in fields(kind) if one.name in said}
        if kind is Approved:
            known["waivers"] = tuple(known.get("waivers", ()))
        return kind(**known)
    except (ValueError, TypeError, KeyError) as error:
        raise Failed(f"{key} is no record of Tradewind's: {error}.") from error
