"""Judge the project: `make audit`. Exit code 0 where nothing is found, 1 where something is.

What could not be checked is no finding, and no pass either: the table says so, and the JSON is not
`complete`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from scripts.errors import TradewindError
from scripts.validate import lint
from scripts.validate.provenance import located
from tests.audit import advisories, checkov, leaks, policies, templates
from tests.audit.pins import pins
from tests.audit.verdict import Verdict

PROJECT = Path(__file__).parents[2]

#: A suite's name -> what runs it.
Suites = Mapping[str, Callable[[], Verdict]]


def main() -> int:
    """Run the suites and tell."""
    options = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    options.add_argument("--tools", type=Path, required=True, help="where their programs are")
    options.add_argument("--advisories", default="", help="a source that speaks OSV, by its URL")
    options.add_argument("--json", type=Path, help="write the verdicts to this file as well")
    asked = options.parse_args()
    try:
        names = [environment.name for environment in lint.read_environments(PROJECT)]
        verdicts = run(suites(asked.tools, names, asked.advisories))
    except TradewindError as error:
        sys.stderr.write(
            f"error: {error.message}\n" + (f"  fix: {error.fix}\n" if error.fix else "")
        )
        return error.exit_code
    for line in table(verdicts):
        sys.stdout.write(f"{line}\n")
    if asked.json:
        said = {
            "clean": is_clean(verdicts),
            "complete": not any(each.unchecked for each in verdicts),
            "suites": [each.to_json() for each in verdicts],
        }
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        asked.json.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    return 0 if is_clean(verdicts) else 1


def suites(tools: Path, environments: Sequence[str], source: str) -> Suites:
    """All that there are. Of these the generator runs in the last alone: it knows nothing of threads."""
    fullest = templates.fullest(environments)
    every = _templates(fullest)

    def by_checkov() -> Verdict:
        said = checkov.audit(tools / "checkov", every)
        return replace(said, looked_at=f"{said.looked_at}, resolved for {fullest}: it has most")

    return {
        "checkov": by_checkov,
        "secrets": lambda: leaks.audit(tools / "python", PROJECT),
        "advisories": lambda: advisories.audit(tools / "pip-audit", pins(PROJECT), source),
        "IAM proof": policies.audit,
    }


def run(every: Suites) -> list[Verdict]:
    """Two at a time: most of the work is in other processes. Raises whatever a suite raises."""
    with ThreadPoolExecutor(2) as pool:
        begun = [pool.submit(suite) for suite in every.values()]
        sys.stderr.write(f"judging by {', '.join(every)} (a minute) ...\n")
        verdicts = [each.result() for each in begun]
    return [replace(each, found=located(each.found)) for each in verdicts]


def is_clean(verdicts: Sequence[Verdict]) -> bool:
    """Whether nothing is found."""
    return not any(each.found for each in verdicts)


def table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A row for each suite; above it what there is to say of each."""
    for each in verdicts:
        for line in each.lines():
            yield f"{each.suite}  {line}"
    rows = [("SUITE", "VERDICT", "ACCEPTED", "LOOKED AT")]
    rows += [(e.suite, e.said, str(len(e.excused)), e.looked_at) for e in verdicts]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _templates(environment: str) -> checkov.Templates:
    lying = templates.as_they_lie(PROJECT / "templates" / "out")
    standing = templates.resolved(environment)
    return {
        **{(checkov.AS_THEY_LIE, name): template for name, template in lying.items()},
        **{(region, f"{layer}.json"): template for (region, layer), template in standing},
    }


if __name__ == "__main__":
    sys.exit(main())
