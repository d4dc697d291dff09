"""How broad a permission is: what is everything of its kind, and who is a stranger."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.iam_reference import WIDE, reference
from scripts.deploy.gates.property_paths import is_unknown
from scripts.deploy.gates.statements import EVERYTHING, Statement, Terms

#: AWS's own policies that allow everything, or everything of a service.
_FULL = re.compile(
    r"arn:[\w-]+:iam::aws:policy/(.*/)?(AdministratorAccess|PowerUserAccess|\w+FullAccess)"
)

#: Condition keys that say who of all the world is meant, or from where.
_CALLERS = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "kms:calleraccount",
)

#: Operators that hold a key to a value; the negated and the optional ones let a stranger pass.
_BINDING = ("stringequals", "stringlike", "arnequals", "arnlike")

_ACCOUNT = re.compile(r"\d{12}")


def is_star_action(pattern: str) -> bool:
    """Whether it is every action, every one of a service, or a policy of AWS's that allows as much."""
    service, _, name = pattern.partition(":")
    return (
        pattern == EVERYTHING
        or (name == EVERYTHING and service != "arn")
        or bool(_FULL.fullmatch(pattern))
    )


def is_star_resource(actions: Terms, resources: Terms) -> bool:
    """Whether it means any resource at all, where AWS would let it be a narrower one.

    An action that acts on no resource has no choice (`generator.iam_reference`); one that IAM's data do not
    know counts as one that has.
    """
    if resources.but or any(map(_is_any, resources.patterns)):
        return actions.but or any(map(_has_choice, actions.patterns))
    return False


def _is_any(pattern: str) -> bool:
    """`*`, and an ARN that says neither the account nor the resource: `arn:aws:s3:::*`."""
    if pattern == EVERYTHING:
        return True
    parts = pattern.split(":", 5)
    return len(parts) == 6 and parts[4] in ("", "*") and set(parts[5]) <= {*"*/"}


def _has_choice(action: str) -> bool:
    known = reference()
    names = list(known.matching(action))
    return not names or any(known.arns(name) and name not in WIDE for name in names)


def strangers(principals: Terms, account: str) -> Iterator[str]:
    """Who of the principals is neither of the account nor a service of AWS's."""
    if principals.but:
        yield f"everybody but {', '.join(sorted(principals.patterns))}"
        return
    for pattern in principals.patterns:
        kind, _, who = pattern.partition(":")
        if pattern == EVERYTHING:
            yield "everybody"
        elif not (
            is_unknown(pattern)
            or kind in ("Service", "Federated")
            or (kind == "AWS" and _of_account(who) in (account, "aws", "cloudfront"))
        ):
            yield who or pattern


def _of_account(who: str) -> str:
    """The account of an ARN, or the account that is named outright."""
    return who if _ACCOUNT.fullmatch(who) else (who.split(":") + [""] * 5)[4]


def bound(statement: Statement, account: str) -> bool:
    """Whether a condition keeps strangers out: it names accounts, ARNs or networks that are known.

    A condition that names another account does not.
    """
    return any(
        condition.key.lower() in _CALLERS
        and condition.operator.lower().removeprefix("foranyvalue:") in _BINDING
        and all(_names_somebody(value, account) for value in condition.values)
        for condition in statement.conditions
    )


def _names_somebody(value: str, account: str) -> bool:
    """Whether a condition's value is ours or one thing: not a wildcard for all, not another account."""
    if value == EVERYTHING:
        return False
    if _ACCOUNT.fullmatch(value):
        return value == account
    parts = value.split(":")
    if parts[0] == "arn" and len(parts) >= 6:
        return parts[4] in (account, "") and not (parts[4] == "" and parts[5] == EVERYTHING)
    return True
