"""A zip is the same bytes on every machine, holds what the runtime needs, and is never believed unread."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from generator.bundles import PACKING, Bundle, Member
from generator.wheels import Wheel
from scripts import packing, wheelhouse
from scripts.errors import Failed, UsageError
from scripts.packing import KEPT, Packed, Packing, write
from scripts.wheelhouse import Wheelhouse

PURE = {
    "left/__init__.py": "SIDE = 'left'\n",
    "left/pad.py": "",
    "left-1.0.dist-info/METADATA": "Name: left\n",
    "left-1.0.dist-info/licenses/LICENSE": "yours",
}

IDLE = {
    "left/tests/test_pad.py": "",
    "left/pad.pyi": "",
    "left/py.typed": "",
    "left/fast.pyx": "",
    "left/__pycache__/pad.cpython-313.pyc": "",
    "left-1.0.dist-info/RECORD": "",
    "left-1.0.dist-info/WHEEL": "",
    "left-1.0.data/scripts/left": "#!python",
}


DATA = {
    "botocore/data/endpoints.json": "",
    "botocore/data/s3/2006-03-01/service-2.json.gz": "",
    "botocore/data/ec2/2016-11-15/service-2.json.gz": "",
}


@dataclass
class Index:
    """A package index with wheels of the test's making; `asked` is what it was asked for, run by run."""

    directory: Path
    asked: list[list[str]] = field(default_factory=list)
    targets: list[tuple[str, ...]] = field(default_factory=list)

    def has(self, name: str, files: Mapping[str, str], tag: str = "py3-none-any") -> Wheel:
        """Publish a wheel."""
        path = self.directory / f"{name}-1.0-{tag}.whl"
        with ZipFile(path, "w") as archive:
            for place, text in files.items():
                archive.writestr(place, text)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return Wheel(name, "1.0", path.name, sha256, (), (name,))

    def download(self, requirements: Iterable[str], directory: Path, *target: str) -> None:
        self.asked.append(names := [one.partition("==")[0] for one in requirements])
        self.targets.append(target)
        for name in names:
            (path,) = self.directory.glob(f"{name}-1.0-*.whl")
            (directory / path.name).write_bytes(path.read_bytes())


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    made = Index(tmp_path / "index")
    made.directory.mkdir()
    monkeypatch.setattr(wheelhouse, "download", made.download)
    return made


@pytest.fixture
def project(tmp_path: Path) -> Packing:
    return Packing.of(tmp_path / "project")


Source = Callable[..., Path]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    def written(name: str, text: str = "X = 1\n", mode: int = 0o644) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    return written


@pytest.fixture
def shipped(
    index: Index, source: Source, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Bundle]:
    """The bundle of a name: one file of ours and one wheel."""
    left = index.has("left", PURE | IDLE)
    file = source("f.py")

    def made(name: str) -> Bundle:
        return Bundle(name, (Member("f.py", file),), (left,))

    monkeypatch.setattr(packing, "bundle_of", made)
    return made


def one(project: Packing, key: str) -> Packed:
    (packed,) = project.pack([key])
    return packed


def contents(path: Path) -> dict[str, int]:
    with ZipFile(path) as archive:
        return {info.filename: info.external_attr >> 16 for info in archive.infolist()}


