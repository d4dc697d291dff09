"""What a run of the tests says at its end, and what it gives to the programs that it starts."""

from __future__ import annotations

import signal

import pytest


def pytest_configure() -> None:
    """A run in a shell's background ignores SIGINT, and so would every program that it starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
