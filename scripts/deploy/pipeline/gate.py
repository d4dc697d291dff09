"""The pipeline's last look before it executes: was this very plan approved, and by an operator?

A click in the console, or a call by somebody else, leaves an approval that names no plan or was given by no
operator: neither gets past here. What the gates of a plan refuse, they refuse again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator import release_stages
from scripts.aws import Aws
from scripts.deploy import history
from scripts.deploy.history import Approved, History
from scripts.deploy.pipeline import approvals, names, planning
from scripts.deploy.pipeline.approvals import Given
from scripts.deploy.plan import WavePlan
from scripts.deploy.planner import Planner
from scripts.deploy.waivers import Waiver, Waivers
from scripts.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.environments import Environment


@dataclass(frozen=True)
class Approval:
    """Who approved a plan, and why."""

    who: str
    why: str


@dataclass(frozen=True)
class Passed:
    """A plan that may be executed; `waivers` are those without which it might not."""

    plan: WavePlan
    approval: Approval
    waivers: tuple[Waiver, ...]

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "root": self.plan.wave.root,
            "region": self.plan.wave.region,
            "hash": self.plan.hash,
            "approved_by": self.approval.who,
            "reason": self.approval.why,
            "waivers": [waiver.to_json() for waiver in self.waivers],
        }


def admit(planner: Planner, plan: WavePlan, execution: str, waivers: Waivers) -> Passed:
    """Let an approved plan pass, and keep who approved it. Raises Refused."""
    aws, environment = planner.aws, planner.environment
    root = planner.release.roots[plan.wave.root]
    given = approval(aws, environment, plan, execution, root.digest)
    refuse_other_template(aws, plan, root.template.body)
    judgement = planning.examined(planner, plan, waivers).judgement
    judgement.refuse()
    History.of(aws, environment).write(
        Approved(
            execution=execution,
            root=plan.wave.root,
            region=plan.wave.region,
            hash=plan.hash,
            who=given.who,
            why=given.why,
            at=history.now(aws),
            waivers=tuple(
                f"{one.place}: {one.finding} of {one.resource}" for one in judgement.used
            ),
        )
    )
    return Passed(plan, given, judgement.used)


def approval(
    aws: Aws, environment: Environment, plan: WavePlan, execution: str, digest: str
) -> Approval:
    """The approval of this plan in an execution; `digest` is the root's in the release that it ships.

    Read from GetPipelineState: while Gate runs its stage is this execution's alone. Raises Refused.
    """
    again = f"Deploy again, read the new plan and approve that: tradewind deploy {environment.name}"
    if plan.inputs.digest != digest:
        raise Refused(
            f"The change set {plan.change_set.name} is of other templates than the release's.",
            fix=again,
        )
    said = _answer(aws, environment, plan, execution)
    given = Given.of(said.get("summary", ""))
    if given is None:
        raise Refused(
            f"The approval of {plan.wave} names no plan: it was given in the console, or by another tool.",
            fix=f"Nothing was changed. Deploy again, and approve with: tradewind approve "
            f"{environment.name} {plan.hash} --reason WHY",
        )
    if given.hash != plan.hash:
        raise Refused(
            f"The approval of {plan.wave} is for plan {given.hash}; what stands now is {plan.hash}.",
            fix=f"Nothing was changed. {again}",
        )
    role = names.operator_role(environment.name, environment.primary_region)
    arn = said.get("lastUpdatedBy", "")
    who = approvals.approver(arn, environment.account_id, role)
    if not who:
        raise Refused(
            f"{plan.wave} was approved by {arn or 'nobody known'}, which is no session of {role}.",
            fix="Nothing was changed. Approve with: tradewind approve "
            f"{environment.name} {plan.hash} --reason WHY",
        )
    return Approval(who, given.reason)


def refuse_other_template(aws: Aws, plan: WavePlan, released: bytes) -> None:
    """Raise Refused where a change set is not of the template that it says it is of.

    Its description is whatever its maker wrote, and a plan's hash has which properties change, not to what.
    The templates below are named by their contents.
    """
    body = aws.client("cloudformation", plan.wave.region).call(
        "get_template", ChangeSetName=plan.change_set.id, TemplateStage="Original"
    )["TemplateBody"]
    if (json.loads(body) if isinstance(body, str) else body) != json.loads(released):
        raise Refused(
            f"The change set {plan.change_set.name} is of another template than it says.",
            fix="Nothing was changed. Find out who made it, for it was not the pipeline: its maker is in "
            "CloudTrail, as CreateChangeSet.",
        )


def _answer(
    aws: Aws, environment: Environment, plan: WavePlan, execution: str
) -> Mapping[str, Any]:
    """The latest execution of the wave's approval action, as its stage's state tells it."""
    told = aws.client("codepipeline", environment.primary_region).call(
        "get_pipeline_state", name=names.pipeline(environment.name)
    )
    stages = {step.change for step in names.steps_of(plan.wave, environment.places)}
    for stage in told["stageStates"]:
        here = stage.get("latestExecution", {}).get("pipelineExecutionId") == execution
        if not here or stage["stageName"] not in stages:
            continue
        for action in stage["actionStates"]:
            latest: Mapping[str, Any] = action.get("latestExecution", {})
            if (
                action["actionName"] == release_stages.APPROVE
                and latest.get("status") == "Succeeded"
            ):
                return latest
    raise Refused(
        f"Nobody approved {plan.wave} in execution {execution}.",
        fix=f"Nothing was changed. See what it waits for: tradewind watch {environment.name}",
    )
