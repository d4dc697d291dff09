"""Files that whoever looks finds whole or not at all: written beside their place, and moved there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """Where to write what is to be at `path` once the block is over; of a block that fails nothing is left.

    A process that is killed leaves the draft: its name ends in `.part`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write(path: Path, text: str) -> None:
    """Have the text at `path`; a power cut leaves what was there, or all of it. Raises OSError."""
    with (
        draft(path) as unfinished,
        unfinished.open("w", encoding="utf-8", errors="replace") as file,
    ):
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
