"""Which row a box goes to: below all that feed it, in rows of limited width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Edge:
    """An arrow from one box to another."""

    tail: str
    head: str


def ranks(names: Sequence[str], edges: Sequence[Edge], widest: int) -> dict[str, int]:
    """The row of each box: below all that feed it, in a row that has room.

    What the longest path hangs on is placed first; a box with nothing above is then let down towards
    what it feeds, and one without any arrow goes where there is most room.
    """
    forward = _acyclic(names, edges)
    feeds = {name: sorted(edge.head for edge in forward if edge.tail == name) for name in names}
    fed_by = {name: sorted(edge.tail for edge in forward if edge.head == name) for name in names}
    length: dict[str, int] = {}

    def path(name: str) -> int:
        if name not in length:
            length[name] = 1 + max((path(head) for head in feeds[name]), default=0)
        return length[name]

    rank: dict[str, int] = {}
    used: dict[int, int] = {}

    def put(name: str, row: int) -> None:
        if name in rank:
            used[rank[name]] -= 1
        rank[name] = row
        used[row] = used.get(row, 0) + 1

    wired = [name for name in names if feeds[name] or fed_by[name]]
    waiting = sorted(wired, key=lambda name: (-path(name), names.index(name)))
    for name in waiting:
        row = max((rank[tail] + 1 for tail in fed_by[name]), default=0)
        while used.get(row, 0) >= widest:
            row += 1
        put(name, row)
    for name in reversed(waiting):
        if len(feeds[name]) > len(fed_by[name]):
            lowest = min(rank[head] for head in feeds[name]) - 1
            free = (row for row in range(lowest, rank[name], -1) if used.get(row, 0) < widest)
            put(name, next(free, rank[name]))
    for name in names:
        if name not in rank:
            put(name, _emptiest(used, widest))
    in_use = sorted(set(rank.values()))
    return {name: in_use.index(row) for name, row in rank.items()}


def _emptiest(used: Mapping[int, int], widest: int) -> int:
    rows = [row for row, count in used.items() if 0 < count < widest]
    return min(rows, key=lambda row: (used[row], -row)) if rows else max(used, default=-1) + 1


def _acyclic(names: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The arrows with those turned round that would close a cycle."""
    done: list[Edge] = []
    feeds: dict[str, set[str]] = {name: set() for name in names}

    def reaches(start: str, goal: str) -> bool:
        seen, waiting = {start}, [start]
        while waiting:
            for head in feeds[waiting.pop()] - seen:
                seen.add(head)
                waiting.append(head)
        return goal in seen

    for edge in edges:
        tail, head = (
            (edge.head, edge.tail) if reaches(edge.head, edge.tail) else (edge.tail, edge.head)
        )
        feeds[tail].add(head)
        done.append(Edge(tail, head))
    return done
