"""What deserves attention after a drill. A rule is a function of the facts; it finds something or nothing.

recovery    time and traffic
trust       what it may have cost, and whether the figures can be believed
"""

from __future__ import annotations

from scripts.drill.report.findings import recovery, trust
from scripts.drill.report.findings.facts import Facts, Finding, Severity

__all__ = ["Facts", "Finding", "Severity", "findings"]

_ORDER = tuple(Severity)


def findings(facts: Facts) -> tuple[Finding, ...]:
    """All that every rule finds, the heaviest first."""
    found = [finding for rule in (*trust.RULES, *recovery.RULES) for finding in rule(facts)]
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.severity)))
