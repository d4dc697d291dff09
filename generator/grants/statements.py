"""The words of a grant: an Allow, on what it names, and whom a role trusts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from awacs.aws import (
    Action,
    Allow,
    Condition,
    ConditionElement,
    Principal,
    Statement,
    StringEquals,
    StringEqualsIfExists,
)
from troposphere import Ref

Allowed: TypeAlias = "Statement | Iterable[Allowed]"
Arn: TypeAlias = Any  # a string, or the intrinsic that gives one


@dataclass(frozen=True)
class Trust:
    """Who may assume a role, and only on behalf of this account."""

    principal: Principal
    condition: Condition


#: Services that assume a role of the account that passed it to them, and may not name a source account.
#: AWS's own samples of their trust policies have no condition; where the key is there, it must be ours.
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
MAY_NAME_NO_SOURCE = frozenset({"ec2", "redshift", "redshift-serverless", "s3"})


def service(*names: str) -> Trust:
    """An AWS service, or one under two names, acting for this account only (the confused deputy's remedy).

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    compare = StringEqualsIfExists if MAY_NAME_NO_SOURCE.issuperset(names) else StringEquals
    ours = Condition(compare("aws:SourceAccount", Ref("AWS::AccountId")))
    principals = [f"{name}.amazonaws.com" for name in names]
    return Trust(Principal("Service", principals if len(names) > 1 else principals[0]), ours)


def allow(
    actions: Iterable[Action], resources: Iterable[Arn], *conditions: ConditionElement
) -> Statement:
    """The one place where an Allow is written."""
    guarded = {"Condition": Condition(list(conditions))} if conditions else {}
    return Statement(Effect=Allow, Action=list(actions), Resource=list(resources), **guarded)


def unscoped(actions: Iterable[Action], *conditions: ConditionElement, because: str) -> Statement:
    """Actions for which AWS offers no resource; `because` is for the reader and for the audit."""
    assert because
    return allow(actions, ["*"], *conditions)
