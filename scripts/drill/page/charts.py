"""Quantities over a drill's time: how checkers agree, how copies lag, requests, and where time went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scripts.drill.measures import QUORUM
from scripts.drill.page.axis import Axis, clock
from scripts.drill.page.markup import Markup, table, text
from scripts.drill.report.words import many, seconds

_AGREE, _LAG, _REQUESTS = 36, 48, 132

#: Seconds without a reading after which a curve is broken.
_SILENT = 60

#: Of a check's checkers, the percent that must be exceeded for it to be healthy.
HEALTHY = 100 * QUORUM

_PARTS = {
    "detection": "until the checkers agreed",
    "dns": "until a name server answered the standby",
    "propagation": "until the last vantage had changed over",
    "recovery": "until the objective was held",
}


def share(axis: Axis, check: Mapping[str, Any]) -> Markup:
    """The part of a check's checkers that speak for healthy; below the dashed line it is not."""
    changes: dict[float, list[int]] = {}
    for row in check["checkers"]:
        for began, ended, state in row["runs"]:
            for at, step in ((began, 1), (ended, -1)):
                known, well = changes.setdefault(at, [0, 0])
                changes[at] = [known + step, well + step * (state == "good")]
    known = well = 0
    area, lowest = [], 100.0
    for at in sorted(changes):
        area.append(f"H{axis.x(at)}")
        known, well = known + changes[at][0], well + changes[at][1]
        if known:
            lowest = min(lowest, 100 * well / known)
        area.append(f"V{_AGREE * (1 - (well / known if known else 0)):.0f}")
    needed = 100 - HEALTHY if check["inverted"] else HEALTHY
    limit = _AGREE * (1 - needed / 100)
    shape = f'<path class="area" d="M0 {_AGREE}{"".join(area)}V{_AGREE}Z"/>' if area else ""
    return axis.svg(
        _AGREE,
        f'{shape}<path class="limit" d="M0 {limit:.1f}H1000"/>',
        f"At the least {lowest:.0f} % of its checkers spoke for healthy; about {needed:.0f} % are needed",
    )


def lag(axis: Axis, stores: Sequence[Mapping[str, Any]]) -> tuple[Markup, Markup]:
    """The stores' lag, a line each, and the words beside it."""
    highest = max((point[1] for store in stores for point in store["points"]), default=0.0) or 1.0
    lines = []
    for number, store in enumerate(stores):
        d = "".join(_curve(axis, store["points"], highest))
        if d:
            lines.append(f'<path class="curve c{number % 4}" d="{d}"/>')
    named = ", ".join(store["store"] for store in stores if store["points"])
    words = f"Lag of {named}: at most {seconds(highest)}"
    keys = "".join(
        f'<span class="c{number % 4}">{text(store["store"])}</span> '
        for number, store in enumerate(stores)
        if store["points"]
    )
    beside = Markup(f"lag, up to {text(seconds(highest))}: {keys}")
    return axis.svg(_LAG, "".join(lines), words), beside


def _curve(axis: Axis, points: Sequence[Sequence[float]], highest: float) -> Iterator[str]:
    """A line through the readings, broken where none came for long."""
    last: float | None = None
    for at, peak in points:
        joined = last is not None and at - last <= max(_SILENT, (axis.ended - axis.began) / 20)
        yield f"{'L' if joined else 'M'}{axis.x(at)} {_LAG - 1 - (_LAG - 4) * peak / highest:.1f}"
        if not joined:
            yield "h3"  # a reading alone would not be seen
        last = at


def requests(said: Mapping[str, Any]) -> Markup:
    """Requests over time, those that failed on top."""
    axis, columns = Axis.of(said, said["lanes"]), said["requests"]["over_time"]
    if not columns:
        return Markup()
    theatre = said["plan"]["theatre"]
    kinds = {theatre["primary"]["name"]: "primary", theatre["standby"]["name"]: "standby"}
    most = max(sum(one["served"].values()) + one["failed"] for one in columns)
    shapes: dict[str, list[str]] = {}
    for one in columns:
        left, right = axis.x(one["from_s"]), axis.x(one["to_s"])
        y = float(_REQUESTS)
        for name, number in [*one["served"].items(), ("failed", one["failed"])]:
            if number:
                height = (_REQUESTS - 4) * number / most
                y -= height
                kind = "failed" if name == "failed" else kinds.get(name, "other")
                shapes.setdefault(kind, []).append(
                    f"M{left} {y:.0f}h{max(right - left - 1, 1)}v{height:.0f}H{left}z"
                )
    drawn = "".join(
        f'<path class="bar {kind}" d="{"".join(d)}"/>' for kind, d in sorted(shapes.items())
    )
    counted = said["requests"]
    words = f"{counted['failed']} of {many(counted['total'], 'request')} failed from the fault on"
    first = columns[0]
    each = seconds(first["to_s"] - first["from_s"])
    return Markup(
        f'<figure class="timeline plain"><figcaption>{text(words)} '
        f"<small>a column is {each}, the highest {many(most, 'request')}</small></figcaption>"
        f'<div class="over">{axis.heads()}</div><div class="lane">'
        f'{axis.svg(_REQUESTS, drawn, words)}</div><div class="over">{axis.feet()}</div></figure>\n'
    )


def where_time_went(said: Mapping[str, Any]) -> Markup:
    """The parts of the recovery time, against what is aimed at."""
    durations, times = said["durations"], said["timeline"]
    known = {name: durations[f"{name}_s"] for name in _PARTS}
    aim = said["plan"]["objectives"]["rto"]
    taken = {name: part for name, part in known.items() if part is not None and part > 0}
    whole = max(sum(taken.values()), aim)
    bars = "".join(
        f'<span class="p{number}" style="width:{100 * taken[name] / whole:.2f}%" title="{name}"></span>'
        for number, name in enumerate(_PARTS)
        if name in taken
    )
    rows: list[Sequence[str | Markup]] = [
        (
            Markup(f'<span class="swatch p{number}"></span>{text(_title(name))}'),
            words,
            seconds(known[name]),
        )
        for number, (name, words) in enumerate(_PARTS.items())
    ]
    rows += [
        ("Recovery time", "from the fault, all of it", seconds(said["rto_s"])),
        (
            "Bound",
            "interval \u00d7 threshold + TTL + keep-alive + stall, to the last client",
            seconds(durations["bound_s"]),
        ),
        (
            "Decision",
            "how long people took to approve; not part of it",
            seconds(durations["decision_s"]),
        ),
        ("Failback", "how long coming back took; not part of it", seconds(durations["failback_s"])),
    ]
    bar = (
        f'<div class="went" role="img" aria-label="{text(_said(taken))}">{bars}'
        f'<i style="left:{100 * aim / whole:.2f}%"></i></div>\n'
        f'<p class="soft">The stroke is what is aimed at, {seconds(aim)}.</p>\n'
        if times["t0"] is not None
        else ""
    )
    return Markup(f"{bar}{table(('part', '', 'took'), rows, kind='parts')}")


def _title(name: str) -> str:
    return "DNS" if name == "dns" else name.capitalize()


def _said(taken: Mapping[str, float]) -> str:
    return ", ".join(f"{_title(name)} {clock(part)}" for name, part in taken.items())
