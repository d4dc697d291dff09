"""What is used, held against the rows on a day: what ended, what ends soon, what nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

from generator.environments import Environment
from scripts.validate.contract import Root
from scripts.validate.findings import Finding
from scripts.validate.lifecycle import data, engines, platforms, services, transport
from scripts.validate.lifecycle.rows import Row, Source, Table
from scripts.validate.lifecycle.usages import Usage, Where, used

#: AWS tells of a runtime's end 180 days ahead: what a source did not say so long ago may be ending now.
#: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html#runtime-deprecation-levels
HORIZON = timedelta(days=180)

#: "ended" and "unknown" fail, "ending" warns.
Verdict: TypeAlias = Literal["ended", "unknown", "ending", "lasting"]
FAILING: tuple[Verdict, ...] = ("ended", "unknown")


@dataclass(frozen=True)
class Entry:
    """A version that is used, its row, and what that means on the day."""

    kind: str
    version: str
    row: Row | None
    verdict: Verdict
    usages: Mapping[Usage, tuple[Where, ...]]

    @property
    def ends(self) -> date | None:
        """The day, where one is known."""
        return self.row.ends if self.row else None

    @property
    def environments(self) -> tuple[str, ...]:
        """Who uses it."""
        return tuple(dict.fromkeys(name for where in self.usages.values() for name, _ in where))

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        row = self.row
        return {
            "kind": self.kind,
            "version": self.version,
            "verdict": self.verdict,
            "ends": self.ends,
            "note": row.note if row else "",
            "source": row.source.name if row else "",
            "url": row.source.url if row else "",
            "announced": row.announced if row else False,
            "as_of": row.source.as_of if row else None,
            "environments": self.environments,
            "resources": sorted({(usage.template, usage.path) for usage in self.usages}),
        }


@dataclass(frozen=True)
class LifecycleReport:
    """Everything that is used, by its end; and the sources that have to be read again."""

    on: date
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    aged: tuple[Source, ...]

    @property
    def failed(self) -> bool:
        """Whether anything has ended, or is not known."""
        return any(entry.verdict in FAILING for entry in self.entries)

    def count(self, verdict: Verdict) -> int:
        """How many there are of a verdict."""
        return sum(entry.verdict == verdict for entry in self.entries)


def table() -> Table:
    """Every row there is."""
    parts = (data, engines, platforms, services, transport)
    return Table(tuple(row for part in parts for row in part.rows()))


def judge(
    roots: Iterable[Root], environments: Iterable[Environment], on: date, rows: Table | None = None
) -> LifecycleReport:
    """What that day means for everything that the roots use in these environments."""
    rows = rows or table()
    grouped: dict[tuple[str, str], dict[Usage, tuple[Where, ...]]] = {}
    for usage, where in used(roots, environments, rows).items():
        grouped.setdefault((usage.kind, usage.version), {})[usage] = where
    entries = [
        _entry(kind, version, rows.find(kind, version), usages, on)
        for (kind, version), usages in grouped.items()
    ]
    entries.sort(key=lambda entry: (entry.verdict != "unknown", entry.ends or date.max, entry.kind))
    return LifecycleReport(
        on,
        tuple(entries),
        tuple(sorted(finding for entry in entries for finding in _findings(entry, rows, on))),
        _aged(entries, on),
    )


def _entry(
    kind: str,
    version: str,
    row: Row | None,
    usages: Mapping[Usage, tuple[Where, ...]],
    on: date,
) -> Entry:
    verdict: Verdict = "lasting"
    if row is None:
        verdict = "unknown"
    elif row.over or (row.ends and row.ends < on):
        verdict = "ended"
    elif row.ends and row.ends <= on + HORIZON:
        verdict = "ending"
    return Entry(kind, version, row, verdict, usages)


def _findings(entry: Entry, rows: Table, on: date) -> Iterable[Finding]:
    """One for each place that names the version."""
    if entry.verdict == "lasting":
        return
    message, fix = _said(entry, on), _fix(entry, rows)
    for usage, where in entry.usages.items():
        at = ", ".join(f"{environment} in {region}" for environment, region in where)
        yield Finding(
            usage.template,
            usage.path,
            f"lifecycle-{entry.verdict}",
            f"{message} ({at})",
            fix=fix,
        )


def _said(entry: Entry, on: date) -> str:
    what, row = f"{entry.kind} {entry.version}", entry.row
    if row is None:
        return f"{what}: no row says how long it lives"
    if row.announced:
        return f"{what}: {row.note}, announced {row.ends} ({row.source})"
    because = f"{row.note}; " if row.note else ""
    if row.ends is None:
        ends = "is deprecated"
    elif row.ends < on:
        ends = f"ended on {row.ends}"
    else:
        ends = f"ends on {row.ends}, in {(row.ends - on).days} days"
    return f"{what} {ends} ({because}{row.source})"


def _fix(entry: Entry, rows: Table) -> str:
    if entry.row is None:
        return "look it up, and add a row with its source to scripts/validate/lifecycle"
    later = rows.successors(entry.row)
    return f"what lives longer: {', '.join(later)}" if later else f"see {entry.row.source.url}"


def _aged(entries: Iterable[Entry], on: date) -> tuple[Source, ...]:
    """The sources in use that are too old to have told of an end within the horizon."""
    sources = {entry.row.source for entry in entries if entry.row}
    return tuple(sorted(source for source in sources if source.as_of + HORIZON < on))
