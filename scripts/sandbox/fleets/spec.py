"""What a fleet is told when it is started: a file in its home, which its process reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.errors import Failed
from scripts.sandbox import stores

_FILE = "fleet.json"


@dataclass(frozen=True)
class Spec:
    """One fleet in one region.

    `endpoint` is the sandbox, `host` and `port` where its front door serves. `revision` is a source
    (revisions.py); `arguments`, `bind`, `ready` and `ready_seconds` are of the program (instances.py).
    `environment_file` is what the launch template's user data writes, and `variables` stand above it. `speed`
    makes the clock of health checks and of draining run faster. `scaling_group` is the Auto Scaling group
    that the fleet stands for, by whose name CodeDeploy finds it.
    """

    name: str
    region: str
    account: str
    endpoint: str
    host: str
    port: int
    instances: int
    revision: str
    load_balancer: str
    target_group: str
    launch_template: str
    environment_file: str
    arguments: tuple[str, ...]
    bind: str
    ready: str
    variables: dict[str, str]
    ready_seconds: float = 60.0
    speed: float = 1.0
    scaling_group: str = ""

    @property
    def url(self) -> str:
        """Where clients reach the fleet."""
        return f"http://{self.host}:{self.port}"

    @classmethod
    def read(cls, home: Path) -> Spec:
        """The spec in a fleet's home. Raises Failed where there is none."""
        told: Any = stores.read_json(home / _FILE)
        try:
            return cls(**{**told, "arguments": tuple(told["arguments"])})
        except (TypeError, KeyError) as problem:
            raise Failed(f"{home / _FILE} does not tell of a fleet.") from problem

    def write(self, home: Path) -> None:
        """Leave it in a fleet's home."""
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        stores.write_atomically(home / _FILE, json.dumps(asdict(self), indent=1))
