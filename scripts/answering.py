"""Answering the plan that waits in an environment's pipeline: `approve` and `reject` are one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.deploy.pipeline import approvals, names, runs
from scripts.deploy.pipeline.approvals import Given, Verdict
from scripts.deploy.pipeline.following import Following
from scripts.errors import Refused, UsageError
from scripts.execution_events import ApprovalAwaited

if TYPE_CHECKING:
    from generator.environments import Environment
    from scripts.context import Context
    from scripts.deploy.pipeline.state import Action


def answer(
    context: Context,
    environment: Environment,
    hash: str | None,
    wave: str | None,
    reason: str,
    verdict: Verdict,
) -> None:
    """Give the operator's answer to the plan that waits. Raises Refused where no such plan does."""
    if not reason.strip():
        raise UsageError("--reason says nothing.", fix="Say why: it is kept in the history.")
    aws = context.connect(environment)
    aws.verify_account()
    region = environment.primary_region
    going = runs.under_way(runs.listed(aws, region))
    if not going:
        raise Refused(
            f"Nothing of {environment.name} waits for approval: no execution is under way.",
            fix=f"See what has been: tradewind watch {environment.name} --list",
        )
    following = Following(aws, environment, going[0].id)
    awaited, action = _chosen(environment, following, wave)
    if verdict == "Approved" and hash is None:
        raise UsageError(
            f"The plan for {awaited.root} in {awaited.region} is {awaited.hash}.",
            fix=f"Read it, then: tradewind approve {environment.name} {awaited.hash} --reason WHY",
        )
    if hash is not None and hash != awaited.hash:
        raise Refused(
            f"What waits is plan {awaited.hash} for {awaited.root} in {awaited.region}, not {hash}.",
            fix=f"Nothing was answered. Read it: tradewind watch {environment.name}",
        )
    given = Given(awaited.hash, reason)
    approvals.put(aws, region, action, given, verdict)
    done = verdict.lower()
    context.terminal.say(
        f"{done} plan {awaited.hash} for {awaited.root} in {awaited.region}; "
        f"to follow it: tradewind watch {environment.name} {going[0].id}"
    )
    context.terminal.data(
        {
            "environment": environment.name,
            "execution": going[0].id,
            "stage": awaited.stage,
            "root": awaited.root,
            "region": awaited.region,
            "hash": awaited.hash,
            "verdict": done,
            "reason": reason,
        }
    )


def _chosen(
    environment: Environment, following: Following, wave: str | None
) -> tuple[ApprovalAwaited, Action]:
    """The approval that is meant; there is one at a time, but a stage may be named to be sure."""
    waiting = [(following.awaited(one), one) for one in following.execution.waiting]
    named = [pair for pair in waiting if wave is None or wave.lower() in _names(pair[0])]
    if not named:
        there = ", ".join(sorted(name for one, _ in waiting for name in _names(one)))
        raise Refused(
            f"Execution {following.id} waits for no approval{f' of {wave}' if wave else ''}.",
            fix=f"It waits for {there}."
            if there
            else f"See what it does: tradewind watch {environment.name} {following.id}",
        )
    return named[0]


def _names(awaited: ApprovalAwaited) -> set[str]:
    """By what a wave may be named: `primary`, `platform/us-east-1`, or its stage."""
    step = names.step_of(awaited.stage)
    return {
        awaited.stage.lower(),
        f"{awaited.root}/{awaited.region}",
        *([step.name.lower()] if step else ()),
    }
