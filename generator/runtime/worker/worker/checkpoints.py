"""How far a job is: an object of S3 that is replaced after each page, by whoever has the job.

It is the fence as well. Whoever takes a job writes its own name into the checkpoint; from then on whoever had
it before is refused, and stops. So a worker that was cut off, or that SQS took for dead, does no harm.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, field, replace

from .jobs import Job
from .objects import Objects, Version


@dataclass(frozen=True)
class Part:
    """A file of what was made: its key, its digest and its size in lines and bytes."""

    key: str
    sha256: str
    lines: int
    bytes: int


@dataclass(frozen=True)
class Progress:
    """`after` is the key of the last product seen; `walked`: all were; `done`: it is published."""

    holder: str
    after: dict[str, object] | None = None
    seen: int = 0
    parts: tuple[Part, ...] = ()
    walked: bool = False
    done: bool = False

    def written(self) -> bytes:
        """As it stands in S3."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @classmethod
    def read(cls, body: bytes) -> Progress:
        """From what stands in S3."""
        said = json.loads(body)
        return cls(**{**said, "parts": tuple(Part(**part) for part in said["parts"])})


@dataclass
class Checkpoint:
    """The progress of a job that this worker has."""

    objects: Objects
    key: str
    progress: Progress
    version: Version = field(repr=False)

    def save(self, **changes: object) -> None:
        """Raises objects.Refused when another worker has the job."""
        progress = replace(self.progress, **changes)
        self.version = self.objects.replace(self.version, self.key, progress.written())
        self.progress = progress


def take(objects: Objects, job: Job) -> Checkpoint:
    """The job is this worker's from here on. Raises objects.Refused when another takes it at this moment."""
    key = f"{job.name}.json"
    before = objects.read(key)
    holder = str(uuid.uuid4())
    progress = replace(Progress.read(before.body), holder=holder) if before else Progress(holder)
    if progress.done:
        return Checkpoint(objects, key, progress, before)
    return Checkpoint(objects, key, progress, objects.replace(before, key, progress.written()))
