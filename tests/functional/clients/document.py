"""The shell commands of a page, by the headings that they stand under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "other-clients.md"

_HEADING = re.compile(r"(##+) (.+)")


@dataclass(frozen=True)
class Block:
    """What one ```sh of a section says."""

    section: str
    heading: str
    script: str


def blocks(text: str) -> Iterator[Block]:
    """Every shell block, in order. Raises ValueError for one that is not closed."""
    section = heading = ""
    lines: list[str] | None = None
    for line in text.splitlines():
        if lines is not None:
            if line == "```":
                yield Block(section, heading, "\n".join(lines))
                lines = None
            else:
                lines.append(line)
        elif line == "```sh":
            lines = []
        elif told := _HEADING.fullmatch(line):
            section, heading = (told[2], "") if told[1] == "##" else (section, told[2])
    if lines is not None:
        raise ValueError(f"the commands under {heading or section} have no end")


def commands(section: str) -> dict[str, str]:
    """The scripts of a section of the page, by heading."""
    return {
        block.heading: block.script
        for block in blocks(PAGE.read_text(encoding="utf-8"))
        if block.section == section
    }
