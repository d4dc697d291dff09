"""Which project a directory belongs to: the nearest one, upwards, with params/defaults.yaml.

Asked before click is imported, hence without pathlib, which takes longer to import than the answer.
"""

from __future__ import annotations

import os

MARK = os.path.join("params", "defaults.yaml")


def find(start: str) -> str | None:
    """The project's root, or None where there is none."""
    directory = os.path.abspath(start)
    while not os.path.isfile(os.path.join(directory, MARK)):
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent
    return directory
