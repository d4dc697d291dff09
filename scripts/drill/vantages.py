"""Vantages on a name: name servers and clients, and where each led when it was asked.

A request that nobody answered led nowhere, and says nothing; nor does an address of no region that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import inf

from scripts.drill.observations import Fetched, Observation, Resolved

#: Drill seconds after which it says nothing any more that a vantage led elsewhere.
MEMORY = 60.0


def readings(
    seen: Iterable[Observation], region: str, since: float
) -> dict[str, list[tuple[float, bool]]]:
    """Vantage -> when it was asked, and whether it led to the region; in the order of time."""
    tracks: dict[str, list[tuple[float, bool]]] = {}
    for one in seen:
        match one:
            case Resolved() if one.at >= since:
                vantage = f"name server {one.server}"
            case Fetched() if one.at >= since:
                vantage = f"client {one.client}"
            case _:
                continue
        track = tracks.setdefault(vantage, [])
        if one.region:
            track.append((one.at, one.region == region))
    return {vantage: sorted(track) for vantage, track in tracks.items()}


def for_good(seen: Iterable[Observation], region: str, since: float) -> float | str:
    """From when on every vantage led to the region and never anywhere else again, or why that is not so."""
    tracks = readings(seen, region, since)
    if not tracks:
        return "nothing was asked after the fault"
    last = since
    for vantage, track in sorted(tracks.items()):
        begun = None
        for at, there in track:
            begun = (at if begun is None else begun) if there else None
        if begun is None:
            return f"{vantage} never led to the standby for good"
        last = max(last, begun)
    return last


def together(seen: Iterable[Observation], region: str, since: float) -> list[tuple[float, float]]:
    """The times in which every vantage led to the region: from when, and until when; the last has no end.

    One that is silent holds nothing up for longer than MEMORY.
    """
    tracks = readings(seen, region, since)
    changes = sorted(
        (at, there, vantage) for vantage, track in tracks.items() for at, there in _forgotten(track)
    )
    led = dict.fromkeys(tracks, False)
    found: list[tuple[float, float]] = []
    for at, there, vantage in changes:
        before, led[vantage] = all(led.values()), there
        match before, all(led.values()):
            case False, True:
                found.append((at, inf))
            case True, False:
                found[-1] = found[-1][0], at
    return found


def _forgotten(track: list[tuple[float, bool]]) -> Iterator[tuple[float, bool]]:
    """Its readings; one of elsewhere that nothing followed is forgotten."""
    for (at, there), (then, _) in pairwise([*track, (inf, True)]):
        yield at, there
        if not there and then > at + MEMORY:
            yield at + MEMORY, True
