"""What a person or a pipe gets to see: data on stdout, status on stderr; the only module that prints.

With `json`, stdout holds exactly one JSON document: `out` and `table` fall silent and `data` (or `error`)
speaks. Without it `data` falls silent, so a command says both and does not ask which is wanted.

Imported before click when nothing is to be done, hence no import here that is not loaded already.
"""

from __future__ import annotations

import os
import sys
import time

from scripts.errors import Failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

#: ECMA-48 codes of the few colours that carry a meaning.
COLOURS = {"red": 31, "green": 32, "yellow": 33, "cyan": 36, "dim": 2, "bold": 1}
#: Seconds between two lines of progress where there is no terminal to redraw.
PACE = 5.0
CLEAR_LINE = "\r\x1b[2K"


class ReaderLeft(Exception):
    """Nobody reads our output any more (`| head`)."""


def columns() -> int:
    """How wide the terminal is; 80 where there is none."""
    try:
        return int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        pass
    try:
        return os.get_terminal_size(2).columns or 80
    except OSError:
        return 80


class Terminal:
    """The two streams, and what may be written to each."""

    def __init__(
        self,
        *,
        json: bool = False,
        quiet: bool = False,
        verbose: bool = False,
        color: bool | None = None,
    ) -> None:
        """`color` None means: on a terminal, unless NO_COLOR is set."""
        self.json, self.quiet, self.verbose, self.color = json, quiet, verbose, color
        self._live = ""
        self._asked = ""
        self._next = 0.0
        self._documented = False

    @property
    def interactive(self) -> bool:
        """Whether somebody is there to answer a question."""
        return _is_terminal(sys.stdin)

    @property
    def watched(self) -> bool:
        """Whether a screen that is drawn again and again has somebody to see it."""
        return not self.quiet and not self.verbose and _redraws()

    def say(self, text: str) -> None:
        """Status, for whoever watches; not with -q."""
        if not self.quiet:
            self._status(text)

    def detail(self, text: str) -> None:
        """What is only wanted with -v."""
        if self.verbose:
            self._status(text)

    def warn(self, text: str) -> None:
        """Something that deserves a look; said even with -q."""
        self._status(f"{self.paint('warning:', 'yellow')} {text}")

    def error(self, message: str, fix: str = "", *, exit_code: int = 1) -> None:
        """What went wrong and what to do next; with `json` also the document on stdout."""
        self._status(f"{self.paint('error:', 'red')} {message}")
        if fix:
            self._status(f"{self.paint('  fix:', 'cyan')} {fix}")
        if self.json and not self._documented:
            try:
                self.data({"error": message, "fix": fix, "exit_code": exit_code})
            except Failed as lost:
                self._status(lost.message)

    def out(self, text: str) -> None:
        """Data for a person or a pipe."""
        if not self.json:
            self._clear()
            self._write(text + "\n", sys.stdout)

    def data(self, document: object) -> None:
        """The one JSON document, at the end."""
        if self.json:
            import json

            assert not self._documented, "a command has one JSON document"
            self._documented = True
            self._clear()
            self._write(json.dumps(document, indent=2, default=str) + "\n", sys.stdout)

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Aligned columns on stdout."""
        lines = [list(headers), *([str(cell) for cell in row] for row in rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(headers))]
        for number, line in enumerate(lines):
            aligned = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            text = "  ".join(aligned).rstrip()
            self.out(self.paint(text, "bold", sys.stdout) if number == 0 else text)

    def paint(self, text: str, colour: str, stream: TextIO | None = None) -> str:
        """The text in a colour, where the stream (stderr unless said) shows colours."""
        if not self._colourful(stream or sys.stderr):
            return text
        return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m"

    def ask(self, question: str) -> str:
        """One line of an answer; empty where nobody answers."""
        self._clear()
        self._write(f"{question} ", sys.stderr)
        return self._answer()

    def asking(self, question: str) -> Question:
        """A question that is open while other things go on."""
        return Question(self, question)

    def confirm(self, question: str) -> bool:
        """Whether the answer is yes; silence and anything else mean no."""
        return self.ask(f"{question} [y/N]").lower() in {"y", "yes"}

    def progress(self, title: str) -> Progress:
        """A line that moves on a terminal, and a line now and then elsewhere."""
        return Progress(self, title)

    def live(self, text: str) -> None:
        """Put `text` on the moving line; empty takes the line away."""
        if self.quiet or self._asked:
            return
        if _redraws():
            self._write(CLEAR_LINE + text[: columns() - 1], sys.stderr)
        elif text and time.monotonic() >= self._next:
            self._next = time.monotonic() + PACE
            self._write(text + "\n", sys.stderr)
        self._live = text

    def _status(self, text: str) -> None:
        live = self._live
        self._clear()
        self._write(text + "\n", sys.stderr)
        if self._asked:
            self._write(f"{self._asked} ", sys.stderr)
        elif live and _redraws():
            self.live(live)

    def _clear(self) -> None:
        if (self._live or self._asked) and _redraws():
            self._write(CLEAR_LINE, sys.stderr)
        elif self._asked:
            self._write("\n", sys.stderr)

    def _answer(self) -> str:
        answer = sys.stdin.readline() if sys.stdin is not None else ""
        if not answer.endswith("\n"):
            self._write("\n", sys.stderr)
        return answer.strip()

    def _write(self, text: str, stream: TextIO | None) -> None:
        if stream is None:  # it was closed before we began (`2>&-`)
            return
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError as error:
            _discard(stream)
            raise ReaderLeft from error
        except OSError as error:
            _discard(stream)
            if stream is sys.stdout:  # a status line that is lost is no reason to stop
                raise Failed(f"The output cannot be written: {error.strerror}.") from error

    def abandon_output(self) -> None:
        """Forget what was written past us and cannot be: the interpreter would fail over it at its end."""
        try:
            sys.stdout.flush()
        except OSError:
            _discard(sys.stdout)

    def _colourful(self, stream: TextIO | None) -> bool:
        if self.color is not None:
            return self.color
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return not plain and _is_terminal(stream)


def _discard(stream: TextIO) -> None:
    """Send what is buffered, and what follows, nowhere: else the interpreter complains at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _redraws() -> bool:
    """Whether a line on stderr can be taken back: a dumb terminal would show the codes for it."""
    return _is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


