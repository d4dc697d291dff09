"""A drill on its way to a person and to the one JSON document of a command, and the signals that end it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from scripts.errors import Failed
from scripts.terminal import ReaderLeft

if TYPE_CHECKING:
    from scripts.drill.engine import Outcome
    from scripts.drill.events import DrillEvent
    from scripts.terminal import Terminal

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def followed(
    terminal: Terminal, events: Generator[DrillEvent, None, Outcome], document: dict[str, Any]
) -> int:
    """Say what happens until the drill is over and what came of it, which the document is told, too; gives
    the exit code.
    """
    from scripts.drill.narration import Narration
    from scripts.events import heard

    narration = Narration()

    def hear(event: DrillEvent) -> None:
        for line in narration.lines(event):
            _told(terminal.say, line)
        if moving := narration.moving(event):
            _told(terminal.live, moving)

    outcome = heard(events, hear)
    _told(terminal.live, "")
    return _ended(terminal, outcome, document)


@contextmanager
def interruptible(terminal: Terminal) -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM and SIGHUP set: a drill is not dropped, it goes back."""
    interrupted = threading.Event()

    def heed(number: int, _: object) -> None:
        if interrupted.is_set():
            _told(
                terminal.warn,
                "it is going back already; whoever must kill it goes on with: failover-drill resume",
            )
        interrupted.set()
        _told(terminal.say, f"{signal.Signals(number).name}: going back")

    before = {number: signal.signal(number, heed) for number in _SIGNALS}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _told(say: Callable[[str], None], words: str) -> None:
    """Say it. Who stops reading stops no drill: the region would stay as it was left."""
    with suppress(ReaderLeft, Failed):
        say(words)


def _ended(terminal: Terminal, outcome: Outcome, document: dict[str, Any]) -> int:
    folder, figures = outcome.folder, outcome.figures
    document |= {
        "drill": folder.id,
        "state": str(outcome.state),
        "verdict": str(outcome.verdict) if outcome.verdict else None,
        "why": outcome.why,
        "figures": figures.to_json() if figures else None,
        "journal": str(folder.journal),
        "report": str(folder.report) if folder.report.exists() else None,
        "page": str(folder.page) if folder.page.exists() else None,
    }
    for line in _summary(outcome):
        _told(terminal.out, line)
    return outcome.verdict.exit_code if outcome.verdict else 0


def _summary(outcome: Outcome) -> Iterator[str]:
    figures = outcome.figures
    yield f"{outcome.verdict or outcome.state}{f': {outcome.why}' if outcome.why else ''}"
    if figures is None:
        return
    times, orders = figures.times, figures.orders
    for name in ("detection", "dns", "propagation", "recovery", "rto"):
        seconds = getattr(times, name)
        yield f"  {_NAMES[name]:24} {'-' if seconds is None else f'{seconds:.1f} s'}"
    yield f"  {'RPO':24} {'-' if figures.rpo is None else f'{figures.rpo:.1f} s'}"
    yield (
        f"  {'orders':24} {orders.acknowledged} acknowledged, {orders.stranded} stranded, "
        f"{orders.lost} lost"
    )
    yield f"  {'requests':24} {figures.requests.failed} of {figures.requests.total} failed"
    yield f"  {'report':24} {outcome.folder.page}"


_NAMES = {
    "detection": "detection (T1-T0)",
    "dns": "DNS (T2-T1)",
    "propagation": "propagation (T3-T2)",
    "recovery": "recovery (T5-T3)",
    "rto": "RTO (T5-T0)",
}
