"""The folder that is on the PYTHONPATH of the Lambda functions that the sandbox runs: see `sitecustomize`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def search_path(environment: Mapping[str, str]) -> str:
    """The PYTHONPATH of an environment, with this folder first."""
    known = environment.get("PYTHONPATH", "")
    return os.pathsep.join(filter(None, (str(Path(__file__).parent), known)))
