"""Events on their way to a person and to the one JSON document of a command."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
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
    RollbackContinued,
    RolloutCompleted,
    RolloutStopped,
    StackDeleted,
    WaveCompleted,
    WaveFailed,
    WavePlanned,
    WaveStarted,
    heard,
)
from scripts.execution_events import (
    ActionEnded,
    ApprovalAnswered,
    ApprovalAwaited,
    ExecutionEnded,
    ExecutionJoined,
    ExecutionStarted,
    ShipmentStored,
    StageSkipped,
)
from scripts.terminal import Terminal

Result = TypeVar("Result")


class Telling:
    """Says every event as it comes, and remembers what the document needs."""

    def __init__(self, terminal: Terminal, environment: str) -> None:
        self._terminal = terminal
        self._waves: list[dict[str, Any]] = []
        self._stages: list[dict[str, Any]] = []
        self.document: dict[str, Any] = {
            "environment": environment,
            "waves": self._waves,
            "stages": self._stages,
        }

    def tell(self, events: Iterable[Event]) -> None:
        """Until the last event, or until what yields them raises."""
        for event in events:
            self._tell(event)
        self._terminal.live("")

    def returned(self, events: Generator[Event, None, Result]) -> Result:
        """Tell the events, and give what their generator returns."""
        result = heard(events, self._tell)
        self._terminal.live("")
        return result

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

    def _tell(self, event: Event) -> None:
        self.remember(event)
        say = self._way_of_saying(event)
        for line in narration.lines(event, whole=self._terminal.verbose):
            say(self._terminal.paint(line, colour) if (colour := _colour(event)) else line)

    def _way_of_saying(self, event: Event) -> Callable[[str], None]:
        if narration.is_detail(event):
            return self._terminal.detail
        if narration.is_routine(event) and not self._terminal.verbose:
            return self._terminal.live
        return self._terminal.say

    def remember(self, event: Event) -> None:
        """Keep what the document needs of an event, and say nothing."""
        match event:
            case ReleaseRead(digest, _):
                self.document["templates"] = digest
            case WaveStarted(root, region, _, _):
                self._waves.append({"root": root, "region": region, "outcome": "begun"})
            case LeftoverRemoved(root, region, what):
                self._wave(root, region).setdefault("removed_leftovers", []).append(what)
            case RollbackContinued(root, region, stuck, skipped):
                self._wave(root, region)["rollback"] = {
                    "stuck": [asdict(one) for one in stuck],
                    "skipped": ["/".join(one.path) for one in skipped],
                }
            case WavePlanned(root, region, hash, changes, _, left_out, _):
                self._wave(root, region).update(
                    {
                        "outcome": "planned",
                        "hash": hash,
                        "counts": count(changes),
                        "left_out": list(left_out),
                    }
                )
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
            case RolloutStopped(_, done, under_way, left):
                self.document["stopped"] = {"done": done, "under_way": under_way, "left": left}
            case RolloutCompleted(_, changed, _, seconds):
                self.document |= {"changed": changed, "seconds": round(seconds, 1)}
            case ShipmentStored(release, shipment):
                self.document |= {"release": release, "shipment": shipment}
            case ExecutionStarted(_, execution, order, reason):
                self.document |= {"execution": execution, "order": order, "reason": reason}
            case ExecutionJoined(_, execution, _, who, reason):
                self.document |= {"execution": execution, "started_by": who, "reason": reason}
            case StageSkipped(_, stage):
                self._stages.append({"stage": stage, "status": "Skipped"})
            case ActionEnded(stage, action, status, _, seconds):
                self._stages.append(
                    {
                        "stage": stage,
                        "action": action,
                        "status": status,
                        "seconds": round(seconds, 1),
                    }
                )
            case ApprovalAwaited():
                self.document["awaits"] = asdict(event)
            case ApprovalAnswered():
                self.document.pop("awaits", None)
                self.document.setdefault("approvals", []).append(asdict(event))
            case ExecutionEnded(_, _, status, _, seconds, cause):
                self.document |= {
                    "status": status,
                    "seconds": round(seconds, 1),
                    "cause": asdict(cause) if cause else self.document.get("cause"),
                }
            case _:
                pass

    def _wave(self, root: str, region: str) -> dict[str, Any]:
        """The wave that is told of. The pipeline begins with its waves where nobody hears it."""
        if not self._waves or (self._waves[-1]["root"], self._waves[-1]["region"]) != (
            root,
            region,
        ):
            self._waves.append({"root": root, "region": region})
        return self._waves[-1]


def _colour(event: Event) -> str:
    match event:
        case WaveFailed():
            return "red"
        case WaveStarted():
            return "bold"
        case WaveCompleted() | RolloutCompleted() | StackDeleted():
            return "green"
    return ""
