"""What a run found, as JSON and as a page; taskcat's own needs a stylesheet from the network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from scripts import page_frame, whole_files
from scripts.validate.findings import Finding

CREATED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
NOT_RUN = "NOT_RUN"

_STYLE = (
    page_frame.BASE
    + """table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
.failed{color:var(--red)}.passed{color:var(--green)}
.verdict.passed{border-color:var(--green)}.verdict.failed{border-color:var(--red)}
"""
)


@dataclass(frozen=True)
class Outcome:
    """How one test ended. `cause` is what went wrong first, down through the nested stacks."""

    test: str
    root: str
    region: str
    stack: str
    status: str
    id: str = ""
    seconds: float = 0.0
    resources: int = 0
    deleted: bool = False
    cause: Finding | None = None

    @property
    def passed(self) -> bool:
        """Whether the stack stood, and is gone."""
        return self.status in CREATED and self.deleted

    @property
    def removal(self) -> str:
        """Whether the stack is gone, in a word; a dash where none was made."""
        return ("yes" if self.deleted else "no") if self.id else "-"

    @property
    def reason(self) -> str:
        """Why not, in a line; empty where it passed."""
        if self.cause is not None:
            at = f", made at {self.cause.made_at}" if self.cause.made_at else ""
            where = f"{self.cause.template} {self.cause.path}: " if self.cause.path else ""
            return f"{where}{self.cause.message}{at}"
        return "" if self.passed or self.status not in CREATED else "the stack was not deleted"

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        cause = self.cause and self.cause.to_json()
        return {**asdict(self), "cause": cause, "passed": self.passed}


@dataclass(frozen=True)
class Report:
    """A whole run. `left` says what could not be removed again."""

    on: str
    began: str
    seconds: float
    templates: int
    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]
    left: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing was found, every stack stood, and nothing is left."""
        ran = bool(self.outcomes) and all(outcome.passed for outcome in self.outcomes)
        return ran and not self.findings and not self.left

    @property
    def summary(self) -> str:
        """The run in a sentence."""
        passed = sum(outcome.passed for outcome in self.outcomes)
        regions = len({outcome.region for outcome in self.outcomes})
        stood = sum(outcome.resources for outcome in self.outcomes)
        return (
            f"taskcat on {self.on}: {len(self.findings)} findings in {self.templates} templates, "
            f"{passed} of {len(self.outcomes)} tests passed in {regions} regions, "
            f"{stood} resources stood, {len(self.left)} left ({self.seconds:.0f} s)"
        )

    def lines(self) -> Iterator[str]:
        """All that is wrong, a line each."""
        for finding in self.findings:
            yield from finding.lines()
        for outcome in self.outcomes:
            if not outcome.passed:
                yield (
                    f"{outcome.test} in {outcome.region}: {outcome.stack} {outcome.status}: "
                    f"{outcome.reason}"
                )
        yield from (f"left: {what}" for what in self.left)

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "verdict": "passed" if self.passed else "failed",
            "summary": self.summary,
            **asdict(self),
            "findings": [finding.to_json() for finding in self.findings],
            "outcomes": [outcome.to_json() for outcome in self.outcomes],
        }

    def write(self, folder: Path) -> Path:
        """Keep it as report.json and report.html; gives the page."""
        page = folder / "report.html"
        whole_files.write(folder / "report.json", json.dumps(self.to_json(), indent=1) + "\n")
        whole_files.write(page, self._page())
        return page

    def _page(self) -> str:
        verdict = "passed" if self.passed else "failed"
        wrong = "".join(f"<li>{escape(line)}</li>" for line in self.lines())
        rows = "".join(_row(outcome) for outcome in self.outcomes)
        heads = ("test", "region", "stack", "status", "seconds", "resources", "deleted", "reason")
        body = (
            f"<h1>taskcat on {escape(self.on)}</h1>\n"
            f'<div class="verdict {verdict}"><strong>{verdict}</strong>'
            f"<p>{escape(self.summary)}</p><small>{escape(self.began)}</small></div>\n"
            + (f"<h2>What is wrong</h2>\n<ul>{wrong}</ul>\n" if wrong else "")
            + f"<h2>Tests</h2>\n<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>\n"
            f"{rows}</table>\n"
        )
        return page_frame.document(
            f"taskcat: {verdict}",
            _STYLE,
            body,
            policy="default-src 'none'; style-src 'unsafe-inline'",
        )


def _row(outcome: Outcome) -> str:
    cells = (
        outcome.test,
        outcome.region,
        outcome.stack,
        outcome.status,
        f"{outcome.seconds:.1f}",
        str(outcome.resources),
        outcome.removal,
        outcome.reason,
    )
    how = "passed" if outcome.passed else "failed"
    return f'<tr class="{how}">{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>\n'
