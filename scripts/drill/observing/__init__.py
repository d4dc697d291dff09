"""Watching a region being left: what Route 53's checkers, the name servers, customers and both regions say.

rounds      one observer: looks by a period, in a thread; what fails is told, and tried again later
watch       all of them, started and stopped together
checkers    what each of Route 53's checkers last saw
name_servers    what each name server of the zone answers
lags        how far the copies of the stores are behind, as CloudWatch has it
copies      the same, by what customers wrote in one region (markers.py) and is looked for in the other
alarms      what goes off in the standby

Customers are in scripts/drill/clients.py and shoppers.py. Nothing that fails here ends a drill.
"""

from __future__ import annotations

from scripts.drill.observing.watch import Watch, calls, unmeasured

__all__ = ["Watch", "calls", "unmeasured"]
