"""The provider schemas that cfn-lint ships, region by region: which types there are, and what each takes.

Importing cfn-lint would take longer than everything that is asked here.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@cache
def offered(region: str) -> dict[str, str]:
    """Type -> the name of its schema; empty for a region that cfn-lint does not know."""
    file = _schemas() / "providers" / f"{region}.json"
    found: dict[str, str] = json.loads(file.read_bytes()) if file.is_file() else {}
    return found


def schema(type: str, region: str) -> dict[str, Any]:
    """What a type takes in a region; empty where it is not known."""
    name = offered(region).get(type)
    return _schema(name) if name else {}


def top_level(schema: dict[str, Any], key: str) -> list[str]:
    """The properties that `primaryIdentifier`, `createOnlyProperties` and their kin name, but nested ones."""
    paths = [path.removeprefix("/properties/") for path in schema.get(key, ())]
    return [path for path in paths if "/" not in path]


@cache
def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_schemas() / "resources" / f"{name}.json").read_bytes())
    return found


@cache
def _schemas() -> Path:
    spec = find_spec("cfnlint")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / "schemas"
