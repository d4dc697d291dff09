"""report.json: what a run came to, for programs, and for the page that is made of it.

    schema      tradewind/load-test/1
    run         its name
    environment where it was asked for
    ran         {"where", "target", "generators", "users", "ramp_s", "peak_s", "decay_s", "plan", "jmeter"};
                users are those of one generator, plan and jmeter say by which bytes
    verdict     {"outcome": "held" | "missed" | "incomplete", "checks": [{"name", "unit", "measured",
                "at_most", "met"}], "missing": [what of the results is not there, and why]}
    figures     {"started": ISO 8601 or null, "seconds", "requests", "failed", "failed_percent", "per_second",
                "times_ms": {"mean", "p50", "p95", "p99", "max"}, "unreadable_lines"}
    kinds       for each kind of request {"name", "requests", "failed", "failed_percent", "times_ms"}, most
                frequent first
    causes      {"cause", "requests"} of what failed, most frequent first
    course      {"second", "requests", "failed", "per_second", "users", "p50_ms", "p95_ms", "p99_ms"} for each
                stretch of `course_step_s` seconds

Times are null where there was no request. A quantile is at most 1/64 above the exact one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scripts import whole_files
from scripts.load_test.figures import Figures, Moment, Tally
from scripts.load_test.histogram import Histogram
from scripts.load_test.load import LoadPlan
from scripts.load_test.page import page
from scripts.load_test.verdict import Verdict

SCHEMA = "tradewind/load-test/1"


@dataclass(frozen=True)
class Report:
    """A run that is over."""

    run: str
    plan: LoadPlan
    where: str
    figures: Figures
    verdict: Verdict

    def document(self) -> dict[str, Any]:
        """It, as the top of this file says."""
        figures, verdict, load = self.figures, self.verdict, self.plan.load
        started = figures.started
        return {
            "schema": SCHEMA,
            "run": self.run,
            "environment": self.plan.environment,
            "ran": {
                "where": self.where,
                "target": self.plan.target,
                "generators": self.plan.generators,
                "users": load.users,
                "ramp_s": load.ramp,
                "peak_s": load.peak,
                "decay_s": load.decay,
                "plan": self.plan.plan,
                "jmeter": self.plan.jmeter,
            },
            "verdict": {
                "outcome": verdict.outcome,
                "checks": [
                    {
                        "name": check.name,
                        "unit": check.unit,
                        "measured": _rounded(check.measured),
                        "at_most": check.at_most,
                        "met": check.met,
                    }
                    for check in verdict.checks
                ],
                "missing": list(verdict.missing),
            },
            "figures": {
                "started": None if started is None else _iso(started),
                "seconds": figures.seconds,
                **_tally(figures.whole),
                "per_second": _per_second(figures.whole.requests, figures.seconds),
                "unreadable_lines": figures.unreadable,
            },
            "kinds": [
                {"name": name, **_tally(kind)}
                for name, kind in sorted(
                    figures.kinds.items(), key=lambda kind: (-kind[1].requests, kind[0])
                )
            ],
            "causes": [
                {"cause": said, "requests": number} for said, number in figures.causes.most_common()
            ],
            "course_step_s": figures.width / 1000,
            "course": [
                _moment(second, moment, figures.width / 1000) for second, moment in figures.course()
            ],
        }


def save(directory: Path, document: Mapping[str, Any]) -> Path:
    """Write report.json and report.html, each whole or not at all; gives the page."""
    shown = directory / "report.html"
    whole_files.write(directory / "report.json", json.dumps(document, indent=2) + "\n")
    whole_files.write(shown, page(document))
    return shown


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "requests": tally.requests,
        "failed": tally.failed,
        "failed_percent": _rounded(tally.failed_percent),
        "times_ms": _times(tally.times),
    }


def _times(times: Histogram) -> Mapping[str, float | None]:
    return {
        "mean": _rounded(times.mean),
        "p50": times.quantile(0.5),
        "p95": times.quantile(0.95),
        "p99": times.quantile(0.99),
        "max": times.most if times.count else None,
    }


def _moment(second: float, moment: Moment, step: float) -> dict[str, Any]:
    return {
        "second": second,
        "requests": moment.requests,
        "failed": moment.failed,
        "per_second": _per_second(moment.requests, step),
        "users": sum(moment.users.values()),
        "p50_ms": moment.times.quantile(0.5),
        "p95_ms": moment.times.quantile(0.95),
        "p99_ms": moment.times.quantile(0.99),
    }


def _per_second(requests: int, seconds: float) -> float:
    return round(requests / seconds, 2) if seconds else 0.0


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
