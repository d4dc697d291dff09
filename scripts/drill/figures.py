"""What a drill measured: when what happened, in drill seconds, and what follows from it.

T0 the fault; T1 the checkers agree that the check is unhealthy; T2 the first name server answers the standby;
T3 the last vantage does (name servers, and the caches of the clients); T4 the first checkout that the standby
acknowledged; T5 from when on the objective was held, window after window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Times:
    """None where it never came."""

    t0: float | None = None
    t1: float | None = None
    t2: float | None = None
    t3: float | None = None
    t4: float | None = None
    t5: float | None = None

    @property
    def detection(self) -> float | None:
        """T1 - T0."""
        return _between(self.t0, self.t1)

    @property
    def dns(self) -> float | None:
        """T2 - T1."""
        return _between(self.t1, self.t2)

    @property
    def propagation(self) -> float | None:
        """T3 - T2."""
        return _between(self.t2, self.t3)

    @property
    def recovery(self) -> float | None:
        """T5 - T3; unknown where a vantage was led back once the objective had been held."""
        took = _between(self.t3, self.t5)
        return None if took is None or took < 0 else took

    @property
    def rto(self) -> float | None:
        """T5 - T0."""
        return _between(self.t0, self.t5)


@dataclass(frozen=True)
class Requests:
    """Of clients, from T0 on."""

    total: int
    failed: int
    by_region: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Orders:
    """Three counts, never one. `stranded`: not in the standby while the region was away, and back with it.
    `lost`: gone for good. `stranded_peak_age`: seconds before the fault of the oldest that was stranded.
    `unsettled`: of which nobody could be asked. `unanswered`: there, though no customer was told so.
    """

    acknowledged: int
    stranded: int
    lost: int
    stranded_peak_age: float = 0.0
    unsettled: int = 0
    unanswered: int = 0


@dataclass(frozen=True)
class Lag:
    """Of one store: the peak, in seconds, and from how many readings; or why it was not measured."""

    store: str
    peak: float | None
    readings: int
    unmeasured: str = ""


@dataclass(frozen=True)
class Figures:
    """All of it. `decision` is how long people took to approve, `failback` how long coming back took;
    neither is part of the RTO. `rpo` is None where no store could be measured. `stall` is the longest.
    `reasons` says of what is None why it is.
    """

    times: Times
    bound: float
    requests: Requests
    orders: Orders
    lags: tuple[Lag, ...]
    rpo: float | None
    stall: float
    valid: bool
    decision: float | None = None
    failback: float | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """For reports and --json."""
        times = self.times
        durations = ("detection", "dns", "propagation", "recovery", "rto")
        return {**asdict(self), **{f"{name}_s": getattr(times, name) for name in durations}}


def _between(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(other - one, 3)
