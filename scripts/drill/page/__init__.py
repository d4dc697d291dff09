"""A drill on one page, for people who would rather look: no script, no font, no network, nothing secret.

    page(document) -> str             of a report.json
    comparison(comparison) -> str     of two

whole       the page: the verdict first, then why
axis        a drill's time, from left to right
lanes       the timeline: what every vantage held to be so, and until when
charts      quantities over the same time
evidence    what an auditor asks for
markup      tables and disclosures
style       how it looks on a screen, a telephone and paper
"""

from scripts.drill.page.side_by_side import comparison
from scripts.drill.page.whole import page

__all__ = ["comparison", "page"]
