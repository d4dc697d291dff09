"""What Route 53 answers: a pure function of the records, of health, and of a throw of the dice.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from scripts.sandbox.routing.records import (
    Alias,
    Failover,
    MultiValue,
    NotDone,
    RecordSet,
    Simple,
    Weighted,
    Zone,
    canonical,
)

#: The TTL, seconds, of an alias to a load balancer:
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
ALIAS_TTL = 60

#: So many values are answered together:
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html
TOGETHER = 8


@dataclass(frozen=True)
class LoadBalancer:
    """What stands behind an alias: the address of its fleet, if one runs, and whether it is well.

    It is while every target group that has targets has a healthy one:
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
    """

    address: str | None
    well: bool


@dataclass(frozen=True)
class View:
    """All that an answer depends on.

    `health` is of a check by its id, `load_balancers` are by their names in lower case, without a last dot.
    """

    zones: Sequence[Zone]
    health: Callable[[str], bool]
    load_balancers: Mapping[str, LoadBalancer]

    def load_balancer(self, alias: Alias) -> LoadBalancer:
        """The one that an alias speaks for; one that is not there has no address, and is not well."""
        name = alias.name.removesuffix(".").removeprefix("dualstack.")
        return self.load_balancers.get(name, LoadBalancer(None, well=False))


@dataclass(frozen=True)
class Record:
    """One resource record of an answer: `ttl` in seconds, `value` in presentation format."""

    name: str
    type: str
    ttl: int
    value: str


@dataclass(frozen=True)
class Answer:
    """`code` is as DNS names it: NOERROR, NXDOMAIN, REFUSED (no zone of ours), NOTIMP or SERVFAIL."""

    code: str
    records: tuple[Record, ...] = ()
    authority: tuple[Record, ...] = ()
    authoritative: bool = True


class Unanswerable(Exception):
    """Records that the sandbox cannot choose among, or that lead to themselves."""


def answer(view: View, name: str, kind: str, dice: random.Random) -> Answer:
    """What is answered to one question: by the zone that is closest to the name."""
    asked = canonical(name)
    closest = max(
        (zone for zone in view.zones if zone.covers(asked)),
        key=lambda zone: len(zone.name),
        default=None,
    )
    if closest is None:
        return Answer("REFUSED", authoritative=False)
    return answer_of(closest, view, name, kind, dice)


def answer_of(zone: Zone, view: View, name: str, kind: str, dice: random.Random) -> Answer:
    """What one zone answers: those of several accounts may have one name."""
    if kind == "ANY":
        return Answer("NOTIMP")
    try:
        return _Question(zone, view, dice).answer(canonical(name), kind)
    except (Unanswerable, ValueError):  # the latter of an SOA record without its numbers
        return Answer("SERVFAIL")


@dataclass(frozen=True)
class _Question:
    """One question on its way through a zone; `known` is which groups are well."""

    zone: Zone
    view: View
    dice: random.Random
    known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def answer(self, name: str, kind: str, on_the_way: tuple[Record, ...] = ()) -> Answer:
        """The answer for a name in the zone, after the CNAME records that led to it."""
        handed_over = self.zone.delegation(name)
        if handed_over:
            authority = tuple(each for record in handed_over for each in _told(record, record.name))
            return Answer("NOERROR", on_the_way, authority, authoritative=bool(on_the_way))
        node = self.zone.node(name)
        if node is None:
            return Answer("NXDOMAIN", on_the_way, self.nothing())
        if (node, kind) in self.zone.groups:
            records = self.resolve(node, kind, name)
            return Answer("NOERROR", on_the_way + records, () if records else self.nothing())
        if (node, "CNAME") in self.zone.groups:
            return self.follow(self.resolve(node, "CNAME", name), kind, on_the_way)
        return Answer("NOERROR", on_the_way, self.nothing())

    def follow(
        self, found: tuple[Record, ...], kind: str, on_the_way: tuple[Record, ...]
    ) -> Answer:
        """A CNAME record; and, as far as this zone goes, what it leads to."""
        path = on_the_way + found
        target = canonical(found[0].value) if found else ""
        if not found or not self.zone.covers(target):
            return Answer("NOERROR", path)
        if target in {record.name for record in path}:
            raise Unanswerable(target)
        return self.answer(target, kind, path)

    def resolve(
        self, name: str, kind: str, asked: str, seen: Collection[str] = ()
    ) -> tuple[Record, ...]:
        """The records of a group, under the name that was asked for."""
        if name in seen:
            raise Unanswerable(name)
        found: list[Record] = []
        for record in self.choose(self.zone.groups.get((name, kind), ())):
            alias = record.alias
            if alias is None:
                found.extend(_told(record, asked))
            elif alias.zone == self.zone.id:
                found.extend(self.resolve(alias.name, kind, asked, {*seen, name}))
            elif kind == "A" and (address := self.view.load_balancer(alias).address):
                found.append(Record(asked, kind, ALIAS_TTL, address))
        return tuple(self.dice.sample(found, len(found)))

    def choose(self, group: Sequence[RecordSet]) -> Sequence[RecordSet]:
        """Who of a group answers: of the healthy, or of all where none is."""
        if not group:
            return ()
        healthy = [record for record in group if self.well(record)]
        match group[0].policy:
            case Simple():
                return group
            case Failover():
                return [max(healthy or group, key=lambda one: one.policy == Failover(primary=True))]
            case Weighted():
                return [self.weigh(healthy or group)]
            case MultiValue():
                candidates = healthy or group
                return self.dice.sample(candidates, min(TOGETHER, len(candidates)))
            case NotDone(policy):
                raise Unanswerable(policy)
            case policy:
                assert_never(policy)

    def weigh(self, candidates: Sequence[RecordSet]) -> RecordSet:
        """One, by its share of the weights; a weight of 0 counts where there is no other."""
        weights = [getattr(one.policy, "weight", 0) for one in candidates]
        return self.dice.choices(candidates, weights if any(weights) else None)[0]

    def well(self, record: RecordSet) -> bool:
        """Whether a record is healthy: by its check, if it has one, and its target, if it evaluates that."""
        if record.check is not None and not self.view.health(record.check):
            return False
        alias = record.alias
        if alias is None or not alias.evaluate:
            return True
        if alias.zone != self.zone.id:
            return self.view.load_balancer(alias).well
        return self.any_well((alias.name, record.type))

    def any_well(self, group: tuple[str, str]) -> bool:
        """Whether any record of a group is healthy; a group that waits for itself is not."""
        if group not in self.known:
            self.known[group] = False
            self.known[group] = any(map(self.well, self.zone.groups.get(group, ())))
        return self.known[group]

    def nothing(self) -> tuple[Record, ...]:
        """The SOA record, which says how long nothing holds: RFC 2308, section 3."""
        found = self.zone.groups.get((self.zone.name, "SOA"), ())
        return tuple(
            Record(each.name, each.type, min(each.ttl, int(each.value.split()[-1])), each.value)
            for record in found
            for each in _told(record, record.name)
        )


def _told(record: RecordSet, name: str) -> tuple[Record, ...]:
    return tuple(Record(name, record.type, record.ttl, value) for value in record.values)
