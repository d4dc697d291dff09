"""Whether the standby is what the primary is, as `tradewind parity` tells."""

from __future__ import annotations

from scripts.checks import Answer, judged, unknown
from scripts.drill.parity.comparison import compare
from scripts.drill.preflight.ground import Ground, Question, Questions


def regions_are_alike(ground: Ground) -> Answer:
    """What could not be compared is not called the same."""
    found = compare(ground.aws, ground.environment)
    expected = "no unexplained difference"
    remedy = f"tradewind parity {ground.environment.name}"
    unread = found.unknown
    if unread and not found.differences:
        return unknown(
            f"{len(unread)} of {len(found.findings)} could not be compared: "
            f"{', '.join(dict.fromkeys(one.family for one in unread))}",
            expected,
            remedy,
        )
    subjects = ", ".join(one.subject for one in found.differences[:5])
    return judged(
        not found.differences,
        f"{len(found.differences)} differ: {subjects}"
        if found.differences
        else f"{len(found.findings)} compared",
        expected,
        remedy,
    )


CHECKS: Questions = (Question("regions are alike", regions_are_alike),)
