"""The workflow that users' CI runs: the same list as `make ci`, with the least that it needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
MAKEFILE = PROJECT.joinpath("Makefile").read_text(encoding="utf-8")

#: An expression of the workflow, such as `${{ matrix.job }}`.
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


@pytest.fixture(scope="module")
def workflow() -> dict[Any, Any]:
    text = PROJECT.joinpath(".github", "workflows", "ci.yml").read_text(encoding="utf-8")
    said: dict[Any, Any] = yaml.safe_load(text)
    return said


@pytest.fixture(scope="module")
def job(workflow: dict[Any, Any]) -> dict[str, Any]:
    [only] = workflow["jobs"].values()
    held: dict[str, Any] = only
    return held


def jobs_of_make() -> list[str]:
    [listed] = re.findall(r"^JOBS := (.+)$", MAKEFILE, re.MULTILINE)
    return str(listed).split()


def test_it_runs_what_make_ci_runs(job: dict[str, Any]) -> None:
    matrix = job["strategy"]["matrix"]
    assert matrix["job"] == jobs_of_make()
    assert {entry["job"] for entry in matrix["include"]} <= {*matrix["job"]}
    assert "make ci JOBS=${{ matrix.job }}" in [step.get("run") for step in job["steps"]]


def test_what_changes_without_a_push_is_looked_at_without_one(
    workflow: dict[Any, Any], job: dict[str, Any]
) -> None:
    assert workflow[True]["schedule"]
    assert {"audit", "lifecycle"} <= {*job["strategy"]["matrix"]["job"]}


def test_each_is_a_target(job: dict[str, Any]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert {"ci", *job["strategy"]["matrix"]["job"]} <= targets


def test_the_tests_run_on_every_python_that_the_package_names(job: dict[str, Any]) -> None:
    matrix = job["strategy"]["matrix"]
    tested = {*matrix["python"], *(e["python"] for e in matrix["include"] if e["job"] == "test")}
    setup = PROJECT.joinpath("setup.cfg").read_text(encoding="utf-8")
    assert tested == set(re.findall(r"Python :: (3\.\d+)$", setup, re.MULTILINE))


def test_it_installs_what_our_own_ci_does(job: dict[str, Any]) -> None:
    [installing] = [step["run"] for step in job["steps"] if "apt-get" in step.get("run", "")]
    packages = installing.partition("--no-install-recommends ")[2].split()
    ours = PROJECT.joinpath(".ci", "run").read_text(encoding="utf-8")
    lacking = " ".join(re.findall(r"lacking\+=\((.+?)\)", ours)).split()
    assert sorted(packages) == sorted(lacking)


def test_it_may_only_read(workflow: dict[Any, Any], job: dict[str, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in job
    assert "pull_request_target" not in workflow[True]  # YAML's word for `on`
    [checkout] = [s for s in job["steps"] if s.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"] == {"persist-credentials": False}


def test_actions_are_githubs_own_and_pinned(job: dict[str, Any]) -> None:
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@(v\d+|[0-9a-f]{40})", each) for each in used)


def test_nothing_that_a_stranger_may_name_reaches_a_shell(job: dict[str, Any]) -> None:
    """A branch or a title in a command would be the command's."""
    for step in job["steps"]:
        for expression in EXPRESSION.findall(step.get("run", "")):
            assert expression == "matrix.job"


def test_what_an_expression_names_is_there(workflow: dict[Any, Any], job: dict[str, Any]) -> None:
    known = {f"matrix.{key}" for key in job["strategy"]["matrix"] if key != "include"}
    known |= {f"env.{key}" for key in job["env"]}
    known |= {"github.workflow", "github.ref", "github.event_name == 'pull_request'"}
    asked = set(EXPRESSION.findall(str(workflow)))
    assert {each for each in asked if not each.startswith("hashFiles(")} <= known
    for pattern in re.findall(r"hashFiles\((.+?)\)", str(workflow)):
        for glob in re.findall(r"'(.+?)'", pattern.replace("\\", "")):
            assert [*PROJECT.glob(glob)], glob


def test_a_run_ends(job: dict[str, Any], workflow: dict[Any, Any]) -> None:
    assert job["timeout-minutes"] <= 60
    assert workflow["concurrency"]["group"]
