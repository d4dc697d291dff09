"""Named lines at which a test kills this process, as a power cut would.

Only tests use this: with TRADEWIND_FAILPOINT=<name> in the environment, reaching that point is a
SIGKILL of the process by itself. No handler, `finally` or buffer gets a chance. Without the variable
`reach` does nothing.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "TRADEWIND_FAILPOINT"

#: Every failpoint, in the order in which a first deploy reaches them.
NAMES = (
    "lease.acquired",
    "bundle.half-packed",
    "release.half-uploaded",
    "release.uploaded",
    "change-set.requested",
    "change-set.created",
    "wave.planned",
    "wave.executed",
    "wave.followed",
    "wave.protected",
    "rollout.completed",
    "lease.released",
)

#: Those of a deploy through the pipeline, in its order; `watch` goes on after any of them.
SHIPPING = (
    "shipment.sent",
    "execution.requested",
    "execution.started",
    "request.recorded",
    "execution.left",
    "execution.followed",
    "approval.awaited",
    "approval.given",
    "stack.seen",
    "execution.ended",
)

#: Those of a failover drill: armed, about to pull the trigger, pulled and not written down, failed over, and
#: undone and not written down. `resume` and `abort` go on after any of them.
DRILL = (
    "drill.armed",
    "drill.intended",
    "drill.pulled",
    "drill.failed-over",
    "drill.returned",
)


def reach(name: str) -> None:
    """Die here, if a test asked for it. Names are those above: a misspelt one cannot pass."""
    if name not in (*NAMES, *SHIPPING, *DRILL):
        raise ValueError(f"{name!r} is not a failpoint")
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
