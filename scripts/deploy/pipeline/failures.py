"""Why an execution failed: the first real cause, found where it lies.

A failed action says little. Of CloudFormation the cause is in the events of the nested stack where it began;
of a build in the last lines of its log, where `tradewind` said its error and its fix; of CodeDeploy in the
deployment's own words. What somebody rejected is no failure, and is said as what it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from generator import release_stages
from generator.naming import stack_name
from generator.release_stages import ReleaseWave
from scripts import inventory
from scripts.aws import Aws, AwsSaidNo
from scripts.deploy import change_sets, follow
from scripts.deploy.pipeline import names
from scripts.deploy.pipeline.following import SKEW
from scripts.deploy.pipeline.origins import Origin, nowhere
from scripts.deploy.pipeline.state import Action, Execution
from scripts.deploy.waves import Wave
from scripts.errors import UsageError
from scripts.execution_events import Cause

if TYPE_CHECKING:
    from generator.environments import Environment

#: Lines of a build's log that are looked at from its end.
_LINES = 200

#: How `tradewind` says an error and its fix (scripts.terminal).
_ERROR, _FIX = "error: ", "  fix: "

#: How CodeBuild tells the exit code of a command that failed (a phase's context).
_STATUS = re.compile(r"exit status 3\b")

_RETRY = "Correct the cause and deploy again: what is done stays done."


def cause(
    aws: Aws, environment: Environment, execution: Execution, origin: Origin = nowhere
) -> Cause | None:
    """The first real cause of a failed execution; None where no action failed.

    What cannot be read is left out: the action's own words are always there.
    """
    failed = [action for action in execution.actions if action.status == "Failed"]
    if not failed:
        return None
    first = min(failed, key=lambda action: (action.ended is None, action.ended or action.began))
    return _Found(aws, environment, execution, origin).of(first)


@dataclass(frozen=True)
class _Found:
    aws: Aws
    environment: Environment
    execution: Execution
    origin: Origin

    def of(self, action: Action) -> Cause:
        said = action.error or action.summary or "CodePipeline gives no reason."
        plain = Cause(action.stage, action.name, action.name, said, _RETRY, region=action.region)
        if release_stages.UNNAMED in said:
            return replace(
                plain,
                reason="it was started without naming a release, and so ships nothing",
                fix=f"Start one that does: tradewind deploy {self.environment.name}",
            )
        try:
            match action.category, action.provider:
                case "Deploy", "CloudFormation":
                    return self._of_stack(action, plain)
                case (("Build" | "Test"), "CodeBuild"):
                    return self._of_build(action, plain)
                case "Deploy", "CodeDeploy":
                    return self._of_deployment(action, plain)
        except AwsSaidNo:
            return plain
        return plain

    def _of_stack(self, action: Action, plain: Cause) -> Cause:
        """Down through nested stacks to the resource that failed first."""
        step = names.step_of(action.stage)
        if step is None or action.began is None:
            return plain
        wave = names.wave(step, self.environment.places)
        found = inventory.stack(self.aws, wave.region, stack_name(self.environment.name, wave.root))
        if found is None:
            return plain
        operation = follow.begun(self.aws, wave, found.id, action.began - SKEW)
        if operation is None:
            return plain
        seen = follow.root_cause(follow.history(self.aws, operation))
        if seen is None:
            return plain
        seen = follow.explained(self.aws, operation, seen)
        digest = self._digest(step, wave, found.id)
        template, line = self.origin(wave.root, digest, seen.path)
        where = "/".join((wave.root, *seen.path))
        return Cause(
            action.stage,
            action.name,
            where,
            " ".join(seen.reason.split()) or seen.status,
            f"{wave} is as it was before ({found.status})."
            f" {_correct(template, line)} and deploy again."
            if found.status.endswith("ROLLBACK_COMPLETE")
            else f"{wave} is {found.status}. {_RETRY}",
            seen.type,
            wave.region,
            template,
            line,
        )

    def _digest(self, step: ReleaseWave, wave: Wave, stack_id: str) -> str:
        """The digest of the templates that were executed, as their change set says; "" where it is gone."""
        exported = self.execution.exported(step.plan, release_stages.PLAN)
        name = exported.get(release_stages.CHANGE_SET_NAME, "")
        try:
            _, said = change_sets.find(self.aws, wave.region, stack_id, name)
        except (AwsSaidNo, UsageError):
            return ""
        return change_sets.described(said)

    def _of_build(self, action: Action, plain: Cause) -> Cause:
        """The error that the command in the build said, with its fix; else its last lines."""
        region = action.region or self.environment.primary_region
        builds = self.aws.client("codebuild", region).call(
            "batch_get_builds", ids=[action.external_id]
        )["builds"]
        logs = builds[0].get("logs", {}) if builds else {}
        plain = replace(plain, refused=bool(builds) and _refuses(builds[0]))
        if not logs.get("groupName") or not logs.get("streamName"):
            return plain
        told = self.aws.client("logs", region).call(
            "get_log_events",
            logGroupName=logs["groupName"],
            logStreamName=logs["streamName"],
            limit=_LINES,
            startFromHead=False,
        )["events"]
        return _said(action, [event["message"].rstrip("\n") for event in told], plain)

    def _of_deployment(self, action: Action, plain: Cause) -> Cause:
        region = action.region or self.environment.primary_region
        told = self.aws.client("codedeploy", region).call(
            "get_deployment", deploymentId=action.external_id
        )["deploymentInfo"]
        wrong = told.get("errorInformation", {})
        if not wrong:
            return plain
        code = f" ({wrong['code']})" if wrong.get("code") else ""
        return Cause(
            action.stage,
            action.name,
            f"deployment {action.external_id}",
            f"{wrong.get('message', '').rstrip('.')}{code}",
            "The fleet keeps its previous revision. " + _RETRY,
            region=region,
        )


def _said(action: Action, lines: list[str], plain: Cause) -> Cause:
    """What a build's log says of its end."""
    at = next((n for n in range(len(lines) - 1, -1, -1) if lines[n].startswith(_ERROR)), None)
    if at is None:
        last = next((line for line in reversed(lines) if line.strip()), plain.reason)
        return replace(plain, where=action.external_id, reason=last)
    fix = next((line for line in lines[at + 1 : at + 2] if line.startswith(_FIX)), "")
    return replace(
        plain,
        where=action.external_id,
        reason=lines[at].removeprefix(_ERROR),
        fix=fix.removeprefix(_FIX) or plain.fix,
    )


def _refuses(build: Mapping[str, Any]) -> bool:
    """Whether the command in a build ended as `tradewind` does that refuses: with exit code 3."""
    contexts = (one for phase in build.get("phases", ()) for one in phase.get("contexts", ()))
    return any(_STATUS.search(one.get("message", "")) for one in contexts)


def _correct(template: str, line: str) -> str:
    place = line or template
    return f"Correct {place}" if place else "Correct the cause"
