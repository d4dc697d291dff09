"""What a wheel says of itself is what is pinned of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from zipfile import ZipFile

import pytest

from generator.wheels import Wheel
from scripts import wheel_snapshot
from scripts.errors import Failed
from scripts.wheel_snapshot import Pin, read, snapshot

METADATA = """\
Metadata-Version: 2.4
Name: Left_Pad
Version: 1.0
Requires-Dist: always>=1
Requires-Dist: Old.Python; python_full_version < "3.11.3"
Requires-Dist: new-python; python_version >= "3.13"
Requires-Dist: older-python; python_version < "3.11"
Requires-Dist: windows; sys_platform == "win32"
Requires-Dist: more; extra == "more"

Requires-Dist: a-word-of-the-description
"""


@pytest.fixture
def left_pad(tmp_path: Path) -> Path:
    path = tmp_path / "left_pad-1.0-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr("left_pad-1.0.dist-info/METADATA", METADATA)
        for name in ("left/__init__.py", "left/deep/pad.py", "right.py", "typing/stub.pyi"):
            archive.writestr(name, "")
        archive.writestr("left_pad-1.0.data/scripts/left.py", "")
    return path


def test_it_needs_what_either_python_needs_and_no_extra(left_pad: Path) -> None:
    assert read(left_pad).requires == ("always", "new-python", "old-python")


def test_it_gives_the_modules_that_python_finds(left_pad: Path) -> None:
    assert read(left_pad).modules == ("left", "right")


def test_it_is_known_by_its_name_its_file_and_its_digest(left_pad: Path) -> None:
    wheel = read(left_pad)

    assert (wheel.distribution, wheel.version, wheel.file) == ("left-pad", "1.0", left_pad.name)
    assert wheel.sha256 == hashlib.sha256(left_pad.read_bytes()).hexdigest()


def test_what_is_needed_is_pinned_until_nothing_more_is(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = {"shop": ("left",), "left": ("right",), "right": ("left",)}

    def fetched(_: Path, pins: dict[str, Pin]) -> dict[str, Wheel]:
        return {n: Wheel(n, pins[n].version, "", "", needs[n], (n,)) for n in pins}

    monkeypatch.setattr(wheel_snapshot, "direct", lambda: iter(["shop"]))
    monkeypatch.setattr(wheel_snapshot, "locked", lambda: dict.fromkeys(needs, Pin("1", ())))
    monkeypatch.setattr(wheel_snapshot, "fetched", fetched)

    assert list(snapshot()) == ["left", "right", "shop"]

    monkeypatch.setattr(wheel_snapshot, "locked", lambda: {"shop": Pin("1", ())})
    with pytest.raises(Failed, match=r"requirements\.lock has no left"):
        snapshot()
