"""The tool in a release runs on a bare Python, and lacks nothing that its builds' commands ask for."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from generator.bundles import RUNTIME
from generator.errors import BuildError
from scripts import tool_bundle, zips
from scripts.wheelhouse import WHEELS, Wheelhouse

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tool as it is unpacked in a build, with the project's settings beside it."""
    directory = tmp_path_factory.mktemp("release")
    with ExitStack() as opened:
        entries = tool_bundle.tool().entries(Wheelhouse(PROJECT / WHEELS), opened)
        zips.write(directory / "tool.zip", entries)
    for name, body in zips.contents(directory / "tool.zip").items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    for path in (PROJECT / "params").glob("*.yaml"):
        (directory / "params").mkdir(exist_ok=True)
        (directory / "params" / path.name).write_bytes(path.read_bytes())
    return directory


def run(release: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of it, on this Python without any package that is installed."""
    return subprocess.run(
        [sys.executable, "-S", "-B", *words],
        cwd=release,
        env={"PYTHONPATH": "tool:tool/lib", "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_runs_without_anything_that_is_installed(release: Path) -> None:
    told = run(release, "-m", "scripts.cli", "--help")

    assert told.returncode == 0, told.stderr
    listed = told.stdout.partition("Commands:\n")[2]
    assert re.findall(r"^  ([a-z-]+)", listed, re.M) == sorted(
        name.replace("_", "-") for name in tool_bundle.COMMANDS
    )


def test_it_holds_a_drill(release: Path) -> None:
    told = run(release, "-m", "scripts.cli", "failover-drill", "run", "--help")

    assert told.returncode == 0, told.stderr
    assert "--approve" in told.stdout


def test_it_reads_settings_and_says_what_is_wrong_of_them(release: Path) -> None:
    """PyYAML comes without what is compiled of it; its marks of lines are the pure loader's."""
    path = release / "params" / "dev.yaml"
    said = path.read_text()
    path.write_text(f"{said}\nno_such_setting: 1\n")
    told = run(release, "-m", "scripts.cli", "releases", "record", "dev", "--execution", "x")
    path.write_text(said)

    assert told.returncode == 2, told.stderr
    assert "there is no setting no_such_setting" in told.stderr
    assert f"dev.yaml:{len(said.splitlines()) + 2}" in told.stderr


def test_it_has_the_data_of_every_service_that_it_calls(release: Path) -> None:
    code = """
import sys
from botocore.session import Session
for service in sys.argv[1:]:
    Session().create_client(service, region_name="us-east-1",
                            aws_access_key_id="1", aws_secret_access_key="1")
"""
    services = tool_bundle.tool().services

    assert {"cloudformation", "s3", "sts"} <= {*services}
    told = run(release, "-c", code, *services)
    assert told.returncode == 0, told.stderr


def test_every_module_of_it_can_be_imported(release: Path) -> None:
    told = run(
        release,
        "-c",
        "import sys, importlib; [importlib.import_module(name) for name in sys.argv[1:]]",
        *sorted(tool_bundle.tool().modules),
    )

    assert told.returncode == 0, told.stderr


def test_it_has_every_command_that_a_build_runs() -> None:
    run_by_builds = {
        command
        for path in (*(RUNTIME / "pipeline").glob("*.yml"), *(RUNTIME / "drill").glob("*.yml"))
        for command in re.findall(r"scripts\.cli --project \S+ ([a-z-]+)", path.read_text())
    }

    assert run_by_builds == {name.replace("_", "-") for name in tool_bundle.COMMANDS}


def test_it_leaves_behind_what_runs_on_aws_and_what_only_builds_need() -> None:
    modules = tool_bundle.tool().modules

    behind = ("scripts.sandbox.", "generator.layer")
    assert not [name for name in modules if f"{name}.".startswith(behind)]
    assert {path.name for path in tool_bundle.tool().data} >= {"availability.json", "regions.json"}
    assert not [path for path in tool_bundle.tool().data if path.name == "handler_permissions.json"]


def test_it_has_one_version_of_a_service_and_stays_small(release: Path) -> None:
    data = release / "tool" / "lib" / "botocore" / "data"

    assert {len([*data.glob(f"{name}/*/")]) for name in tool_bundle.tool().services} == {1}
    assert sum(path.stat().st_size for path in release.rglob("tool/**/*")) < 12_000_000


class TestSources:
    """Of a package of the test's own."""

    @pytest.fixture(autouse=True)
    def package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "scripts" / "commands").mkdir(parents=True)
        for place in ("scripts", "scripts/commands"):
            (tmp_path / place / "__init__.py").touch()
        (tmp_path / "generator" / "data").mkdir(parents=True)
        (tmp_path / "generator" / "data" / "regions.json").touch()
        (tmp_path / "generator" / "data" / "iam.json").touch()
        for name in tool_bundle.COMMANDS:
            (tmp_path / "scripts" / "commands" / f"{name}.py").touch()
        monkeypatch.setattr(tool_bundle, "HERE", tmp_path)
        return tmp_path / "scripts"

    def tool(self, package: Path, **modules: str) -> tool_bundle.Tool:
        for name, text in {"cli": "import scripts.a", "a": "", **modules}.items():
            (package / f"{name}.py").write_text(text)
        return tool_bundle.tool.__wrapped__()

    def names(self, tool: tool_bundle.Tool) -> set[str]:
        ours = {name.removeprefix("scripts.") for name in tool.modules}
        run = {f"commands.{name}" for name in tool_bundle.COMMANDS}
        return ours - {"scripts", "cli", "commands", *run}

    def test_what_is_imported_anywhere_comes_along(self, package: Path) -> None:
        tool = self.tool(package, a="def f():\n  from scripts import b", b="import json", c="")

        assert self.names(tool) == {"a", "b"}

    def test_what_only_a_type_checker_imports_stays(self, package: Path) -> None:
        text = "if TYPE_CHECKING:\n  import scripts.b\nelse:\n  import scripts.c"
        tool = self.tool(package, a=text, b="", c="")

        assert self.names(tool) == {"a", "c"}

    def test_data_comes_along_with_whoever_names_it(self, package: Path) -> None:
        tool = self.tool(package, a="X = 'regions.json'")

        assert [path.name for path in tool.data] == ["regions.json"]

    def test_a_service_comes_along_with_its_client(self, package: Path) -> None:
        assert self.tool(package, a="aws.client('sqs', region)").services == ("sqs",)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("aws.client(service, region)", "scripts.a, line 1: a client is not told its service"),
            ("import requests", "scripts.a, line 1: imports requests, which no release carries"),
            ("def f():\n  import requests", "scripts.a, line 2: imports requests"),
            ("import rich", "scripts.a, line 1: imports rich"),
        ],
    )
    def test_what_nobody_brings_is_named_by_its_line(
        self, package: Path, text: str, said: str
    ) -> None:
        with pytest.raises(BuildError, match=re.escape(said)):
            self.tool(package, a=text)

    def test_what_can_be_missed_may_be_imported_where_it_is_used(self, package: Path) -> None:
        assert self.names(self.tool(package, a="def f():\n  import rich")) == {"a"}
