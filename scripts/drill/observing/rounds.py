"""One observer: it looks, again and again, in a thread of its own, and outlives whatever goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from scripts.drill.clock import Clock
from scripts.drill.observations import Observation, Stalled, Unread
from scripts.errors import TradewindError

Tell = Callable[[Observation], None]

#: Drill seconds by which a look may come late before it is told.
NOTICED = 0.5

#: The longest pause after failures, in drill seconds.
_LONGEST_PAUSE = 60.0


class Observer(Protocol):
    """Somebody who looks."""

    @property
    def name(self) -> str:
        """Which, for people."""
        ...

    @property
    def period(self) -> float:
        """Drill seconds from one look to the next."""
        ...

    def look(self) -> Iterable[Observation]:
        """What is seen now. May raise; then nothing was seen."""
        ...

    def next_at(self, due: float, now: float) -> float:
        """When to look again, by the drill's time, after a look that was due at `due` and is over `now`. What
        comes later than that is a stall.
        """
        ...

    def close(self) -> None:
        """No more looks will come."""
        ...


class Periodic:
    """An observer that looks by its period alone, and has nothing to close."""

    name: str
    period: float

    def next_at(self, due: float, now: float) -> float:
        """A period later, or at once where the look took longer: that is no fault of the machine's."""
        return max(due + self.period, now)

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Rounds:
    """An observer at work. `phase`: drill seconds until its first look, so that not all look at once."""

    observer: Observer
    clock: Clock
    tell: Tell
    stop: threading.Event
    phase: float = 0.0

    def run(self) -> None:
        """Look until stopped."""
        due = self.clock.now() + self.phase
        failures = 0
        try:
            while not self.clock.sleep(due - self.clock.now(), self.stop):
                self._note_lateness(due)
                if self._look():
                    failures = 0
                    due = self.observer.next_at(due, self.clock.now())
                else:
                    failures += 1
                    pause = self.observer.period * 2 ** min(failures, 10)
                    due = self.clock.now() + min(pause, _LONGEST_PAUSE)
        finally:
            self.observer.close()

    def _look(self) -> bool:
        try:
            for seen in self.observer.look():
                self.tell(seen)
        except Exception as error:  # noqa: BLE001 - a drill goes on, whatever one of its observers meets
            self.tell(Unread(self.clock.now(), self.observer.name, said(error)))
            return False
        return True

    def _note_lateness(self, due: float) -> None:
        late = self.clock.now() - due
        if late >= NOTICED:
            self.tell(Stalled(self.clock.now(), self.observer.name, round(late, 3)))


def said(error: Exception) -> str:
    """An error as a sentence."""
    if isinstance(error, TradewindError):
        return error.message
    return f"{type(error).__name__}: {error}".rstrip(": ")
