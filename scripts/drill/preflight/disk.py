"""Whether the drill can be written down here, and where nothing but the report is lost if it cannot."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from scripts.checks import Answer, passed, refused, warned
from scripts.drill.preflight.ground import Ground, Question, Questions

#: Bytes. A drill of half an hour writes a few MiB; the journal must never be what a full disk stops.
GIB = 1024**3
COMFORTABLE, LEAST = GIB, GIB // 8


def folder_is_writable(ground: Ground) -> Answer:
    """By writing to a file that has no name and is gone at once."""
    expected = "journal and report can be written"
    there = _existing(ground.folder)
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"drill")
            file.flush()
    except OSError as error:
        return refused(
            f"{there} cannot be written to: {error.strerror}",
            expected,
            f"Make {there} writable, or run from another --project.",
        )
    return passed(f"{ground.folder} can be written", expected)


def disk_has_room(ground: Ground) -> Answer:
    """Where the journal will be."""
    free = shutil.disk_usage(_existing(ground.folder)).free
    found, expected = f"{free / GIB:.1f} GiB free", f"at least {COMFORTABLE / GIB:g} GiB"
    remedy = f"Make room on the disk of {_existing(ground.folder)}."
    if free < LEAST:
        return refused(found, expected, remedy)
    return passed(found, expected) if free >= COMFORTABLE else warned(found, expected, remedy)


def _existing(folder: Path) -> Path:
    """What is there: the folder, or what stands nearest above it, which may be a file that is in the way."""
    return next(one for one in (folder, *folder.absolute().parents) if one.exists())


CHECKS: Questions = (
    Question("report can be written", folder_is_writable),
    Question("room on disk", disk_has_room),
)