class Progress:
    """`with terminal.progress("Uploading") as progress: progress.update("3 of 12")`."""

    def __init__(self, terminal: Terminal, title: str) -> None:
        self._terminal, self._title = terminal, title

    def __enter__(self) -> Progress:
        self._terminal.live(self._title)
        return self

    def update(self, text: str) -> None:
        """Say how far it is."""
        self._terminal.live(f"{self._title}: {text}")

    def __exit__(self, *_: object) -> None:
        self._terminal.live("")


class Question:
    """`with terminal.asking("Sure?") as question: question.answer()`, again and again, at a terminal. What is
    said meanwhile stands above it; who does not see it may answer all the same.
    """

    def __init__(self, terminal: Terminal, text: str) -> None:
        self._terminal, self._text = terminal, text
        self._typed = b""

    def __enter__(self) -> Question:
        import termios
        from contextlib import suppress

        self._terminal.live("")
        termios.tcflush(sys.stdin, termios.TCIFLUSH)  # what was typed before answers something else
        self._terminal._asked = self._text
        with suppress(ReaderLeft):
            self._terminal._write(f"{self._text} ", sys.stderr)
        return self

    def answer(self) -> str | None:
        """One line; empty where nobody will answer, None while nobody has. Never waits for the line's end."""
        from select import select

        if not select([sys.stdin], [], [], 0)[0]:
            return None
        typed = os.read(sys.stdin.fileno(), 1024)
        self._typed += typed
        line, ended, _ = self._typed.partition(b"\n")
        if typed and not ended:
            return None
        self._terminal._asked = ""
        return line.decode(errors="replace").strip()

    def __exit__(self, *_: object) -> None:
        from contextlib import suppress

        with suppress(ReaderLeft):
            self._terminal._clear()
        self._terminal._asked = ""
