"""What runs in taskcat's environment: one request a line on stdin, one answer of its `number` on stdout.

    {"do": "lint", "tree": ..., "templates": {"dist/platform.json": ["eu-west-1", ...]}}
    {"do": "account", "profile": ...}
    {"do": "deploy", "tree": ..., "config": ..., "tests": {NAME: overrides of it}, "upload": [NAME, ...]}
    {"do": "delete", "tests": [NAME, ...]}

A test is a `CFNTest` of its own, for taskcat gives several of one the same list of tags. What it does beyond
that needs the network or minutes (its report, its command line, its printer), so it is left out. Of ours it
imports nothing: it has taskcat's pins.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from taskcat._cfn_lint import Lint
from taskcat._client_factory import Boto3Cache
from taskcat._config import Config
from taskcat.exceptions import TaskCatException
from taskcat.testing import CFNTest

Request = Mapping[str, Any]

#: Seconds between two looks at stacks at work; taskcat's own printer looks every minute.
POLL = float(os.environ.get("TASKCAT_POLL", "10"))

#: No file of the user's has a say in what is deployed.
NOWHERE = Path(os.devnull) / "none"


class Watch:
    """Waits for stacks to rest: what taskcat has for it prints, and sleeps for ten seconds at least."""

    def report_test_progress(self, stacker: Any) -> None:
        """Return once no stack is at work any more."""
        while working := [one for one in stacker.stacks if one.status.endswith("_IN_PROGRESS")]:
            time.sleep(POLL)
            for stack in working:
                stack.refresh()


class Worker:
    """Holds the tests that it deployed, so that it can delete what they made and nothing else."""

    def __init__(self) -> None:
        self.deployed: dict[str, CFNTest] = {}

    def answer(self, request: Request) -> Any:
        """Do what is asked."""
        does: dict[str, Callable[[Request], Any]] = {
            "lint": self.lint,
            "account": lambda said: Boto3Cache().account_id(said["profile"]),
            "deploy": self.deploy,
            "delete": self.delete,
        }
        return does[request["do"]](request)

    def lint(self, request: Request) -> dict[str, list[Any]]:
        """Lint each root and what it nests. Each alone: taskcat lints every template for every test."""
        found, linted = [], set()
        for template, regions in request["templates"].items():
            test = {"template": template, "regions": regions}
            source = {"project": {"name": "lint"}, "tests": {"lint": test}}
            config = Config(
                [{"source": "Manual", "config": source}], uuid.uuid4(), Path(request["tree"])
            )
            lints = Lint(config, config.get_templates()).lints[0]["lint"]["results"]
            linted |= {Path(file).name for file in lints}
            found += [
                {
                    "template": Path(file).name,
                    "path": "/".join(str(part) for part in match.path),
                    "rule": match.rule.id,
                    "message": match.message,
                    "line": match.linenumber,
                }
                for file, matches in lints.items()
                for match in matches
            ]
        return {"linted": sorted(linted), "found": found}

    def deploy(self, request: Request) -> dict[str, dict[str, Any]]:
        """Create the stacks of some tests side by side, and wait until all of them rest."""
        names = list(request["tests"])
        with ThreadPoolExecutor(len(names)) as pool:
            ends = pool.map(lambda name: self._deploy(name, request), names)
            return dict(zip(names, ends, strict=True))

    def _deploy(self, name: str, request: Request) -> dict[str, Any]:
        began = time.monotonic()
        try:
            test = self._test(name, request)
            self.deployed[name] = test
            test.run()
        except Exception as error:  # noqa: BLE001 - whatever taskcat or botocore raises is this test's end
            return {"status": "NOT_CREATED", "reason": f"{type(error).__name__}: {error}", "id": ""}
        (stack,) = test.result
        return {
            "status": stack.status,
            "reason": stack.status_reason,
            "id": "" if stack.launch_exception else stack.id,
            "seconds": round(time.monotonic() - began, 1),
        }

    def _test(self, name: str, request: Request) -> CFNTest:
        config = Config.create(
            args=request["tests"][name],
            project_root=Path(request["tree"]),
            project_config_path=Path(request["config"]),
            global_config_path=NOWHERE,
            overrides_path=NOWHERE,
            env_vars={},
        )
        return CFNTest(
            config,
            printer=Watch(),
            test_names=name,
            skip_upload=name not in request["upload"],
            lint_disable=True,
            dont_wait_for_delete=False,
        )

    def delete(self, request: Request) -> list[str]:
        """Delete the stacks of some tests, side by side, and wait until all of them rest."""
        names = [name for name in request["tests"] if name in self.deployed]
        with ThreadPoolExecutor(max(1, len(names))) as pool:
            list(pool.map(lambda name: self._delete(self.deployed.pop(name)), names))
        return names

    def _delete(self, test: CFNTest) -> None:
        """Whatever taskcat says of a stack that had failed: who asked looks at what is left."""
        with suppress(TaskCatException):
            test.clean_up()


def main() -> None:
    """Answer until there is nobody to answer to. What libraries print goes to stderr."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    worker = Worker()
    for line in sys.stdin:
        request = json.loads(line)
        said = {"number": request["number"]}
        try:
            said["answer"] = worker.answer(request)
        except Exception as error:  # noqa: BLE001 - told to whoever asked, who tells the user
            said["error"] = f"{type(error).__name__}: {error}"
        answers.write(json.dumps(said, default=str) + "\n")
        answers.flush()
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):  # a stack's own, which would look at it once more
            thread.cancel()


if __name__ == "__main__":
    main()
