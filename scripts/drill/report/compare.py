"""Two drills side by side: which figures are better or worse, and whether they can be compared at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from scripts.drill.report.words import seconds

#: Seconds by which two drills differ though nothing has changed: observers look at intervals.
NOISE_S = 5.0


class Trend(StrEnum):
    """The other drill against the first; NEITHER is for what has no better and worse."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "unknown"
    NEITHER = ""


@dataclass(frozen=True)
class Row:
    """One figure of both, in words."""

    figure: str
    one: str
    other: str
    trend: Trend


@dataclass(frozen=True)
class Comparison:
    """`obstacles`: why the figures of the two do not say which is better, a sentence each."""

    one: str
    other: str
    rows: tuple[Row, ...]
    obstacles: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {**asdict(self), "comparable": not self.obstacles}


def compare(one: Mapping[str, Any], other: Mapping[str, Any]) -> Comparison:
    """Two reports; `one` is the earlier, by which the `other` is measured."""
    obstacles = tuple(_obstacles(one, other))
    return Comparison(
        one["drill"], other["drill"], tuple(_rows(one, other, comparable=not obstacles)), obstacles
    )


def lines(comparison: Comparison) -> list[str]:
    """As a terminal shows it."""
    table = [
        ("", comparison.one, comparison.other, ""),
        *((row.figure, row.one, row.other, str(row.trend)) for row in comparison.rows),
    ]
    widths = [max(len(cells[column]) for cells in table) for column in range(3)]
    told = [
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)), cells[3]]
        ).rstrip()
        for cells in table
    ]
    if comparison.obstacles:
        told += ["", "They cannot be compared as they are:"]
        told += [f"  {obstacle}" for obstacle in comparison.obstacles]
    return told


def _obstacles(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for key, words in (
        ("environment", "They are of different environments"),
        ("trigger", "They left the region in different ways"),
    ):
        if one[key] != other[key]:
            yield f"{words}: {one[key]} and {other[key]}."
    if one["rehearsal"] != other["rehearsal"]:
        yield "One was a rehearsal, the other was not."
    regions = [_regions(said) for said in (one, other)]
    if regions[0] != regions[1]:
        yield f"They went between different regions: {regions[0]} and {regions[1]}."
    if one["plan"]["data"] != other["plan"]["data"]:
        yield "One moved the database, the other did not."
    for said in (one, other):
        if not said["valid"]:
            yield f"The figures of {said['drill']} do not count: it stood still, or was cut off."
        if said["verdict"] == "aborted":
            yield f"{said['drill']} was aborted."


def _rows(one: Mapping[str, Any], other: Mapping[str, Any], *, comparable: bool) -> Iterator[Row]:
    for name, key in (("verdict", "verdict"), ("trigger", "trigger")):
        yield Row(name, str(one[key]), str(other[key]), Trend.NEITHER)
    for name, both in (
        ("recovery time", _both(one, other, "rto_s")),
        *(
            (part, _both(one["durations"], other["durations"], f"{part}_s"))
            for part in ("detection", "dns", "propagation", "recovery", "failback")
        ),
    ):
        yield _row(name, both, seconds, NOISE_S, comparable=comparable)
    yield _row("recovery point", _both(one, other, "rpo"), seconds, 0, comparable=comparable)
    for name in ("orders_acknowledged", "orders_stranded", "orders_lost"):
        both = _both(one, other, name)
        row = _row(name.replace("_", " "), both, _number, 0, comparable=comparable)
        yield (
            row
            if name != "orders_acknowledged"
            else Row(row.figure, row.one, row.other, Trend.NEITHER)
        )
    failed = _both(one["requests"], other["requests"], "failed_percent")
    yield _row("requests failed, %", failed, _number, 1.0, comparable=comparable)
    stores = {lag["store"]: lag["peak_s"] for lag in one["lag"]}
    others = {lag["store"]: lag["peak_s"] for lag in other["lag"]}
    for store in sorted({*stores, *others}):
        both = stores.get(store), others.get(store)
        yield _row(f"lag of {store}", both, seconds, 1.0, comparable=comparable)
    yield Row("findings", str(len(one["findings"])), str(len(other["findings"])), Trend.NEITHER)


def _row(
    figure: str,
    both: tuple[float | None, float | None],
    words: Callable[[float | None], str],
    noise: float,
    *,
    comparable: bool,
) -> Row:
    return Row(figure, words(both[0]), words(both[1]), _trend(*both, noise, comparable=comparable))


def _trend(one: float | None, other: float | None, noise: float, *, comparable: bool) -> Trend:
    """Less is better, for all that has a trend."""
    if not comparable or (one is None and other is None):
        return Trend.NEITHER
    if one is None or other is None:
        return Trend.UNKNOWN
    if abs(other - one) <= noise:
        return Trend.SAME
    return Trend.BETTER if other < one else Trend.WORSE


def _both(
    one: Mapping[str, Any], other: Mapping[str, Any], key: str
) -> tuple[float | None, float | None]:
    return one[key], other[key]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _regions(said: Mapping[str, Any]) -> str:
    theatre = said["plan"]["theatre"]
    return f"{theatre['primary']['name']} to {theatre['standby']['name']}"
