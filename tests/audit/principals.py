"""Whom a resource's policy or a role's trust lets in: services on our behalf, and ourselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.grants import MAY_NAME_NO_SOURCE
from tests.audit.conditions import bound, bound_if_told
from tests.audit.faults import Fault, several
from tests.coverage.marking import MINTED
from tests.coverage.platform import Platform

#: Condition keys that bind a service to those on whose behalf it acts.
SOURCES = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "kms:encryptioncontext:")

#: Condition keys that say who of all the world is meant.
CALLERS = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "kms:calleraccount",
)


def faults(platform: Platform, statement: Mapping[str, Any], actions: list[str]) -> Iterator[Fault]:
    """What is wrong with those that an Allow lets in."""
    said = statement.get("Principal", {})
    account = platform.environment.account_id
    for kind, named in (said if isinstance(said, Mapping) else {"AWS": said}).items():
        for who in map(str, several(named)):
            match kind:
                case "Service":
                    yield from _service(statement, who, actions, account)
                case "AWS" if who == "*":
                    if not bound(statement, CALLERS, account):
                        yield Fault("anybody", "Principal *")
                case "AWS":
                    if not _is_ours(platform, who):
                        yield Fault("stranger", f"{who} is not of account {account}")
                case "Federated":
                    if not _names_a_subject(statement, account):
                        yield Fault("stranger", f"whoever {who} vouches for")
                case _:
                    yield Fault("stranger", f"{kind} {who}")


def _service(
    statement: Mapping[str, Any], service: str, actions: list[str], account: str
) -> Iterator[Fault]:
    if bound(statement, SOURCES, account):
        return
    if not bound_if_told(statement, SOURCES, account):
        yield Fault("unconditioned service", service, " ".join([service, *actions]))
    elif service.removesuffix(".amazonaws.com") not in MAY_NAME_NO_SOURCE:
        yield Fault("unconditioned service", f"{service} may leave the condition's key out")


def _is_ours(platform: Platform, who: str) -> bool:
    """Whether it is our account, or an identity of it."""
    if found := MINTED.fullmatch(who):
        return (found["region"], found["layer"], found["id"]) in platform.index
    account = platform.environment.account_id
    return who == account or (who.startswith("arn:") and who.split(":")[4:5] == [account])


def _names_a_subject(statement: Mapping[str, Any], account: str) -> bool:
    """Whether an identity provider's condition says whom of all that it knows.

    An audience alone does not: everybody's tokens may name it.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """
    subjects = {
        key.lower()
        for keys in statement.get("Condition", {}).values()
        for key in keys
        if key.lower().endswith((":sub", ":amr")) or key.lower().startswith("saml:")
    }
    return bool(subjects) and bound(statement, tuple(subjects), account)
