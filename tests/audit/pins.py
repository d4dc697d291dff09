"""What is installed anywhere, by name and version: our lock, the tools' locks, the bundles' wheels."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: What bundles on AWS are made of (generator.wheels).
WHEELS = Path("generator", "data", "wheels.json")

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Pin:
    """A distribution by its normalised name, and where it says so."""

    name: str
    version: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def pins(project: Path) -> list[Pin]:
    """Every pin of a project, whatever platform it is for."""
    locks = [project / "requirements.lock", *sorted(project.glob("tests/**/requirements.txt"))]
    return [*(pin for lock in locks for pin in _locked(project, lock)), *_wheels(project)]


def _locked(project: Path, lock: Path) -> Iterator[Pin]:
    text, file = lock.read_text(encoding="utf-8"), lock.relative_to(project).as_posix()
    for found in _PINNED.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Pin(_normalised(found["name"]), found["version"], file, line)


def _wheels(project: Path) -> Iterator[Pin]:
    text = (project / WHEELS).read_text(encoding="utf-8")
    lines = text.splitlines()
    for name, wheel in json.loads(text)["wheels"].items():
        line = next(n for n, said in enumerate(lines, 1) if f'"{wheel["file"]}"' in said)
        yield Pin(_normalised(name), wheel["version"], WHEELS.as_posix(), line)


def _normalised(name: str) -> str:
    """As PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()
