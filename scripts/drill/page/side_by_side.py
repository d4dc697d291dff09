"""Two drills on one page."""

from __future__ import annotations

from scripts import page_frame
from scripts.drill.page.markup import POLICY, Markup, bullets, table, tag, text
from scripts.drill.page.style import STYLE
from scripts.drill.report.compare import Comparison, Trend

_KINDS = {Trend.BETTER: "good", Trend.WORSE: "bad", Trend.SAME: "info", Trend.UNKNOWN: "medium"}


def comparison(compared: Comparison) -> str:
    """The document."""
    title = f"{compared.other} against {compared.one}"
    return page_frame.document(
        title,
        STYLE,
        f"<header><h1>Two drills side by side</h1></header>\n<main>\n{_verdict(compared)}{_rows(compared)}"
        "</main>\n",
        policy=POLICY,
    )


def _verdict(compared: Comparison) -> Markup:
    if compared.obstacles:
        return Markup(
            '<div class="verdict missed"><strong>They cannot be compared as they are</strong>'
            f"{bullets(compared.obstacles)}</div>\n"
        )
    worse = [row.figure for row in compared.rows if row.trend is Trend.WORSE]
    kind, words = ("missed", f"Worse: {', '.join(worse)}") if worse else ("met", "Nothing is worse")
    return Markup(f'<div class="verdict {kind}"><strong>{text(words)}</strong></div>\n')


def _rows(compared: Comparison) -> Markup:
    return table(
        ("figure", compared.one, compared.other, ""),
        (
            (
                row.figure,
                row.one,
                row.other,
                tag(row.trend, _KINDS[row.trend]) if row.trend in _KINDS else "",
            )
            for row in compared.rows
        ),
        kind="checks",
    )
