"""The timeline: in lanes, what every vantage held to be so, and until when.

Nothing is told by colour alone: what failed is drawn the thickest, the standby thick, the primary thin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from scripts.drill.page.axis import MARKS, WIDTH, Axis, clock
from scripts.drill.page.charts import lag, share
from scripts.drill.page.markup import Cell, Markup, folded, table, text
from scripts.drill.report.words import many

#: Units between the rows of a lane, and of the checkers', beside which a name is written.
ROW, NAMED_ROW = 12, 18

#: Units across that a moment has at least, so that it is seen.
NARROWEST = 3

#: Rows of the table that stands for the drawing.
TOLD = 300

_LEGEND = {
    "primary": "{primary}, the primary",
    "standby": "{standby}, the standby",
    "failed": "failed",
    "nobody": "nobody's address",
}

#: How an alarm's states are drawn.
_ALARMS = {"ALARM": "failed", "OK": "primary", "INSUFFICIENT_DATA": "nobody"}


def timeline(said: Mapping[str, Any]) -> Markup:
    """The lanes, one below the other over the same time: from close by first, where a drill was long."""
    whole, closer = said["lanes"], said["close_up"]
    axis = Axis.of(said, whole)
    keys = Markup(f"{_marks(axis)}{_legend(said)}")
    if closer is None:
        figures = _figure(said, whole, keys)
    else:
        first = Markup(f"{keys}<strong>Until the shop was back</strong>")
        figures = _figure(said, closer, first) + _figure(
            said, whole, Markup("<strong>All of it</strong>")
        )
    return Markup(f"{figures}{_as_table(said, axis)}")


def _figure(said: Mapping[str, Any], lanes: Mapping[str, Any], caption: Markup) -> str:
    axis, kinds = Axis.of(said, lanes), _kinds(said)
    drawn = [
        _lane("Drill", _phases(axis, said["timeline"]["states"])),
        *(_share(axis, check) for check in lanes["checks"]),
        _rows(axis, "DNS", "name server", lanes["dns"], kinds),
        _rows(axis, "Clients", "client", lanes["clients"], kinds, lanes["clients_total"]),
        _orders(axis, lanes["orders"], kinds),
        _data(axis, lanes["lag"]),
        _rows(axis, "Alarms", "alarm", lanes["alarms"], _ALARMS),
    ]
    return (
        f'<figure class="timeline"><figcaption>{caption}</figcaption>\n'
        f'<div class="over">{axis.heads()}</div>\n{"".join(drawn)}'
        f'<div class="over">{axis.feet()}</div></figure>\n'
    )


def _legend(said: Mapping[str, Any]) -> Markup:
    theatre = said["plan"]["theatre"]
    names = {role: theatre[role]["name"] for role in ("primary", "standby")}
    told = "".join(
        f'<span class="key {kind}">{text(words.format(**names))}</span>'
        for kind, words in _LEGEND.items()
    )
    return Markup(f'<p class="keys">{told}</p>')


def checkers(said: Mapping[str, Any]) -> Markup:
    """Each check's checkers, a row each."""
    axis = Axis.of(said, said["lanes"])
    return Markup("".join(_checkers(axis, check) for check in said["lanes"]["checks"]))


def _checkers(axis: Axis, check: Mapping[str, Any]) -> Markup:
    """Folded where there is nothing to see."""
    rows = check["checkers"]
    names = "".join(f"<span>{text(row['checker'])}</span>" for row in rows)
    height = NAMED_ROW * len(rows)
    drawn = _paths(axis, rows, {"good": "primary", "failed": "failed"}, NAMED_ROW)
    failing = sum(any(run[2] == "failed" for run in row["runs"]) for row in rows)
    saw = "saw it answer" if check["inverted"] else "saw it fail"
    words = f"{failing or 'none'} of {many(len(rows), 'checker')} {saw}"
    statuses = table(
        ("what they said", "times"), ((status, str(n)) for status, n in check["said"].items())
    )
    figure = Markup(
        f'<figure class="timeline named"><figcaption><strong>{text(_named(check))}</strong> '
        f"{text(words)}</figcaption>\n"
        f'<div class="over">{axis.heads()}</div>'
        f'<div class="lane"><div class="names">{names}</div>{axis.svg(height, drawn, words)}</div>'
        f'<div class="over">{axis.feet()}</div>{statuses}</figure>\n'
    )
    return figure if failing else folded(f"{_named(check)}: {words}", figure)


def _named(check: Mapping[str, Any]) -> str:
    inverted = ", inverted: no answer is healthy" if check["inverted"] else ""
    return f"{check['role'].capitalize() or 'Check'} ({check['check']}{inverted})"


def _share(axis: Axis, check: Mapping[str, Any]) -> str:
    """How many of a check's checkers see it well, over time."""
    return _lane(check["role"].capitalize() or check["check"], share(axis, check), "checkers well")


def _data(axis: Axis, stores: Sequence[Mapping[str, Any]]) -> str:
    if not any(store["points"] for store in stores):
        return ""
    drawing, words = lag(axis, stores)
    return _lane("Data", drawing, words)


