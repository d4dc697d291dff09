"""What was seen while a drill went on, one fact each. Times are the drill's, in seconds since the epoch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Probed:
    """What one of Route 53's checkers last saw of a health check, as GetHealthCheckStatus tells."""

    at: float
    check: str
    checker: str
    checked_at: float
    success: bool
    status: str


@dataclass(frozen=True)
class Resolved:
    """What a name server answered; `region` is whose load balancer that is, empty where it is nobody's."""

    at: float
    server: str
    region: str
    ttl: int


@dataclass(frozen=True)
class Fetched:
    """A request of a client that caches DNS; `region` served it, `status` 0 where nobody answered."""

    at: float
    client: str
    region: str
    status: int
    seconds: float
    good: bool


@dataclass(frozen=True)
class Ordered:
    """A checkout: `number` of this drill, `order` its id where it was acknowledged, by `region`."""

    at: float
    number: int
    order: str
    region: str
    status: int
    seconds: float

    @property
    def acknowledged(self) -> bool:
        """Whether the customer was told that the order is taken."""
        return bool(self.order)


@dataclass(frozen=True)
class Lagged:
    """How far a store's copy is behind; `seconds` of the copy's newest against now."""

    at: float
    store: str
    seconds: float


@dataclass(frozen=True)
class Alarmed:
    """An alarm that went off, or calmed down, meanwhile."""

    at: float
    region: str
    alarm: str
    state: str


@dataclass(frozen=True)
class Stalled:
    """The machine itself held things up for so many drill seconds: what is measured then is not AWS."""

    at: float
    where: str
    seconds: float


@dataclass(frozen=True)
class Unread:
    """Something could not be asked; nothing hangs on it, and it is said."""

    at: float
    what: str
    why: str


Observation: TypeAlias = Probed | Resolved | Fetched | Ordered | Lagged | Alarmed | Stalled | Unread

_KINDS: dict[str, type[Observation]] = {
    kind.__name__.lower(): kind
    for kind in (Probed, Resolved, Fetched, Ordered, Lagged, Alarmed, Stalled, Unread)
}


def to_json(seen: Observation) -> dict[str, Any]:
    """One line of observations.jsonl."""
    return {"kind": type(seen).__name__.lower(), **asdict(seen)}


def of_json(said: dict[str, Any]) -> Observation:
    """Read one back. Raises KeyError, TypeError for what is none."""
    rest = dict(said)
    return _KINDS[rest.pop("kind")](**rest)
