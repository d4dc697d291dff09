"""How a process keeps from standing still: on a clock 120 times as fast a tenth of a second is twelve."""

from __future__ import annotations

import gc
import sys

#: Seconds after which a thread that computes gives way: whoever serves may wait for it at every step.
TURN = 0.001

_USUAL_TURN = sys.getswitchinterval()


def shorten() -> None:
    """Once a process has what it needs: threads take turns often, and of what is there the garbage collector
    looks at nothing any more. A full collection of a sandbox with a platform in it takes half a second.
    """
    sys.setswitchinterval(TURN)
    gc.freeze()


def follow(speed: float) -> None:
    """The same while the clock runs fast; once it is slow all is as it was, and what is garbage then goes."""
    if speed > 1:
        shorten()
    else:
        sys.setswitchinterval(_USUAL_TURN)
        gc.unfreeze()