def _orders(axis: Axis, runs: Sequence[Sequence[Any]], kinds: Mapping[str, str]) -> str:
    """Every checkout a stroke."""
    if not runs:
        return ""
    ticks = {state: f"tick {kind}" for state, kind in kinds.items()}
    height = 2 * ROW
    return _lane(
        "Orders",
        axis.svg(height, _paths(axis, [{"runs": runs}], ticks, height), f"Orders: {_told(runs)}"),
        "a stroke each",
    )


def _rows(
    axis: Axis,
    name: str,
    what: str,
    rows: Sequence[Mapping[str, Any]],
    kinds: Mapping[str, str],
    total: int = 0,
) -> str:
    """A row each; of `total` vantages, where there are more than are shown."""
    if not any(row["runs"] for row in rows):
        return ""
    height = ROW * len(rows)
    words = f"{name}: {'; '.join(_told(row['runs']) for row in rows[:2] if row['runs'])}"
    beside = many(max(total, len(rows)), what)
    if total > len(rows):
        beside = f"{len(rows)} of {beside}"
    return _lane(name, axis.svg(height, _paths(axis, rows, kinds, ROW), words), beside)


def _paths(
    axis: Axis, rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str], height: int
) -> str:
    """One path for each kind of run: thousands of runs stay small."""
    paths: dict[str, list[str]] = defaultdict(list)
    for number, row in enumerate(rows):
        y = number * height + height // 2
        for began, ended, state in row["runs"]:
            left = min(axis.x(began), WIDTH - NARROWEST)
            width = max(axis.x(ended) - left, NARROWEST)
            paths[kinds.get(state, "other")].append(f"M{left} {y}h{width}")
    return "".join(f'<path class="{kind}" d="{"".join(d)}"/>' for kind, d in sorted(paths.items()))


def _lane(name: str, drawing: Markup, beside: Cell = "") -> str:
    small = f"<small>{text(beside)}</small>" if beside else ""
    return f'<div class="lane"><div class="name">{text(name)}{small}</div>{drawing}</div>\n'


def _phases(axis: Axis, states: Sequence[Mapping[str, Any]]) -> Markup:
    ends = [*(one["s"] for one in states[1:]), axis.ended]
    parts = []
    for one, end in zip(states, ends, strict=True):
        left, width = axis.percent(one["s"]), axis.percent(end) - axis.percent(one["s"])
        if width > 0:
            name = one["state"].replace("_", " ").lower()
            parts.append(
                f'<span class="{text(one["state"].lower())}" style="left:{left:.1f}%;width:{width:.1f}%" '
                f'title="{text(name)}"><i>{text(name)}</i></span>'
            )
    return Markup(f'<div class="phases">{"".join(parts)}</div>')


def _marks(axis: Axis) -> Markup:
    """T0 to T5 in words."""
    told = "".join(
        f"<li><b>{mark.upper()}</b> {clock(axis.marks[mark])} {text(words)}</li>"
        for mark, words in MARKS.items()
        if mark in axis.marks
    )
    return Markup(f'<ol class="marks">{told}</ol>')


def _kinds(said: Mapping[str, Any]) -> dict[str, str]:
    """How what is held to be so is drawn."""
    theatre = said["plan"]["theatre"]
    return {
        theatre["primary"]["name"]: "primary",
        theatre["standby"]["name"]: "standby",
        "failed": "failed",
        "nobody": "nobody",
    }


def _told(runs: Sequence[Sequence[Any]]) -> str:
    """A row in words: what, and from when; the first and the last where there are many."""
    changes = [runs[0], *(after for before, after in pairwise(runs) if before[2] != after[2])]
    shown = changes if len(changes) <= 4 else [*changes[:2], *changes[-2:]]
    return ", then ".join(f"{run[2]} from {clock(run[0])}" for run in shown)


def _as_table(said: Mapping[str, Any], axis: Axis) -> Markup:
    rows = list(_all(said, axis))
    left_out = len(rows) - TOLD
    caption = (
        f"Of {len(rows)} stretches the first {TOLD}; report.json has all." if left_out > 0 else ""
    )
    heads = ("vantage", "from", "until", "what was so")
    return folded("The timeline as a table", table(heads, rows[:TOLD], caption=caption))


def _all(said: Mapping[str, Any], axis: Axis) -> Iterator[Sequence[str]]:
    lanes, states = said["lanes"], said["timeline"]["states"]
    ends = [*(one["s"] for one in states[1:]), axis.ended]
    for one, end in zip(states, ends, strict=True):
        yield "drill", clock(one["s"]), clock(end), one["state"].replace("_", " ").lower()
    yield from _told_rows("orders", lanes["orders"])
    for kind, key in (("dns", "server"), ("clients", "client"), ("alarms", "alarm")):
        for row in lanes[kind]:
            yield from _told_rows(row[key], row["runs"])
    for check in lanes["checks"]:
        for row in check["checkers"]:
            yield from _told_rows(
                f"{check['role'] or check['check']}, {row['checker']}", row["runs"]
            )


def _told_rows(name: str, runs: Iterable[Sequence[Any]]) -> Iterator[Sequence[str]]:
    for began, ended, state in runs:
        yield name, clock(began), clock(ended), str(state)
