"""Whether this shop is about to stop: one byte that the master and all its workers see.

It is made before gunicorn forks, and shared by the fork.
"""

from __future__ import annotations

import mmap

_said = mmap.mmap(-1, 1)


def begin() -> None:
    """From now on health checks say no, and every answer ends its connection."""
    _said[0] = 1


def under_way() -> bool:
    """Whether it has begun."""
    return _said[0] == 1


def end() -> None:
    """For tests, which are not stopped."""
    _said[0] = 0
