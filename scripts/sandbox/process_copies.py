"""Work on the state as it is now, done in a copy of this process while this one goes on.

A fork has the whole state at once and shares its memory until either side writes; no request waits for it.
Only where a fork of a process with threads is safe enough for that: on Linux.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable

#: Whether this machine has it.
OFFERED = sys.platform == "linux"

#: prctl(2): have the kernel kill this process when its parent ends.
_PR_SET_PDEATHSIG = 1
_LOOK = 0.02
#: By how much a copy is less urgent than who serves meanwhile.
_NICE = 10
_ABOVE_STANDARD = 3

log = logging.getLogger("tradewind.sandbox")


class CopyLost(Exception):
    """The copy did not come to an end: it was killed, or waited for a lock that another thread had."""


async def run(
    work: Callable[[], None], seconds: float, still: Callable[[], bool] = lambda: True
) -> bool:
    """Do `work` in a copy, and say whether it succeeded; what it raises is logged there.

    Raises CopyLost, also once it is not `still` wanted.
    """
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _work_alone(work, parent)
    deadline = time.monotonic() + seconds
    try:
        while (ended := os.waitpid(pid, os.WNOHANG)) == (0, 0):
            if not still() or time.monotonic() > deadline:
                break
            await asyncio.sleep(_LOOK)
    except BaseException:
        _end(pid)
        raise
    if ended == (0, 0):
        _end(pid)
        why = f"it took longer than {seconds:.0f} s" if still() else "nobody waits for it any more"
        raise CopyLost(why)
    code = os.waitstatus_to_exitcode(ended[1])
    if code < 0:
        raise CopyLost(f"it was ended by {signal.Signals(-code).name}")
    return code == 0


def _work_alone(work: Callable[[], None], parent: int) -> None:
    """What the copy does; it never returns."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Sockets and pipes are the parent's: what it closes is to be closed.
        os.closerange(_ABOVE_STANDARD, os.sysconf("SC_OPEN_MAX"))
        os.nice(_NICE)
        gc.disable()  # a collection would write to, and so copy, every page
        if os.getppid() == parent:
            work()
            code = 0
    except BaseException as problem:  # noqa: BLE001 - there is nobody above to hear of it
        log.error("the state was not saved: %s", problem)
    finally:
        os._exit(code)


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
