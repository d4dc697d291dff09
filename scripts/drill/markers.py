"""What customers were seen to write in one region, handed to whoever looks for its copy in the other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

#: Drill seconds between two orders, or carts, of one region that are followed.
_EVERY = 10.0


@dataclass(frozen=True)
class Marker:
    """Something of `store` that `region` was seen to have at `at`, by its key."""

    store: str
    region: str
    key: str
    at: float


Follow = Callable[[Marker], None]


class Markers:
    """Between those who write, and the one who looks for copies. Some are left out: a few tell as much."""

    def __init__(self) -> None:
        self._new: deque[Marker] = deque(maxlen=32)
        self._last: dict[tuple[str, str], float] = {}
        self._writing = threading.Lock()

    def put(self, marker: Marker) -> None:
        """Follow it, unless one was followed a moment ago."""
        kind = (marker.store, marker.region)
        with self._writing:
            if marker.at - self._last.get(kind, float("-inf")) >= _EVERY:
                self._last[kind] = marker.at
                self._new.append(marker)

    def take(self) -> list[Marker]:
        """Those that are new."""
        with self._writing:
            taken = list(self._new)
            self._new.clear()
        return taken
