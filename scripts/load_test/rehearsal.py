"""A run on this machine: JMeter as a process of ours, against loopback and nothing else."""

from __future__ import annotations

import ipaddress
import re
import signal
import subprocess
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from generator.bundles import RUNTIME
from generator.load_test_plan import PLAN, PROPERTIES
from scripts.errors import Failed, UsageError
from scripts.load_test.jmeter import JMeter
from scripts.load_test.load import Load
from scripts.load_test.plots import number

#: What a run leaves in its directory.
RESULTS, LOG, SAID = "rehearsal.jtl", "jmeter.log", "jmeter.out"

#: Seconds between two lines of figures; no shorter time is taken by JMeter.
_SUMMARY_SECONDS = 6
_STOP_SECONDS = 10
_LAST_LINES = 5

#: summary +    191 in   5.2s =   36.4/s Avg:    26 Min:     0 Max:    49 Err:     0 (0.00%) Active: 6 …
_SUMMARY = re.compile(
    r"summary \+ +(?P<requests>\d+) in .*?= *(?P<rate>[\d.]+)/s +Avg: *(?P<average>\d+) .*?"
    r"Err: *(?P<errors>\d+)(?: .*?Active: *(?P<users>\d+))?"
)


def refuse_abroad(target: str) -> str:
    """The address of a shop on this machine, without a slash at its end. Raises UsageError for any other."""
    parts = urlsplit(target)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise UsageError(
            f"{target} is no address of a shop.", fix="Say --target http://127.0.0.1:PORT"
        )
    if not _is_loopback(parts.hostname):
        raise UsageError(
            f"{parts.hostname} is not this machine: in the sandbox a load test loads nothing else.",
            fix="Name an address of loopback, or leave --sandbox out to load what is deployed on AWS.",
        )
    if parts.path.rstrip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise UsageError(
            f"{target} says more than where the shop is.", fix="Leave out what follows the port."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":  # RFC 6761 keeps the name for loopback
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Rehearsal:
    """A run in a directory of its own. `properties` are the plan's, beside the load."""

    jmeter: JMeter
    target: str
    load: Load
    directory: Path
    properties: Mapping[str, str]

    def run(self) -> Generator[str, None, None]:
        """Run it to its end, and tell what JMeter sums up. Raises Failed where it brought no results.

        However the block is left, JMeter has ended.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        with self._started() as process:
            assert process.stdout is not None
            with (self.directory / SAID).open("w", encoding="utf-8") as said:
                for line in process.stdout:
                    said.write(line)
                    if told := summed_up(line):
                        yield told
            code = process.wait()
        results = self.directory / RESULTS
        if code or not results.is_file() or not results.stat().st_size:
            raise Failed(
                f"JMeter brought no results (it ended with {code}).{self._last_words()}",
                fix=f"Its log says more: {self.directory / LOG}",
            )

    @contextmanager
    def _started(self) -> Iterator[subprocess.Popen[str]]:
        arguments = {
            **self.properties,
            "target": self.target,
            "users": str(self.load.users),
            "ramp": str(self.load.ramp),
            "peak": str(self.load.peak),
            "decay": str(self.load.decay),
            "summariser.interval": str(_SUMMARY_SECONDS),
            "jmeter.save.saveservice.autoflush": "true",  # so that Ctrl-C leaves what was measured
        }
        folder = RUNTIME / "load_test"
        words = (
            *("--nongui", "--testfile", str(folder / PLAN), "--addprop", str(folder / PROPERTIES)),
            *("--logfile", RESULTS, "--jmeterlogfile", LOG),
            *(f"-J{name}={value}" for name, value in arguments.items()),
        )
        process = subprocess.Popen(
            self.jmeter.command(self.directory, words),
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is ours to pass on
        )
        try:
            yield process
        finally:
            _end(process)

    def _last_words(self) -> str:
        lines = (self.directory / SAID).read_text(encoding="utf-8").splitlines()
        said = [line for line in lines if line.strip()][-_LAST_LINES:]
        return " It said:\n" + "\n".join(f"  {line}" for line in said) if said else ""


def summed_up(line: str) -> str:
    """A line of JMeter's summary in our words; empty for any other line."""
    said = _SUMMARY.search(line)
    if said is None:
        return ""
    users = f"{said['users']} users, " if said["users"] else ""
    share = 100 * int(said["errors"]) / max(int(said["requests"]), 1)
    return (
        f"{users}{number(float(said['rate']))} requests/s, {number(round(share, 2))} % failed, "
        f"{said['average']} ms on average"
    )


def _end(process: subprocess.Popen[str]) -> None:
    """End JMeter, if it has not ended: kindly first, so that it writes what it holds."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdout is not None:
        process.stdout.close()
