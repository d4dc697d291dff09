"""AWS CodePipeline: pipelines as they were declared, executed.

    api                 the operations of the service; history, jobs: of the past, and of functions
    catalogue           pipelines are created, updated, deleted, listed, tagged
    structure, *_checks what AWS refuses of a declaration; action_types: what actions may say
    declarations        a declaration, read
    records, store      pipelines, executions and runs as they are kept
    engine              changes of records, and what follows from them: consequences
    launches, control   what people do: start; stop, retry, roll back, override, approve
    passage             executions pass from stage to stage
    stage_steps         one step within a stage; conditions, starts: of conditions and of runs
    references          `#{namespace.key}`
    attendance          who looks after a run; assignments: what a provider is given
    providers           the protocol of those who do the work of actions
    actions/            those that need nothing but the emulator's own services
    objects, archives   S3, and files in artifacts
    descriptions        what is told

Nothing here knows a pipeline, a stage or an action by its name.
"""

from __future__ import annotations

from collections.abc import Callable

from scripts.sandbox.gateway import Service
from scripts.sandbox.pipelines import actions
from scripts.sandbox.pipelines.api import API, IDENTITY
from scripts.sandbox.pipelines.engine import ENGINE, PUT_EVENTS
from scripts.sandbox.seams import REPLACING_PROPERTIES

SEAMS = (IDENTITY, PUT_EVENTS)


def service() -> Service:
    """The API."""
    return API.service()


def install() -> None:
    """Have actions find who does them, and a new name be another pipeline.

    The provider schema does not say so, CloudFormation's documentation does.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-codepipeline-pipeline.html
    """
    actions.install()
    REPLACING_PROPERTIES.value["AWS::CodePipeline::Pipeline"] = ("Name",)


def resume(on_change: Callable[[], None]) -> list[str]:
    """Take up what was under way when the sandbox ended; `on_change` says that there is something to save."""
    ENGINE.on_change = on_change
    return ENGINE.resume()
