"""What the builds of a release run: the tool that the release brings, with what it understands."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from generator import release_stages as names
from generator.pipeline import Pipeline
from generator.pipeline_builds import SPECIFICATIONS
from scripts.commands import tradewind
from tests.unit.generator.resolved import Made

BUILDS = sorted(file.stem for file in SPECIFICATIONS.glob("*.yml"))

#: What CodeBuild gives every build of the pipeline.
BY_CODEBUILD = {"CODEBUILD_SRC_DIR_Shipment"}


def specification(build: str) -> Any:
    return yaml.safe_load((SPECIFICATIONS / f"{build}.yml").read_text(encoding="utf-8"))


def script(build: str) -> list[str]:
    commands: list[str] = specification(build)["phases"]["build"]["commands"]
    return commands


def command_line(build: str) -> list[str]:
    """The words that the build gives the tool."""
    joined = "\n".join(script(build)).replace("\\\n", " ")
    (line,) = (line for line in joined.splitlines() if "python3" in line)
    return shlex.split(line.strip())


@pytest.fixture(scope="module")
def made() -> Made:
    return Made(Pipeline)


@pytest.mark.parametrize("build", BUILDS)
def test_the_tool_understands_what_a_build_asks_of_it(build: str) -> None:
    python, dash_m, module, option, project, *words = command_line(build)
    assert [python, dash_m, module, option, project] == [
        "python3",
        "-m",
        "scripts.cli",
        "--project",
        ".",
    ]
    command: click.Command = tradewind
    context = click.Context(command)
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        command = found
    command.make_context(command.name, list(words), resilient_parsing=True)
    options = {word for word in words if word.startswith("--")}
    needed = {
        parameter.opts[0]
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.required
    }
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    assert needed <= options
    assert len(words) - 2 * len(options) == len(arguments)


@pytest.mark.parametrize("build", BUILDS)
def test_every_variable_that_a_build_reads_is_given_to_it(made: Made, build: str) -> None:
    read = set(re.findall(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)", "\n".join(script(build))))
    (project,) = (
        one
        for one in made.of_type("AWS::CodeBuild::Project").values()
        if one["Name"] == f"tradewind-dev-{build}"
    )
    always = {one["Name"] for one in project["Environment"]["EnvironmentVariables"]}
    given = [
        always
        | {
            one["name"]
            for one in json.loads(action["Configuration"].get("EnvironmentVariables", "[]"))
        }
        for stage in made["Pipeline"]["Stages"]
        for action in stage["Actions"]
        if action["Configuration"].get("ProjectName") == project["Name"]
    ]
    assert given
    for variables in given:
        assert read - BY_CODEBUILD <= variables


@pytest.mark.parametrize("build", BUILDS)
def test_a_build_installs_nothing_and_stops_at_the_first_failure(build: str) -> None:
    said = specification(build)
    assert said["phases"]["install"] == {"runtime-versions": {"python": 3.12}}
    assert said["phases"]["build"]["on-failure"] == "ABORT"
    assert said["env"]["variables"]["PYTHONPATH"] == "tool:tool/lib"
    assert not re.search(r"\bpip\b|curl|wget|https?://", "\n".join(script(build)))


def test_a_plan_exports_what_the_stages_after_it_refer_to() -> None:
    said = specification("plan")["env"]
    assert set(said["exported-variables"]) == set(names.EXPORTED)
    assert set(names.EXPORTED) <= set(said["variables"])


class Machine:
    """A build machine whose python3 writes down what it was asked, and exports what it was told to."""

    def __init__(self, directory: Path, exports: str = "", status: int = 0) -> None:
        self.work, self.asked = directory / "work", directory / "asked"
        tools, shipment = directory / "bin", directory / "shipment"
        for each in (self.work, tools, shipment / "params"):
            each.mkdir(parents=True)
        (shipment / "params" / "dev.yaml").write_text("")
        (shipment / "shipment.json").write_text("{}")
        python = tools / "python3"
        python.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$*" >>"{self.asked}"\n'
            f"printf '%s' {shlex.quote(exports)} >plan.env\nexit {status}\n"
        )
        python.chmod(0o755)
        self.environment = {
            "PATH": f"{tools}:/usr/bin:/bin",
            "CODEBUILD_SRC_DIR_Shipment": str(shipment),
            "ENVIRONMENT": "dev",
            "ROOT": "platform",
            "REGION": "us-west-2",
        }

    def run(self, build: str, shell: str = "/bin/sh", **variables: str) -> tuple[int, str]:
        """Its commands in one shell, each only if the one before succeeded; then the exported variables."""
        exported = specification(build)["env"].get("exported-variables", [])
        lines = [f"{{\n{command}\n}} || exit 7" for command in script(build)]
        lines += [f'printf "%s=%s\\n" {name} "${name}"' for name in exported]
        known = {str(k): str(v) for k, v in specification(build)["env"]["variables"].items()}
        done = subprocess.run(
            [shell, "-c", "\n".join(lines)],
            cwd=self.work,
            env={**self.environment, **known, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
@pytest.mark.parametrize("turn", ["always", "standby-first"])
def test_a_plan_whose_turn_it_is_exports_what_the_tool_found(
    tmp_path: Path, turn: str, shell: str
) -> None:
    machine = Machine(tmp_path, "export HasChanges=true\nexport PlanHash=0123456789abcdef\n")

    status, said = machine.run("plan", shell, TURN=turn, WAVE_ORDER="standby-first")

    assert status == 0
    assert "HasChanges=true\n" in said
    assert "PlanHash=0123456789abcdef\n" in said
    assert "changeset create dev --root platform --region us-west-2" in machine.asked.read_text()
    assert (machine.work / "params" / "dev.yaml").exists()
    assert (machine.work / "shipment.json").exists()


def test_a_plan_whose_turn_it_is_not_asks_nothing_and_has_no_changes(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "export HasChanges=true\n")

    status, said = machine.run("plan", TURN="standby-first", WAVE_ORDER="primary-first")

    assert status == 0
    assert "HasChanges=false\n" in said
    assert not machine.asked.exists()


@pytest.mark.parametrize("build", BUILDS)
def test_what_the_tool_refuses_fails_the_build(tmp_path: Path, build: str) -> None:
    machine = Machine(tmp_path, status=3)

    status, _ = machine.run(build, TURN="always", WAVE_ORDER="primary-first")

    assert machine.asked.exists()
    assert status


def test_an_order_that_there_is_not_is_refused_before_anything_is_planned(tmp_path: Path) -> None:
    machine = Machine(tmp_path)

    status, said = machine.run("validate", WAVE_ORDER="standby_first")

    assert status
    assert "standby_first" in said
    assert not machine.asked.exists()
