"""What `verify-journal` says: whole, torn, tampered with, or another's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.drill.journal import Journal, Kind, verify
from scripts.drill.report.journal_words import agrees, words


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of three lines."""
    journal = Journal.open(tmp_path / "journal.jsonl", lambda: 1_795_000_000.0)
    for number in range(3):
        journal.write(Kind.NOTE, words=f"note {number}")
    journal.close()
    return journal.path


def test_a_whole_journal_is_told_with_its_head(path: Path) -> None:
    found = verify(path)
    head = json.loads(path.read_text().splitlines()[-1])["hash"]

    told = words(path, found)

    assert told[0].startswith(f"{path} is whole: 3 lines, from 20")
    assert told[1:] == [f"Its head is {head}."]
    assert agrees(found, "")


def test_a_torn_line_is_no_tampering(path: Path) -> None:
    with path.open("a") as file:
        file.write('{"at":17')

    found = verify(path)

    assert words(path, found)[-1].startswith("8 bytes after the last line")
    assert agrees(found, "")


def test_a_line_that_was_edited_is_named(path: Path) -> None:
    path.write_text(path.read_text().replace("note 1", "note 7"))

    found = verify(path)

    assert words(path, found)[0] == (
        f"{path} is not whole: line 2: its hash is not that of what it says."
    )
    assert not agrees(found, "")


def test_lines_cut_off_at_the_end_leave_a_whole_chain_that_the_report_gives_away(
    path: Path,
) -> None:
    lines = path.read_text().splitlines(keepends=True)
    head = json.loads(lines[-1])["hash"]
    assert words(path, verify(path), head)[-1].endswith("its head is line 3's.")
    path.write_text("".join(lines[:-1]))

    found = verify(path)

    assert words(path, found)[0].startswith(f"{path} is whole: 2 lines")
    assert "made of another journal" in words(path, found, head)[-1]
    assert not agrees(found, head)
