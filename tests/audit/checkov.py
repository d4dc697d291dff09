"""checkov, from an environment of its own: its pins and ours do not go together."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, order=True)
class Finding:
    """What a suite finds fault with; `accepted` is our reason where we let it stand."""

    rule: str
    says: str
    file: str
    resource: str
    accepted: str = ""


@dataclass(frozen=True)
class Result:
    """What a suite said of a folder of templates."""

    passed: int
    findings: tuple[Finding, ...]
    unread: tuple[str, ...]

    @property
    def failed(self) -> list[Finding]:
        """The findings that nobody accepted."""
        return [finding for finding in self.findings if not finding.accepted]

    @property
    def accepted(self) -> list[Finding]:
        """The findings that are let stand."""
        return [finding for finding in self.findings if finding.accepted]


def run(checkov: Path, folder: Path) -> Result:
    """Judge every template in a folder. Raises CalledProcessError where checkov itself fails."""
    command = [str(checkov), "-d", str(folder), "--framework", "cloudformation"]
    command += ["--skip-download", "--compact", "--soft-fail", "-o", "json"]
    done = subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, "LOG_LEVEL": "ERROR"}
    )
    return result(json.loads(done.stdout))


def result(said: Any) -> Result:
    """checkov's report, read: a list where several frameworks found something to do."""
    report = said[0] if isinstance(said, list) else said
    results = report["results"]
    return Result(
        passed=report["summary"]["passed"],
        findings=tuple(
            sorted([*_findings(results["failed_checks"]), *_findings(results["skipped_checks"])])
        ),
        unread=tuple(results["parsing_errors"]),
    )


def _findings(checks: list[dict[str, Any]]) -> Iterator[Finding]:
    for check in checks:
        yield Finding(
            rule=check["check_id"],
            says=check["check_name"],
            file=check["file_path"].lstrip("/"),
            resource=check["resource"],
            accepted=check["check_result"].get("suppress_comment") or "",
        )
