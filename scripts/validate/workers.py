"""Processes that lint, a job at a time each, as many as asked for.

Plain subprocesses rather than multiprocessing: they do not care what threads the caller runs, start from a
clean interpreter, and see the end of their stdin when the caller is killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType

from scripts.errors import Failed
from scripts.validate.cfn_lint import Job
from scripts.validate.findings import Finding

#: Characters of a dead worker's last words that are worth showing.
LAST_WORDS = 400


class Workers:
    """Lints in `count` processes, started with the first job and kept until the `with` block ends.

    `directory` is theirs to work in: files to lint lie below it. Raises Failed where one dies.
    """

    def __init__(self, count: int, command: Sequence[str] = ()) -> None:
        self.count = count
        self._command = command or (sys.executable, "-P", "-m", "scripts.validate.worker")
        self._idle: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        self._started: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Workers:
        self._home = tempfile.TemporaryDirectory(prefix="tradewind-lint-")
        self.directory = Path(self._home.name).resolve()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        for process in self._started:
            if error is not None:
                process.kill()
            with contextlib.suppress(BrokenPipeError):
                process.communicate()
        self._home.cleanup()

    def examine(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, tuple[Finding, ...]]]:
        """Lint all of them, the largest first; give each as it is done."""
        for _ in range(min(self.count, len(jobs)) - len(self._started)):
            self._start()
        largest_first = sorted(jobs, key=lambda job: -job.file.stat().st_size)
        with ThreadPoolExecutor(max_workers=max(1, len(self._started))) as pool:
            asked = {pool.submit(self._ask, job): job for job in largest_first}
            try:
                for answered in as_completed(asked):
                    yield asked[answered], answered.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in self._started:
                    process.kill()
                raise

    def _start(self) -> None:
        with self._log(len(self._started)).open("w") as log:
            process = subprocess.Popen(
                self._command,
                cwd=self.directory,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._started.append(process)
        self._idle.put(process)

    def _ask(self, job: Job) -> tuple[Finding, ...]:
        process = self._idle.get()
        try:
            return self._converse(process, job)
        finally:
            self._idle.put(process)

    def _converse(self, process: subprocess.Popen[str], job: Job) -> tuple[Finding, ...]:
        assert process.stdin is not None
        assert process.stdout is not None
        said = {
            "file": str(job.file),
            "template": job.template,
            "variant": job.variant,
            "regions": job.regions,
        }
        try:
            process.stdin.write(json.dumps(said) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
        except (BrokenPipeError, ValueError) as end:
            raise self._death(process, job) from end
        if "error" in answer:
            raise Failed(answer["error"], fix=answer["fix"])
        return tuple(Finding.of(each) for each in answer["findings"])

    def _log(self, number: int) -> Path:
        return self.directory / f"worker-{number}.log"

    def _death(self, process: subprocess.Popen[str], job: Job) -> Failed:
        process.kill()
        code = process.wait()
        log = self._log(self._started.index(process))
        words = log.read_text(errors="replace").strip()[-LAST_WORDS:]
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return Failed(
            f"cfn-lint's process ended {how} over {job.template} ({job.variant})"
            + (f": {words.splitlines()[-1]}" if words else ""),
            fix="`tradewind lint --jobs 1` needs the least memory; a signal 9 often means there was none",
        )
