"""What a release says of itself (release.json), and whether that is so.

    {"digest": …, "sources": …, "tool": {"version": …, "files": …},
     "templates": {file: SHA-256}, "bundles": {key: SHA-256}, "amis": {region: {path: image}}}

The digest is of everything else in it, so whoever has the digest has all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from generator.bundles import RELEASES
from scripts.deploy import release
from scripts.deploy.amis import Amis
from scripts.errors import Failed

#: Where in a release it stands.
NAME = release.RELEASE

#: Where in a release the templates lie, and the tool.
TEMPLATES, TOOL = "templates/out/", "tool/"

#: Hex digits of a release's digest in keys and on screens.
SHORT = 16


@dataclass(frozen=True)
class Sealed:
    """A release. `sources` is the digest of its templates alone, `tool_files` that of the tool's files."""

    digest: str
    sources: str
    tool: str
    tool_files: str
    templates: Mapping[str, str]
    bundles: Mapping[str, str]
    amis: Amis

    @classmethod
    def made(
        cls,
        templates: Mapping[str, bytes],
        tool: Mapping[str, bytes],
        version: str,
        sources: str,
        bundles: Mapping[str, str],
        amis: Amis,
    ) -> Sealed:
        """Of templates by their files, the tool by its places, bundles by their digests."""
        unsealed = cls(
            "", sources, version, digest_of(tool), _digests(templates), dict(bundles), amis
        )
        return cls(**{**vars(unsealed), "digest": unsealed._sum()})

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Sealed:
        """Read and check a release whose files these are. Raises Failed where they are not what it says."""
        try:
            sealed = cls._read(json.loads(files[NAME]))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise Failed(f"There is no release in it: {NAME} cannot be read.") from error
        templates = {
            name.removeprefix(TEMPLATES): body
            for name, body in files.items()
            if name.startswith(TEMPLATES)
        }
        tool = {name: body for name, body in files.items() if name.startswith(TOOL)}
        strange = files.keys() - {NAME, *tool, *(f"{TEMPLATES}{file}" for file in templates)}
        checks = {
            NAME: sealed._sum() == sealed.digest,
            "its templates": _digests(templates) == sealed.templates,
            "its tool": digest_of(tool) == sealed.tool_files,
            ", ".join(sorted(strange)): not strange,
        }
        if wrong := [what for what, right in checks.items() if not right]:
            raise Failed(
                f"The release {sealed.short} is not what was sealed: {'; '.join(wrong)}.",
                fix="Somebody changed it: ship the sources again (tradewind deploy ENV).",
            )
        return sealed

    @classmethod
    def unpacked(cls, project: Path) -> Sealed:
        """The same of a release that was unpacked, where a shipment and byte code may lie beside it."""
        files = {
            path.relative_to(project).as_posix(): path.read_bytes()
            for place in (NAME, TEMPLATES, TOOL)
            for path in _files(project / place)
        }
        return cls.of(files)

    @property
    def short(self) -> str:
        """As keys and screens have it."""
        return self.digest[:SHORT]

    @property
    def key(self) -> str:
        """Where it lies in the primary's artifacts bucket (source action Release)."""
        return key(self.digest)

    @property
    def json(self) -> bytes:
        """What it says of itself."""
        return json.dumps({"digest": self.digest, **self._said()}, indent=1).encode()

    def revision(self, fleet: str) -> str:
        """The key of a fleet's revision, "shop" or "worker"; empty where it has none."""
        found = (one for one in self.bundles if PurePosixPath(one).stem == fleet)
        return next(found, "")

    @classmethod
    def _read(cls, said: Mapping[str, Any]) -> Sealed:
        return cls(
            said["digest"],
            said["sources"],
            said["tool"]["version"],
            said["tool"]["files"],
            said["templates"],
            said["bundles"],
            Amis(said["amis"]),
        )

    def _said(self) -> dict[str, Any]:
        return {
            "sources": self.sources,
            "tool": {"version": self.tool, "files": self.tool_files},
            "templates": dict(sorted(self.templates.items())),
            "bundles": dict(sorted(self.bundles.items())),
            "amis": self.amis.to_json(),
        }

    def _sum(self) -> str:
        said = json.dumps(self._said(), separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def key(digest: str) -> str:
    """Where the release of a digest lies."""
    return f"{RELEASES}{digest[:SHORT]}/release.zip"


def digest_of(files: Mapping[str, bytes]) -> str:
    """One digest of files, by their names and contents."""
    said = (f"{sha256} {name}\n" for name, sha256 in sorted(_digests(files).items()))
    return hashlib.sha256("".join(said).encode()).hexdigest()


def _digests(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}


def _files(place: Path) -> list[Path]:
    """The file there, or all below, but for the byte code that running it leaves."""
    if place.is_file():
        return [place]
    return [path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
