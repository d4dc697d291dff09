"""A file on disk: what was there, or all of what is to be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import whole_files


def test_what_is_written_is_there_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "report.html"

    whole_files.write(path, "first")
    whole_files.write(path, "a lone surrogate: \ud800")

    assert path.read_text(encoding="utf-8") == "a lone surrogate: ?"
    assert [*path.parent.iterdir()] == [path]


def test_nobody_finds_it_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "release.zip"

    with whole_files.draft(path) as unfinished:
        unfinished.write_bytes(b"all of it")
        assert not path.exists()

    assert path.read_bytes() == b"all of it"


def test_a_draft_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text("old")

    def fill_the_disk() -> None:
        with whole_files.draft(path) as unfinished:
            unfinished.write_text("ne")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        fill_the_disk()

    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


def test_two_that_write_at_once_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"

    with whole_files.draft(path) as one, whole_files.draft(path) as other:
        one.write_text("one")
        other.write_text("other")

    assert path.read_text() == "one"
