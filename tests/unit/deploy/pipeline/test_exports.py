from __future__ import annotations

import subprocess
from pathlib import Path

from generator import release_stages
from scripts.deploy.pipeline import exports
from scripts.deploy.plan import Unchanged
from scripts.deploy.waves import Wave
from tests.unit.deploy.pipeline.test_gate import PLAN


def read_back(path: Path) -> dict[str, str]:
    """As the buildspec reads it: by a POSIX shell."""
    shown = " ".join(f'"${name}"' for name in release_stages.EXPORTED)
    said = subprocess.run(
        ["sh", "-eu", "-c", f'. "{path}"; printf "%s\\n" {shown}'],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return dict(zip(release_stages.EXPORTED, said.splitlines(), strict=True))


def test_a_shell_reads_every_variable_of_a_plan_back(tmp_path: Path) -> None:
    url = "https://x/?a=1&b='$(touch nowhere)'"
    exports.write(tmp_path / "plan.env", exports.of(PLAN, url, shop_has_changes=True))

    assert read_back(tmp_path / "plan.env") == {
        "HasChanges": "true",
        "ChangeSetName": "tradewind-1",
        "PlanHash": PLAN.hash,
        "PlanUrl": url,
        "ShopHasChanges": "true",
    }


def test_of_a_wave_without_changes_every_variable_is_there_too(tmp_path: Path) -> None:
    """An empty or missing one would fail the action that refers to it."""
    none = Unchanged(Wave("edge", "us-east-1"))
    exports.write(tmp_path / "plan.env", exports.of(none, "", shop_has_changes=False))

    assert read_back(tmp_path / "plan.env") == {
        "HasChanges": "false",
        "ChangeSetName": "none",
        "PlanHash": "none",
        "PlanUrl": "none",
        "ShopHasChanges": "false",
    }
