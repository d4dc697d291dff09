"""The third-party packages that run on AWS: pure-Python wheels, pinned by their digests.

Read from a committed snapshot (`generator/data/wheels.json`), so that a template can name what is in a bundle
without a package index. `make snapshots` makes it anew from requirements.lock: what is bundled is what the
tests here run with.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SNAPSHOT = Path(__file__).parent / "data" / "wheels.json"

#: What the tool itself needs where a pipeline's build runs it; pinned beside what runs on AWS.
TOOL = ("botocore", "click", "dnspython", "pyyaml")


@dataclass(frozen=True)
class Wheel:
    """One distribution: its file on the index, and what it needs and gives."""

    distribution: str
    version: str
    file: str
    sha256: str
    requires: tuple[str, ...]
    modules: tuple[str, ...]

    @property
    def pure(self) -> bool:
        """Whether it is for any machine."""
        return self.file.endswith("-none-any.whl")


@cache
def pinned() -> Mapping[str, Wheel]:
    """Distribution -> its wheel."""
    said = json.loads(SNAPSHOT.read_text(encoding="utf-8"))["wheels"]
    return {
        name: Wheel(
            name,
            wheel["version"],
            wheel["file"],
            wheel["sha256"],
            tuple(wheel["requires"]),
            tuple(wheel["modules"]),
        )
        for name, wheel in said.items()
    }


@cache
def distributions() -> Mapping[str, str]:
    """Top-level module -> the distribution that gives it."""
    return {module: wheel.distribution for wheel in pinned().values() for module in wheel.modules}


def closure(names: Iterable[str]) -> Iterator[Wheel]:
    """The wheels of these distributions and of all that they need, by name."""
    needed: set[str] = set()
    asked = list(names)
    while asked:
        name = asked.pop()
        if name not in needed:
            needed.add(name)
            asked += pinned()[name].requires
    return (pinned()[name] for name in sorted(needed))
