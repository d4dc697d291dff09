"""Events on their way to a person and to the one JSON document of a command."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import asdict
from typing import Any, TypeVar

from scripts import narration
from scripts.changes import count
from scripts.errors import TradewindError
from scripts.events import (
    Event,
    LeftoverRemoved,
    NothingChanged,
    ReleaseRead,
    ResourcePurged,
    ResourceRetained,
    RolloutCompleted,
    StackDeleted,
    WaveCompleted,
    WaveFailed,
    WavePlanned,
    WaveStarted,
)
from scripts.terminal import Terminal

Result = TypeVar("Result")


class Telling:
    """Says every event as it comes, and remembers what the document needs."""

    def __init__(self, terminal: Terminal, environment: str) -> None:
        self._terminal = terminal
        self._waves: list[dict[str, Any]] = []
        self.document: dict[str, Any] = {"environment": environment, "waves": self._waves}

    def tell(self, events: Iterable[Event]) -> None:
        """Until the last event, or until what yields them raises."""
        for event in events:
            self._remember(event)
            say = self._way_of_saying(event)
            for line in narration.lines(event, whole=self._terminal.verbose):
                say(self._terminal.paint(line, colour) if (colour := _colour(event)) else line)
        self._terminal.live("")

    def returned(self, events: Generator[Event, None, Result]) -> Result:
        """Tell the events, and give what their generator returns."""
        result: list[Result] = []

        def told() -> Iterator[Event]:
            result.append((yield from events))

        self.tell(told())
        return result[0]

    def failed(self, error: TradewindError) -> None:
        """Give the document of a command that ends with an error; the error itself is still to be raised."""
        self._terminal.data(
            {
                **self.document,
                "error": error.message,
                "fix": error.fix,
                "exit_code": error.exit_code,
            }
        )

    def _way_of_saying(self, event: Event) -> Callable[[str], None]:
        if narration.is_detail(event):
            return self._terminal.detail
        if narration.is_routine(event) and not self._terminal.verbose:
            return self._terminal.live
        return self._terminal.say

    def _remember(self, event: Event) -> None:
        match event:
            case ReleaseRead(digest, _):
                self.document["release"] = digest
            case WaveStarted(root, region, _, _):
                self._waves.append({"root": root, "region": region, "outcome": "begun"})
            case LeftoverRemoved(_, _, what):
                self._waves[-1].setdefault("removed_leftovers", []).append(what)
            case WavePlanned(_, _, hash, changes, _, left_out):
                self._waves[-1] |= {
                    "outcome": "planned",
                    "hash": hash,
                    "counts": count(changes),
                    "left_out": list(left_out),
                }
            case NothingChanged(_, _, left_out):
                self._waves[-1] |= {"outcome": "unchanged", "left_out": list(left_out)}
            case WaveCompleted(_, _, status, seconds, outputs):
                self._waves[-1] |= {
                    "outcome": "changed",
                    "status": status,
                    "seconds": round(seconds, 1),
                    "outputs": dict(outputs),
                }
            case WaveFailed(_, _, status, cause):
                self._waves[-1] |= {"outcome": "failed", "status": status}
                self.document["cause"] = asdict(cause) if cause else None
            case StackDeleted(_, _, seconds):
                self._waves[-1] |= {"outcome": "deleted", "seconds": round(seconds, 1)}
            case ResourceRetained():
                self.document.setdefault("retained", []).append(asdict(event))
            case ResourcePurged():
                self.document.setdefault("purged", []).append(asdict(event))
            case RolloutCompleted(_, changed, _, seconds):
                self.document |= {"changed": changed, "seconds": round(seconds, 1)}
            case _:
                pass


def _colour(event: Event) -> str:
    match event:
        case WaveFailed():
            return "red"
        case WaveStarted():
            return "bold"
        case WaveCompleted() | RolloutCompleted() | StackDeleted():
            return "green"
    return ""
