"""A revision is unpacked whole or not at all, and once."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from scripts.errors import Failed
from scripts.sandbox.fleets.account import Account
from scripts.sandbox.fleets.revisions import Revision, fetch

NOWHERE = Account("http://127.0.0.1:1", "1", "eu-west-1")


def packed(place: Path, **files: str) -> str:
    with zipfile.ZipFile(place, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o755 if name.startswith("hook") else 0o644) << 16
            archive.writestr(entry, text)
    return str(place)


def got(source: str, tmp_path: Path) -> Revision:
    return fetch(source, tmp_path / "shelf", NOWHERE)


def test_a_zip_is_unpacked_with_its_modes(tmp_path: Path) -> None:
    revision = got(packed(tmp_path / "a.zip", hook="#!/bin/sh", plain="x"), tmp_path)
    assert (revision.path / "plain").read_text() == "x"
    assert os.access(revision.path / "hook", os.X_OK)
    assert not os.access(revision.path / "plain", os.X_OK)


def test_the_same_content_is_the_same_place(tmp_path: Path) -> None:
    first = got(packed(tmp_path / "a.zip", plain="x"), tmp_path)
    (first.path / "left").write_text("by a process that runs")
    again = got(packed(tmp_path / "b.zip", plain="x"), tmp_path)
    assert again.path == first.path
    assert (again.path / "left").exists()
    assert got(packed(tmp_path / "c.zip", plain="y"), tmp_path).path != first.path


def test_a_folder_is_a_copy_that_later_edits_do_not_reach(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "shop.py").write_text("one")
    revision = got(str(folder), tmp_path)
    (folder / "shop.py").write_text("two")
    assert (revision.path / "shop.py").read_text() == "one"


def test_a_torn_zip_leaves_nothing(tmp_path: Path) -> None:
    whole = Path(packed(tmp_path / "a.zip", plain="x" * 1000)).read_bytes()
    (tmp_path / "torn.zip").write_bytes(whole[:-30])
    with pytest.raises(Failed, match=r"torn\.zip is no zip"):
        got(str(tmp_path / "torn.zip"), tmp_path)
    assert list((tmp_path / "shelf").iterdir()) == []


def test_one_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"gone\.zip cannot be read: No such file"):
        got("gone.zip", tmp_path)


def test_a_member_cannot_leave_the_place(tmp_path: Path) -> None:
    got(packed(tmp_path / "a.zip", **{"../../escaped": "x"}), tmp_path)
    assert not (tmp_path / "escaped").exists()
    assert not (tmp_path.parent / "escaped").exists()


def test_the_shelf_keeps_the_last_three(tmp_path: Path) -> None:
    kept = []
    for number in range(5):
        revision = got(packed(tmp_path / "a.zip", plain=str(number)), tmp_path)
        os.utime(revision.path, (number, number))
        kept.append(revision.path)
    fetch(packed(tmp_path / "a.zip", plain="4"), tmp_path / "shelf", NOWHERE)
    assert [place.is_dir() for place in kept] == [False, False, True, True, True]
