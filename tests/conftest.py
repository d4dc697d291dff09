"""What a run of the tests says at its end, beside pytest's own words."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many mutants of the coverage were killed, over all rows that were asked."""
    counts = [
        str(value).split(" of ")
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        for name, value in report.user_properties
        if name == "mutants"
    ]
    if counts:
        killed, total = (sum(int(count[part]) for count in counts) for part in (0, 1))
        rows = f"{len(counts)} rows of the coverage"
        terminalreporter.write_line(f"mutants killed: {killed} of {total} ({rows})")
