"""The journal: what was written is there, what was changed shows, and what a crash tore is not missed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.drill import journal
from scripts.drill.journal import (
    Busy,
    Journal,
    Kind,
    Line,
    Tampered,
    Unwritable,
    Verified,
    being_written,
    parsed,
    read,
    verify,
)
from scripts.errors import Failed


def written(path: Path, lines: int = 4) -> Path:
    """A journal of some lines."""
    ours = Journal.open(path, lambda: 1000.0)
    for number in range(lines):
        ours.write(Kind.NOTE, words=f"line {number + 1}")
    ours.close()
    return path


def words(path: Path) -> list[str]:
    return [line.said["words"] for line in read(path)]


class Disk:
    """A disk that takes so many bytes more."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, handle: int, data: bytes) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        count = min(self.room, len(data))
        self.room -= count
        return os.write(handle, data[:count])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def test_each_line_bears_the_hash_of_the_line_before_it(path: Path) -> None:
    first, *rest = read(written(path))
    assert first.previous == ""
    assert [line.previous for line in rest] == [line.hash for line in read(path)][:-1]
    found = verify(path)
    assert isinstance(found, Verified)
    assert found.head == rest[-1].hash


def test_a_writer_goes_on_where_the_last_one_stopped(path: Path) -> None:
    written(path, 2)
    written(path, 1)
    assert [line.number for line in read(path)] == [1, 2, 3]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255))
def test_a_changed_byte_names_its_line(tmp_path: Path, where: float, change: int) -> None:
    path = tmp_path / "journal.jsonl"
    if not path.exists():
        written(path)
    data = path.read_bytes()
    at = int(where * (len(data) - 1))  # but for the last newline, without which a line is torn
    forged = bytearray(data)
    forged[at] ^= change
    (other := tmp_path / "forged").write_bytes(bytes(forged))
    found = verify(other)
    assert isinstance(found, Tampered)
    assert found.line == data[:at].count(b"\n") + 1


@pytest.mark.parametrize(
    ("order", "line"),
    [
        ([1, 2, 3], 1),
        ([0, 2, 3], 2),
        ([0, 1, 1, 2, 3], 3),
        ([0, 2, 1, 3], 2),
    ],
    ids=["the first is missing", "one is missing", "one is there twice", "two have changed places"],
)
def test_lines_that_are_not_in_order_show(path: Path, order: list[int], line: int) -> None:
    lines = written(path).read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[number] for number in order))
    found = verify(path)
    assert isinstance(found, Tampered)
    assert found.line == line


def test_a_line_that_is_sealed_anew_does_not_fit_the_next(path: Path) -> None:
    """Whoever forges a line and its hash has to forge all that follow, and the head that was reported."""
    lines = written(path).read_text(encoding="ascii").splitlines()
    forged = json.loads(lines[1])
    del forged["hash"]
    forged["said"]["words"] = "line 9"
    told = json.dumps(forged, sort_keys=True, separators=(",", ":")).encode()
    forged["hash"] = hashlib.sha256(told).hexdigest()
    lines[1] = json.dumps(forged, sort_keys=True, separators=(",", ":"))
    path.write_text("\n".join([*lines, ""]), encoding="ascii")
    assert verify(path) == Tampered(3, "it does not follow from the line before it", read_two(path))


def read_two(path: Path) -> tuple[Line, ...]:
    return tuple(parsed(text) for text in path.read_text(encoding="ascii").splitlines()[:2])


def test_a_forged_journal_is_not_gone_on_with(path: Path) -> None:
    path.write_bytes(written(path).read_bytes().replace(b"line 3", b"line 9"))
    with pytest.raises(Failed, match=r"Line 3 of .* was tampered with") as refused:
        Journal.open(path, lambda: 0.0)
    assert "undo.sh" in refused.value.fix
    assert not being_written(path)


@pytest.mark.parametrize("left", [1, 20, -1])
def test_a_torn_last_line_is_cut_away_and_noted(path: Path, left: int) -> None:
    whole = written(path, 3).read_bytes()
    *first, last = whole.splitlines(keepends=True)
    path.write_bytes(b"".join(first) + last[:left])
    found = verify(path)
    assert isinstance(found, Verified)
    assert found.torn == len(last[:left])
    written(path, 1)
    assert words(path)[:2] == ["line 1", "line 2"]
    assert words(path)[2].startswith(f"{len(last[:left])} bytes of a line")
    assert words(path)[3] == "line 1"


def test_one_process_writes(path: Path) -> None:
    ours = Journal.open(path, lambda: 0.0)
    assert being_written(path)
    with pytest.raises(Busy, match="another process"):
        Journal.open(path, lambda: 0.0)
    ours.close()
    assert not being_written(path)
    Journal.open(path, lambda: 0.0).close()


@pytest.mark.parametrize("room", [0, 1, 150])
def test_what_a_full_disk_does_not_take_was_not_written(
    path: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Journal.open(path, lambda: 0.0)
    ours.write(Kind.NOTE, words="before")
    monkeypatch.setattr(journal, "write", Disk(room).write)
    with pytest.raises(Unwritable, match="No space left on device"):
        ours.write(Kind.NOTE, words="not any more")
    monkeypatch.undo()
    assert words(path) == ["before"]
    ours.write(Kind.NOTE, words="again")
    ours.close()
    assert words(path) == ["before", "again"]


def test_on_the_way_back_what_the_disk_does_not_take_is_kept_for_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Journal.open(path, lambda: 0.0)
    heard: list[int] = []
    ours.heard = lambda line: heard.append(line.number)
    ours.come_back()
    monkeypatch.setattr(journal, "write", Disk(100).write)
    ours.write(Kind.NOTE, words="one")
    ours.write(Kind.NOTE, words="two")
    assert ours.owed == 2
    assert heard == [1, 2]
    monkeypatch.undo()
    ours.write(Kind.NOTE, words="three")
    ours.close()
    assert ours.owed == 0
    assert words(path) == ["one", "two", "three"]


def test_a_journal_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").mkdir()
    with pytest.raises(Unwritable, match="cannot be written"):
        Journal.open(tmp_path / "journal.jsonl", lambda: 0.0)
