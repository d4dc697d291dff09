"""Our own stores: saved and loaded whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.sandbox import stores


class Notes:
    """A store of one text."""

    text = ""

    def save(self, directory: Path) -> None:
        stores.write_atomically(directory / "notes", self.text)

    def load(self, directory: Path) -> None:
        self.text = (directory / "notes").read_text(encoding="utf-8")

    def reset(self) -> None:
        self.text = ""


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Notes:
    monkeypatch.setattr(stores, "_STORES", {})
    made = Notes()
    stores.register("notes", made)
    return made


def test_a_store_comes_back(notes: Notes, tmp_path: Path) -> None:
    notes.text = "kept"
    stores.save(tmp_path)
    stores.reset()
    assert notes.text == ""
    stores.load(tmp_path)
    assert notes.text == "kept"


def test_a_store_that_was_not_saved_is_not_loaded(notes: Notes, tmp_path: Path) -> None:
    notes.text = "as it was"
    stores.load(tmp_path)
    assert notes.text == "as it was"


def test_a_name_is_taken_once(notes: Notes) -> None:
    stores.register("notes", notes)
    with pytest.raises(ValueError, match="'notes' is registered already"):
        stores.register("notes", Notes())


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    stores.write_atomically(path, "old")

    def full(_descriptor: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        stores.write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
