"""Bundles as zips: the same bytes on every machine, made only where somebody asks for them.

A zip holds our files, and of each wheel what the runtime needs: its modules, its METADATA (some read their
version there) and its licences. Left out are tests, type stubs, sources of extension modules, what pip alone
reads, and of botocore's and boto3's data all services but those that the bundle calls: 18 of 20 MB.
What a Lambda has anyway, and byte code, which is made for one version of Python, are never in it.
https://packaging.python.org/en/latest/specifications/binary-distribution-format/

`scripts.zips` says how the bytes are the same everywhere. `generator.bundles.PACKING` is to be raised with
any change here that alters a zip.

Beside each zip lies its digest, written after it. A zip without it, or with another, was cut off or damaged,
and is made anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile

from generator.bundle_names import bundle as bundle_of
from generator.bundles import RELEASES, Bundle
from generator.errors import BuildError
from generator.wheels import Wheel
from scripts import failpoints, whole_files, zips
from scripts.errors import Failed, UsageError
from scripts.wheelhouse import ABANDONED, WHEELS, Wheelhouse, age, digest
from scripts.zips import Entry

#: Where a project keeps its zips.
ZIPS = Path(".tradewind") / "bundles"

#: The zips of one name that are kept: what is deployed, what is about to be, and one more.
KEPT = 3

#: A file of a wheel that runs nothing: tests, type stubs, sources of extension modules. An extension module
#: itself runs on one processor; of the wheels that are taken, PyYAML's alone has one, and does without.
_IDLE = re.compile(r"(^|/)(tests?|__pycache__)/|\.(pyi|pyx|pxd|pyc|c|h|so)$|/py\.typed$")

#: Of what a wheel says of itself: what importlib.metadata reads, and what its licence asks to go along.
_TOLD = re.compile(r"\.dist-info/(METADATA$|licenses/|[^/]*(LICEN[CS]E|NOTICE|COPYING)[^/]*$)")

#: A command for people's shells.
_COMMAND = re.compile(r"^[^/]+\.data/scripts/")

#: A service's data in botocore and boto3.
_SERVICE = re.compile(r"^(?:botocore|boto3)/data/([^/]+)/")


@dataclass(frozen=True)
class Packed:
    """A zip that is whole."""

    key: str
    path: Path
    sha256: str
    size: int


@dataclass(frozen=True)
class Packing:
    """The zips of a project, and the wheels that they are made of."""

    zips: Path
    wheelhouse: Wheelhouse

    @classmethod
    def of(cls, project: Path) -> Packing:
        """Those of the project that lies here."""
        return cls(project / ZIPS, Wheelhouse(project / WHEELS))

    def pack(self, keys: Iterable[str]) -> Iterator[Packed]:
        """The zips of these keys, one after the other; made where they are not here, or not whole.

        Raises UsageError where a key is not that of a bundle as it would be shipped now.
        """
        bundles = {key: _named(key) for key in keys}
        lacking = {key: bundle for key, bundle in bundles.items() if self.standing(key) is None}
        wheels = {wheel.file: wheel for bundle in lacking.values() for wheel in bundle.wheels}
        self.wheelhouse.fetch([*wheels.values()])
        for key, bundle in bundles.items():
            try:
                packed = self.standing(key) or self._make(key, bundle)
            except OSError as error:
                raise Failed(f"{self._path(key)} cannot be written: {error.strerror}.") from error
            yield packed

    def standing(self, key: str) -> Packed | None:
        """A zip that was made before, if it is whole."""
        path = self._path(key)
        try:
            said = _beside(path).read_text(encoding="ascii").split()
            size = path.stat().st_size
        except (OSError, UnicodeDecodeError):
            return None
        sha256 = digest(path)
        return Packed(key, path, sha256, size) if said[:1] == [sha256] else None

    def _path(self, key: str) -> Path:
        return self.zips / key.removeprefix(RELEASES)

    def _make(self, key: str, bundle: Bundle) -> Packed:
        path = self._path(key)
        with whole_files.draft(path) as unfinished:
            write(bundle, self.wheelhouse, unfinished)
            _named(key)  # still: no file was edited while it was read
            sha256 = digest(unfinished)
        failpoints.reach("bundle.half-packed")
        _beside(path).write_text(f"{sha256}  {path.name}\n", encoding="ascii")
        self._prune(path.name)
        return Packed(key, path, sha256, path.stat().st_size)

    def _prune(self, name: str) -> None:
        """Forget all but the newest zips of this name, and what a killed run left unfinished."""
        zips = sorted(self.zips.glob(f"*/{name}"), key=age)
        unfinished = (part for part in self.zips.glob("*/*.part") if age(part) > ABANDONED)
        for path in [*zips[KEPT:], *unfinished]:
            path.unlink(missing_ok=True)
            _beside(path).unlink(missing_ok=True)
            with suppress(OSError):  # other bundles lie there
                path.parent.rmdir()


def write(bundle: Bundle, wheelhouse: Wheelhouse, path: Path) -> None:
    """Write the zip of a bundle whose wheels are in the house."""
    with ExitStack() as opened:
        entries: dict[str, Entry] = {
            member.path: (member.mode, member.source.read_bytes) for member in bundle.members
        }
        for wheel in bundle.wheels:
            unpacked = unpack(wheel, wheelhouse, opened, bundle.services)
            for name, entry in unpacked:
                if (place := f"{bundle.library}{name}") in entries:
                    raise Failed(f"{wheel.file} has {name}, which {bundle.name} has already.")
                entries[place] = entry
        zips.write(path, entries)


def unpack(
    wheel: Wheel, wheelhouse: Wheelhouse, opened: ExitStack, services: Iterable[str]
) -> Iterator[tuple[str, Entry]]:
    """What the runtime needs of a wheel in the house; readable for as long as `opened` is."""
    try:
        source = opened.enter_context(ZipFile(wheelhouse.path(wheel)))
    except BadZipFile as error:
        raise Failed(f"{wheel.file} is no zip: {error}.") from error
    yield from _needed(wheel.file, source, services)


def _needed(wheel: str, source: ZipFile, services: Iterable[str]) -> Iterator[tuple[str, Entry]]:
    """What the runtime needs of a wheel, by its place below the library."""
    for info in source.infolist():
        if info.is_dir():
            continue
        name = info.filename
        if zips.strays(name):
            raise Failed(f"{wheel} would write to {name}, outside of its place.")
        if _COMMAND.match(name):
            continue
        if name.partition("/")[0].endswith(".data"):
            raise Failed(f"{wheel} has {name}, which only an installer can place.")
        service = _SERVICE.match(name)
        if service and service[1] not in services:
            continue
        if _TOLD.search(name) if ".dist-info/" in name else not _IDLE.search(name):
            yield name, (zips.PLAIN, partial(source.read, info))


def _named(key: str) -> Bundle:
    """The bundle that a template means by a key."""
    name = PurePosixPath(key).stem
    try:
        found = bundle_of(name)
    except BuildError as error:
        raise UsageError(f"The bundle {name} cannot be made: {error}.") from error
    if found.key != key:
        raise UsageError(
            f"The templates were built with another {name} than generator/runtime has now.",
            fix="Build them again: tradewind build",
        )
    return found


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")
