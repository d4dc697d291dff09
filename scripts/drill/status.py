"""How far a drill is, and what may follow. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from scripts.aws import Aws
from scripts.drill import open_drill
from scripts.drill.folder import Folder
from scripts.drill.journal import being_written, read
from scripts.drill.states import State
from scripts.drill.story import Known, Story
from scripts.errors import Failed, TradewindError


@dataclass(frozen=True)
class Status:
    """What a journal says of a drill, and what AWS says of its lock.

    `standing`: the changes that are made and not undone. `dangling`: those of which only AWS knows.
    `open_by`: who has it open, as the standby's table says. `running`: whether a process of this machine
    writes it now. `next`: the commands that may follow.
    """

    drill: str
    environment: str
    state: State
    since: float
    trigger: str
    rehearsal: bool
    head: str
    lines: int
    marks: Mapping[str, float]
    standing: tuple[str, ...]
    dangling: tuple[str, ...]
    running: bool
    open_by: str
    reason: str
    next: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return asdict(self)


def status(aws: Aws | None, folder: Folder) -> Status:
    """How far it is. Without an `aws` the standby's table is not asked. Raises Failed where the journal is
    not whole.
    """
    lines = read(folder.journal)
    try:
        story = Story.of(lines)
    except (KeyError, TypeError, ValueError) as error:
        raise Failed(f"{folder.journal} is not the journal of a drill: {error}.") from error
    # What is undone has a snapshot; handing orders back is not.
    changes = [one for one in story.changes.values() if one.step in story.snapshots]
    running = being_written(folder.journal)
    return Status(
        drill=story.drill,
        environment=folder.environment,
        state=story.state,
        since=story.since,
        trigger=story.opened["plan"]["trigger"],
        rehearsal=bool(story.opened.get("rehearsal")),
        head=lines[-1].hash,
        lines=len(lines),
        marks=story.marks,
        standing=tuple(one.step for one in changes if one.known is Known.MADE),
        dangling=tuple(one.step for one in changes if one.known.dangles),
        running=running,
        open_by=_opened(aws, story),
        reason=story.reason,
        next=() if running else following(folder.environment, story),
    )


def following(environment: str, story: Story) -> tuple[str, ...]:
    """The commands that may follow; for a drill that was handed over, by hand first."""
    drill = "tradewind failover-drill"
    match story.state:
        case State.REPORTED:
            return (f"{drill} report {environment}",)
        case State.PLANNED:
            return (f"{drill} run {environment}",)
        case State.NEEDS_OPERATOR:
            return (
                *story.commands,
                f"{drill} resume {environment}",
                f"{drill} failback {environment}",
            )
        case State.VERIFIED | State.DATA_MOVED if story.opened["plan"]["hold"]:
            return (f"{drill} failback {environment}", f"{drill} abort {environment}")
        case State.FAILING_BACK | State.ABORTING | State.RESTORED:
            return (f"{drill} resume {environment}",)
    return (f"{drill} resume {environment}", f"{drill} abort {environment}")


def _opened(aws: Aws | None, story: Story) -> str:
    """Who has it open; empty where nobody has, and why where that cannot be read."""
    if aws is None:
        return ""
    try:
        standing = open_drill.read(aws, story.plan.theatre.standby.name)
    except TradewindError as error:
        return f"nobody knows whom: {error.message}"
    return "" if standing is None else str(standing)
