"""`tradewind load-test --sandbox`, with a JMeter that does what a test says."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scripts import cli

Captured = pytest.CaptureFixture[str]
PARAMS = Path(__file__).parents[3] / "params"
TARGET = ("--target", "http://127.0.0.1:9")
HEADER = "timeStamp,elapsed,label,responseCode,success,failureMessage,allThreads\\n"
ONE = "1795434788730,23,Home,200,true,,5\\n"

SCRIPT = """#!{python}
import pathlib, sys
results = pathlib.Path(sys.argv[sys.argv.index("--logfile") + 1])
{body}
"""


class Project:
    """A project, and a JMeter beside it."""

    def __init__(self, root: Path, captured: Captured) -> None:
        self.root, self.captured, self.home = root, captured, root / "jmeter"
        shutil.copytree(PARAMS, root / "params")
        (self.home / "bin").mkdir(parents=True)
        (self.home / "lib" / "ext").mkdir(parents=True)
        (self.home / "lib" / "ext" / "ApacheJMeter_http.jar").touch()
        with zipfile.ZipFile(self.home / "bin" / "ApacheJMeter.jar", "w") as jar:
            jar.writestr("META-INF/MANIFEST.MF", "Implementation-Version: 5.6.3\n")

    def jmeter(self, body: str) -> None:
        for name in ("jmeter", "java"):
            program = self.home / "bin" / name
            program.write_text(SCRIPT.format(python=sys.executable, body=body))
            program.chmod(0o755)

    def run(self, *words: str) -> int:
        return cli.main(["--project", str(self.root), "load-test", "dev", "--sandbox", *words])

    def report(self) -> dict[str, Any]:
        (path,) = (self.root / ".tradewind" / "load-tests").glob("*/report.json")
        said: dict[str, Any] = json.loads(path.read_text())
        return said


@pytest.fixture
def project(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(tmp_path, capsys)
    monkeypatch.setenv("JMETER_HOME", str(made.home))
    monkeypatch.setenv("PATH", str(made.home / "bin"))
    monkeypatch.setenv("TRADEWIND_SANDBOX_HOME", str(tmp_path / "sandbox"))
    return made


def test_a_run_is_reported_as_one_of_this_machine(project: Project) -> None:
    project.jmeter(f"results.write_text('{HEADER}{ONE}')")

    assert project.run(*TARGET, "--json") == 0

    said = json.loads(project.captured.readouterr().out)
    assert said["ran"]["where"].startswith("on this machine, in the sandbox")
    assert said["ran"]["target"] == "http://127.0.0.1:9"
    assert said["ran"]["users"] == 5
    assert said["figures"]["requests"] == 1


def test_a_jmeter_that_broke_off_is_reported_with_what_it_measured(project: Project) -> None:
    project.jmeter(f"results.write_text('{HEADER}{ONE}'); sys.exit('out of memory')")

    assert project.run(*TARGET) == 1

    assert project.report()["figures"]["requests"] == 1
    assert project.report()["verdict"]["outcome"] == "incomplete"
    assert "out of memory" in project.captured.readouterr().err


def test_a_jmeter_that_measured_nothing_is_an_error_and_no_report(project: Project) -> None:
    project.jmeter("print('no such plan')")

    assert project.run(*TARGET) == 1

    assert "no such plan" in project.captured.readouterr().err
    assert not list((project.root / ".tradewind").rglob("report.html"))


def test_thresholds_are_those_that_were_asked_for(project: Project) -> None:
    project.jmeter(f"results.write_text('{HEADER}{ONE}')")

    assert project.run(*TARGET, "--p95-ms", "22") == 1
    assert project.report()["verdict"]["outcome"] == "missed"


def test_where_jmeter_is_not_installed_one_sentence_names_the_package(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JMETER_HOME")
    monkeypatch.setenv("PATH", "")

    assert project.run(*TARGET) == 2
    assert "apt-get install jmeter jmeter-http" in project.captured.readouterr().err


def test_where_no_shop_of_the_sandbox_serves_it_says_how_to_start_one(project: Project) -> None:
    project.jmeter("raise SystemExit('not to be started')")

    assert project.run() == 2
    assert "tradewind sandbox shop start dev" in project.captured.readouterr().err


def test_another_machine_is_not_loaded(project: Project) -> None:
    project.jmeter("raise SystemExit('not to be started')")

    assert project.run("--target", "https://shop.example.com") == 2
    assert "loads nothing else" in project.captured.readouterr().err
