"""The sandbox, as a drill needs it: a clock, name servers, shops, and regions that can be taken away.

All of it by the pages that the sandbox has beside AWS's APIs: a build that runs there has nothing else of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scripts.drill.clock import Accelerated
    from scripts.drill.observations import Stalled
    from scripts.drill.theatre import Theatre

#: Drill seconds in a second, unless said.
SPEED = 60.0

#: Seconds that the checkers and the alarms have to see that the shops serve, and for how many drill seconds
#: they have to agree: an alarm hears of a check a minute later.
SETTLED_WITHIN, STEADY = 20.0, 150.0


@dataclass(frozen=True)
class Twin:
    """The one that answers at `endpoint`."""

    endpoint: str

    def clock(self) -> dict[str, Any]:
        """What time it is, and how fast it goes."""
        told: dict[str, Any] = self._ask("GET", "clock")
        return told

    def run_at(self, speed: float) -> dict[str, Any]:
        """Have it go so fast."""
        told: dict[str, Any] = self._ask("PUT", "clock", {"speed": speed})
        return told

    @property
    def pace(self) -> float:
        """How fast a drill goes that was not told: as fast as the clock does, unless that is the wall's."""
        set_to: float = self.clock()["speed"]
        return SPEED if set_to == 1 else set_to

    def name_server(self) -> str:
        """Where its DNS answers, once its checkers have looked."""
        serving = self._ask("POST", "routing/start")["dns"]
        return f"{serving['host']}:{serving['port']}"

    def shops(self, theatre: Theatre) -> int:
        """The port at which the shops serve. Raises UsageError where one does not, or at another."""
        from scripts.errors import UsageError

        fronts = {one["name"]: one for one in self._ask("GET", "routing")["balancers"]}
        ports = set[int]()
        for region in (theatre.primary, theatre.standby):
            front = fronts.get(region.balancer.lower(), {})
            if not front.get("control"):
                raise UsageError(
                    f"The shop of {theatre.environment} does not serve in {region.name}.",
                    fix=f"Open it: tradewind sandbox shop start {theatre.environment}",
                )
            ports.add(front["port"])
        if len(ports) > 1:
            raise UsageError(
                f"The shops of {theatre.environment} serve at different ports, and DNS tells none.",
                fix=f"Stop them, and open both: tradewind sandbox shop start {theatre.environment}",
            )
        return ports.pop()

    def late(self, since: float) -> Any:
        """When its checkers and its name server were late, after that monotonic time."""
        return self._ask("GET", f"routing/stalls?since={since}")

    def settle(self, quiet: Callable[[], bool]) -> None:
        """Let time pass, fast, until the checkers find every endpoint well, and the alarms are quiet."""
        before = self.clock()["speed"]
        self.run_at(max(before, SPEED))
        try:
            self._ask("POST", "routing/start")
            deadline = time.monotonic() + SETTLED_WITHIN
            steady = time.monotonic()
            while time.monotonic() < deadline:  # past it the preflight says what is not well
                if not (all(self._ask("GET", "routing/status")["checks"].values()) and quiet()):
                    steady = time.monotonic()
                elif time.monotonic() - steady >= STEADY / max(before, SPEED):
                    break
                time.sleep(0.2)
        finally:
            self.run_at(before)

    def begin(self, region: str) -> float:
        """Take it away; since when it is."""
        return float(self._ask("PUT", f"faults/{region}", {"down": True})["since"])

    def end(self, region: str) -> None:
        """Bring it back."""
        self._ask("DELETE", f"faults/{region}")

    def standing(self, region: str) -> bool:
        """Whether it is away."""
        return bool(self._ask("GET", f"faults/{region}").get("down"))

    def _ask(self, method: str, page: str, said: object = None) -> Any:
        from scripts import sandbox_pages
        from scripts.errors import Failed, UsageError

        try:
            return sandbox_pages.ask(self.endpoint, method, page, said)
        except UsageError as refusal:  # of ours, and not of whoever typed the command
            raise Failed(refusal.message, fix=refusal.fix) from refusal


@dataclass
class Stalls:
    """By how much the twin's own loops were late, each told once."""

    twin: Twin
    clock: Accelerated
    since: float = field(default_factory=time.monotonic)

    def __call__(self) -> Iterator[Stalled]:
        """Since it was asked last."""
        from scripts.drill.observations import Stalled

        for late in self.twin.late(self.since):
            self.since = max(self.since, late["monotonic"])
            at = self.clock.then + (late["monotonic"] - self.clock.monotonic) * self.clock.speed
            yield Stalled(at, "route 53", late["drill_seconds"])
