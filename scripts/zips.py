"""Zips that are the same bytes on every machine: in order, uncompressed, without clocks or owners.

Nothing is compressed, so that no version of zlib decides what the bytes are.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias
from zipfile import BadZipFile, ZipFile, ZipInfo

from scripts.errors import Failed

#: When every file in a zip was written: the first moment that a zip can tell.
EPOCH = (1980, 1, 1, 0, 0, 0)

#: The mode of a file that nobody runs.
PLAIN = 0o644

#: A file's mode, and how to read it.
Entry: TypeAlias = tuple[int, Callable[[], bytes]]


def write(path: Path, entries: Mapping[str, Entry]) -> None:
    """Write a zip of these files, each by its place in it."""
    with ZipFile(path, "w") as archive:
        for name, (mode, read) in sorted(entries.items()):
            info = ZipInfo(name, EPOCH)
            info.create_system = 3  # Unix, so that the mode counts
            info.external_attr = (stat.S_IFREG | mode) << 16
            archive.writestr(info, read())


def plain(body: bytes) -> Entry:
    """A file of this content that nobody runs."""
    return PLAIN, lambda: body


def strays(name: str) -> bool:
    """Whether a name in a zip would be written outside of the place that the zip is unpacked to."""
    return bool({"", ".", ".."} & {*re.split(r"[/\\]", name)})


def contents(path: Path) -> dict[str, bytes]:
    """Every file of a zip. Raises Failed where it is none, or would write outside of its place."""
    try:
        with ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            for name in names:
                if strays(name):
                    raise Failed(f"{path.name} would write to {name}, outside of its place.")
            return {name: archive.read(name) for name in names}
    except (BadZipFile, EOFError, NotImplementedError) as error:
        raise Failed(f"{path.name} is no zip: {error}.") from error
