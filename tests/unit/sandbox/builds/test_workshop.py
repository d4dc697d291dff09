"""A source is unpacked once, is as it was uploaded for each build, and Python compiles it once."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from scripts.sandbox.builds.workshop import NotAZip, Workshop


def packed(files: Mapping[str, str], executable: str = "") -> bytes:
    """A zip of texts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10))
            entry.external_attr = (0o100755 if name == executable else 0o100644) << 16
            archive.writestr(entry, text)
    return content.getvalue()


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "builds")


def test_a_source_stands_at_the_same_path_in_each_build(workshop: Workshop) -> None:
    digest = workshop.shelve(packed({"a/b.txt": "one", "run": "#!/bin/sh"}, executable="run"))
    with workshop.source(digest) as first:
        assert (first / "a/b.txt").read_text() == "one"
        assert (first / "run").stat().st_mode & 0o111
        assert not (first / "a/b.txt").stat().st_mode & 0o111
    with workshop.source(digest) as second:
        assert second == first


def test_what_a_build_changed_is_put_right_and_the_rest_is_left_alone(workshop: Workshop) -> None:
    digest = workshop.shelve(packed({"kept": "1", "changed": "22", "gone": "3", "d/in": "4"}))
    with workshop.source(digest) as root:
        kept = (root / "kept").stat().st_ino
        (root / "changed").write_text("xx")  # as long as it was
        (root / "gone").unlink()
        (root / "d/in").unlink()
        (root / "d").rmdir()
        (root / "d").write_text("a file now")
        (root / "more/deep").mkdir(parents=True)
        (root / "more/deep/file").write_text("left")
    with workshop.source(digest) as root:
        found = {
            str(file.relative_to(root)): file.read_text()
            for file in root.rglob("*")
            if file.is_file()
        }
        assert found == {"kept": "1", "changed": "22", "gone": "3", "d/in": "4"}
        assert not (root / "more").exists()
        assert (root / "kept").stat().st_ino == kept


def test_two_builds_at_once_do_not_share_a_source(workshop: Workshop) -> None:
    digest = workshop.shelve(packed({"a": "1"}))
    with workshop.source(digest) as first, workshop.source(digest) as second:
        (first / "a").write_text("mine")
        assert (second / "a").read_text() == "1"


def test_python_compiles_a_source_once(workshop: Workshop) -> None:
    digest = workshop.shelve(packed({"thing.py": "VALUE = 1\n"}))
    environment = {"PYTHONPYCACHEPREFIX": str(workshop.bytecode)}

    def compiled() -> dict[str, int]:
        with workshop.source(digest) as root:
            subprocess.run(
                [workshop.python() / "python3", "-c", "import thing"],
                cwd=root,
                env=environment,
                check=True,
            )
        return {
            str(file): file.stat().st_mtime_ns for file in workshop.bytecode.rglob("thing*.pyc")
        }

    first = compiled()
    assert len(first) == 1
    assert compiled() == first


def test_its_python_has_the_standard_library_alone(workshop: Workshop) -> None:
    for name in ("python", "python3"):
        found = subprocess.run(
            [workshop.python() / name, "-c", "import json; import botocore"],
            env={},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "No module named 'botocore'" in found.stderr


@pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out"])
def test_an_entry_that_leads_out_of_the_source_is_refused(workshop: Workshop, name: str) -> None:
    digest = workshop.shelve(packed({name: "x"}))
    with pytest.raises(NotAZip, match="leads out"), workshop.source(digest):
        pass


def test_what_is_no_zip_is_refused(workshop: Workshop) -> None:
    with pytest.raises(NotAZip):
        workshop.shelve(b"not at all")


def test_old_versions_go_and_the_one_in_use_stays(workshop: Workshop) -> None:
    digests = [workshop.shelve(packed({"n": str(number)})) for number in range(3)]
    with workshop.source(digests[0]) as used:
        for number in range(3, 12):
            with workshop.source(workshop.shelve(packed({"n": str(number)}))):
                pass
        assert (used / "n").read_text() == "0"
    assert not workshop.has(digests[1])


def test_what_a_killed_sandbox_left_running_is_ended(workshop: Workshop) -> None:
    left = subprocess.Popen(["sleep", "600"], start_new_session=True)
    other = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        workshop.note("lost", left.pid)
        (workshop.home / "running/older").write_text(f"{other.pid} 0\n")  # the id was another's

        Workshop(workshop.home).settle()

        assert left.wait(5) == -9
        assert other.poll() is None
        assert not list((workshop.home).glob("running/*"))
    finally:
        for one in (left, other):
            one.kill()
            one.wait()
