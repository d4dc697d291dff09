"""A drill on disk: `.tradewind/drills/<environment>/<id>/`, for its owner's eyes alone."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scripts.errors import UsageError

#: Where drills lie, from the project's root.
DRILLS = Path(".tradewind", "drills")


@dataclass(frozen=True)
class Folder:
    """Of one drill; named by its id, beside the others of its environment."""

    path: Path

    @property
    def id(self) -> str:
        """When it was made, and four digits that tell apart what was made in the same second."""
        return self.path.name

    @property
    def environment(self) -> str:
        """Whose drill it is."""
        return self.path.parent.name

    @property
    def plan(self) -> Path:
        """What was approved."""
        return self.path / "plan.json"

    @property
    def journal(self) -> Path:
        """What was done; a line each."""
        return self.path / "journal.jsonl"

    @property
    def observations(self) -> Path:
        """What was seen; a line each."""
        return self.path / "observations.jsonl"

    @property
    def undo(self) -> Path:
        """A script of aws commands that undoes the drill where this tool cannot."""
        return self.path / "undo.sh"

    @property
    def report(self) -> Path:
        """What it came to, as a document."""
        return self.path / "report.json"

    @property
    def page(self) -> Path:
        """The same, to look at."""
        return self.path / "report.html"


def new(project: Path, environment: str) -> Folder:
    """A folder for a drill that begins now. Raises UsageError where it cannot be made."""
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    return made(at(project, environment, f"{moment}-{secrets.token_hex(2)}"))


def at(project: Path, environment: str, id: str) -> Folder:
    """Where the drill of that id is, or would be."""
    return Folder(project / DRILLS / environment / id)


def made(folder: Folder) -> Folder:
    """The folder, on disk. Raises UsageError where it cannot be made: nothing was touched."""
    try:
        folder.path.parent.mkdir(parents=True, exist_ok=True)
        folder.path.mkdir(mode=0o700)
        keep(folder.path.parent)
    except OSError as error:
        raise UsageError(
            f"{folder.path} cannot be made: {error.strerror}.",
            fix="A drill writes down each thing before it does it. Make room there, or make it writable.",
        ) from error
    return folder


def latest(project: Path, environment: str) -> Folder:
    """The drill that was begun last. Raises UsageError where there was none."""
    if known := _known(project, environment):
        return known[-1]
    raise UsageError(
        f"There is no drill of {environment} in {project / DRILLS}.",
        fix=f"Begin one: tradewind failover-drill run {environment}. One that another machine began "
        "is found by status, resume and abort while it is open.",
    )


def find(project: Path, environment: str, id: str) -> Folder:
    """The drill of that id, or whose id alone begins so. Raises UsageError where there is none."""
    known = _known(project, environment)
    match [folder for folder in known if folder.id.startswith(id)]:
        case [folder]:
            return folder
        case []:
            said = f"{environment} has no drill {id} in {project / DRILLS}."
        case several:
            said = f"{len(several)} drills of {environment} begin with {id}."
    ids = ", ".join(folder.id for folder in known[-3:]) or "none"
    raise UsageError(said, fix=f"The latest are: {ids}.")


def keep(directory: Path) -> None:
    """Have the directory itself on disk: a file is there after a power cut only if its name is."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _known(project: Path, environment: str) -> list[Folder]:
    """All that have a journal, the oldest first: an id begins with the time."""
    return [
        Folder(journal.parent)
        for journal in sorted((project / DRILLS / environment).glob("*/journal.jsonl"))
    ]
