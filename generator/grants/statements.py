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
#: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
#: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
#: https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
#: https://docs.aws.amazon.com/waf/latest/developerguide/ddos-srt-access.html
MAY_NAME_NO_SOURCE = frozenset(
    {
        "apigateway",
        "backup",
        "cloudtrail",
        "drt.shield",
        "ec2",
        "redshift",
        "redshift-serverless",
        "s3",
    }
)


def service(*names: str) -> Trust:
    """An AWS service, or one under two names, acting for this account only (the confused deputy's remedy).

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    compare = StringEqualsIfExists if MAY_NAME_NO_SOURCE.issuperset(names) else StringEquals
    ours = Condition(compare("aws:SourceAccount", Ref("AWS::AccountId")))
    principals = [f"{name}.amazonaws.com" for name in names]
    return Trust(Principal("Service", principals if len(names) > 1 else principals[0]), ours)


def all_of(*elements: ConditionElement) -> Condition:
    """Conditions that must all hold. awacs itself keeps only the last of several with the same operator."""
    held: dict[type[ConditionElement], dict[Any, Any]] = {}
    for element in elements:
        keys = held.setdefault(type(element), {})
        assert not keys.keys() & element.get_dict().keys(), (
            "a condition key stands once in a statement"
        )
        keys |= element.get_dict()
    return Condition([operator(keys) for operator, keys in held.items()])


def allow(
    actions: Iterable[Action], resources: Iterable[Arn], *conditions: ConditionElement
) -> Statement:
    """The one place where an Allow is written."""
    guarded = {"Condition": all_of(*conditions)} if conditions else {}
    return Statement(Effect=Allow, Action=list(actions), Resource=list(resources), **guarded)


def unscoped(actions: Iterable[Action], *conditions: ConditionElement, because: str) -> Statement:
    """Actions for which AWS offers no resource; `because` is for the reader and for the audit."""
    assert because
    return allow(actions, ["*"], *conditions)
