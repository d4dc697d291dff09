"""One build, from its first phase to its last.

A phase that fails leads where AWS's transitions lead: from install and pre_build to the end, from build to
post_build, unless its on-failure says otherwise; artifacts are tried wherever build was.
https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from scripts.sandbox.builds import artifacts, environment, records
from scripts.sandbox.builds.artifacts import ArtifactFailed
from scripts.sandbox.builds.build_log import BuildLog
from scripts.sandbox.builds.buildspec import (
    PHASES,
    Buildspec,
    BuildspecError,
    OnFailure,
    PhaseSpec,
    parse,
)
from scripts.sandbox.builds.deliveries import wanted
from scripts.sandbox.builds.environment import SecretFailed
from scripts.sandbox.builds.records import Build, Phase
from scripts.sandbox.builds.shell import Interrupted, Shell
from scripts.sandbox.builds.sources import (
    Downloads,
    Location,
    SourceFailed,
    locations,
    text_of,
)
from scripts.sandbox.builds.workshop import NotAZip, Workshop
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.fleets.account import Account

DEFAULT_BUILDSPEC = "buildspec.yml"

#: Where a phase that fails leads unless its on-failure says otherwise: on, or to the end.
_GOES_ON = frozenset({"build", "post_build"})

log = logging.getLogger("tradewind.builds")


class _PhaseFailed(Exception):
    """A phase goes no further."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class Execution:
    """A build that runs, on a thread of its own; `stop` ends it from another."""

    build: Build
    account: Account
    workshop: Workshop
    downloads: Downloads
    log: BuildLog
    _shell: Shell | None = None
    _spec: Buildspec = field(default_factory=Buildspec)
    _source: Path = Path()
    _secret: set[str] = field(default_factory=set)
    _interruption: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Go through the phases; whatever happens, the build has an end."""
        limit = threading.Timer(
            60.0 * self.build.asked["timeoutInMinutes"], self.stop, (records.TIMED_OUT,)
        )
        limit.daemon = True
        limit.start()
        try:
            with contextlib.ExitStack() as kept:
                kept.callback(self.log.close)
                self._go(kept)
        except Exception as problem:  # a build must not stay IN_PROGRESS for ever
            log.exception("%s", self.build.id)
            self._fault(problem)
        finally:
            limit.cancel()
            self._complete()

    def stop(self, status: str = records.STOPPED) -> None:
        """End it now, with this status; a build that has ended stays as it is."""
        with self._lock:
            if self.build.running and not self._interruption:
                self._interruption = status
            if self._shell is not None:
                self._shell.end()

    def stand_or_go_on(self) -> None:
        """Have its processes stand still while its region is down, and go on after."""
        with self._lock:
            if self._shell is None:
                return
            if STANDING.down(self.build.region):
                self._shell.pause()
            else:
                self._shell.go_on()

    def _stand_still(self) -> None:
        """What begins in a region that is down begins when it is up again."""
        STANDING.wait_while_down(self.build.region, lambda: not self._interruption)

    def _go(self, kept: contextlib.ExitStack) -> None:
        for name in ("SUBMITTED", "QUEUED", "PROVISIONING"):
            with self._phase(name):
                pass
        self.log.open()
        self.log.say("Waiting for agent ping")
        if not self._phase_of("DOWNLOAD_SOURCE", lambda: self._prepare(kept)):
            self._phase_of("FINALIZING", lambda: None)
            return
        if self._work():
            self._phase_of("UPLOAD_ARTIFACTS", self._upload)
        self._phase_of("FINALIZING", lambda: None)

    def _prepare(self, kept: contextlib.ExitStack) -> None:
        """Sources, buildspec, variables and the shell."""
        build = self.build
        scratch = kept.enter_context(self.workshop.scratch(build.uuid))
        directories = self._sources(kept)
        self._source = directories[""]
        self.log.say("Processing environment variables")
        self._spec = parse(self._buildspec())
        declared = environment.declared(self.account, self._spec, build.asked["environment"])
        self._secret = declared.secret
        self.log.hide(declared.values[name] for name in declared.secret)
        version = str(build.asked.get("sourceVersion") or "")
        if build.delivery:
            version = Location(**build.delivery["sources"][0]["location"]).arn
        elif build.asked["source"]["type"] == "S3":
            version = version or Location.parse(build.asked["source"]["location"]).arn
        variables = {
            **environment.of_aws(
                build,
                self.account,
                scratch,
                self.workshop.python(),
                self.workshop.bytecode,
            ),
            **declared.values,
            **environment.of_codebuild(build, directories, version),
        }
        shell = Shell(
            self._spec.shell,
            scratch,
            self._source,
            variables,
            self.log.hear,
            lambda pid: self.workshop.note(build.uuid, pid),
        )
        kept.callback(shell.close)
        with self._lock:
            self._shell = shell
        self._interrupted()

    def _sources(self, kept: contextlib.ExitStack) -> dict[str, Path]:
        """Every source unpacked, by its identifier, which is empty for the primary."""
        directories: dict[str, Path] = {}
        for name, location in locations(self.build):
            digest, version = self.downloads.shelve(self.account, location)
            self.log.say(f"Downloaded {location.arn}")
            directories[name] = kept.enter_context(self.workshop.source(digest))
            if not name:
                self.build.resolved_version = version
        if "" not in directories:
            directories[""] = self.workshop.empty(self.build.uuid)
        return directories

    def _buildspec(self) -> str:
        """The text of the buildspec: as it stands, in S3, or a file of the source."""
        said = str(self.build.asked["source"].get("buildspec") or DEFAULT_BUILDSPEC)
        if "\n" in said or said.lstrip().startswith("{"):
            return said
        if said.startswith("arn:aws:s3:::"):
            return text_of(self.account, Location.parse(said))
        try:
            return (self._source / said).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise BuildspecError(f"stat {self._source / said}: no such file or directory") from None

    def _work(self) -> bool:
        """The phases of the buildspec; whether artifacts are to be tried."""
        built = False
        for name in PHASES:
            spec = self._spec.phases.get(name, PhaseSpec())
            built = built or name == "build"
            if self._phase_of(name.upper(), partial(self._commands, spec)):
                continue
            if self._interruption:
                return False
            if spec.on_failure is OnFailure.UNSET:
                if name not in _GOES_ON:
                    return False
            elif spec.on_failure is OnFailure.ABORT:
                break
            self._run("CODEBUILD_BUILD_SUCCEEDING=0; export CODEBUILD_BUILD_SUCCEEDING")
        self._export()
        return built

    def _commands(self, spec: PhaseSpec) -> None:
        failed: _PhaseFailed | None = None
        for command in spec.commands:
            try:
                self._command(command)
            except _PhaseFailed as problem:
                failed = problem
                break
        for command in spec.last:
            try:
                self._command(command)
            except _PhaseFailed as problem:
                failed = failed or problem
        if failed is not None:
            raise failed

    def _command(self, command: str) -> None:
        command = command.rstrip("\n")
        self.log.say(f"Running command {command}")
        code = self._run(command)
        if code:
            self.log.say(f"Command did not exit successfully {command} exit status {code}")
            raise _PhaseFailed(
                "COMMAND_EXECUTION_ERROR",
                f"Error while executing command: {command}. Reason: exit status {code}",
            )

    def _run(self, command: str) -> int:
        self._stand_still()
        self._interrupted()
        if self._shell is None:
            raise RuntimeError("a command without a shell")
        return self._shell.run(command)

    def _export(self) -> None:
        """Keep the exported variables; what AWS or a secret gave is not handed on.

        https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.exported-variables
        """
        if self._shell is None:
            return
        now = self._shell.exported()
        self.build.exported = {
            name: now[name]
            for name in self._spec.exported
            if name in now and name not in self._secret and not name.startswith("AWS_")
        }

    def _upload(self) -> None:
        told = []
        for spec, delivery in wanted(self.build, self._spec):
            files = artifacts.collect(spec, self._source)
            self.log.say(f"Found {len(files)} file(s)")
            told.append(artifacts.deliver(self.account, delivery, files))
        self.build.artifacts = told

    def _phase_of(self, name: str, work: Callable[[], None]) -> bool:
        """Do a phase; whether it succeeded. An interruption ends it, and what follows is not done."""
        if self._interruption:
            return False
        self._stand_still()
        self.log.say(f"Entering phase {name}")
        with self._phase(name) as phase:
            try:
                work()
            except _PhaseFailed as problem:
                self._failed(phase, problem.code, problem.message)
            except (SourceFailed, ArtifactFailed, NotAZip) as problem:
                self._failed(phase, "CLIENT_ERROR", str(problem))
            except BuildspecError as problem:
                self._failed(phase, "YAML_FILE_ERROR", str(problem))
            except SecretFailed as problem:
                self._failed(phase, "Decrypted Variables Error", str(problem))
            except Interrupted:
                timed_out = self._interruption == records.TIMED_OUT
                phase.status = self._interruption
                phase.code = "BUILD_TIMED_OUT" if timed_out else "BUILD_STOPPED"
                phase.message = "Build has timed out." if timed_out else "Build was stopped."
        state = phase.status or records.SUCCEEDED
        self.log.say(f"Phase complete: {name} State: {state}")
        self.log.say(f"Phase context status code: {phase.code} Message: {phase.message}")
        return not phase.status

    @staticmethod
    def _failed(phase: Phase, code: str, message: str) -> None:
        phase.status, phase.code, phase.message = records.FAILED, code, message

    @contextlib.contextmanager
    def _phase(self, name: str) -> Iterator[Phase]:
        phase = Phase(name, time.time())
        self.build.phase = name
        self.build.phases = [*self.build.phases, phase]
        try:
            yield phase
        finally:
            phase.end = time.time()

    def _interrupted(self) -> None:
        if self._interruption:
            raise Interrupted

    def _fault(self, problem: Exception) -> None:
        if self.build.phases:
            phase = self.build.phases[-1]
            phase.end = phase.end or time.time()
            phase.status, phase.code = records.FAULT, "INTERNAL_SERVICE_ERROR"
            phase.message = f"{type(problem).__name__}: {problem}"

    def _complete(self) -> None:
        """The last phase, and the status; what asks sees both or neither."""
        now = time.time()
        statuses = [one.status for one in self.build.phases]
        ended = next(
            (
                status
                for status in (records.FAULT, records.TIMED_OUT, records.STOPPED, records.FAILED)
                if status in (*statuses, self._interruption)
            ),
            records.SUCCEEDED,
        )
        with self._lock:
            self.build.phases = [*self.build.phases, Phase("COMPLETED", now, now, ended)]
            self.build.phase, self.build.end = "COMPLETED", now
            self.build.status = ended
