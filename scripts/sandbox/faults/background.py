"""What works in a region without being called: it stands still while the region is down, and goes on after.

Readers of streams, workflows, pipelines, builds and deployments ask `standing` by themselves; here is what
ministack does on its own: its readers of queues and Kinesis, and the rules of EventBridge.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator
from typing import Any

from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.seams import Kind, Seam

_LAMBDA = "ministack.services.lambda_svc"
_EVENTS = "ministack.services.eventbridge"
_USED_BY = "work in a region that is down"

READERS = Seam(_LAMBDA, "_iter_all_esms", None, Kind.FUNCTION, (), _USED_BY)
TARGET = Seam(
    _EVENTS, "_invoke_target", None, Kind.FUNCTION, ("target", "event", "rule", "view"), _USED_BY
)
REGION = Seam("ministack.core.responses", "get_region", None, Kind.FUNCTION, (), _USED_BY)
SEAMS = (READERS, TARGET, REGION)

#: What a schedule sends: one that came due more than once while its region was down is sent once.
_SCHEDULES = frozenset({"aws.events", "aws.scheduler"})


def install() -> None:
    """Have it stand still."""
    READERS.replace(_of_regions_that_are_up(READERS.value))
    TARGET.replace(_holding_back(TARGET.value))


def _of_regions_that_are_up(
    readers: Callable[[], Iterator[tuple[str, str, Any]]],
) -> Callable[[], Iterator[tuple[str, str, Any]]]:
    def every() -> Iterator[tuple[str, str, Any]]:
        return (one for one in readers() if not STANDING.down(one[1]))

    return every


def _holding_back(invoke: Callable[..., Any]) -> Callable[..., Any]:
    held: set[tuple[str, str]] = set()

    def later(region: str, key: tuple[str, str], *what: Any) -> None:
        STANDING.wait_while_down(region)
        held.discard(key)
        invoke(*what)

    def invoked(target: Any, event: Any, rule: Any, view: Any = None) -> Any:
        region = REGION.value()
        if not STANDING.down(region):
            return invoke(target, event, rule, view)
        once = event.get("Source") in _SCHEDULES
        key = (str(rule.get("Arn")), str(target.get("Id")) if once else str(event.get("EventId")))
        if not once or key not in held:
            held.add(key)
            context = contextvars.copy_context()
            work = (later, region, key, target, event, rule, view)
            threading.Thread(target=context.run, args=work, daemon=True, name="held-event").start()
        return None

    return invoked
