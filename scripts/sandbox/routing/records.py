"""Public hosted zones and their record sets, as Route 53 answers from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Simple:
    """One record set, which answers alone."""


@dataclass(frozen=True)
class Failover:
    """PRIMARY, or else SECONDARY."""

    primary: bool


@dataclass(frozen=True)
class Weighted:
    """A share of the answers, from 0 to 255."""

    weight: int


@dataclass(frozen=True)
class MultiValue:
    """One of several that answer together."""


@dataclass(frozen=True)
class NotDone:
    """A policy by where the client is, which loopback cannot tell."""

    name: str


Policy: TypeAlias = Simple | Failover | Weighted | MultiValue | NotDone


@dataclass(frozen=True)
class Alias:
    """Whom a record set speaks for: another name of its own zone, or something of AWS that has one."""

    zone: str
    name: str
    evaluate: bool

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Alias:
        """Of an AliasTarget."""
        zone = document["HostedZoneId"].removeprefix("/hostedzone/")
        return cls(zone, canonical(document["DNSName"]), document["EvaluateTargetHealth"])


@dataclass(frozen=True)
class RecordSet:
    """A resource record set. `values` are in presentation format; an alias has none, and no `ttl`, seconds.

    `check` is the id of its health check.
    """

    name: str
    type: str
    policy: Policy = Simple()
    ttl: int = 0
    values: tuple[str, ...] = ()
    alias: Alias | None = None
    check: str | None = None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> RecordSet:
        """As ListResourceRecordSets has it, with values for `ResourceRecords`, and `TTL` as text or not."""
        alias = document.get("AliasTarget")
        return cls(
            canonical(document["Name"]),
            document["Type"],
            _policy(document),
            int(document.get("TTL") or 0),
            tuple(document.get("ResourceRecords", ())),
            None if alias is None else Alias.read(alias),
            document.get("HealthCheckId") or None,
        )


@dataclass(frozen=True)
class Zone:
    """A public hosted zone."""

    id: str
    name: str
    records: tuple[RecordSet, ...] = field(repr=False, default=())

    @classmethod
    def read(cls, zone_id: str, name: str, records: Iterable[Mapping[str, Any]]) -> Zone:
        """Of record sets as `RecordSet.read` takes them."""
        return cls(zone_id, canonical(name), tuple(RecordSet.read(one) for one in records))

    @cached_property
    def groups(self) -> Mapping[tuple[str, str], tuple[RecordSet, ...]]:
        """The record sets that answer for one another, by name and type."""
        found: dict[tuple[str, str], tuple[RecordSet, ...]] = {}
        for record in self.records:
            key = (record.name, record.type)
            found[key] = (*found.get(key, ()), record)
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that exists: those of records, and those that are only on the way to them."""
        return frozenset(
            above
            for record in self.records
            for above in ancestors(record.name)
            if self.covers(above)
        )

    def covers(self, name: str) -> bool:
        """Whether a name lies in this zone."""
        return f".{name}".endswith(f".{self.name}")

    def node(self, name: str) -> str | None:
        """The name that answers for a name: itself, or a wildcard below the closest name that exists.

        RFC 4592, section 3.3.1: a wildcard does not reach below a name that exists beside it.
        """
        if name in self.names:
            return name
        closest = next((above for above in ancestors(name) if above in self.names), self.name)
        return f"*.{closest}" if f"*.{closest}" in self.names else None

    def delegation(self, name: str) -> tuple[RecordSet, ...]:
        """The NS records that hand a name over to another zone, if any do."""
        below = [above for above in ancestors(name) if self.covers(above) and above != self.name]
        for above in reversed(below):
            if (above, "NS") in self.groups:
                return self.groups[above, "NS"]
        return ()


def canonical(name: str) -> str:
    r"""A name as names are compared: lower case, with its last dot. Route 53 writes a `*` as `\052`."""
    return name.removesuffix(".").lower().replace("\\052", "*") + "."


def ancestors(name: str) -> Iterator[str]:
    """The name, and every name above it but the root."""
    while name.strip("."):
        yield name
        name = name.partition(".")[2]


def _policy(document: Mapping[str, Any]) -> Policy:
    match document:
        case {"Failover": role}:
            return Failover(role == "PRIMARY")
        case {"Weight": weight}:
            return Weighted(int(weight))
        case {"MultiValueAnswer": True}:
            return MultiValue()
        case {"Region": _}:
            return NotDone("latency")
        case {"GeoLocation": _}:
            return NotDone("geolocation")
        case {"CidrRoutingConfig": _}:
            return NotDone("IP-based")
        case {"SetIdentifier": identifier} if identifier:  # ministack keeps nothing else of it
            return NotDone("geoproximity")
    return Simple()
