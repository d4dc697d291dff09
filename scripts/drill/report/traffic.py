"""Who was served by which region, how fast, and who was not: what customers had of a drill."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from scripts.drill.figures import Times
from scripts.drill.observations import Fetched
from scripts.drill.report.lanes import NOBODY, Span

#: Columns of the chart of outcomes.
COLUMNS = 60


@dataclass(frozen=True)
class Phase:
    """Requests of a part of the drill, and the times of those that were good, in seconds."""

    name: str
    requests: int
    failed: int
    p50: float | None
    p95: float | None
    longest: float | None

    @property
    def failed_percent(self) -> float | None:
        """None where nobody asked."""
        return None if not self.requests else round(100 * self.failed / self.requests, 2)

    def to_json(self) -> dict[str, Any]:
        """As the report has it."""
        return {
            "phase": self.name,
            "requests": self.requests,
            "failed": self.failed,
            "failed_percent": self.failed_percent,
            "p50_s": self.p50,
            "p95_s": self.p95,
            "max_s": self.longest,
        }


@dataclass(frozen=True)
class Traffic:
    """`tail`: by client, the last time the primary still served it before it came back; `late`: the
    requests that failed though every vantage had flipped. `darkest`: the longest that one client had no
    good answer, and which.
    """

    phases: tuple[Phase, ...]
    tail: tuple[tuple[float, str], ...]
    late: tuple[Fetched, ...]
    darkest: tuple[float, str] | None

    def phase(self, name: str) -> Phase:
        """One of `before`, `during`, `after`, `back`."""
        return next(one for one in self.phases if one.name == name)


def traffic(fetched: Sequence[Fetched], times: Times, back: float | None, primary: str) -> Traffic:
    """Divide the requests. `back` is when the drill began to fail back, None where it never did."""
    ordered = sorted(fetched, key=lambda seen: seen.at)
    end = float("inf") if back is None else back
    t0 = end if times.t0 is None else times.t0
    t5 = end if times.t5 is None else times.t5
    parts = {
        "before": [seen for seen in ordered if seen.at < t0],
        "during": [seen for seen in ordered if t0 <= seen.at < min(t5, end)],
        "after": [seen for seen in ordered if t5 <= seen.at < end],
        "back": [seen for seen in ordered if seen.at >= end],
    }
    left = [seen for seen in ordered if t0 <= seen.at < end]
    return Traffic(
        tuple(_phase(name, seen) for name, seen in parts.items()),
        tuple(_tail(left, primary)),
        tuple(
            seen for seen in left if times.t3 is not None and seen.at > times.t3 and not seen.good
        ),
        _darkest(left),
    )


def outcomes(fetched: Iterable[Fetched]) -> dict[str, dict[str, int]]:
    """How many by region and status; where nobody answered the status is `none`."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for seen in fetched:
        found[seen.region or NOBODY][str(seen.status) if seen.status else "none"] += 1
    return {region: dict(sorted(statuses.items())) for region, statuses in sorted(found.items())}


def columns(fetched: Iterable[Fetched], span: Span) -> list[dict[str, Any]]:
    """Requests over time, `COLUMNS` at most: those failed, and those served by each region."""
    width = max(ceil(span.steps / COLUMNS), 1)
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for seen in fetched:
        what = (seen.region or NOBODY) if seen.good else "failed"
        found[span.number(seen.at) // width][what] += 1
    return [
        {
            "from_s": span.edge(number * width),
            "to_s": span.edge((number + 1) * width),
            "failed": told.pop("failed", 0),
            "served": dict(sorted(told.items())),
        }
        for number, told in sorted(found.items())
    ]


def _phase(name: str, fetched: Sequence[Fetched]) -> Phase:
    good = sorted(seen.seconds for seen in fetched if seen.good)
    return Phase(
        name,
        len(fetched),
        sum(not seen.good for seen in fetched),
        _quantile(good, 0.5),
        _quantile(good, 0.95),
        round(good[-1], 3) if good else None,
    )


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """The value that so many of them do not exceed."""
    if not ordered:
        return None
    return round(ordered[max(ceil(share * len(ordered)) - 1, 0)], 3)


def _tail(left: Iterable[Fetched], primary: str) -> list[tuple[float, str]]:
    """Of each client until another region served it: who comes back later did not stay."""
    last: dict[str, float] = {}
    gone: set[str] = set()
    for seen in left:
        if seen.region == primary and seen.client not in gone:
            last[seen.client] = seen.at
        elif seen.good:
            gone.add(seen.client)
    return sorted(((at, client) for client, at in last.items()), reverse=True)


def _darkest(left: Iterable[Fetched]) -> tuple[float, str] | None:
    """From a client's first failed request to its next good one, or to its last."""
    dark: dict[str, float] = {}
    longest: tuple[float, str] | None = None
    for seen in left:
        since = dark.get(seen.client)
        if since is None and seen.good:
            continue
        since = dark.setdefault(seen.client, seen.at)
        if longest is None or seen.at - since > longest[0]:
            longest = (seen.at - since, seen.client)
        if seen.good:
            del dark[seen.client]
    return None if longest is None else (round(longest[0], 3), longest[1])
