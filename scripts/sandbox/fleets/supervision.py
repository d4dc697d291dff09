"""A fleet seen from outside: start, status, deploy, stop.

HOME/fleets/<name>-<region>/fleet.json      what it should run (spec.py)
                            running.json    its process and the port of its control channel
                            fleet.log       what it said since its last start
                            logs/           what its instances said since then, one file each
                            revisions/      what they run, unpacked
                            lock            held while one client starts or stops it
"""

from __future__ import annotations

import contextlib
import json
import time
import urllib.error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.errors import Failed, Refused, UsageError
from scripts.sandbox import daemons
from scripts.sandbox.fleets.spec import Spec
from scripts.sandbox.record import Record, birth

START_SECONDS = 120.0
STOP_SECONDS = 60.0
_RELEASE_SECONDS = 3.0


@dataclass(frozen=True)
class Fleet:
    """A fleet on disk: `document` is what it says of itself, empty when it does not run.

    `lost` when it was killed, and what it had started may run on until a start or a stop sweeps it.
    """

    home: Path
    document: dict[str, Any]
    lost: bool = False

    @property
    def running(self) -> bool:
        """Whether it serves."""
        return bool(self.document)


def home_of(sandbox: Path, name: str, region: str) -> Path:
    """Where a fleet of a sandbox keeps what it needs."""
    return sandbox / "fleets" / f"{name}-{region}"


def every(sandbox: Path) -> Iterator[Path]:
    """The homes of all fleets that a sandbox has had."""
    yield from sorted((sandbox / "fleets").glob("*/"))


def start(home: Path, spec: Spec) -> Fleet:
    """Start a fleet and wait until all its instances serve; a no-op when it runs already.

    One that speaks to another sandbox than `spec` says is started anew. Raises UsageError when the address
    cannot be had, Failed when the fleet does not come up: then nothing of it is left running.
    """
    with daemons.alone(home):
        record = Record.read(home)
        if record is not None and record.alive:
            now = status(home)
            if now.running and now.document["endpoint"] == spec.endpoint:
                return now
        swept = _stop(home)
        patience = _RELEASE_SECONDS if swept else 0.0
        try:
            daemons.require_free(spec.host, spec.port, patience)
        except OSError as problem:
            raise UsageError(
                f"The front door in {spec.region} cannot serve {spec.host}:{spec.port}: "
                f"{problem.strerror}.",
                fix="Choose another port with --port, or end the program that has it.",
            ) from None
        spec.write(home)
        pid = daemons.spawn("scripts.sandbox.fleets", home, _log(home))
        try:
            return _ready(home, pid)
        except BaseException:
            daemons.end_at_once(pid)
            Record.remove(home)
            raise


def status(home: Path) -> Fleet:
    """How a fleet is."""
    record = Record.read(home)
    if record is None:
        return Fleet(home, {})
    if not record.alive:
        return Fleet(home, {}, lost=True)
    try:
        return Fleet(home, daemons.ask(f"{_control(record)}/status"))
    except (OSError, ValueError):
        return Fleet(home, {})


def deploy(home: Path, revision: str, minimum_healthy_percent: int) -> dict[str, Any]:
    """Start bringing a revision to a fleet; the deployment as it begins.

    Raises Refused while another is under way, Failed when the fleet does not run.
    """
    return ask(home, {"revision": revision, "minimum_healthy_percent": minimum_healthy_percent})


def ask(home: Path, deployment: Mapping[str, Any]) -> dict[str, Any]:
    """Start a deployment as the control channel takes it (supervisor.py). Raises Refused, Failed."""
    record = Record.read(home)
    if record is None or not record.alive:
        raise Failed(f"The fleet {home.name} does not run.", fix="Start it first.")
    try:
        return daemons.ask(
            f"{_control(record)}/deployments", "POST", json.dumps(deployment).encode()
        )
    except urllib.error.HTTPError as refusal:
        with refusal:
            said = json.load(refusal)["message"]
        raise Refused(said, fix="Wait until it has ended.") from None
    except (OSError, ValueError) as problem:
        raise Failed(f"The fleet {home.name} does not answer: {problem}.") from problem


def go_no_further(home: Path) -> None:
    """Have the deployment under way end after the instance that it is at."""
    record = Record.read(home)
    if record is not None and record.alive:
        with contextlib.suppress(OSError, ValueError):
            daemons.ask(f"{_control(record)}/deployments/stop", "POST", b"{}")


def kill(home: Path) -> bool:
    """SIGKILL to a fleet and all that it started, and they are gone. False when it did not run.

    Its record stays, and says to the next start, or stop, that it was killed. No lock is waited for: a
    start that is under way fails.
    """
    record = Record.read(home)
    if record is None or not record.alive:
        return False
    daemons.end_at_once(record.pid)
    daemons.end_orphans(record)
    return True


def impair(home: Path, errors: float, latency: float, seed: int, speed: float) -> None:
    """Tell a fleet's front door what is wrong with its region (impairment.py); nothing where none runs."""
    record = Record.read(home)
    if record is None or not record.alive or not record.port:
        return
    said = {"errors": errors, "latency": latency, "seed": seed, "speed": speed}
    with contextlib.suppress(OSError, ValueError):  # it ends just now
        daemons.ask(f"{_control(record)}/impairment", "PUT", json.dumps(said).encode())


def stop(home: Path) -> bool:
    """Stop a fleet, once what it is at is done, and sweep what a kill left. False when there was nothing."""
    with daemons.alone(home):
        return _stop(home)


def stop_all(sandbox: Path) -> None:
    """Stop every fleet of a sandbox."""
    for home in every(sandbox):
        stop(home)


def _stop(home: Path) -> bool:
    record = Record.read(home)
    if record is None:
        return False
    if record.alive:
        daemons.end(record, STOP_SECONDS)
        daemons.wait_for_end(record.pid)
    daemons.end_orphans(record)
    Record.remove(home)
    return True


def _ready(home: Path, pid: int) -> Fleet:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if birth(pid) is None:
            raise Failed(f"The fleet {home.name} did not start.{daemons.last_words(_log(home))}")
        record = Record.read(home)
        if record is not None and record.pid == pid and record.port:
            now = status(home)
            if now.running:
                return now
        time.sleep(0.05)
    raise Failed(
        f"The fleet {home.name} did not start within {START_SECONDS:.0f} s."
        f"{daemons.last_words(_log(home))}"
    )


def _control(record: Record) -> str:
    return f"http://127.0.0.1:{record.port}"


def _log(home: Path) -> Path:
    return home / "fleet.log"
