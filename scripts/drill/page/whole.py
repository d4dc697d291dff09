"""The page of a drill: what it came to first, then what was measured, then what proves it.

Everything in it may have come from anywhere, a name server's answer or a remedy, and is escaped; where the
escaping failed nonetheless, the page's own policy runs no script and loads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scripts import page_frame
from scripts.drill.page import charts, evidence, lanes
from scripts.drill.page.markup import (
    POLICY,
    Cell,
    Markup,
    bullets,
    code,
    paragraph,
    section,
    table,
    tag,
    text,
)
from scripts.drill.page.style import STYLE
from scripts.drill.report.words import many, seconds

TITLES = {
    "met": "The objectives were met",
    "missed": "The objectives were not met",
    "aborted": "Aborted, and everything is as it was",
    "needs operator": "Somebody has to act",
}


def page(said: Mapping[str, Any]) -> str:
    """The document. The same report gives the same bytes."""
    title = f"Failover drill of {said['environment']}"
    timeline, findings = lanes.timeline(said), said["findings"]
    parts = (
        section("Objectives", _targets(said["targets"]), id="objectives"),
        section("What happened when", timeline, id="timeline"),
        section("Where the time went", charts.where_time_went(said), id="time"),
        section(_counted(findings), _findings(findings), id="findings"),
        section("Requests", charts.requests(said), _requests(said), id="requests"),
        section("Orders", _orders(said), id="orders"),
        section("Replication lag", _lag(said), id="lag"),
        section("What each checker saw", lanes.checkers(said), id="checkers"),
        *evidence.sections(said),
    )
    return page_frame.document(
        f"{title}, {said['drill']}",
        STYLE,
        '<a class="skip" href="#report">Skip to the report</a>\n'
        f"<header><h1>{text(title)}</h1>\n{_about(said)}{_rehearsal(said)}</header>\n"
        f'<main id="report">\n{_verdict(said)}{_headline(said)}{"".join(parts)}</main>\n',
        policy=POLICY,
    )


def _about(said: Mapping[str, Any]) -> Markup:
    theatre = said["plan"]["theatre"]
    left, taken = theatre["primary"]["name"], theatre["standby"]["name"]
    began = said["timeline"]["began"]
    when = f"{began[:10]}, {began[11:19]} UTC" if began else ""
    return Markup(
        f'<p class="soft">{text(left)} was left for {text(taken)} by {code(said["trigger"])} '
        f"on {text(when)}. Drill {code(said['drill'])}.</p>\n"
    )


def _rehearsal(said: Mapping[str, Any]) -> Markup:
    if not said["rehearsal"]:
        return Markup()
    first, _, rest = said["rehearsal_words"].partition(":")
    return Markup(
        f'<p class="rehearsal" role="note"><strong>{text(first)}:</strong>{text(rest)}</p>\n'
    )


def _verdict(said: Mapping[str, Any]) -> Markup:
    kind = said["verdict"].replace(" ", "-")
    return Markup(
        f'<div class="verdict {text(kind)}"><strong>{text(TITLES[said["verdict"]])}</strong><br>'
        f"{text(said['verdict_words'])}</div>\n{_commands(said['commands'])}"
    )


def _commands(commands: Sequence[str]) -> Markup:
    if not commands:
        return Markup()
    said = "".join(f"<code>{text(command)}</code>" for command in commands)
    return Markup(f'<div class="act">Run exactly this:{said}</div>\n')


def _headline(said: Mapping[str, Any]) -> Markup:
    objectives = said["plan"]["objectives"]
    requests = said["requests"]
    share = requests["failed_percent"]
    figures = (
        ("RTO", seconds(said["rto_s"]), said["rto_reason"] or f"aim {seconds(objectives['rto'])}"),
        ("RPO", seconds(said["rpo"]), said["rpo_reason"] or f"aim {seconds(objectives['rpo'])}"),
        ("orders acknowledged", str(said["orders_acknowledged"]), "each asked for afterwards"),
        ("stranded", str(said["orders_stranded"]), "away with the primary, and back with it"),
        ("lost", str(said["orders_lost"]), "gone for good"),
        (
            "requests failed",
            "-" if share is None else f"{share:.1f} %",
            f"{requests['failed']} of {many(requests['total'], 'request')} from the fault on",
        ),
    )
    kinds = {
        "stranded": ' class="mind"' if said["orders_stranded"] else "",
        "lost": ' class="bad"' if said["orders_lost"] else "",
    }
    told = "".join(
        f"<div{kinds.get(name, '')}><dt>{text(name)}</dt><dd>{text(value)}</dd>"
        f"<dd class=soft>{text(note)}</dd></div>"
        for name, value, note in figures
    )
    return Markup(f'<dl class="figures">{told}</dl>\n')


def _targets(targets: Sequence[Mapping[str, Any]]) -> Markup:
    return table(
        ("objective", "measured", "at most", "", ""),
        (
            (
                target["name"],
                _amount(target["measured"], target["unit"]),
                _amount(target["at_most"], target["unit"]),
                _bar(target),
                Markup(
                    tag("met", "good")
                    if target["met"]
                    else f"{tag('not met', 'bad')} {text(target['reason'])}"
                ),
            )
            for target in targets
        ),
        kind="targets",
    )


def _bar(target: Mapping[str, Any]) -> Cell:
    """Measured against at most, where both are lengths."""
    measured, most = target["measured"], target["at_most"]
    if target["unit"] != "s" or measured is None or not most:
        return ""
    whole = max(measured, most)
    kind = "good" if target["met"] else "bad"
    width, aim = 100 * measured / whole, 100 * most / whole
    return Markup(
        f'<span class="meter" aria-hidden="true"><b class="{kind}" style="width:{width:.1f}%"></b>'
        f'<i style="left:{aim:.1f}%"></i></span>'
    )


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return "not measured"
    return seconds(value) if unit == "s" else f"{value:g}"


def _counted(findings: Sequence[Mapping[str, Any]]) -> str:
    if not findings:
        return "Findings: none"
    counts: dict[str, int] = {}
    for one in findings:
        counts[one["severity"]] = counts.get(one["severity"], 0) + 1
    return f"Findings: {', '.join(f'{number} {severity}' for severity, number in counts.items())}"


def _findings(findings: Sequence[Mapping[str, Any]]) -> Markup:
    if not findings:
        return paragraph("No rule found anything that deserves attention.")
    return bullets(
        (
            Markup(
                f"{tag(one['severity'], one['severity'])} <b>{text(one['what'])}</b><br>{text(one['why'])}"
                f'<br><span class="todo">{text(one["todo"])}</span>'
            )
            for one in findings
        ),
        "findings",
    )


def _requests(said: Mapping[str, Any]) -> Markup:
    names = {
        "before": "before the fault",
        "during": "from the fault until the objective was held",
        "after": "from then until the way back",
        "back": "on the way back",
    }
    phases = table(
        ("when", "requests", "failed", "median", "95 of 100 within", "longest"),
        (
            (
                names[one["phase"]],
                str(one["requests"]),
                f"{one['failed']} ({one['failed_percent']:g} %)" if one["requests"] else "-",
                _milliseconds(one["p50_s"]),
                _milliseconds(one["p95_s"]),
                _milliseconds(one["max_s"]),
            )
            for one in said["requests"]["phases"]
        ),
    )
    outcomes = table(
        ("served by", "status", "requests"),
        (
            (region, "no answer" if status == "none" else status, str(number))
            for region, statuses in said["requests"]["outcomes"].items()
            for status, number in statuses.items()
        ),
        caption="All of the drill, by region and status",
    )
    darkest = said["requests"]["darkest_s"]
    worst = (
        f"The longest that one client had no good answer: {seconds(darkest)}." if darkest else ""
    )
    return Markup(f"{phases}{paragraph(worst)}{outcomes}")


def _milliseconds(value: float | None) -> str:
    return "-" if value is None else f"{1000 * value:.0f} ms"


def _orders(said: Mapping[str, Any]) -> Markup:
    orders = said["orders"]
    by = ", ".join(f"{number} by {region}" for region, number in orders["acknowledged_by"].items())
    words = (
        f"{many(orders['tried'], 'checkout')} tried: {said['orders_acknowledged']} acknowledged"
        f"{f' ({by})' if by else ''}, {orders['not_acknowledged']} not, which their customers know. Of those "
        f"acknowledged {said['orders_stranded']} stranded, {said['orders_lost']} lost, and of "
        f"{said['orders_unsettled']} nobody could say. {said['orders_unanswered']} were taken though their "
        "customer got no answer."
    )
    strays = table(
        ("order", "number", "asked for", "acknowledged by", "what became of it"),
        (
            (
                code(stray["order"]),
                str(stray["number"]),
                f"{seconds(abs(stray['s']))} {'before' if stray['s'] < 0 else 'after'} the fault",
                stray["acknowledged_by"] or "nobody",
                tag(stray["fate"], "critical" if stray["fate"] == "lost" else "medium"),
            )
            for stray in orders["strays"]
        ),
    )
    return Markup(f"{paragraph(words)}{strays}")


def _lag(said: Mapping[str, Any]) -> Markup:
    return table(
        ("store", "peak", "readings", ""),
        (
            (
                lag["store"],
                seconds(lag["peak_s"]),
                str(lag["readings"]),
                Markup(f"{tag('not measured', 'info')} {text(lag['unmeasured'])}")
                if lag["unmeasured"]
                else "",
            )
            for lag in said["lag"]
        ),
    )
