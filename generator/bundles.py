"""What runs on AWS, as it is shipped: files of generator/runtime and pinned wheels, addressed by content.

A bundle is a zip in the artifacts bucket. Its address is known without making it: the digest of our files
and of the digests by which the wheels are pinned. So templates name it without network, the same on every
machine, and an unchanged bundle is no change. `scripts.packing` makes the zip.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from generator.python_sources import required, services, with_siblings
from generator.wheels import Wheel, closure

RUNTIME = Path(__file__).parent / "runtime"

#: Where in the artifacts bucket templates and bundles of every release lie.
RELEASES = "releases/"

#: Stands for how `scripts.packing` makes a zip of what a bundle holds: another way is another address.
PACKING = 1

#: Hex digits of an address, as a template's has.
ADDRESS_DIGITS = 16

#: What Lambda's Python has besides the standard library, and no bundle of a function needs.
#: https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-dependencies
LAMBDA_HAS = frozenset({"boto3", "botocore"})

#: The fleets whose revisions are bundles -> the distributions that are run, not imported.
FLEETS: Mapping[str, tuple[str, ...]] = {"shop": ("gunicorn",), "worker": ()}


@dataclass(frozen=True)
class Member:
    """A file of ours: where it stands in the bundle, and where it is read from."""

    path: str
    source: Path

    @property
    def mode(self) -> int:
        """What git keeps of a mode: whether it can be run."""
        return 0o755 if self.source.stat().st_mode & stat.S_IXUSR else 0o644


@dataclass(frozen=True)
class Bundle:
    """Files of ours, and wheels that are unpacked below `library`.

    `services` are those whose data botocore's wheel is unpacked with.
    """

    name: str
    members: tuple[Member, ...]
    wheels: tuple[Wheel, ...]
    library: str = ""
    services: tuple[str, ...] = ()

    @cached_property
    def address(self) -> str:
        """The digest of what it holds."""
        digest = hashlib.sha256(f"{PACKING} {self.library} {self.services}\n".encode())
        for member in sorted(self.members, key=lambda member: member.path):
            content = hashlib.sha256(member.source.read_bytes()).hexdigest()
            digest.update(f"{member.mode:o} {content} {member.path}\n".encode())
        for sha256 in sorted(wheel.sha256 for wheel in self.wheels):
            digest.update(f"{sha256}\n".encode())
        return digest.hexdigest()[:ADDRESS_DIGITS]

    @property
    def key(self) -> str:
        """Where it lies in the artifacts bucket."""
        return f"{RELEASES}{self.address}/{self.name}.zip"


def function_bundle(name: str) -> Bundle:
    """A function's file, those beside it that it imports, and the wheels of all."""
    files = with_siblings(RUNTIME / "functions" / f"{name}.py")
    needed = required(files, given={*LAMBDA_HAS, *(file.stem for file in files)})
    return Bundle(name, tuple(Member(file.name, file) for file in files), tuple(closure(needed)))


def fleet_bundle(name: str) -> Bundle:
    """A revision for CodeDeploy: all of the fleet's folder, and the wheels of it in lib/."""
    folder = RUNTIME / name
    members = tuple(_members(folder))
    sources = [member.source for member in members if member.path.endswith(".py")]
    own = {path.stem for path in folder.iterdir()}
    needed = required(sources, given=own) | {*FLEETS[name]}
    return Bundle(name, members, tuple(closure(needed)), "lib/", tuple(sorted(services(sources))))


def _members(folder: Path) -> Iterator[Member]:
    """Every file below, but for what Python and editors leave behind."""
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        ours = not any(part.startswith(".") or part == "__pycache__" for part in path.parts)
        if ours and file.is_file():
            yield Member(path.as_posix(), file)
