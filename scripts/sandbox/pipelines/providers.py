"""Who does the work of an action: the protocol between the engine and its action providers.

The engine knows no provider by name. A provider registers itself for a category and a name, and is asked
three things, each on a worker thread whose account and Region are the action's own; it may therefore call
the emulator's API (`scripts.sandbox.resources.api_resources.calls.call`). None of them may wait for the
work: `begin` starts it, and `look` says whether it has ended. Nothing of a running action is held in
memory by the engine but the id that `begin` gave, so what was under way when the sandbox ended is looked
at again after its restart.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Refused(Exception):
    """An action cannot be begun: it fails, with this code and sentence.

    The codes are those of errorDetails in ListActionExecutions: `ConfigurationError`, `JobFailed`,
    `PermissionError`, `RevisionOutOfSync`, `RevisionUnavailable`, `SystemUnavailable`.
    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html
    """

    def __init__(self, message: str, code: str = "ConfigurationError") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Artifact:
    """A zip in S3, in the artifact store of the action's Region.

    Of an input it is there; of an output it is where the provider puts it.
    """

    name: str
    bucket: str
    key: str
    version: str = ""
    """The object's version, where the bucket keeps versions."""
    encryption_key: str = ""
    """The KMS key of the artifact store, if it names one."""


@dataclass(frozen=True)
class Job:
    """One execution of an action, with everything resolved."""

    id: str
    """Unique to this execution of the action; also `actionExecutionId`."""
    account: str
    region: str
    """Where the action works, which need not be the pipeline's Region."""
    pipeline: str
    pipeline_region: str
    stage: str
    action: str
    category: str
    provider: str
    configuration: Mapping[str, str]
    """Every `#{…}` replaced."""
    inputs: tuple[Artifact, ...] = ()
    outputs: tuple[Artifact, ...] = ()
    revision: Mapping[str, str] = field(default_factory=dict)
    """Of a source action: what StartPipelineExecution overrides, revisionType to revisionValue."""
    timeout_minutes: int | None = None

    @property
    def arn(self) -> str:
        """The pipeline's."""
        return f"arn:aws:codepipeline:{self.pipeline_region}:{self.account}:{self.pipeline}"

    def input(self, name: str) -> Artifact:
        """An input artifact by its name. Raises Refused."""
        for artifact in self.inputs:
            if artifact.name == name:
                return artifact
        raise Refused(f"The action has no input artifact named {name}.")


@dataclass(frozen=True)
class Ended:
    """How an action ended."""

    succeeded: bool
    summary: str = ""
    """`summary` of the action's state, and `externalExecutionSummary`."""
    code: str = "JobFailed"
    message: str = ""
    """Of a failure: errorDetails."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Output variables, which the action's namespace carries on."""
    artifacts: Mapping[str, Artifact] = field(default_factory=dict)
    """Outputs that lie elsewhere, or in another version, than the Job said; by their names."""
    revision: Mapping[str, str] = field(default_factory=dict)
    """Of a source action: revisionId, revisionSummary, revisionUrl."""
    updated_by: str = ""
    """The ARN of the person who ended it, of an approval."""
    external_url: str = ""
    """Where more is told of the work."""
    external_id: str = ""
    """The work's id, where it is another than `begin` gave."""


class Provider(Protocol):
    """Does the work of actions of one kind."""

    def begin(self, job: Job) -> str:
        """Start the work; gives the id by which the provider finds it again (externalExecutionId).

        It may be called a second time for the same `job.id`, when the sandbox was killed between the
        start and its being written down. Raises Refused.
        """

    def look(self, job: Job, external_id: str) -> Ended | None:
        """How the work ended; None while it runs. Work that is not found has ended in failure."""

    def stop(self, job: Job, external_id: str) -> None:
        """End the work of an action that has timed out, where that can be done.

        It is not called for actions that are abandoned: their work goes on, as on AWS.
        """


_PROVIDERS: dict[tuple[str, str], Callable[[], Provider]] = {}


def register(category: str, name: str, make: Callable[[], Provider]) -> None:
    """Have what `make` gives do the actions of a category (`Build`) and provider (`CodeBuild`).

    It is called when the first such action begins. AWS owns all of them; a second registration for the
    same kind is an error.
    """
    if (category, name) in _PROVIDERS and _PROVIDERS[category, name] is not make:
        raise ValueError(f"{category} {name} is registered already")
    _PROVIDERS[category, name] = make


def provider(category: str, name: str) -> Provider | None:
    """Who does such actions; None where nobody here does."""
    make = _PROVIDERS.get((category, name))
    return make() if make else None
