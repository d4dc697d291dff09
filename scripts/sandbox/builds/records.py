"""Projects and builds as they are kept: in memory, and with the sandbox's state on disk."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scripts.sandbox import stores

JSON = dict[str, Any]

IN_PROGRESS = "IN_PROGRESS"
SUCCEEDED = "SUCCEEDED"
FAILED = "FAILED"
FAULT = "FAULT"
STOPPED = "STOPPED"
TIMED_OUT = "TIMED_OUT"

#: Of a build whose sandbox ended before it did.
LOST = "The sandbox ended while this build was running."


@dataclass
class Phase:
    """One phase of a build; times in seconds since 1970. `code` and `message` are its context."""

    type: str
    start: float
    end: float | None = None
    status: str = ""
    code: str = ""
    message: str = ""

    def described(self) -> JSON:
        """As BatchGetBuilds tells it."""
        told: JSON = {"phaseType": self.type, "startTime": self.start}
        if self.end is not None:
            told |= {
                "endTime": self.end,
                "durationInSeconds": int(self.end - self.start),
                "phaseStatus": self.status or SUCCEEDED,
            }
            if self.type != "COMPLETED":
                told["contexts"] = [{"statusCode": self.code, "message": self.message}]
        return told


@dataclass
class Build:
    """A build. `asked` is what it is made with (requests.py), in the words of the API.

    `delivery` tells of one that CodePipeline started where its inputs are and where its outputs go.
    """

    id: str
    account: str
    region: str
    project: str
    number: int
    start: float
    initiator: str
    asked: JSON
    delivery: JSON | None = None
    job: str = ""
    """What CodePipeline calls the action for which it was started."""
    status: str = IN_PROGRESS
    phase: str = "SUBMITTED"
    end: float | None = None
    phases: list[Phase] = field(default_factory=list)
    exported: dict[str, str] = field(default_factory=dict)
    resolved_version: str = ""
    artifacts: list[JSON] = field(default_factory=list)
    retry_of: str = ""

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:codebuild:{self.region}:{self.account}:build/{self.id}"

    @property
    def uuid(self) -> str:
        """What is its own in its id."""
        return self.id.rpartition(":")[2]

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.status == IN_PROGRESS

    @property
    def failure(self) -> Phase | None:
        """The phase that it failed in."""
        ended = (one for one in self.phases if one.status not in ("", SUCCEEDED))
        return next((one for one in ended if one.type != "COMPLETED"), None)

    def settle(self, now: float) -> None:
        """Give a build that was lost its end."""
        last = self.phases[-1] if self.phases else Phase("SUBMITTED", self.start)
        last.end, last.status = now, FAULT
        last.code, last.message = "INTERNAL_SERVICE_ERROR", LOST
        self.phases = [*self.phases[:-1], last, Phase("COMPLETED", now, now, FAULT)]
        self.status, self.phase, self.end = FAULT, "COMPLETED", now


@dataclass
class Records:
    """Every project and build: a `scripts.sandbox.stores.Store`. Guarded by its lock."""

    projects: dict[tuple[str, str, str], JSON] = field(default_factory=dict)
    builds: dict[str, Build] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """The number of a project's last build, by the project's ARN: it outlives the build."""
    lock: threading.RLock = field(default_factory=threading.RLock, compare=False)

    def project(self, account: str, region: str, name: str) -> JSON | None:
        """A project by its name or its ARN."""
        prefix = f"arn:aws:codebuild:{region}:{account}:project/"
        return self.projects.get((account, region, name.removeprefix(prefix)))

    def of(self, account: str, region: str) -> Iterator[Build]:
        """The builds of a Region, the newest first."""
        with self.lock:
            found = [
                one
                for one in self.builds.values()
                if (one.account, one.region) == (account, region)
            ]
        yield from sorted(found, key=lambda one: (one.start, one.number), reverse=True)

    def build(self, account: str, region: str, name: str) -> Build | None:
        """A build by its id or its ARN."""
        prefix = f"arn:aws:codebuild:{region}:{account}:build/"
        found = self.builds.get(name.removeprefix(prefix))
        return found if found and (found.account, found.region) == (account, region) else None

    def number(self, project_arn: str) -> int:
        """The number of a project's next build."""
        self.numbers[project_arn] = self.numbers.get(project_arn, 0) + 1
        return self.numbers[project_arn]

    def reset(self) -> None:
        """Forget everything; what runs goes on unseen to its end."""
        with self.lock:
            self.projects.clear()
            self.builds.clear()
            self.numbers.clear()

    def save(self, directory: Path) -> None:
        """Write everything to one file."""
        with self.lock:
            document = {
                "projects": [[*place, project] for place, project in self.projects.items()],
                "builds": [asdict(build) for build in self.builds.values()],
                "numbers": self.numbers,
            }
        text = json.dumps(document, default=str)
        stores.write_atomically(directory / "records.json", text)

    def load(self, directory: Path) -> None:
        """Read what `save` wrote; a build that ran then runs no more."""
        self.reset()
        document = stores.read_json(directory / "records.json")
        if document is None:
            return
        for account, region, name, project in document["projects"]:
            self.projects[account, region, name] = project
        for said in document["builds"]:
            build = stores.read_record(Build, said)
            if build.running:
                build.settle(time.time())
            self.builds[build.id] = build
        self.numbers.update(document["numbers"])


RECORDS = Records()
"""The one store: the emulator is one a process."""
