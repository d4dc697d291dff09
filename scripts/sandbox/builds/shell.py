"""One shell, which the commands of all phases run in: what one sets, the next one sees.

    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-cmd.html

The shell leads a session of its own, so that all that it started can be ended with it. It waits for its first
command, and that is sent once its process id is written down: one whose sandbox is killed in between ends by
itself. A command that ends the shell (`exit 3`) is followed by another shell, in the same directory and with
the same exported variables.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: A line on descriptor 3 names the file of a command, its exit code goes to 4, and to 5, where everybody's
#: output goes, a mark that it has ended. Commands have none of them, so that nothing which they leave behind
#: can hold them. State is written at the end, too: a command may have set a trap of its own.
_DRIVER = """\
SHELL_STATE=$1 SHELL_MARK=$3
SHELL_LAST='/usr/bin/env -0 >"$SHELL_STATE/variables"; pwd >"$SHELL_STATE/directory"'
trap 'SHELL_CODE=$?; eval "$SHELL_LAST"; exit "$SHELL_CODE"' EXIT
cd "$2" || exit
unset OLDPWD
shift 3
while IFS= read -r SHELL_COMMAND <&3; do
  . "$SHELL_COMMAND" 3<&- 4>&- 5>&-
  SHELL_CODE=$?
  printf '\\000%s\\000\\n' "$SHELL_MARK" >&5
  printf '%s\\n' "$SHELL_CODE" >&4
done
eval "$SHELL_LAST"
"""

#: The last descriptor that a shell is given.
_LAST_GIVEN = 5

#: Seconds for what a command started in a session of its own, which is not ended with the shell, to let go.
_LAST_WORDS_SECONDS = 2.0

#: What every shell sets anew.
_OWN = frozenset({"_", "PWD", "OLDPWD", "SHLVL"})


class Interrupted(Exception):
    """The shell was ended from outside."""


@dataclass
class _Running:
    """A shell's process, and our ends of its pipes."""

    pid: int
    commands: int
    codes: int
    reader: threading.Thread


@dataclass
class Shell:
    """A shell whose state is in `scratch`. `born` is told each process id before it does anything.

    `output` takes what it and its commands write, a line at a time, from a thread of its own.
    """

    program: str
    scratch: Path
    directory: Path
    variables: Mapping[str, str]
    output: Callable[[bytes], None]
    born: Callable[[int], None]
    _running: _Running | None = None
    _number: int = 0
    _mark: str = field(default_factory=lambda: secrets.token_hex(8))
    _marks: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, command: str) -> int:
        """Run a command; its exit code. Raises Interrupted once the shell was ended."""
        self._number += 1
        script = self.scratch / f"command-{self._number}.sh"
        script.write_text(f"{command}\n", encoding="utf-8")
        running = self._running or self._start()
        with contextlib.suppress(BrokenPipeError):
            os.write(running.commands, f"{script}\n".encode())
        code = self._code(running)
        if self._ended.is_set():
            raise Interrupted
        return code

    def exported(self) -> Mapping[str, str]:
        """The exported variables as they are now. The shell ends; the next command begins another."""
        if self._running is not None:
            self._finish(self._running)
        return self.variables

    def end(self) -> None:
        """End it, and all that it started, at once. From any thread."""
        with self._lock:
            self._ended.set()
            if self._running is not None:
                end_group(self._running.pid)

    def pause(self) -> None:
        """Have it, and all that it started, stand still until `go_on`. From any thread."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Have what stands still go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        with self._lock, contextlib.suppress(ProcessLookupError, PermissionError):
            if self._running is not None:
                os.killpg(self._running.pid, number)

    def close(self) -> None:
        """End what is left of it once its work is done."""
        self.end()
        if self._running is not None:
            self._finish(self._running)

    def _start(self) -> _Running:
        state = self.scratch / "state"
        state.mkdir(exist_ok=True)
        driver = self.scratch / "driver.sh"
        driver.write_text(_DRIVER, encoding="utf-8")
        commands, ours_in = _pipe()
        ours_out, codes = _pipe()
        said, output = _pipe()
        with self._lock:
            if self._ended.is_set():
                raise Interrupted
            pid = os.posix_spawn(
                self.program,
                [self.program, str(driver), str(state), str(self.directory), self._mark],
                dict(self.variables),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, output, 1),
                    (os.POSIX_SPAWN_DUP2, output, 2),
                    (os.POSIX_SPAWN_DUP2, commands, 3),
                    (os.POSIX_SPAWN_DUP2, codes, 4),
                    (os.POSIX_SPAWN_DUP2, output, 5),
                    *((os.POSIX_SPAWN_CLOSE, other) for other in _inheritable()),
                ],
                setsid=True,
            )
            reader = threading.Thread(target=self._read, args=(said,), daemon=True)
            self._running = _Running(pid, ours_in, ours_out, reader)
        for theirs in (commands, codes, output):
            os.close(theirs)
        reader.start()
        self.born(pid)
        return self._running

    def _read(self, descriptor: int) -> None:
        mark = f"\0{self._mark}\0\n".encode()
        with os.fdopen(descriptor, "rb") as said:
            for line in said:
                if rest := line.removesuffix(mark):
                    self.output(rest)
                if rest != line:
                    self._marks.release()

    def _code(self, running: _Running) -> int:
        """The exit code of the command under way; that of the shell where it ended with it."""
        line = b""
        while not line.endswith(b"\n"):
            part = os.read(running.codes, 64)
            if not part:
                return self._finish(running)
            line += part
        self._marks.acquire()  # all that the command said has been heard
        return int(line)

    def _finish(self, running: _Running) -> int:
        """Wait for the shell to end, take its state over, and end what it left running."""
        os.close(running.commands)
        _, status = os.waitpid(running.pid, 0)
        with self._lock:
            self._running = None
        end_group(running.pid)
        running.reader.join(_LAST_WORDS_SECONDS)
        os.close(running.codes)
        self._remember()
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else 128 - code

    def _remember(self) -> None:
        state = self.scratch / "state"
        with contextlib.suppress(OSError):
            told = (state / "variables").read_bytes().split(b"\0")
            pairs = (os.fsdecode(pair).partition("=") for pair in told if pair)
            self.variables = {name: value for name, _, value in pairs if name not in _OWN}
        with contextlib.suppress(OSError):
            directory = Path((state / "directory").read_text(encoding="utf-8").rstrip("\n"))
            if directory.is_dir():
                self.directory = directory


def end_group(leader: int) -> None:
    """End a process group at once; one that is gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _inheritable() -> list[int]:
    """What a new process would have of ours, such as the socket that the sandbox listens on."""
    found = []
    for descriptor in [int(entry.name) for entry in Path("/dev/fd").iterdir()]:
        with contextlib.suppress(OSError):  # the one by which this very list was read
            if descriptor > _LAST_GIVEN and os.get_inheritable(descriptor):
                found.append(descriptor)
    return found


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are none of the descriptors that a shell is given."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
