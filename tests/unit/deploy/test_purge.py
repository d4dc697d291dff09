"""Whatever a template keeps, a purge can delete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.deploy.purge import purgeable

TEMPLATES = sorted((Path(__file__).parents[3] / "templates" / "out").glob("*.json"))

#: What CloudFormation leaves standing when a stack is deleted.
KEEPING = {"Retain", "RetainExceptOnCreate"}


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_every_type_that_outlives_its_stack_can_be_purged(file: Path) -> None:
    resources: dict[str, Any] = json.loads(file.read_text())["Resources"]
    kept = {r["Type"] for r in resources.values() if r.get("DeletionPolicy") in KEEPING}

    assert {type for type in kept if not purgeable(type)} == set()