class TestBytes:
    @pytest.fixture
    def house(self, index: Index, tmp_path: Path) -> Wheelhouse:
        made = Wheelhouse(tmp_path / "wheels")
        made.fetch([index.has("left", PURE)])
        return made

    def bundle(self, index: Index, *members: Member) -> Bundle:
        return Bundle("f", members, (index.has("left", PURE),), "lib/")

    def test_are_the_same_whenever_and_wherever_they_are_written(
        self, index: Index, house: Wheelhouse, source: Source, tmp_path: Path
    ) -> None:
        there = [Member(name, source(f"one/{name}")) for name in ("b.py", "a.py")]
        write(self.bundle(index, *there), house, tmp_path / "one.zip")
        previous = os.umask(0o077)
        try:
            here = [Member(name, source(f"other/{name}", mode=0o600)) for name in ("a.py", "b.py")]
            for member in here:
                os.utime(member.source, (0, 0))
            write(self.bundle(index, *here), house, tmp_path / "other.zip")
        finally:
            os.umask(previous)

        assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()

    def test_are_these_on_every_python_or_packing_is_another(
        self, index: Index, source: Source, tmp_path: Path
    ) -> None:
        """Who changes what is in a zip raises PACKING, for an address must never have two contents."""
        members = (Member("f.py", source("f.py")), Member("run", source("run", "#!", 0o755)))

        house = Wheelhouse(tmp_path / "wheels")
        wheels = (index.has("botocore", PURE | IDLE | DATA),)
        house.fetch(wheels)

        write(Bundle("f", members, wheels, "lib/", ("s3",)), house, tmp_path / "f.zip")

        told = hashlib.sha256((tmp_path / "f.zip").read_bytes()).hexdigest()[:16]
        assert (PACKING, told) == (1, "d77f392950b7ed10")

    def test_are_in_order_uncompressed_and_readable_by_everybody(
        self, index: Index, house: Wheelhouse, source: Source, tmp_path: Path
    ) -> None:
        members = (
            Member("z.py", source("z.py", mode=0o600)),
            Member("hooks/go", source("go", "", 0o700)),
        )
        write(self.bundle(index, *members), house, tmp_path / "f.zip")

        with ZipFile(tmp_path / "f.zip") as archive:
            infos = archive.infolist()
        assert [info.filename for info in infos] == sorted(info.filename for info in infos)
        assert {info.compress_type for info in infos} == {0}
        modes = contents(tmp_path / "f.zip")
        assert modes["z.py"] == stat.S_IFREG | 0o644
        assert modes["hooks/go"] == stat.S_IFREG | 0o755
        assert modes["lib/left/pad.py"] == stat.S_IFREG | 0o644

    def test_can_be_imported_from(
        self, index: Index, house: Wheelhouse, source: Source, tmp_path: Path
    ) -> None:
        member = Member("f.py", source("f.py", "import left\nprint(left.SIDE)\n"))
        write(Bundle("f", (member,), (index.has("left", PURE),)), house, tmp_path / "f.zip")

        run = subprocess.run(
            [
                *(sys.executable, "-I", "-c", "import sys; sys.path[:0] = sys.argv[1:]; import f"),
                str(tmp_path / "f.zip"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )

        assert run.stdout == "left\n"


class TestWheel:
    def unpacked(self, index: Index, tmp_path: Path, *services: str, **wheels: Any) -> set[str]:
        made = tuple(index.has(name, files) for name, files in wheels.items())
        house = Wheelhouse(tmp_path / "wheels")
        house.fetch(made)
        write(Bundle("f", (), made, "lib/", services), house, tmp_path / "f.zip")
        return set(contents(tmp_path / "f.zip"))

    def test_leaves_behind_what_runs_nothing(self, index: Index, tmp_path: Path) -> None:
        assert self.unpacked(index, tmp_path, left=PURE | IDLE) == {f"lib/{n}" for n in PURE}

    def test_of_botocore_has_the_data_of_the_services_that_are_called(
        self, index: Index, tmp_path: Path
    ) -> None:
        assert self.unpacked(index, tmp_path, "s3", botocore=DATA) == {
            f"lib/{name}" for name in DATA if "ec2" not in name
        }

    @pytest.mark.parametrize(
        "place",
        [
            "../evil.py",
            "/evil.py",
            "left/../../evil.py",
            "..\\evil.py",
            "left//evil.py",
            "./evil.py",
        ],
    )
    def test_writes_nowhere_but_into_its_place(
        self, index: Index, tmp_path: Path, place: str
    ) -> None:
        with pytest.raises(Failed, match="outside of its place"):
            self.unpacked(index, tmp_path, left={place: ""})

    def test_that_only_an_installer_can_place_is_refused(
        self, index: Index, tmp_path: Path
    ) -> None:
        with pytest.raises(Failed, match="which only an installer can place"):
            self.unpacked(index, tmp_path, left={"left-1.0.data/headers/left.h": ""})

    def test_that_is_for_one_machine_is_asked_for_as_such_and_left_without_what_is_compiled(
        self, index: Index, tmp_path: Path
    ) -> None:
        compiled = {"yaml/__init__.py": "", "yaml/_yaml.cpython-313-aarch64-linux-gnu.so": ""}
        wheels = (index.has("left", PURE), index.has("yaml", compiled, "cp313-cp313-linux"))
        house = Wheelhouse(tmp_path / "wheels")
        house.fetch(wheels)
        write(Bundle("f", (), wheels), house, tmp_path / "f.zip")

        assert index.asked == [["left"], ["yaml"]]
        assert index.targets == [(), wheelhouse.COMPILED]
        assert {*contents(tmp_path / "f.zip")} == {*PURE, "yaml/__init__.py"}

    def test_that_has_what_another_has_is_refused(self, index: Index, tmp_path: Path) -> None:
        with pytest.raises(Failed, match=r"right-1\.0-py3-none-any\.whl has same\.py, which f has"):
            self.unpacked(index, tmp_path, left={"same.py": ""}, right={"same.py": ""})


Shipped = Callable[[str], Bundle]


class TestPacking:
    def test_says_what_lies_where_and_touches_nothing_else(
        self, project: Packing, shipped: Shipped, tmp_path: Path
    ) -> None:
        key = shipped("f").key

        packed = one(project, key)

        assert packed.path == tmp_path / "project/.tradewind/bundles" / key.removeprefix(
            "releases/"
        )
        assert packed.sha256 == hashlib.sha256(packed.path.read_bytes()).hexdigest()
        assert packed.size == packed.path.stat().st_size
        assert {file.name for file in (tmp_path / "project").rglob("*") if file.is_file()} == {
            "f.zip",
            "f.zip.sha256",
            "left-1.0-py3-none-any.whl",
        }

    def test_fetches_all_that_is_lacking_at_once_and_only_that(
        self, project: Packing, shipped: Shipped, index: Index
    ) -> None:
        keys = [shipped("f").key, shipped("g").key]

        first = [*project.pack(keys)]
        again = [*project.pack(keys)]

        assert first == again
        assert index.asked == [["left"]]

    def test_of_what_was_packed_needs_no_wheel(
        self, project: Packing, shipped: Shipped, index: Index
    ) -> None:
        packed = one(project, shipped("f").key)
        project.wheelhouse.path(shipped("f").wheels[0]).unlink()

        assert one(project, packed.key) == packed
        assert index.asked == [["left"]]

    @pytest.mark.parametrize("torn", [b"", b"PK\3\4", None])
    @pytest.mark.parametrize("which", ["", ".sha256"])
    def test_makes_anew_what_is_damaged_or_was_cut_off(
        self, project: Packing, shipped: Shipped, torn: bytes | None, which: str
    ) -> None:
        packed = one(project, shipped("f").key)
        whole = packed.path.read_bytes()
        damaged = packed.path.with_name(f"f.zip{which}")
        damaged.unlink() if torn is None else damaged.write_bytes(torn)

        assert one(project, packed.key) == packed
        assert packed.path.read_bytes() == whole

    def test_believes_no_wheel_that_was_altered(
        self, project: Packing, shipped: Shipped, index: Index
    ) -> None:
        packed = one(project, shipped("f").key)
        (wheel,) = shipped("f").wheels
        packed.path.unlink()
        with ZipFile(project.wheelhouse.path(wheel), "a") as archive:
            archive.writestr("left/evil.py", "")

        assert one(project, packed.key) == packed
        assert index.asked == [["left"], ["left"]]

    def test_forgets_what_a_killed_run_had_begun_to_fetch(
        self, project: Packing, shipped: Shipped
    ) -> None:
        house = project.wheelhouse.directory
        for name in ("fetching-long-ago", "fetching-now"):
            (house / name).mkdir(parents=True)
            (house / name / "left-1.0-py3-none-any.whl").touch()
        os.utime(house / "fetching-long-ago", (0, 0))

        one(project, shipped("f").key)

        assert [path.name for path in house.glob("fetching-*")] == ["fetching-now"]

    @pytest.mark.parametrize("where", ["bundles", "wheels"])
    def test_says_where_it_cannot_write(
        self, project: Packing, shipped: Shipped, tmp_path: Path, where: str
    ) -> None:
        (tmp_path / "project/.tradewind").mkdir(parents=True)
        (tmp_path / "project/.tradewind" / where).write_text("a file")

        with pytest.raises(Failed, match=rf"{where}.* cannot be written: "):
            one(project, shipped("f").key)

    def test_takes_no_wheel_but_the_pinned_one_from_the_index(
        self, project: Packing, shipped: Shipped, index: Index
    ) -> None:
        key = shipped("f").key
        index.has("left", {"left/evil.py": ""})

        with pytest.raises(Failed, match=r"no left-1\.0-py3-none-any\.whl as it is pinned"):
            one(project, key)
        assert not project.wheelhouse.path(shipped("f").wheels[0]).exists()

    def test_refuses_what_is_not_as_the_templates_have_it(
        self, project: Packing, shipped: Shipped, source: Source
    ) -> None:
        key = shipped("f").key
        source("f.py", "X = 2\n")

        with pytest.raises(UsageError, match="built with another f than") as refused:
            one(project, key)
        assert "tradewind build" in refused.value.fix

    def test_refuses_a_file_that_is_edited_while_it_is_read(
        self,
        project: Packing,
        shipped: Shipped,
        source: Source,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        key = shipped("f").key

        def meanwhile(*arguments: Any) -> None:
            write(*arguments)
            source("f.py", "X = 2\n")

        monkeypatch.setattr(packing, "write", meanwhile)

        with pytest.raises(UsageError, match="built with another f than"):
            one(project, key)
        assert [*project.zips.rglob("*.*")] == []

    def test_keeps_the_newest_of_a_name_and_forgets_what_was_never_finished(
        self, project: Packing, shipped: Shipped, source: Source
    ) -> None:
        made = []
        for number in range(KEPT + 2):
            source("f.py", f"X = {number}\n")
            made.append(one(project, shipped("f").key))
            hours_ago = time.time() - 36_000 + number
            os.utime(made[-1].path, (hours_ago, hours_ago))
        abandoned = made[-1].path.with_name("x.part")
        abandoned.touch()
        os.utime(abandoned, (0, 0))
        source("f.py", "X = 'last'\n")
        last = one(project, shipped("f").key)

        kept = [packed.path for packed in [*made[-KEPT + 1 :], last]]
        assert sorted(project.zips.rglob("*.zip")) == sorted(kept)
        assert not abandoned.exists()
        assert len([*project.zips.iterdir()]) == KEPT


@pytest.mark.parametrize(
    ("said", "told", "fix"),
    [
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken\nERROR: No matching distribution",
            "the package index cannot be reached",
            "pip config list",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "the package index has other files than are pinned",
            "make snapshots",
        ),
        ("python: No module named pip", "this Python has no pip", "ensurepip"),
        ("ERROR: One.\nERROR: No space left on device.", "No space left on device", "again"),
        ("", "pip failed", "again"),
    ],
)
def test_what_pip_cannot_fetch_is_told_in_a_sentence_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, told: str, fix: str
) -> None:
    pip = tmp_path / "python"
    pip.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{said}\nEND\nexit 1\n")
    pip.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(pip))

    with pytest.raises(Failed) as refused:
        wheelhouse.download(["left==1.0 --hash=sha256:00"], tmp_path)

    assert refused.value.message == f"The wheels of the bundles could not be fetched: {told}."
    assert fix in refused.value.fix
