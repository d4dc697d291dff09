"""What each name server of the zone answers for the name that fails over, by real queries.

Whose load balancer an address is of is asked of the same server: each region has a name of its own, which
never fails over.
"""

from __future__ import annotations

from collections.abc import Iterable

from scripts.drill.clock import Clock
from scripts.drill.observations import Observation, Resolved, Unread
from scripts.drill.observing.rounds import Periodic
from scripts.drill.plan import Plan
from scripts.drill.stage import Names, NoAnswer

#: Drill seconds from one query of a server to the next; and between two looks at an address that is
#: nobody's.
_PERIOD, _AGAIN = 2.0, 30.0


class NameServer(Periodic):
    """One of the zone's."""

    period = _PERIOD

    def __init__(self, names: Names, clock: Clock, plan: Plan, server: str) -> None:
        self.name = f"name server {server}"
        self._names, self._clock, self._server = names, clock, server
        self._theatre = plan.theatre
        self._regions: dict[str, str] = {}
        self._looked_at = float("-inf")

    def look(self) -> Iterable[Observation]:
        """Its answer now."""
        answer = self._names.ask(self._server, self._theatre.failover_name)
        at = self._clock.now()
        yield Resolved(at, self._server, self._region(answer.addresses), answer.ttl)

    def _region(self, addresses: tuple[str, ...]) -> str:
        """Whose these are; empty where nobody's, or not one region's alone."""
        unknown = any(address not in self._regions for address in addresses)
        if unknown and self._clock.now() - self._looked_at >= _AGAIN:
            self._learn()
        regions = {self._regions.get(address, "") for address in addresses}
        return regions.pop() if len(regions) == 1 else ""

    def _learn(self) -> None:
        """Load balancers change addresses as they like."""
        self._looked_at = self._clock.now()
        for region in (self._theatre.primary, self._theatre.standby):
            for address in self._names.ask(self._server, region.regional_name).addresses:
                self._regions[address] = region.name


def name_servers(names: Names, clock: Clock, plan: Plan) -> tuple[list[NameServer], list[Unread]]:
    """An observer for each, or why there are none."""
    try:
        servers = names.servers(plan.theatre.failover_name)
    except NoAnswer as error:
        return [], [Unread(clock.now(), "name servers", str(error))]
    return [NameServer(names, clock, plan, server) for server in servers], []
