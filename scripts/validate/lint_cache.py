"""What linting a template found last time, kept under a key of everything that could change it.

A lost or damaged entry costs one lint and nothing else, so entries are neither locked nor repaired.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from scripts import whole_files
from scripts.validate.findings import Finding, Variant

#: Entries kept, the latest used first: some twenty releases of some twenty templates.
ENTRIES = 400

#: The modules that decide what is found; their text stands for cfn-lint's configuration in the key.
DECIDING = ("cfn_lint.py", "exceptions.py", "findings.py", "local_urls.py")


@dataclass(frozen=True)
class Subject:
    """What is linted: a template's bytes, and for a root with local URLs also its children's interfaces."""

    template: str
    variant: Variant
    bodies: Sequence[bytes]
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Toolchain:
    """What lints: the versions of cfn-lint and of its provider schemas, and how we call it."""

    cfn_lint: str
    schemas: str
    configuration: str


@cache
def toolchain() -> Toolchain:
    """The one installed here, found without importing cfn-lint (which takes a second)."""
    spec = find_spec("cfnlint")
    assert spec is not None
    assert spec.origin is not None
    schemas = Path(spec.origin).parent / "data" / "schemas" / "version.json"
    here = Path(__file__).parent
    return Toolchain(
        cfn_lint=metadata.version("cfn-lint"),
        schemas=_digest([schemas.read_bytes()]),
        configuration=_digest((here / module).read_bytes() for module in DECIDING),
    )


def key(subject: Subject, tools: Toolchain) -> str:
    """The name under which findings are kept."""
    said = [tools.cfn_lint, tools.schemas, tools.configuration]
    said += [subject.template, subject.variant, *subject.regions]
    return _digest([*(text.encode() for text in said), *subject.bodies])


class LintCache:
    """A directory of entries; with `None` nothing is remembered."""

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory

    def get(self, key: str) -> tuple[Finding, ...] | None:
        """What was found, or None where that is not known."""
        if self.directory is None:
            return None
        entry = self.directory / f"{key}.json"
        try:
            said = json.loads(entry.read_bytes())
            found = tuple(Finding.of(each) for each in said["findings"])
            if said["key"] != key:
                return None
            os.utime(entry)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found

    def put(self, key: str, findings: Iterable[Finding]) -> None:
        """Remember. A full or read-only disk is no reason to fail a lint."""
        if self.directory is None:
            return
        said = {"key": key, "findings": [finding.to_json() for finding in findings]}
        try:
            with whole_files.draft(self.directory / f"{key}.json") as unfinished:
                unfinished.write_text(json.dumps(said), encoding="ascii")
        except OSError:
            return

    def prune(self, most: int = ENTRIES) -> None:
        """Forget all but the latest used entries, and what a killed run left unfinished."""
        if self.directory is None or not self.directory.is_dir():
            return
        entries = sorted(self.directory.glob("*.json"), key=_age, reverse=True)
        for entry in [*entries[most:], *self.directory.glob("*.part")]:
            entry.unlink(missing_ok=True)


def _age(entry: Path) -> float:
    try:
        return entry.stat().st_mtime
    except OSError:
        return 0.0


def _digest(parts: Iterable[bytes]) -> str:
    """A sha256 over parts that cannot run into one another."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()
