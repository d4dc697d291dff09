"""What is committed of cfn-lint's data."""

from __future__ import annotations

from datetime import date
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

    data.refresh()

    assert data.SNAPSHOT.read_text() == committed


def test_every_runtime_has_the_day_of_its_deprecation() -> None:
    row = table().find(data.RUNTIME, "python3.9")

    assert row
    assert (row.ends, row.successor) == (date(2025, 12, 15), "python3.14")


def test_a_version_that_stands_for_many_lives_as_long_as_one_of_them() -> None:
    deprecated = data.snapshot()["engine_versions"]["postgres"]

    assert "17.4" in deprecated
    assert "17" not in deprecated
