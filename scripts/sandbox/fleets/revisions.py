"""A revision of what a fleet runs: fetched from S3 or from disk, unpacked once, named by its content."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from scripts.errors import Failed
from scripts.sandbox.fleets.account import Account, explained

S3 = "s3://"
_KEPT = 3
"""Revisions that stay unpacked: what runs, what ran before, and one more."""


@dataclass(frozen=True)
class Revision:
    """`source` is where it came from (`s3://bucket/key`, a zip or a folder), `path` where it is unpacked."""

    source: str
    path: Path


def fetch(source: str, shelf: Path, account: Account) -> Revision:
    """Have a revision unpacked on the shelf. Raises Failed where there is none, or it is torn."""
    content = _packed(Path(source)) if Path(source).is_dir() else _read(source, account)
    place = shelf / hashlib.sha256(content).hexdigest()[:16]
    if not place.is_dir():
        _unpack(source, content, place)
    os.utime(place)
    _forget(shelf)
    return Revision(source, place)


def _read(source: str, account: Account) -> bytes:
    if not source.startswith(S3):
        try:
            return Path(source).read_bytes()
        except OSError as problem:
            raise Failed(f"The revision {source} cannot be read: {problem.strerror}.") from problem
    bucket, _, key = source.removeprefix(S3).partition("/")
    told = account.call("s3", "get_object", Bucket=bucket, Key=key)
    with explained(f"reading {source}"):
        content: bytes = told["Body"].read()
    return content


def _packed(folder: Path) -> bytes:
    """A folder as a zip, the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                entry = zipfile.ZipInfo(str(file.relative_to(folder)))
                entry.external_attr = file.stat().st_mode << 16
                archive.writestr(entry, file.read_bytes())
    return packed.getvalue()


def _unpack(source: str, content: bytes, place: Path) -> None:
    """Unpack beside the place and move it there: a kill leaves the whole or nothing."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=place.parent))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                file = Path(archive.extract(entry, draft))
                if entry.external_attr >> 16 & stat.S_IXUSR:
                    file.chmod(0o755)
    except zipfile.BadZipFile as problem:
        shutil.rmtree(draft)
        raise Failed(f"The revision {source} is no zip: {problem}.") from problem
    draft.rename(place)


def _forget(shelf: Path) -> None:
    """Remove revisions that have not been asked for the longest, and what a kill left of one."""
    places = sorted(shelf.iterdir(), key=lambda place: place.stat().st_mtime, reverse=True)
    for place in [one for one in places if not one.name.startswith(".")][_KEPT:]:
        shutil.rmtree(place, ignore_errors=True)
    for draft in shelf.glob(".draft-*"):
        shutil.rmtree(draft, ignore_errors=True)
