"""What the policies of resources refuse, whoever asks: strangers, and what travels in the clear.

A resource's policy says what no IAM policy may widen. What roles may do, their grants say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from awacs.aws import (
    Action,
    Bool,
    Condition,
    ConditionElement,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
    StringNotEquals,
)
from troposphere import Ref, Sub

#: The root user, and in a policy whose principal it is the account itself.
ACCOUNT_ROOT = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")

#: Not over TLS.
IN_THE_CLEAR = (Bool("aws:SecureTransport", "false"),)

#: Neither the account's own principals nor an AWS service.
STRANGERS = (
    StringNotEquals("aws:PrincipalAccount", Ref("AWS::AccountId")),
    Bool("aws:PrincipalIsAWSService", "false"),
)


def policy(*statements: Statement) -> PolicyDocument:
    """A policy of these statements."""
    return PolicyDocument(Version="2012-10-17", Statement=list(statements))


def refuse(
    sid: str,
    actions: Iterable[Action],
    resources: Iterable[object],
    conditions: Sequence[ConditionElement],
) -> Statement:
    """Everybody, where all of the conditions hold."""
    return Statement(
        Sid=sid,
        Effect=Deny,
        Principal=Principal("*"),
        Action=list(actions),
        Resource=list(resources),
        Condition=Condition(list(conditions)),
    )


def this_account() -> Principal:
    """The account itself: its IAM policies decide who of it."""
    return Principal("AWS", ACCOUNT_ROOT)
