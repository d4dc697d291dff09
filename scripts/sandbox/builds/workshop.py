"""Where builds work.

    HOME/builds/python/            the interpreter of this machine, without any package
                sources/<digest>/  a source as it was uploaded (source.zip), and unpacked once for each
                                   build that works with it at a time
                bytecode/          what Python compiled, by the path of what it compiled
                scratch/<uuid>/    home, temporary files and shell of a build that runs
                running/<uuid>     the process ids of its shells

A source stands at the same path in each build of it, so that byte code made once is found again. What a
build changed in it is put right before the next one: a build finds its source as it was uploaded.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.sandbox import stores
from scripts.sandbox.builds.shell import end_group
from scripts.sandbox.record import birth

_KEPT = 6
"""Versions of sources that stay unpacked."""

_ZIP = "source.zip"
_MANIFEST = "manifest.json"

Stamp = tuple[int, ...]
"""How a file was when it was unpacked; a change of it cannot leave all of this as it was."""


class NotAZip(Exception):
    """A source that cannot be unpacked."""


@dataclass
class Workshop:
    """The builds' part of a sandbox's home."""

    home: Path
    _taken: set[Path] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def settle(self) -> None:
        """End what builds of a sandbox that was killed left running, and clear away behind them."""
        for note in sorted((self.home / "running").glob("*")):
            for line in note.read_text(encoding="utf-8").splitlines():
                pid, _, born = line.partition(" ")
                leader = birth(int(pid))
                if leader in (None, born):  # else the id is another process's by now
                    end_group(int(pid))
        for left in ("running", "scratch"):
            shutil.rmtree(self.home / left, ignore_errors=True)

    def note(self, build: str, pid: int) -> None:
        """Write down that a shell of a build runs."""
        notes = self.home / "running"
        notes.mkdir(parents=True, exist_ok=True)
        with (notes / build).open("a", encoding="utf-8") as note:
            note.write(f"{pid} {birth(pid)}\n")
            note.flush()
            os.fsync(note.fileno())

    @contextlib.contextmanager
    def scratch(self, build: str) -> Iterator[Path]:
        """A directory of a build's own; it goes with the build, and so does what was noted of it."""
        place = self.home / "scratch" / build
        place.mkdir(mode=0o700, parents=True)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)
            shutil.rmtree(self._compiled(place), ignore_errors=True)
            (self.home / "running" / build).unlink(missing_ok=True)

    def shelve(self, content: bytes) -> str:
        """Keep a zip; gives its digest. Raises NotAZip."""
        digest = hashlib.sha256(content).hexdigest()[:16]
        shelf = self.home / "sources" / digest
        with self._lock:
            if not self.has(digest):
                shelf.mkdir(parents=True, exist_ok=True)
                draft = shelf / f".{_ZIP}"
                draft.write_bytes(content)
                if not zipfile.is_zipfile(draft):
                    draft.unlink()
                    raise NotAZip("it has no directory of its entries")
                draft.replace(shelf / _ZIP)
            os.utime(shelf)
        return digest

    def has(self, digest: str) -> bool:
        """Whether a zip is kept."""
        return (self.home / "sources" / digest / _ZIP).is_file()

    @contextlib.contextmanager
    def source(self, digest: str) -> Iterator[Path]:
        """A kept zip, unpacked and as it was uploaded, for one build at a time. Raises NotAZip."""
        shelf = self.home / "sources" / digest
        place = self._take(shelf)
        try:
            _put_right(place, shelf / _ZIP)
            yield place / "src"
        finally:
            with self._lock:
                self._taken.discard(place)
            self._forget()

    def empty(self, build: str) -> Path:
        """The working directory of a build without a source."""
        place = self.home / "scratch" / build / "src"
        place.mkdir(parents=True)
        return place

    @property
    def bytecode(self) -> Path:
        """Where Python keeps what it compiled, below the path of each file.

        https://docs.python.org/3/using/cmdline.html#envvar-PYTHONPYCACHEPREFIX
        """
        return self.home / "bytecode"

    def _compiled(self, place: Path) -> Path:
        return self.bytecode / place.absolute().relative_to("/")

    def python(self) -> Path:
        """A directory with `python3` and `python`: this machine's interpreter with its own library alone.

        It is an environment with nothing in it, so what a build does not bring along it has not, as on AWS.
        https://docs.python.org/3/library/site.html
        """
        interpreter = Path(sys._base_executable)  # type: ignore[attr-defined]
        tools = self.home / "python" / "bin"
        told = f"home = {interpreter.parent}\ninclude-system-site-packages = false\n"
        settings = self.home / "python" / "pyvenv.cfg"
        with self._lock:
            if not settings.is_file() or settings.read_text(encoding="utf-8") != told:
                shutil.rmtree(self.home / "python", ignore_errors=True)
                tools.mkdir(parents=True)
                for name in ("python3", "python"):
                    (tools / name).symlink_to(interpreter)
                stores.write_atomically(settings, told)
        return tools

    def _take(self, version: Path) -> Path:
        """The first place of a version that no other build has."""
        with self._lock:
            number = 0
            while version / str(number) in self._taken:
                number += 1
            place = version / str(number)
            self._taken.add(place)
        place.mkdir(parents=True, exist_ok=True)
        os.utime(version)
        return place

    def _forget(self) -> None:
        """Remove the versions that have not been built for the longest, but none that is being built."""
        with self._lock:
            used = {place.parent for place in self._taken}
            versions = list((self.home / "sources").iterdir())
            versions.sort(key=lambda version: version.stat().st_mtime, reverse=True)
            for version in versions[_KEPT:]:
                if version not in used:
                    shutil.rmtree(version, ignore_errors=True)
                    shutil.rmtree(self._compiled(version), ignore_errors=True)


