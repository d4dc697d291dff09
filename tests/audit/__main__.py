"""Judge the templates: `make audit`. Exit code 1 where something is found that nobody accepted."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tests.audit import checkov, templates

PROJECT = Path(__file__).parents[2]

#: How many rules we allow ourselves to let stand, each with its reason where it does.
MOST_ACCEPTED = 5


def main() -> int:
    """Run the suites and tell."""
    options = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    options.add_argument("--checkov", type=Path, required=True, help="checkov's executable")
    options.add_argument("--environment", default="prod")
    options.add_argument("--json", type=Path, help="write the findings to this file as well")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        templates.write(asked.environment, Path(folder))
        results = {
            f"checkov, {asked.environment}'s parameters": checkov.run(asked.checkov, Path(folder)),
            "checkov, templates/out": checkov.run(asked.checkov, PROJECT / "templates" / "out"),
        }
    for line in table(results):
        sys.stdout.write(f"{line}\n")
    if asked.json:
        said = {name: asdict(result) for name, result in results.items()}
        asked.json.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return 0 if is_clean(results.values()) else 1


def is_clean(results: Iterable[checkov.Result]) -> bool:
    """Whether everything was read, nothing is found that nobody accepted, and little is accepted."""
    every = list(results)
    return not any(each.failed or each.unread for each in every) and (
        len({f.rule for each in every for f in each.accepted}) <= MOST_ACCEPTED
    )


def table(results: dict[str, checkov.Result]) -> list[str]:
    """A line for each suite, and beneath it one for each finding; equal ones of two regions are one."""
    lines = []
    for name, result in results.items():
        lines.append(
            f"{name}: {result.passed} passed, {len(result.failed)} failed, "
            f"{len(result.accepted)} accepted, {len(result.unread)} unread"
        )
        lines += sorted({f"  unread    {file}" for file in result.unread})
        lines += sorted({f"  failed    {_said(f)}" for f in result.failed})
        lines += sorted({f"  accepted  {_said(f)} ({f.accepted})" for f in result.accepted})
    return lines


def _said(finding: checkov.Finding) -> str:
    return f"{finding.rule} {Path(finding.file).name} {finding.resource}: {finding.says}"


if __name__ == "__main__":
    sys.exit(main())
