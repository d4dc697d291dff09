"""One live screen of an execution, drawn by rich: waves, stages, actions, stacks and what happened last.

It is drawn from an `Execution` and knows nothing of how that was read. On anything but a terminal nobody
makes one: then events are lines, as everywhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from scripts.changes import NESTED_STACK
from scripts.lapses import duration

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

    from scripts.events import StackEventSeen

#: Lines of events, and nested stacks, that are shown at most.
EVENTS, STACKS = 6, 12

#: How wide a bar is, in cells, below which width of the terminal there is none, and how often all of it
#: is drawn, in Hz.
BAR, NARROW, RATE = 24, 60, 4

#: CodePipeline's words as one sign each; the word itself stands beside it, for who sees no colours.
_SIGNS = {
    "Succeeded": ("✓", "green"),
    "Failed": ("✗", "red"),
    "InProgress": ("▸", "cyan"),
    "Stopping": ("▸", "yellow"),
    "Stopped": ("■", "yellow"),
    "Abandoned": ("■", "yellow"),
    "Cancelled": ("■", "yellow"),
    "Skipped": ("·", "dim"),
    "": ("·", "dim"),
}


class Action(Protocol):
    """What is drawn of an action."""

    name: str
    status: str
    began: datetime | None
    ended: datetime | None

    @property
    def waits(self) -> bool:
        """Whether it waits for a person."""


class Learnt(Protocol):
    """What actions usually take."""

    def of(self, stage: str, action: str) -> float | None:
        """Seconds."""


@dataclass
class Screen:
    """A screen for as long as a `with` block lasts. `pause` gives the terminal back for a question."""

    title: str
    learnt: Learnt
    console: Console | None = None
    _execution: Any = None
    _stacks: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)
    _events: deque[str] = field(default_factory=lambda: deque(maxlen=EVENTS))
    _live: Live | None = None

    def __enter__(self) -> Screen:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.pause()

    def show(self, execution: Any) -> None:
        """Draw how an execution stands now."""
        self._execution = execution
        self._draw()

    def seen(self, event: StackEventSeen, line: str) -> None:
        """Take in a stack's event."""
        if event.type == NESTED_STACK and event.path:
            self._stacks[event.root, event.region, *event.path] = (event.status, event.reason)
        self._events.append(line)
        self._draw()

    def pause(self) -> None:
        """Leave the screen as it is, and the terminal to somebody else; `resume` draws it again."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def resume(self) -> None:
        """Draw again after a question."""
        self._start()

    def _start(self) -> None:
        from rich.console import Console
        from rich.live import Live

        self.console = self.console or Console(stderr=True)
        self._live = Live(
            get_renderable=self.drawn,
            console=self.console,
            refresh_per_second=RATE,
            transient=True,
        )
        self._live.start()

    def _draw(self) -> None:
        if self._live is not None:
            self._live.refresh()

    def drawn(self, now: datetime | None = None) -> RenderableType:
        """The whole screen, at a moment. rich's own thread asks for it, so it reads copies."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        moment = now or datetime.now(UTC)
        table = Table.grid(padding=(0, 1))
        for _ in range(4):
            table.add_column(no_wrap=True)
        if self._execution is not None:
            for stage in self._execution.stages:
                for row in self._stage(stage, moment):
                    table.add_row(*row)
        parts: list[RenderableType] = [Text(self.title, style="bold"), table]
        if moving := self._moving():
            parts += [Text(""), *moving]
        if events := list(self._events):
            parts += [Text(""), *(Text(line, style="dim", no_wrap=True) for line in events)]
        return Group(*parts)

    def _stage(self, stage: Any, now: datetime) -> Iterator[tuple[RenderableType, ...]]:
        """A stage's row and, while it is at work, one for each of its actions."""
        from rich.text import Text

        sign, style = _SIGNS.get(stage.status, ("?", ""))
        taken = sum(_seconds(action, now) for action in stage.actions if not action.waits)
        said = "" if not stage.actions else duration(taken)
        word = "held" if stage.held else stage.status
        yield Text(f"{sign} {stage.name}", style=style), Text(word, style=style), Text(said), ""
        if stage.status not in ("InProgress", "Failed", "Stopping"):
            return
        for action in stage.actions:
            yield self._action(stage.name, action, now)

    def _action(self, stage: str, action: Action, now: datetime) -> tuple[RenderableType, ...]:
        from rich.text import Text

        sign, style = _SIGNS.get(action.status, ("?", ""))
        word = "waits for approval" if action.waits else action.status
        taken, usual = _seconds(action, now), self.learnt.of(stage, action.name)
        bar: RenderableType = ""
        if action.status == "InProgress" and not action.waits and self._width >= NARROW:
            bar = _bar(taken, usual)
        return (
            Text(f"  {sign} {action.name}", style=style),
            Text(word, style=style),
            Text(duration(taken)),
            bar,
        )

    @property
    def _width(self) -> int:
        return self.console.width if self.console is not None else NARROW

    def _moving(self) -> list[RenderableType]:
        """The nested stacks that are being changed, the latest last."""
        from rich.text import Text

        stacks = dict(self._stacks)
        moving = [(path, status) for path, (status, _) in stacks.items() if "IN_PROGRESS" in status]
        done = len(stacks) - len(moving)
        lines: list[RenderableType] = [
            Text(f"  {'/'.join(path)}  {status}", style=_colour(status), no_wrap=True)
            for path, status in moving[-STACKS:]
        ]
        if stacks:
            lines.insert(0, Text(f"  nested stacks: {done} done, {len(moving)} at work"))
        return lines


def _bar(taken: float, usual: float | None) -> RenderableType:
    """How far an action is, by what it usually takes; a bar that pulses where nothing is known."""
    from rich.progress_bar import ProgressBar

    if not usual:
        return ProgressBar(total=None, pulse=True, width=BAR)
    # It is never full before the end: what takes longer than usual is not done.
    return ProgressBar(total=usual, completed=min(taken, usual * 0.97), width=BAR)


def _seconds(action: Action, now: datetime) -> float:
    if action.began is None:
        return 0.0
    return max(0.0, ((action.ended or now) - action.began).total_seconds())


def _colour(status: str) -> str:
    return "red" if "FAILED" in status or "ROLLBACK" in status else ""
