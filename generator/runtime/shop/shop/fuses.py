"""For what the shop can do without: it is asked only while it is well.

A cache that is down, or an address that leads nowhere, must not cost every page a timeout. Whether it is
well again is found out in the background, where nobody waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger("shop.fuses")

Answer = TypeVar("Answer")

#: Seconds between two looks whether it is well again.
PAUSE = 5.0


class Fuse:
    """Blown to begin with; `mend` looks whether `check` passes, and is for the background."""

    def __init__(self, name: str, check: Callable[[], object] = lambda: None) -> None:
        self.name, self.check = name, check
        self.whole = False

    def ask(self, call: Callable[[], Answer], otherwise: Answer) -> Answer:
        """The call's answer; where it fails, or failed before, what is said otherwise."""
        if not self.whole:
            return otherwise
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - whatever a client raises, the page does without it
            self.whole = False
            log.warning("%s is not well, and left alone: %s", self.name, type(error).__name__)
            return otherwise

    def mend(self) -> float:
        """Seconds until it is looked at again."""
        if not self.whole:
            try:
                self.check()
            except Exception as error:  # noqa: BLE001 - as in `ask`
                log.info("%s is not well: %s", self.name, type(error).__name__)
            else:
                self.whole = True
                log.info("%s is well", self.name)
        return PAUSE
