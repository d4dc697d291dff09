"""The one place where a finding is accepted, each with its reason.

Nothing else silences a rule: no comment in a template, no Metadata, no configuration file. An exception that
no finding needs any more is a finding itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from scripts.validate.findings import Finding, Variant

STALE = "stale-exception"


@dataclass(frozen=True)
class Accepted:
    """Findings that stay, and why. `template` and `path` may hold `*`."""

    rule: str
    template: str
    path: str
    reason: str
    variant: Variant = "as shipped"

    def covers(self, finding: Finding) -> bool:
        """Whether this exception was made for that finding."""
        return (
            finding.rule == self.rule
            and finding.variant == self.variant
            and fnmatchcase(finding.template, self.template)
            and fnmatchcase(finding.path, self.path)
        )


ACCEPTED: Sequence[Accepted] = (
    Accepted(
        "W3002",
        "*",
        "Resources/*/Properties/TemplateURL",
        "Relative URLs exist in this variant only, so that cfn-lint can look into the children.",
        variant="local URLs",
    ),
    Accepted(
        "W2001",
        "*",
        "Parameters/TemplateBaseUrl",
        "Relative URLs leave the base URL unused; the template as shipped uses it.",
        variant="local URLs",
    ),
)


def is_accepted(finding: Finding, accepted: Iterable[Accepted] = ACCEPTED) -> bool:
    """Whether some exception covers the finding."""
    return any(exception.covers(finding) for exception in accepted)


def stale(
    findings: Sequence[Finding], accepted: Iterable[Accepted] = ACCEPTED
) -> tuple[Finding, ...]:
    """The exceptions that none of these findings needs."""
    return tuple(
        Finding(
            template=exception.template,
            path=exception.path,
            rule=STALE,
            message=f"nothing is found any more that the exception for {exception.rule} was made for",
            variant=exception.variant,
            fix="remove it from scripts/validate/exceptions.py",
        )
        for exception in accepted
        if not any(exception.covers(finding) for finding in findings)
    )
