"""`make taskcat` for real: a template that AWS would refuse fails it, by region, stack and reason."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
PYTHON = Path(".tradewind") / "taskcat" / "bin" / "python"


@pytest.fixture(scope="module")
def taskcat() -> Path:
    """The interpreter of taskcat's own environment."""
    subprocess.run(["make", "--silent", ".tradewind/taskcat/installed"], cwd=PROJECT, check=True)
    return PROJECT / PYTHON


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what is tested: its settings, its templates, and its bundles as they lie."""
    for name in ("params", "templates", "generator"):
        shutil.copytree(
            PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(PROJECT / ".taskcat.yml", tmp_path)
    kept = tmp_path / ".tradewind"
    kept.mkdir()
    for name in ("bundles", "wheels"):
        (kept / name).symlink_to(PROJECT / ".tradewind" / name)
    return tmp_path


def alter(project: Path, root: str, layer: str, resource: str, **properties: Any) -> None:
    """Change a nested template, and the address by which its root refers to it."""
    out = project / "templates" / "out"
    before = (out / layer).read_bytes()
    template = json.loads(before)
    template["Resources"][resource]["Properties"].update(properties)
    after = (json.dumps(template, indent=1) + "\n").encode()
    old, new = (hashlib.sha256(body).hexdigest()[:16] for body in (before, after))
    (out / layer).write_bytes(after)
    said = (out / root).read_text()
    assert old in said
    (out / root).write_text(said.replace(old, new))


def run(taskcat: Path, project: Path, *options: str) -> tuple[int, str, Any]:
    """Test dev's twin; how it ended, what it said, and the report that it kept."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.taskcat", "--python", str(taskcat)),
            *("--project", str(project), "--trial", "tcdev", *options),
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    (kept,) = (project / ".tradewind" / "taskcat-runs").glob("*/report.json")
    return done.returncode, done.stdout + done.stderr, json.loads(kept.read_text())


@pytest.mark.slow
def test_a_broken_template_fails_the_run_and_says_where(taskcat: Path, project: Path) -> None:
    """A log group called as the trail's is, which stands by then: the template alone shows nothing."""
    name = {"Fn::Sub": "/tradewind/tradewind-${Environment}-trail-${AWS::Region}"}
    alter(project, "platform.json", "network.json", "DefaultGroupCloserLogs", LogGroupName=name)
    code, said, report = run(taskcat, project, "--no-lint")
    assert code == 1, said
    ends = {one["test"]: one for one in report["outcomes"]}
    failed = ends["tcdev-platform-primary"]
    assert failed["status"] == "CREATE_FAILED"
    assert (failed["region"], failed["stack"]) == ("us-east-1", "tradewind-tcdev-platform")
    cause = failed["cause"]
    assert (cause["template"], cause["resource"]) == ("network.json", "DefaultGroupCloserLogs")
    assert "already exists" in cause["message"]
    assert "generator/layers/network.py:" in cause["made_at"]
    assert (
        f"tcdev-platform-primary in us-east-1: {failed['stack']} CREATE_FAILED: network.json"
        in said
    )
    assert ends["tcdev-platform-standby"]["status"] == "NOT_RUN"
    assert all(one["deleted"] for one in report["outcomes"])
    assert report["left"] == []


@pytest.mark.slow
def test_what_taskcat_finds_is_told_before_anything_is_made(taskcat: Path, project: Path) -> None:
    alter(project, "platform.json", "network.json", "DefaultGroupCloserLogs", Nmae="vpc-flow")
    code, said, report = run(taskcat, project)
    assert code == 1, said
    (found,) = report["findings"]
    assert (found["template"], found["rule"]) == ("network.json", "E3002")
    assert "generator/layers/network.py:" in found["made_at"]
    assert report["outcomes"] == []
