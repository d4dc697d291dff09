"""What a journal's chain comes to, in words: whole, or broken at which line and why."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from scripts.drill.journal import Tampered, Verified
from scripts.drill.report.words import instant, many


def words(path: Path, found: Verified | Tampered, sealed: str = "") -> list[str]:
    """For `verify-journal`. `sealed` is the head that a report of this drill names, where there is one: the
    report is written before the last lines are, so it is the hash of one of them.
    """
    match found:
        case Verified():
            return [*_whole(path, found), *_seal(found, sealed)]
        case Tampered():
            return [
                f"{path} is not whole: line {found.line}: {found.why.rstrip('.')}.",
                f"Of what it says from line {found.line} on nobody knows who wrote it; its mirror is in the "
                "standby's artifacts bucket, under drills/.",
            ]
    assert_never(found)


def agrees(found: Verified | Tampered, sealed: str) -> bool:
    """Whether the chain is whole, and the one that a report was made of; any is where there is no report."""
    if isinstance(found, Tampered):
        return False
    return not sealed or any(line.hash == sealed for line in found.lines)


def _whole(path: Path, found: Verified) -> list[str]:
    if not found.lines:
        return [f"{path} has no line."]
    first, last = found.lines[0], found.lines[-1]
    said = [
        f"{path} is whole: {many(len(found.lines), 'line')}, from {instant(first.wall)} to "
        f"{instant(last.wall)}.",
        f"Its head is {found.head}.",
    ]
    if found.torn:
        said.append(
            f"{many(found.torn, 'byte')} after the last line are of a write that a crash cut off; "
            "nothing hangs on them."
        )
    return said


def _seal(found: Verified, sealed: str) -> list[str]:
    if not sealed:
        return []
    line = next((line for line in found.lines if line.hash == sealed), None)
    if line is None:
        return [
            f"The report was made of another journal: its head {sealed} is none of these lines'."
        ]
    return [f"The report was made of it: its head is line {line.number}'s."]
