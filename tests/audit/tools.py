"""The suites' programs, from an environment of their own: their pins and ours do not go together."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from scripts.errors import Failed

#: Seconds after which a program that says nothing is given up.
LONGEST = 600


def run(
    program: Path,
    *arguments: str,
    folder: Path | None = None,
    told: str = "",
    may_exit: tuple[int, ...] = (0,),
) -> subprocess.CompletedProcess[str]:
    """Have a program say what it has to say; `told` is its stdin. Raises Failed where it cannot."""
    try:
        done = subprocess.run(
            [str(program), *arguments],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=folder,
            env={**os.environ, "LOG_LEVEL": "ERROR"},  # checkov's
            input=told,
            timeout=LONGEST,
        )
    except FileNotFoundError as error:
        raise Failed(f"There is no {program}.", fix="make audit installs it.") from error
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{program.name} said nothing for {LONGEST} s.") from error
    if done.returncode not in may_exit:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it does not say why"]
        raise Failed(f"{program.name} ended with {done.returncode}: {said[-1]}")
    return done
