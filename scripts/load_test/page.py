"""report.html: a run on one page that needs nothing else: no script, no font, no network.

Every name in it may be anybody's, a label of a plan or an answer of a server, and is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from scripts import page_frame
from scripts.load_test.plots import Curve, Plot, clock, number

_STYLE = (
    page_frame.BASE
    + """
.verdict.held{border-color:var(--green)}.verdict.missed{border-color:var(--red)}
.bad{color:var(--red);font-weight:600}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.6rem 1.2rem;margin:1rem 0}
dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.25rem;overflow-wrap:anywhere}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr));gap:1.5rem}
.plot{margin:0;display:grid;grid-template-columns:auto 1fr;gap:.2rem .5rem;font-size:.8rem}
.plot figcaption{grid-column:1/-1;font-size:.95rem}
.plot svg{width:100%;height:11rem;overflow:visible}
.scale{display:flex;flex-direction:column;justify-content:space-between;text-align:right;color:var(--soft);
margin:-.6em 0;min-width:2.5rem}
.clock{grid-column:2;display:flex;justify-content:space-between;color:var(--soft)}
svg *{vector-effect:non-scaling-stroke;fill:none;stroke-width:2;stroke-linejoin:round}
svg .grid{stroke:var(--line);stroke-width:1}svg .one{stroke:var(--blue)}svg .two{stroke:var(--amber)}
svg .three{stroke:var(--red)}svg .limit{stroke:var(--soft);stroke-dasharray:6 4;stroke-width:1.5}
.key{margin-left:.8rem;white-space:nowrap}.key::before{content:"";display:inline-block;width:1.2rem;
border-top:.2rem solid var(--soft);vertical-align:.25em;margin-right:.3rem}
.key.one::before{border-color:var(--blue)}.key.two::before{border-color:var(--amber)}
.key.three::before{border-color:var(--red)}.key.limit::before{border-top-style:dashed}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{border-top:1px solid var(--line);padding:.35rem .6rem;text-align:right;overflow-wrap:anywhere}
th:first-child,td:first-child{text-align:left}thead th{color:var(--soft);font-weight:400;border:0}
tbody th{font-weight:400}
@media (max-width:640px){thead{position:absolute;left:-100rem}
tbody tr{display:grid;grid-template-columns:1fr 1fr;border-top:1px solid var(--line);padding:.5rem 0}
tbody th{grid-column:1/-1;font-weight:600}tbody th,tbody td{border:0;padding:.1rem 0;text-align:left}
tbody td::before{content:attr(data-name) ": ";color:var(--soft)}}
"""
)

_TITLES = {
    "held": "The shop held",
    "missed": "The shop did not hold",
    "incomplete": "Whether the shop held is not known: not all was measured",
}


def page(said: Mapping[str, Any]) -> str:
    """The page of a report.json."""
    title = f"Load test of {said['environment']}, {said['run']}"
    return page_frame.document(
        title,
        _STYLE,
        f"<header><h1>{escape(title)}</h1>\n{_where(said)}</header>\n<main>\n"
        f"{_verdict(said['verdict'])}{_figures(said)}"
        f'<section><h2>How it went</h2>\n<div class="plots">\n{_plots(said)}</div></section>\n'
        f"{_kinds(said['kinds'])}{_causes(said['causes'])}</main>\n",
    )


def _where(said: Mapping[str, Any]) -> str:
    ran = said["ran"]
    many = "generator" if ran["generators"] == 1 else "generators"
    return (
        f"<p>Ran {escape(ran['where'])} against <b>{escape(ran['target'])}</b>: {ran['generators']} {many} "
        f"of {number(ran['users'])} users, {clock(ran['ramp_s'])} to come, "
        f"{clock(ran['peak_s'])} at the peak, {clock(ran['decay_s'])} to leave. "
        f'<span class="soft">JMeter {escape(ran["jmeter"])}, plan {escape(ran["plan"])}.</span></p>\n'
    )


def _verdict(verdict: Mapping[str, Any]) -> str:
    checks = "; ".join(_check(check) for check in verdict["checks"])
    missing = "".join(f'<li class="bad">{escape(what)}</li>' for what in verdict["missing"])
    return (
        f'<div class="verdict {escape(verdict["outcome"], quote=True)}">'
        f"<strong>{escape(_TITLES[verdict['outcome']])}</strong><br>{checks}"
        f"{f'<ul>{missing}</ul>' if missing else ''}</div>\n"
    )


def _check(check: Mapping[str, Any]) -> str:
    said = (
        f"{escape(check['name'])} {number(check['measured'])} {escape(check['unit'])}, "
        f"at most {number(check['at_most'])}"
    )
    return said if check["met"] else f'<span class="bad">{said}</span>'


def _figures(said: Mapping[str, Any]) -> str:
    figures = said["figures"]
    times = figures["times_ms"]
    told = {
        "started (UTC)": (figures["started"] or "-").removesuffix("+00:00").replace("T", " "),
        "lasted": clock(figures["seconds"]),
        "requests": number(figures["requests"]),
        "a second": number(figures["per_second"]),
        "failed": f"{number(figures['failed'])} ({number(figures['failed_percent'])} %)",
        "p50": f"{number(times['p50'])} ms",
        "p95": f"{number(times['p95'])} ms",
        "p99": f"{number(times['p99'])} ms",
        "longest": f"{number(times['max'])} ms",
    }
    if figures["unreadable_lines"]:
        told["unreadable lines"] = number(figures["unreadable_lines"])
    pairs = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in told.items()
    )
    return f"<dl>{pairs}</dl>\n"


def _plots(said: Mapping[str, Any]) -> str:
    course, step = said["course"], said["course_step_s"]
    limits = {check["name"]: check["at_most"] for check in said["verdict"]["checks"]}

    def curve(name: str, style: str, key: str) -> Curve:
        return Curve(name, style, [moment[key] for moment in course])

    failed = Curve("failed", "three", [moment["failed"] / step for moment in course])
    drawn = (
        ("Throughput", "requests a second", (curve("requests", "one", "per_second"),), None),
        (
            "Response time",
            "ms",
            (
                curve("p50", "one", "p50_ms"),
                curve("p95", "two", "p95_ms"),
                curve("p99", "three", "p99_ms"),
            ),
            limits.get("p95"),
        ),
        ("Errors", "a second", (failed,), None),
        ("Active users", "at once", (curve("users", "one", "users"),), None),
    )
    return "".join(
        Plot(title, unit, curves, said["figures"]["seconds"], limit).figure()
        for title, unit, curves, limit in drawn
    )


def _kinds(kinds: Sequence[Mapping[str, Any]]) -> str:
    heads = ("requests", "failed", "mean ms", "p50 ms", "p95 ms", "p99 ms", "longest ms")
    rows = (
        (
            kind["name"],
            number(kind["requests"]),
            f"{number(kind['failed'])} ({number(kind['failed_percent'])} %)",
            *(number(kind["times_ms"][key]) for key in ("mean", "p50", "p95", "p99", "max")),
        )
        for kind in kinds
    )
    return _table("By kind of request", ("request", *heads), rows)


def _causes(causes: Sequence[Mapping[str, Any]]) -> str:
    if not causes:
        return ""
    rows = ((one["cause"], number(one["requests"])) for one in causes)
    return _table("Why requests failed", ("cause", "requests"), rows)


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(
            f'<td data-name="{escape(name, quote=True)}">{escape(cell)}</td>'
            for name, cell in zip(heads[1:], row[1:], strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f"<section><h2>{escape(title)}</h2>\n<table><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></section>\n"
    )
