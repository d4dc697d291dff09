"""Stamps: nothing to do is said only where nothing changed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import stamps


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tool and a project of a few files, built and linted a while ago."""
    monkeypatch.setattr(stamps, "_HERE", str(tmp_path / "tool"))
    files = {
        "tool/generator/a.py": "a",
        "tool/generator/layers/b.py": "b",
        "tool/scripts/validate/c.py": "c",
        "tool/requirements.lock": "lock",
        "project/params/defaults.yaml": "",
        "project/params/dev.yaml": "x: 1",
        "project/templates/out/network.json": "{}",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        _age(path, 3600)
    stamp(tmp_path / "project")
    return tmp_path / "project"


def _age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def stamp(project: Path) -> None:
    for name in ("build", "lint", "validate"):
        stamps.write(name, str(project), stamps.take(name, str(project)))


def fresh(name: str, project: Path) -> bool:
    return stamps.fresh(name, str(project))


def test_nothing_changed(project: Path) -> None:
    assert fresh("build", project)
    assert fresh("lint", project)


def test_a_touch_without_a_change_is_no_change(project: Path) -> None:
    (project.parent / "tool/generator/a.py").touch()

    assert fresh("build", project)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a source edited": lambda at: (at / "../tool/generator/layers/b.py").write_text("B"),
    "a source added": lambda at: (at / "../tool/generator/new.py").write_text(""),
    "a source removed": lambda at: (at / "../tool/generator/a.py").unlink(),
    "the lock": lambda at: (at / "../tool/requirements.lock").write_text("LOCK"),
    "an output edited": lambda at: (at / "templates/out/network.json").write_text("[]"),
    "an output deleted": lambda at: (at / "templates/out/network.json").unlink(),
    "an output too many": lambda at: (at / "templates/out/old.json").write_text("{}"),
    "no stamp": lambda at: shutil.rmtree(at / ".tradewind/stamps"),
    "a torn stamp": lambda at: [
        path.write_text(path.read_text()[:-90]) for path in (at / ".tradewind/stamps").iterdir()
    ],
    "an empty stamp": lambda at: [
        path.write_text("") for path in (at / ".tradewind/stamps").iterdir()
    ],
    "noise for a stamp": lambda at: [
        path.write_bytes(b"\xff\0\n x") for path in (at / ".tradewind/stamps").iterdir()
    ],
}


@pytest.mark.parametrize("name", ["build", "lint", "validate"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_seen(change: Callable[[Path], object], name: str, project: Path) -> None:
    change(project)

    assert not fresh(name, project)


def test_an_edit_of_the_same_size_and_mtime_right_after_the_stamp_is_seen(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of an editor that is faster than the file system's clock."""
    source = project.parent / "tool/generator/a.py"
    source.write_text("1")
    then = source.stat()
    monkeypatch.setattr(time, "time_ns", lambda: then.st_mtime_ns + stamps.TICK)
    stamp(project)
    source.write_text("2")
    os.utime(source, ns=(then.st_atime_ns, then.st_mtime_ns))

    assert not fresh("build", project)


def test_an_edit_while_it_was_building_is_seen(project: Path) -> None:
    read = stamps.take("build", str(project))
    (project.parent / "tool/generator/a.py").write_text("edited while the build ran")
    stamps.write("build", str(project), read)

    assert not fresh("build", project)


def test_settings_matter_to_the_lint_and_not_to_the_build(project: Path) -> None:
    (project / "params/dev.yaml").write_text("x: 2")

    assert fresh("build", project)
    assert not fresh("lint", project)


def test_another_python_or_package_is_a_change(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packages = tmp_path / "site-packages"
    (packages / "troposphere-9.9.dist-info").mkdir(parents=True)
    monkeypatch.setattr("sys.path", [str(packages)])

    assert not fresh("build", project)
    stamp(project)
    assert fresh("build", project)
    (packages / "troposphere-9.9.dist-info").rename(packages / "troposphere-9.10.dist-info")
    assert not fresh("build", project)


def test_what_python_leaves_behind_is_no_source(project: Path) -> None:
    cache = project.parent / "tool/generator/__pycache__"
    cache.mkdir()
    (cache / "a.pyc").touch()

    assert fresh("build", project)


def test_a_stamp_that_cannot_be_written_is_no_failure(project: Path) -> None:
    for path in (project / ".tradewind/stamps").iterdir():
        path.unlink()
    (project / ".tradewind/stamps").rmdir()
    (project / ".tradewind/stamps").write_text("a file where the directory should be")
    stamp(project)

    assert not fresh("build", project)


class TestTheAnswerBeforeClick:
    @pytest.mark.parametrize(
        "words", [["build"], ["lint"], ["validate"], ["build", "-q"], ["--quiet", "lint"]]
    )
    def test_is_given_to_the_bare_command(
        self, words: list[str], project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(project / "params")

        assert stamps.answer(words)

    @pytest.mark.parametrize(
        "words", [[], ["build", "--check"], ["build", "--json"], ["lint", "--help"], ["deploy"]]
    )
    def test_is_not_given_to_anything_else(
        self, words: list[str], project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(project)

        assert not stamps.answer(words)

    def test_is_not_given_outside_a_project(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)

        assert not stamps.answer(["build"])
