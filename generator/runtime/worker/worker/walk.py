"""What all jobs on the catalogue have in common: a walk, a file of lines a page, and a manifest at the end.

Files are named by their content, so two workers that write the same job write no file over the other's. The
manifest names them, and is one write: who reads it sees the last whole result, never half of one. What is in
it follows from the checkpoint alone, so whoever publishes it publishes the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import Enum, auto

from .catalogue import Catalogue
from .checkpoints import Checkpoint, Part
from .hold import Hold
from .jobs import Job
from .logs import about
from .objects import Objects

log = logging.getLogger("worker.walk")

Line = dict[str, object]


class Results(Enum):
    """Where what a job made lies: with what the shop shows, or with what it is run by."""

    FEEDS = auto()
    REPORTS = auto()


@dataclass(frozen=True)
class Kind:
    """A kind of job: what it says of a product, or None; and whether having nothing to say is a result."""

    name: str
    results: Results
    manifest: str
    line: Callable[[dict[str, object], Objects], Line | None]
    may_be_empty: bool


def walk(
    kind: Kind,
    job: Job,
    *,
    catalogue: Catalogue,
    images: Objects,
    results: Objects,
    checkpoint: Checkpoint,
    hold: Hold,
) -> None:
    """From where the checkpoint says to the end. Raises HandBack or Lost between pages, objects.Refused."""
    while not checkpoint.progress.walked:
        hold.check()
        progress = checkpoint.progress
        page = catalogue.after(progress.after, job.page)
        said = [kind.line(product, images) for product in page.products]
        part = _written(results, job, [line for line in said if line is not None])
        checkpoint.save(
            after=page.last or progress.after,
            seen=progress.seen + len(page.products),
            parts=(*progress.parts, part) if part else progress.parts,
            walked=page.last is None,
        )
    if not checkpoint.progress.done:
        _publish(kind, job, results, checkpoint)
        checkpoint.save(done=True)


def _written(results: Objects, job: Job, lines: list[Line]) -> Part | None:
    """A file of JSON lines, each the same however often it is made."""
    if not lines:
        return None
    body = "".join(
        f"{json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(',', ':'))}\n"
        for line in lines
    ).encode()
    digest = hashlib.sha256(body).hexdigest()
    part = Part(f"{job.name}/{digest[:16]}.jsonl", digest, len(lines), len(body))
    results.put(part.key, body, "application/x-ndjson")
    return part


def _publish(kind: Kind, job: Job, results: Objects, checkpoint: Checkpoint) -> None:
    """The manifest, unless a later job's is there already. Raises objects.Refused when one is just coming."""
    progress = checkpoint.progress
    lines = sum(part.lines for part in progress.parts)
    if not lines and not kind.may_be_empty:
        log.warning("nothing to publish: the last one stays", extra=about(seen=progress.seen))
        return
    before = results.read(kind.manifest)
    if before and json.loads(before.body)["scheduled_at"] > job.scheduled_at:
        log.warning("a later one is published already", extra=about(job=job.name))
        return
    manifest = {
        "job": kind.name,
        "scheduled_at": job.scheduled_at,
        "seen": progress.seen,
        "lines": lines,
        "parts": [{**asdict(part), "key": results.prefix + part.key} for part in progress.parts],
    }
    body = json.dumps(manifest, indent=1, sort_keys=True).encode()
    if before is None or before.body != body:
        results.replace(before, kind.manifest, body)
    log.info("published", extra=about(job=job.name, seen=progress.seen, lines=lines))
