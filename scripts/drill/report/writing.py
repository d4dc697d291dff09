"""A report on disk, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import whole_files
from scripts.drill.report.document import SCHEMA, document
from scripts.drill.report.evidence import Evidence
from scripts.drill.report.verdict import Verdict
from scripts.errors import Failed, UsageError


@dataclass(frozen=True)
class Written:
    """Where the report is, what it says in JSON, and what it comes to."""

    verdict: Verdict
    json: Path
    page: Path
    document: Mapping[str, Any]


def write(directory: Path, evidence: Evidence) -> Written:
    """Write report.json and report.html, each so that whoever looks finds it whole or not at all.

    Raises Failed where the directory cannot be written; the journal is enough to write them again.
    """
    from scripts.drill.page import page

    shown = directory / "report.html"
    said = document(evidence, str(shown))
    render(shown, page(said))
    told = render(directory / "report.json", json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    return Written(Verdict(said["verdict"]), told, shown, said)


def read(path: Path) -> dict[str, Any]:
    """A report.json, for compare and for its page. Raises UsageError for what is none of ours."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"{path} is no JSON: {error}.") from error
    if not isinstance(said, dict) or said.get("schema") != SCHEMA:
        raise UsageError(
            f"{path} is no report of a drill that this tool can read.",
            fix=f"Its schema should be {SCHEMA}; the tool that wrote it may be another version.",
        )
    return said


def render(path: Path, text: str) -> Path:
    """Write a file so that whoever looks finds it whole or not at all. Raises Failed where it cannot be."""
    try:
        whole_files.write(path, text)
    except OSError as error:
        raise Failed(
            f"{path} cannot be written: {error.strerror}.",
            fix="Make room there, or make it writable.",
        ) from error
    return path