def _put_right(place: Path, packed: Path) -> None:
    """Have exactly what is in a zip below `place`/src; what is there and unchanged stays."""
    root = place / "src"
    root.mkdir(exist_ok=True)
    manifest = stores.read_json(place / _MANIFEST) or {}
    known = {name: tuple(stamp) for name, stamp in manifest.items()}
    try:
        with zipfile.ZipFile(packed) as archive:
            entries = {_safe(one.filename): one for one in archive.infolist() if not one.is_dir()}
            folders = {_safe(one.filename) for one in archive.infolist() if one.is_dir()}
            there = dict(_stamps(root, folders | _parents(entries)))
            missing = [name for name in entries if there.get(name, ()) != known.get(name)]
            for name in there.keys() - entries.keys():
                (root / name).unlink()
            for folder in folders:
                (root / folder).mkdir(parents=True, exist_ok=True)
            for name in missing:
                _extract(archive, entries[name], root / name)
    except (zipfile.BadZipFile, EOFError, ValueError, RuntimeError) as problem:
        raise NotAZip(str(problem)) from problem
    if missing or there.keys() != entries.keys():
        now = dict(_stamps(root, None))
        stores.write_atomically(place / _MANIFEST, json.dumps(now))


def _stamps(root: Path, folders: set[str] | None) -> Iterator[tuple[str, Stamp]]:
    """Every file below `root`; a folder that is not among `folders` is removed, unless that is None."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(root / below) as entries:
            for entry in entries:
                name = f"{below}/{entry.name}" if below else entry.name
                if not entry.is_dir(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    yield name, (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
                elif folders is None or name in folders:
                    waiting.append(name)
                else:
                    shutil.rmtree(entry.path)


def _parents(entries: Mapping[str, object]) -> set[str]:
    return {str(parent) for name in entries for parent in Path(name).parents}


def _safe(name: str) -> str:
    """An entry's name within the source. Raises ValueError for one that leads out of it."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts or name.startswith("/"):
        raise ValueError(f"the entry {name!r} leads out of the archive")
    return "/".join(parts)


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: Path) -> None:
    """Write one entry with its permissions and its time."""
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with archive.open(entry) as packed, file.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
    file.chmod(0o755 if entry.external_attr >> 16 & 0o111 else 0o644)
    written = time.mktime((*entry.date_time, 0, 0, -1))
    os.utime(file, (written, written))
