"""What is committed of cfn-lint's data."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scripts.validate.lifecycle import data
from scripts.validate.lifecycle.judgement import table


def test_make_snapshots_writes_what_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when cfn-lint has moved: `make snapshots` refreshes it, and the diff is to be reviewed."""
    committed = data.SNAPSHOT.read_text()
    monkeypatch.setattr(data, "SNAPSHOT", tmp_path / "lifecycle.json")
    data.SNAPSHOT.write_text(committed)

    data.refresh()

    assert data.SNAPSHOT.read_text() == committed


def test_a_new_release_is_of_the_day_that_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    today = datetime.now(UTC).date().isoformat()
    monkeypatch.setattr(data, "version", lambda _: "99.0")

    taken = data.taken()

    assert (taken["source"], taken["as_of"]) == ("cfn-lint 99.0", today)


def test_every_runtime_has_the_day_of_its_deprecation() -> None:
    row = table().find(data.RUNTIME, "python3.9")

    assert row
    assert (row.ends, row.successor) == (date(2025, 12, 15), "python3.14")


def test_a_version_that_stands_for_many_lives_as_long_as_one_of_them() -> None:
    deprecated = data.snapshot()["engine_versions"]["postgres"]

    assert "17.4" in deprecated
    assert "17" not in deprecated
