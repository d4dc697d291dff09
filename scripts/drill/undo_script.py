"""A shell script that undoes a drill by the aws command line alone: for when this tool is what is broken.

It is on disk before anything is touched. What it says holds whether a change was made or not.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from os import fsync, write
from typing import Any

from scripts.drill.folder import Folder, keep
from scripts.drill.steps import Step

_HEAD = """\
#!/bin/sh
# Undoes failover drill {drill} of {environment}, step by step, the last first.
# Needs the aws command line, and credentials of account {account}.
# Each command may be run again. What it puts back is what stood before the drill, whoever changed it since.
# Afterwards: tradewind failover-drill resume {environment}
set -eu
"""


def commands(steps: Iterable[Step], befores: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """What undoes these steps, the last first; of each whose snapshot there is."""
    lines = (
        line
        for step in reversed(tuple(steps))
        if step.name in befores
        for line in step.by_hand(befores[step.name])
    )
    return tuple(dict.fromkeys(lines))


def put(folder: Folder, account: str, lines: Iterable[str]) -> None:
    """Have the script on disk, whole or not at all. Raises OSError."""
    text = _HEAD.format(drill=folder.id, environment=folder.environment, account=account)
    left = (text + "".join(f"{line}\n" for line in lines)).encode()
    unfinished = folder.undo.with_suffix(".part")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o700)
    try:
        while left:
            left = left[write(handle, left) :]
        fsync(handle)
    finally:
        os.close(handle)
    unfinished.replace(folder.undo)
    keep(folder.path)
