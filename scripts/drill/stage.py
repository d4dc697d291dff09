"""Where a drill plays: on AWS, or in a rehearsal of it. Nothing else of a drill knows which.

Only the session, the clock, DNS and the way to the shop differ; what a rehearsal cannot imitate is said.
On AWS nobody but CloudFront and Route 53 reaches a load balancer, so visitors come by the distribution,
which resolves the name that fails over for them; in a rehearsal each visitor resolves it by itself, and
keeps the answer for its TTL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from scripts.aws import Aws
from scripts.drill.clock import Clock
from scripts.drill.observations import Stalled
from scripts.drill.wire import Wire


@dataclass(frozen=True)
class Answer:
    """What one authoritative name server said of a name: addresses, and for how many seconds they hold."""

    addresses: tuple[str, ...]
    ttl: int


class NoAnswer(Exception):
    """A name server did not answer, or refused to."""


class Names(Protocol):
    """Authoritative DNS, asked by real queries."""

    def servers(self, name: str) -> tuple[str, ...]:
        """The name servers of the zone that the name is in."""
        ...

    def ask(self, server: str, name: str) -> Answer:
        """What a server answers now. Raises NoAnswer."""
        ...


@dataclass(frozen=True)
class Asked:
    """An HTTP request; `path` with its query."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Told:
    """An HTTP answer. Header names are in lower case; `seconds` is drill time, latency that was injected
    included.

    `address` is where it was asked for, empty where somebody in between (CloudFront) chose that.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    address: str = ""


class Unreachable(Exception):
    """No name, no connection, or no answer in time."""


class Visitor(Protocol):
    """A customer's machine: what it has learnt of DNS, and its connections, are its own."""

    def send(self, asked: Asked) -> Told:
        """The shop's answer to one request. Raises Unreachable."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Outage(Protocol):
    """A region that can be taken away, which AWS offers nobody."""

    def begin(self, region: str) -> float:
        """It is gone: processes, and APIs. Since when, in drill time: bringing that about takes its time."""
        ...

    def end(self, region: str) -> None:
        """It is back as it was."""
        ...

    def standing(self, region: str) -> bool:
        """Whether it is away."""
        ...


@dataclass(frozen=True)
class Stage:
    """What a drill is given. `wire` hears what `aws` sends; `unmeasured`: a store, and why nothing can be
    said of it here. `stalls` tells by how much the stage's own loops were late since it was asked last.
    """

    aws: Aws
    clock: Clock
    names: Names
    visitor: Callable[[], Visitor]
    rehearsal: bool
    outage: Outage | None = None
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    wire: Wire | None = None
    stalls: Callable[[], Iterable[Stalled]] = tuple
