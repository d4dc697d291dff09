"""What every command is given: where the project lies, how to speak, and how to reach AWS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.errors import UsageError
from scripts.terminal import Terminal

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.aws import Aws


@dataclass(frozen=True)
class Context:
    """One run of the tool. `connect` is AWS or the sandbox: nobody but `cli` knows which."""

    project: Path
    terminal: Terminal
    json: bool
    profile: str | None
    connect: Callable[[Environment], Aws]

    def environment(self, name: str) -> Environment:
        """Read an environment. Raises UsageError that names every problem by file and line."""
        from generator import environments

        try:
            return environments.read(self.project / "params", name)
        except environments.EnvironmentInvalid as invalid:
            raise UsageError(str(invalid), fix=invalid.fix) from invalid

    def regions(self, environment: Environment, region: str | None) -> tuple[str, ...]:
        """The region that was asked for, or all. Raises UsageError where it is not one of them."""
        if region is None:
            return environment.regions
        if region not in environment.regions:
            raise UsageError(
                f"{environment.name} is not in {region}.",
                fix=f"Its regions are {', '.join(environment.regions)}.",
            )
        return (region,)
