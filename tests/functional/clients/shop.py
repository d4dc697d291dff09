"""A project of a client's own: dev in an account that nobody else uses, and a shell that is told so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.functional.clients.document import commands
from tests.rehearsal.conftest import Sandbox

PROJECT = Path(__file__).parents[3]
PRIMARY, STANDBY = "us-east-1", "us-west-2"

#: Clients look at a stack every 30 seconds, which the sandbox is done with long before.
IMPATIENCE = """
import time
_sleep = time.sleep
time.sleep = lambda seconds: _sleep(min(seconds, 0.25))
"""


@dataclass(frozen=True)
class Run:
    """How a script ended, and all that it said."""

    code: int
    said: str


@dataclass(frozen=True)
class Shop:
    """The project, and how one client's section of the page is carried out in it.

    The section's first commands are what the others build on: variables, functions and files.
    """

    path: Path
    account: str
    sandbox: Sandbox
    section: str
    tools: Sequence[Path]

    @classmethod
    def made(
        cls, path: Path, account: str, sandbox: Sandbox, section: str, tools: Sequence[Path]
    ) -> Shop:
        """Templates, wheels and bundles are the checkout's; params are a copy, with this account."""
        shutil.copytree(PROJECT / "params", path / "params")
        (path / "templates").symlink_to(PROJECT / "templates")
        (path / ".tradewind").mkdir()
        for shared in ("wheels", "bundles"):
            kept = PROJECT / ".tradewind" / shared
            kept.mkdir(parents=True, exist_ok=True)
            (path / ".tradewind" / shared).symlink_to(kept)
        (path / "impatience").mkdir()
        (path / "impatience" / "sitecustomize.py").write_text(IMPATIENCE)
        (path / "work").mkdir()
        made = cls(path, account, sandbox, section, tools)
        made.set(account_id=f'"{account}"')
        return made

    def set(self, **settings: str) -> None:
        """Change settings of dev."""
        params = self.path / "params" / "dev.yaml"
        lines = params.read_text(encoding="utf-8").splitlines(keepends=True)
        for key, value in settings.items():
            (at,) = [number for number, line in enumerate(lines) if line.startswith(f"{key}:")]
            lines[at] = f"{key}: {value}\n"
        params.write_text("".join(lines), encoding="utf-8")

    def rewrite(self, function: str) -> None:
        """Change a function's code, in a generator of this project's own, and build what names it."""
        shutil.copytree(PROJECT / "generator", self.path / "generator")
        source = self.path / "generator" / "runtime" / "functions" / f"{function}.py"
        source.write_text(f"{source.read_text(encoding='utf-8')}\n# and so on\n", encoding="utf-8")
        (self.path / "templates").unlink()
        shutil.copytree(PROJECT / "templates", self.path / "templates")
        built = self._bash("tradewind build")
        assert built.code == 0, built.said

    def follow(self, heading: str) -> str:
        """Do what the page says under a heading; what was said meanwhile."""
        run = self.run(commands(self.section)[heading])
        assert run.code == 0, run.said
        return run.said

    def run(self, script: str) -> Run:
        """A script that begins with the section's first commands."""
        begin = next(iter(commands(self.section).values()))
        return self._bash(f"{begin}\n{script}")

    def _bash(self, script: str) -> Run:
        path = (*self.tools, Path(sys.executable).parent)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.path / "work",
            env={
                "PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]]),
                "HOME": str(self.path),
                "PYTHONPATH": os.pathsep.join(
                    [str(self.path / "impatience"), str(self.path), str(PROJECT)]
                ),
                "AWS_ENDPOINT_URL": self.sandbox.endpoint,
                "AWS_ACCESS_KEY_ID": self.account,
                "AWS_SECRET_ACCESS_KEY": "none",
                "TRADEWIND_SANDBOX": "1",
                "TRADEWIND_SANDBOX_HOME": str(self.sandbox.home),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        return Run(done.returncode, done.stdout)

    def tool(self, words: str) -> Any:
        """What a command of Tradewind's says with --json."""
        run = self.run(f"tradewind {words} --json > said.json")
        assert run.code == 0, run.said
        return json.loads((self.path / "work" / "said.json").read_text())

    def client(self, service: str, region: str = PRIMARY) -> Any:
        """A client of the account."""
        return self.sandbox.client(service, region, self.account)

    def stacks(self, region: str) -> Mapping[str, Any]:
        """Every stack that stands, nested ones too, by name."""
        pages = self.client("cloudformation", region).get_paginator("describe_stacks").paginate()
        return {one["StackName"]: one for page in pages for one in page["Stacks"]}

    def code(self) -> Mapping[tuple[str, str], str]:
        """The digest of each function's code, by region and name."""
        return {
            (region, one["FunctionName"].removeprefix("tradewind-dev-")): one["CodeSha256"]
            for region in (PRIMARY, STANDBY)
            for page in self.client("lambda", region).get_paginator("list_functions").paginate()
            for one in page["Functions"]
        }

    def nested_changes(self) -> Mapping[tuple[str, str], Any]:
        """When each nested stack was changed last, by region and name (`platform-Network`)."""
        return {
            (region, name.removeprefix("tradewind-dev-").rpartition("-")[0]): one.get(
                "LastUpdatedTime"
            )
            for region in (PRIMARY, STANDBY)
            for name, one in self.stacks(region).items()
            if "ParentId" in one
        }

    def nested(self, root: str, region: str) -> Mapping[str, str]:
        """The status of a root's nested stacks, by their logical ids."""
        resources = self.client("cloudformation", region).list_stack_resources(
            StackName=f"tradewind-dev-{root}"
        )["StackResourceSummaries"]
        return {
            one["LogicalResourceId"]: one["ResourceStatus"]
            for one in resources
            if one["ResourceType"] == "AWS::CloudFormation::Stack"
        }
