"""An approval that is bound to one plan, and by whom it was given.

PutApprovalResult carries a token, a status and a summary, and nothing else, so the plan's hash travels in
the summary: `tradewind <hash> <reason>`. The pipeline's Gate reads it back; what a console's click leaves
there is no hash. Only the operator role may put results, and whoever assumes it does so under the own name,
so the approver's ARN is the role's session.
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from scripts.aws import Aws, AwsSaidNo
from scripts.deploy.pipeline import names
from scripts.deploy.pipeline.state import Action
from scripts.deploy.plan import HASH_DIGITS
from scripts.errors import Failed, Refused

Verdict: TypeAlias = Literal["Approved", "Rejected"]

#: The longest summary that CodePipeline takes (ApprovalSummary: max 512).
LONGEST = 512

#: The longest session of the operator role, in seconds; STS gives none shorter.
SESSION = 900

_SUMMARY = re.compile(rf"tradewind ([0-9a-f]{{{HASH_DIGITS}}})(?: (.*))?", re.DOTALL)
_SESSION = re.compile(r"arn:[\w-]+:sts::(\d{12}):assumed-role/([\w+=,.@-]+)/([\w+=,.@-]+)")

#: What STS takes in a session's name.
_NOT_IN_A_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)

_CLOSED = ("ApprovalAlreadyCompletedException", "InvalidApprovalTokenException")


@dataclass(frozen=True)
class Given:
    """What an approval's summary says: which plan was meant, and why."""

    hash: str
    reason: str

    @property
    def summary(self) -> str:
        """As CodePipeline gets it; a reason that is too long is cut."""
        return f"tradewind {self.hash} {' '.join(self.reason.split())}".rstrip()[:LONGEST]

    @classmethod
    def of(cls, summary: str) -> Given | None:
        """Read it back; None where somebody approved in another way, and so no plan in particular."""
        found = _SUMMARY.fullmatch(summary.strip())
        return cls(found[1], (found[2] or "").strip()) if found else None


class AlreadyAnswered(Refused):
    """The approval was answered already: by somebody else, or by an earlier try whose answer was lost."""


def session_name(who: str) -> str:
    """A caller's name as STS takes it: 2 to 64 of its characters."""
    return _NOT_IN_A_NAME.sub("-", who)[:64].ljust(2, "-")


def approver(arn: str, account: str, role: str) -> str:
    """Who approved, from the ARN of a session of the operator role; "" where it is none."""
    found = _SESSION.fullmatch(arn)
    return found[3] if found and (found[1], found[2]) == (account, role) else ""


def as_operator(aws: Aws, region: str) -> Aws:
    """The same account with the operator role's rights, under the caller's own name.

    Raises Refused where the caller may not assume it.
    """
    environment, account = aws.environment.name, aws.environment.account_id
    role = names.operator_role(environment, region)
    partition = aws.identity.arn.split(":")[1]
    try:
        answer = aws.client("sts", region).call(
            "assume_role",
            RoleArn=f"arn:{partition}:iam::{account}:role/{role}",
            RoleSessionName=session_name(aws.identity.who),
            DurationSeconds=SESSION,
        )
    except AwsSaidNo as error:
        if error.code not in ("AccessDenied", "AccessDeniedException", "NoSuchEntity"):
            raise
        raise Refused(
            f"{aws.identity.who} may not act as operator of {environment} ({role}).",
            fix="Ask somebody whom that role trusts, or have your principal added to the setting "
            f"operators in params/{environment}.yaml.",
        ) from error
    given = answer["Credentials"]
    return replace(
        aws,
        options={
            **aws.options,
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        },
    )


def put(
    aws: Aws,
    region: str,
    action: Action,
    given: Given,
    verdict: Verdict,
    *,
    operator: Aws | None = None,
) -> None:
    """Answer an open approval. Raises AlreadyAnswered, or Refused where it is not ours to give."""
    if not action.token:
        raise Failed(
            f"{action.stage} waits for approval, but CodePipeline gives no token for it.",
            fix="Run the same command again.",
        )
    pipeline = names.pipeline(aws.environment.name)
    try:
        (operator or as_operator(aws, region)).client("codepipeline", region).call(
            "put_approval_result",
            pipelineName=pipeline,
            stageName=action.stage,
            actionName=action.name,
            result={"summary": given.summary, "status": verdict},
            token=action.token,
        )
    except AwsSaidNo as error:
        if error.code not in _CLOSED:
            raise
        raise AlreadyAnswered(
            f"{action.stage} has been answered already, by somebody else or by an earlier try.",
            fix=f"See how it went on: tradewind watch {aws.environment.name}",
        ) from error
