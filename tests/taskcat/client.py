"""taskcat in a process of its own, asked line by line (`worker` says what it understands)."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.errors import Failed
from scripts.validate.findings import Finding

WORKER = Path(__file__).with_name("worker.py")

#: Seconds that it may take to end once nobody asks any more.
PATIENCE = 10


@dataclass(frozen=True)
class Taskcat:
    """The running process; `tree` is what it uploads, `config` the tests' configuration."""

    process: subprocess.Popen[str]
    log: Path
    tree: Path
    config: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def lint(
        self, templates: Mapping[str, Sequence[str]]
    ) -> tuple[frozenset[str], tuple[Finding, ...]]:
        """Lint templates, and what they nest, for the regions of each: what was read, and what was found."""
        said = self._ask("lint", tree=str(self.tree), templates=templates)
        return frozenset(said["linted"]), tuple(sorted({Finding(**one) for one in said["found"]}))

    def account(self, profile: str) -> str:
        """The account of the credentials that it would use."""
        return str(self._ask("account", profile=profile))

    def deploy(
        self, tests: Mapping[str, Mapping[str, Any]], upload: Collection[str]
    ) -> dict[str, dict[str, Any]]:
        """Create the stacks of some tests; each with what the configuration does not say."""
        answer: dict[str, dict[str, Any]] = self._ask(
            "deploy",
            tree=str(self.tree),
            config=str(self.config),
            tests=tests,
            upload=list(upload),
        )
        return answer

    def delete(self, tests: Sequence[str]) -> None:
        """Delete the stacks of some tests that it created."""
        self._ask("delete", tests=tests)

    def _ask(self, do: str, **said: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        number = next(self._numbers)
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps({"number": number, "do": do, **said}) + "\n")
            self.process.stdin.flush()
        answer: dict[str, Any] = {}
        while answer.get("number") != number:  # an answer that nobody waited for comes first
            line = self.process.stdout.readline()
            if not line:
                raise Failed(
                    f"taskcat ended while it was to {do}.", fix=f"Its log says why: {self.log}"
                )
            answer = json.loads(line)
        if "error" in answer:
            raise Failed(
                f"taskcat could not {do}: {answer['error'].rstrip('.')}.",
                fix=f"Its log has more: {self.log}",
            )
        return answer["answer"]


@contextmanager
def started(
    python: Path, variables: Mapping[str, str], log: Path, tree: Path, config: Path
) -> Iterator[Taskcat]:
    """Have it for the length of a block. `python` is the interpreter of its environment."""
    with (
        log.open("w", encoding="utf-8") as told,
        subprocess.Popen(
            [str(python), "-P", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
            env=dict(variables),
            cwd=tree,
            start_new_session=True,  # Ctrl-C is for who asks: what was created is deleted first
        ) as process,
    ):
        try:
            yield Taskcat(process, log, tree, config)
            if process.stdin:
                process.stdin.close()
            process.wait(PATIENCE)
        finally:
            process.kill()
