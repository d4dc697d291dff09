"""Whether a build, a lint or a validation would find anything changed since the last one that succeeded.

A stamp lists every file that was read or written, with its size, its mtime and its digest, under the
Python and the packages that did it. Whatever is not exactly so makes the stamp stale: the worst that a
lost, torn or old stamp can do is cost the work once more.

`make templates` and `make lint` ask before click is imported, so nothing slow is imported here either:
pathlib and hashlib alone take longer than the whole check.
"""

from __future__ import annotations

import os
import sys

from scripts import project as projects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    #: Path -> size, mtime in nanoseconds, SHA-256.
    Signature: TypeAlias = Mapping[str, tuple[int, int, str]]

#: What each command reads of the tool's own files, reads of the project's, and writes to the project.
TOOL = {
    "build": ("generator", "requirements.lock"),
    "lint": ("generator", "scripts/validate", "requirements.lock"),
    "validate": (
        "generator",
        "scripts/validate",
        "scripts/deploy",
        "scripts/commands/validate.py",
        "requirements.lock",
    ),
}
READS = {
    "build": (),
    "lint": ("params", "templates/out"),
    "validate": ("params", "templates/out"),
}
WRITES = {"build": ("templates/out",), "lint": (), "validate": ()}
ANSWERS = {
    "build": "templates/out is up to date",
    "lint": "nothing changed since templates/out passed",
    "validate": "nothing changed since every contract held",
}
#: A file touched this close to now may change again without a new mtime (4 ms on ext4): distrust it.
TICK = 20_000_000

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def answer(arguments: Sequence[str]) -> str:
    """What to say instead of running the command; empty where it must run."""
    words = [word for word in arguments if word not in ("-q", "--quiet")]
    if len(words) != 1 or words[0] not in ANSWERS:
        return ""
    project = projects.find(os.getcwd())
    return ANSWERS[words[0]] if project and fresh(words[0], project) else ""


def fresh(name: str, project: str) -> bool:
    """Whether everything is as it was when `name` last succeeded."""
    try:
        with open(_stamp(name, project), encoding="utf-8") as file:
            made_by, *lines = file.read().split("\n")
        then = dict(_parsed(line) for line in lines)
    except (OSError, ValueError):
        return False
    if made_by != _maker() or then.keys() != (now := _stats(_watched(name, project))).keys():
        return False
    return all(_same(path, then[path], now[path]) for path in now)


def made(name: str, project: str) -> bool:
    """Whether `name` ever succeeded here, whatever has changed since."""
    return os.path.isfile(_stamp(name, project))


def forget(name: str, project: str) -> None:
    """Have the next run do the work again."""
    try:
        os.remove(_stamp(name, project))
    except FileNotFoundError:
        return


def take(name: str, project: str) -> Signature:
    """What the command is about to read, signed before it reads: a later edit then makes the stamp stale."""
    import time

    distrusted = time.time_ns() - TICK
    return {
        path: (size, mtime if mtime < distrusted else 0, digest(path))
        for path, (size, mtime) in _stats(_read(name, project)).items()
    }


def write(name: str, project: str, read: Signature) -> None:
    """Stamp a success. A stamp that cannot be written is no failure: the next run does the work again."""
    import time

    time.sleep(TICK / 1e9)
    roots = [os.path.join(project, root) for root in WRITES[name]]
    written = {path: (*stat, digest(path)) for path, stat in _stats(roots).items()}
    lines = [
        f"{size} {mtime} {sha} {path}" for path, (size, mtime, sha) in {**read, **written}.items()
    ]
    stamp = _stamp(name, project)
    try:
        os.makedirs(os.path.dirname(stamp), exist_ok=True)
        with open(f"{stamp}.{os.getpid()}", "w", encoding="utf-8") as file:
            file.write("\n".join([_maker(), *lines]))
        os.replace(f"{stamp}.{os.getpid()}", stamp)
    except OSError:
        return


def digest(path: str) -> str:
    """The SHA-256 of a file; empty where it is gone."""
    import hashlib

    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


def _same(path: str, then: tuple[int, int, str], now: tuple[int, int]) -> bool:
    return then[:2] == now or (then[0] == now[0] and then[2] == digest(path))


def _parsed(line: str) -> tuple[str, tuple[int, int, str]]:
    size, mtime, sha, path = line.split(" ", 3)
    return path, (int(size), int(mtime), sha)


def _stamp(name: str, project: str) -> str:
    return os.path.join(project, ".tradewind", "stamps", name)


def _read(name: str, project: str) -> list[str]:
    tool = (os.path.join(_HERE, root) for root in TOOL[name])
    return [*tool, *(os.path.join(project, root) for root in READS[name])]


def _watched(name: str, project: str) -> list[str]:
    return _read(name, project) + [os.path.join(project, root) for root in WRITES[name]]


def _maker() -> str:
    """The interpreter, and every package installed beside it, with its version."""
    packages = sorted(
        entry.name
        for directory in sys.path
        if directory.endswith("site-packages") and os.path.isdir(directory)
        for entry in os.scandir(directory)
        if entry.name.endswith(".dist-info")
    )
    return " ".join([sys.executable, sys.version.replace("\n", " "), *packages])


def _stats(roots: Iterable[str]) -> dict[str, tuple[int, int]]:
    return {path: (stat.st_size, stat.st_mtime_ns) for root in roots for path, stat in _files(root)}


def _files(root: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every file below, but for what Python and editors leave behind."""
    if not os.path.isdir(root):
        if os.path.isfile(root):
            yield root, os.stat(root)
        return
    for entry in os.scandir(root):
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _files(entry.path)
        else:
            yield entry.path, entry.stat()
