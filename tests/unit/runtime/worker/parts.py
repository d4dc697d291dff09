"""Where the worker's modules are, for tests to import."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from generator.bundles import RUNTIME

REVISION = RUNTIME / "worker"
sys.path.insert(0, str(REVISION))


def part(name: str) -> Any:
    """A module of the worker."""
    return importlib.import_module(f"worker.{name}")
