"""`tradewind graph`, from the command line to the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from scripts import cli
from scripts.commands import tradewind
from tests.unit.graph import samples

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "defaults.yaml").touch()
    samples.small(tmp_path / "templates" / "out")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("project")
class TestToStdout:
    def test_is_mermaid_of_the_whole_unless_asked(self, capsys: Captured) -> None:
        assert cli.main(["graph"]) == 0

        shown = capsys.readouterr().out
        assert shown.startswith("flowchart TB\n")
        assert 'primary["primary region"]' in shown

    @pytest.mark.parametrize(
        ("form", "begins"),
        [("mermaid", "flowchart"), ("svg", "<svg "), ("html", "<!doctype html>")],
    )
    def test_is_one_root_in_the_format_asked_for(
        self, form: str, begins: str, capsys: Captured
    ) -> None:
        assert cli.main(["graph", "foundation", "--format", form]) == 0

        shown = capsys.readouterr().out
        assert shown.startswith(begins)
        assert "Storefront" not in shown

    def test_is_the_graph_itself_as_json(self, capsys: Captured) -> None:
        assert cli.main(["graph", "--json"]) == 0

        said = json.loads(capsys.readouterr().out)
        assert said["roots"].keys() == {"foundation", "platform"}
        platform = said["roots"]["platform"]
        assert {"from": "FrontDoor", "to": "Dns", "values": ["AlbDnsName"]} in platform["wires"]
        assert platform["layers"]["Firewall"]["condition"] == "waf"
        assert said["places"] == {
            "primary": ["platform", "foundation"],
            "standby": ["platform", "foundation"],
        }
        assert {"root": "platform", "layer": "Orders", "way": "out", "how": "read replica"} in (
            said["copies"]
        )


class TestToFiles:
    @pytest.mark.parametrize(
        ("name", "begins"),
        [("a.svg", "<svg "), ("a.html", "<!doctype"), ("deep/a.mmd", "flowchart")],
    )
    def test_the_name_says_the_format(self, name: str, begins: str, project: Path) -> None:
        assert cli.main(["graph", "platform", "--output", name]) == 0

        assert (project / name).read_text().startswith(begins)

    def test_a_name_that_says_nothing_needs_a_format(self, project: Path, capsys: Captured) -> None:
        assert cli.main(["graph", "--output", "picture"]) == 2
        assert "--format" in capsys.readouterr().err
        assert cli.main(["graph", "--output", "picture", "--format", "svg"]) == 0
        assert (project / "picture").read_text().startswith("<svg ")

    def test_a_directory_gets_every_picture_and_what_is_right_is_left_alone(
        self, project: Path
    ) -> None:
        assert cli.main(["graph", "--output", "docs/"]) == 0

        docs = {path.name: path for path in (project / "docs").iterdir()}
        assert docs.keys() == {"architecture.svg", "foundation.svg", "platform.svg"}
        before = docs["platform.svg"].stat().st_mtime_ns
        assert cli.main(["graph", "--output", "docs"]) == 0
        assert docs["platform.svg"].stat().st_mtime_ns == before

    def test_a_directory_gets_svg_and_nothing_else(self, project: Path, capsys: Captured) -> None:
        assert cli.main(["graph", "--output", "docs/", "--format", "html"]) == 2
        assert not (project / "docs").exists()

    def test_whether_a_directory_is_stale_is_told_and_nothing_is_written(
        self, project: Path, capsys: Captured
    ) -> None:
        assert cli.main(["graph", "--output", "docs/", "--check"]) == 1
        assert not (project / "docs").exists()

        assert cli.main(["graph", "--output", "docs/"]) == 0
        assert cli.main(["graph", "--output", "docs/", "--check"]) == 0

        (project / "docs" / "platform.svg").write_text("<svg/>")
        assert cli.main(["graph", "--output", "docs/", "--check"]) == 1
        assert "does not show what the templates say: platform.svg" in capsys.readouterr().err
        assert (project / "docs" / "platform.svg").read_text() == "<svg/>"

    def test_what_is_no_directory_cannot_be_checked(self, project: Path, capsys: Captured) -> None:
        assert cli.main(["graph", "--check"]) == 2
        assert "--output docs/ --check" in capsys.readouterr().err

    def test_of_one_root_only_its_picture(self, project: Path) -> None:
        assert cli.main(["graph", "platform", "--output", "docs/"]) == 0
        assert [path.name for path in (project / "docs").iterdir()] == ["platform.svg"]


class TestWhatCannotBeDrawn:
    def test_a_root_that_is_not_there(self, project: Path, capsys: Captured) -> None:
        assert cli.main(["graph", "platfrom"]) == 2
        assert "Did you mean platform?" in capsys.readouterr().err

    def test_a_project_that_was_never_built(self, project: Path, capsys: Captured) -> None:
        for path in (project / "templates" / "out").iterdir():
            path.unlink()

        assert cli.main(["graph"]) == 2
        assert "tradewind build" in capsys.readouterr().err


@pytest.mark.usefixtures("project")
def test_roots_are_completed() -> None:
    complete = ShellComplete(tradewind, {}, "tradewind", "_TRADEWIND_COMPLETE")

    assert [item.value for item in complete.get_completions(["graph"], "pl")] == ["platform"]
    assert complete.get_completions(["graph"], "x") == []
