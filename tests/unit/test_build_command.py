"""`build` and `package`: what lies in templates/out, and how it is laid out for others."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import stacks
from generator.errors import BuildError
from generator.render import address
from scripts import cli

if TYPE_CHECKING:
    from scripts.aws import Aws

Captured = pytest.CaptureFixture[str]

CHILD = b'{"Resources": {}}\n'


def root(child: bytes = CHILD) -> bytes:
    """A root that nests one child."""
    url = {"Fn::Sub": f"${{TemplateBaseUrl}}/{address(child)}/network.json"}
    template = {
        "Metadata": {
            "Tradewind": {
                "Root": "platform",
                "Layers": {"Network": "network.json"},
                "Parameters": {"TemplateBaseUrl": {"kind": "fact", "key": "template_base_url"}},
            }
        },
        "Parameters": {"TemplateBaseUrl": {"Type": "String"}, "Other": {"Type": "String"}},
        "Resources": {
            "Network": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
        },
    }
    return json.dumps(template).encode()


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """templates/out of an empty project."""
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "defaults.yaml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "templates" / "out"


@pytest.fixture
def generate(monkeypatch: pytest.MonkeyPatch) -> None:
    generates(monkeypatch, {"platform.json": root(), "network.json": CHILD})


def generates(monkeypatch: pytest.MonkeyPatch, files: Mapping[str, bytes]) -> None:
    monkeypatch.setattr(stacks, "build", lambda: stacks.Build(files))


def document(capsys: Captured) -> dict[str, object]:
    said: dict[str, object] = json.loads(capsys.readouterr().out)
    del said["directory"]
    return said


@pytest.mark.usefixtures("generate")
class TestBuild:
    def test_writes_what_is_not_there(self, out: Path, capsys: Captured) -> None:
        assert cli.main(["build", "--json"]) == 0

        assert (out / "network.json").read_bytes() == CHILD
        assert document(capsys) == {
            "written": ["network.json", "platform.json"],
            "removed": [],
            "unchanged": [],
        }

    def test_leaves_alone_what_is_as_it_should_be(self, out: Path, capsys: Captured) -> None:
        cli.main(["build"])
        before = (out / "network.json").stat()
        capsys.readouterr()

        assert cli.main(["build", "--json"]) == 0
        assert document(capsys)["unchanged"] == ["network.json", "platform.json"]
        after = (out / "network.json").stat()
        assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)

    def test_removes_what_is_generated_no_more(self, out: Path, capsys: Captured) -> None:
        out.mkdir(parents=True)
        (out / "old.json").write_text("{}")
        (out / ".old.json.partial").write_text("torn by a kill")

        assert cli.main(["build", "--json"]) == 0
        assert document(capsys)["removed"] == ["old.json"]
        assert sorted(path.name for path in out.iterdir()) == ["network.json", "platform.json"]

    def test_a_second_time_is_answered_by_the_stamp_until_something_changes(
        self, out: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cli.main(["build"])
        monkeypatch.setattr(stacks, "build", lambda: pytest.fail("it was built again"))
        assert cli.main(["build"]) == 0

        generates(monkeypatch, {"network.json": CHILD})
        (out / "network.json").write_text("edited by hand")
        assert cli.main(["build"]) == 0
        assert (out / "network.json").read_bytes() == CHILD

    def test_check_writes_nothing_and_names_what_is_stale(
        self, out: Path, capsys: Captured
    ) -> None:
        cli.main(["build"])
        (out / "network.json").write_text("edited")
        (out / "old.json").write_text("{}")
        capsys.readouterr()

        assert cli.main(["build", "--check"]) == 1
        assert "network.json, old.json" in capsys.readouterr().err
        assert (out / "network.json").read_text() == "edited"

    def test_check_is_content_with_what_is_as_it_should_be(self, out: Path) -> None:
        cli.main(["build"])
        shutil.rmtree(out.parent.parent / ".tradewind")

        assert cli.main(["build", "--check"]) == 0
        assert not (out.parent.parent / ".tradewind").exists()

    def test_a_generator_that_is_wired_wrongly_is_one_sentence(
        self, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        def broken() -> stacks.Build:
            raise BuildError("Network never sets its output vpc_id")

        monkeypatch.setattr(stacks, "build", broken)

        assert cli.main(["build"]) == 1
        assert "Network never sets its output vpc_id" in capsys.readouterr().err
        assert not out.exists()


@pytest.mark.usefixtures("generate")
class TestPackage:
    @pytest.fixture
    def dist(self, out: Path) -> Path:
        assert cli.main(["build"]) == 0
        return out.parent.parent / "dist"

    def names(self, directory: Path) -> set[str]:
        return {
            path.relative_to(directory).as_posix()
            for path in directory.rglob("*.json")
            if path.is_file()
        }

    def test_lays_children_by_their_address(self, dist: Path) -> None:
        assert cli.main(["package", "--to", str(dist)]) == 0

        child = f"{address(CHILD)}/network.json"
        assert self.names(dist) == {"platform.json", "platform.local.json", child}
        assert (dist / child).read_bytes() == CHILD
        assert (dist / "platform.json").read_bytes() == root()

    def test_a_local_root_refers_to_files_and_needs_no_base_url(self, dist: Path) -> None:
        cli.main(["package", "--to", str(dist)])

        local = json.loads((dist / "platform.local.json").read_text())
        url = local["Resources"]["Network"]["Properties"]["TemplateURL"]
        assert (dist / url).read_bytes() == CHILD
        assert local["Parameters"].keys() == {"Other"}
        assert "TemplateBaseUrl" not in json.dumps(local)

    def test_replaces_an_earlier_package_and_nothing_else(
        self, dist: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cli.main(["package", "--to", str(dist)])
        (dist / "notes.txt").write_text("mine")
        changed = b'{"Resources": {"More": {}}}'
        generates(monkeypatch, {"platform.json": root(changed), "network.json": changed})
        cli.main(["build", "--json"])

        assert cli.main(["package", "--to", str(dist)]) == 0
        assert f"{address(CHILD)}/network.json" not in self.names(dist)
        assert not (dist / address(CHILD)).exists()
        assert (dist / "notes.txt").read_text() == "mine"

    def test_refuses_a_directory_that_holds_something_else(
        self, dist: Path, capsys: Captured
    ) -> None:
        dist.mkdir()
        (dist / "notes.txt").write_text("mine")

        assert cli.main(["package", "--to", str(dist)]) == 2
        assert "--force" in capsys.readouterr().err
        assert [path.name for path in dist.iterdir()] == ["notes.txt"]
        assert cli.main(["package", "--to", str(dist), "--force"]) == 0
        assert (dist / "notes.txt").read_text() == "mine"

    def test_never_removes_a_file_outside(self, dist: Path) -> None:
        outside = dist.parent / "precious.json"
        outside.write_text("{}")
        cli.main(["package", "--to", str(dist)])
        mark = dist / ".tradewind-package"
        mark.write_text(f"{mark.read_text()}\n../precious.json")

        assert cli.main(["package", "--to", str(dist)]) == 0
        assert outside.exists()

    def test_without_templates_says_how_to_make_them(self, out: Path, capsys: Captured) -> None:
        assert cli.main(["package", "--to", "dist"]) == 2
        assert "tradewind build" in capsys.readouterr().err


@pytest.mark.usefixtures("generate")
class TestWarningOfStale:
    """What `deploy` and `plan` say before they ship templates/out."""

    def warning(self, capsys: Captured) -> str:
        from scripts.commands.build import warn_of_stale
        from scripts.context import Context
        from scripts.errors import Failed
        from scripts.terminal import Terminal

        def connect(_: object) -> Aws:
            raise Failed("nobody asks AWS for this")

        capsys.readouterr()
        warn_of_stale(Context(Path.cwd(), Terminal(), False, None, connect))
        return capsys.readouterr().err

    def test_names_what_the_generator_would_write_otherwise(
        self, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        cli.main(["build"])
        (out / "network.json").write_bytes(b"{}")

        assert "would now write network.json otherwise" in self.warning(capsys)

    def test_is_silent_when_nothing_changed(self, out: Path, capsys: Captured) -> None:
        cli.main(["build"])

        assert self.warning(capsys) == ""

    def test_asks_nothing_where_nobody_builds(self, out: Path, capsys: Captured) -> None:
        out.mkdir(parents=True)
        (out / "network.json").write_bytes(b"{}")

        assert self.warning(capsys) == ""


def test_a_local_root_is_small_enough_to_be_sent_inline_where_it_can_be() -> None:
    from scripts.commands.package import local
    from scripts.deploy import release

    foundation = release.read(Path(__file__).parents[2]).roots["foundation"]

    assert len(local(foundation)) <= release.INLINE_LIMIT < len(foundation.template.body)
