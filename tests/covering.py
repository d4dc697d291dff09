"""Few environments that together try every pair of choices: a covering array of strength 2 over `Settings`.

Faults that take two choices to show (Aurora in a standby, a third zone with one NAT gateway) are the usual
ones; all combinations would be millions. Rows are built greedily, the same on every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations
from random import Random
from typing import get_args

from generator.places import EDGE_REGION, Places, Role
from generator.settings import Setting, Settings

#: One of two or three values counts as a choice; a longer list (log retentions) is a quantity.
FEW = 3

#: Orders of choosing that are tried for a row.
TRIES = 12

#: Values for what has no default, or may not stay empty where another choice needs it.
GIVEN = {
    "environment": "cover",
    "template_base_url": "https://bucket.s3.amazonaws.com/release",
    "search_nodes": "6",
    "vpc_cidr": "10.0.0.0/16",
    "domain_name": "example.com",
    "hosted_zone_id": "Z0123456789ABCDEFGHIJ",
}

Row = Mapping[str, str]
Choice = tuple[str, str]
Pair = frozenset[Choice]


#: The primary and the standby, where us-east-1 is one of them and where it is neither.
PAIRS = {"false": ("us-east-1", "us-west-2"), "true": ("eu-central-1", "eu-west-1")}

#: A third region of the set that a pair lies in.
WITNESSES = {"false": "us-east-2", "true": "eu-west-2"}


def factors() -> dict[str, tuple[str, ...]]:
    """Every setting that is a choice: key -> values. Where edge stands follows from the regions."""
    return {
        setting.key: setting.allowed
        for setting in Settings.all()
        if 2 <= len(setting.allowed) <= FEW and setting is not Settings.holds_edge
    }


@cache
def rows() -> tuple[Row, ...]:
    """The covering array; each row has a value for every setting and every fact."""
    uncovered = set(pairs())
    found = []
    while uncovered:
        row = _row(uncovered)
        uncovered -= {frozenset(pair) for pair in combinations(row.items(), 2)}
        found.append(_complete(row))
    return tuple(found)


def pairs() -> Iterator[Pair]:
    """Every pair of choices that some environment can make."""
    for (one, values), (other, others) in combinations(factors().items(), 2):
        for value in values:
            for another in others:
                if _implied({one: value, other: another}) is not None:
                    yield frozenset({(one, value), (other, another)})


def _row(uncovered: set[Pair]) -> dict[str, str]:
    """The best of some rows that start from the first pair left, each choosing in another order."""
    start = _implied(dict(sorted(min(uncovered, key=sorted))))
    assert start is not None
    chance = Random(len(uncovered))
    orders = [chance.sample(sorted(factors()), len(factors())) for _ in range(TRIES)]
    rows = [_completed(start, order, uncovered) for order in orders]
    return max(rows, key=lambda row: _gain(row, uncovered))


def _completed(row: dict[str, str], order: list[str], uncovered: set[Pair]) -> dict[str, str]:
    """A row that gains as much as it can with every choice, in this order."""
    known = factors()
    for key in order:
        if key not in row:
            options = [option for value in known[key] if (option := _implied({**row, key: value}))]
            row = max(options, key=lambda option: _news(row, option, uncovered))
    return row


def _news(row: Row, option: Row, uncovered: set[Pair]) -> int:
    """How many pairs an option covers that the row did not."""
    added = [choice for choice in option.items() if choice[0] not in row]
    return sum(
        frozenset((one, other)) in uncovered
        for one in added
        for other in option.items()
        if one != other
    )


def _gain(row: Row, uncovered: set[Pair]) -> int:
    return sum(frozenset(pair) in uncovered for pair in combinations(row.items(), 2))


def _implied(row: Mapping[str, str]) -> dict[str, str] | None:
    """The row with all that its choices need; None where they need what it denies."""
    full = dict(row)
    waiting = list(row)
    while waiting:
        key = waiting.pop()
        need = _setting(key).needs.get(full[key])
        if need is None or need.value is None:
            continue
        if need.key not in full:
            full[need.key] = need.value
            waiting.append(need.key)
        elif full[need.key] != need.value:
            return None
    return full


def _complete(row: Row) -> Row:
    defaults = {setting.key: setting.default or "" for setting in Settings.all()}
    full = {**defaults, **GIVEN, **row}
    primary, standby = PAIRS[full["edge_apart"]]
    full["primary_region"], full["standby_region"] = primary, standby
    full["peer_region"] = standby if full["region_role"] == "primary" else primary
    full["witness_region"] = WITNESSES[full["edge_apart"]]
    full["holds_edge"] = "true" if region(full) == EDGE_REGION else "false"
    return full


def region(row: Row) -> str:
    """Where the row's stacks stand."""
    return places(row)[role(row)]


def places(row: Row) -> Places:
    """The row's regions."""
    primary, standby = PAIRS[row["edge_apart"]]
    return {"primary": primary, "standby": standby, "edge": EDGE_REGION}


def role(row: Row) -> Role:
    """What the row's region is to the shop."""
    return next(known for known in get_args(Role) if known == row["region_role"])


def _setting(key: str) -> Setting:
    setting: Setting = getattr(Settings, key)
    return setting
