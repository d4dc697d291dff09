"""What is wrong with a policy, by what IAM knows of its actions: the proof that nobody may more than needed.

It reads every policy of every environment as it would stand: of roles, what they may do and who may be them;
boundaries; and the policies of buckets, keys, queues, topics, secrets, buses, vaults and whatever else has
one. `python -m tests.audit.policies` prints where "*" stands as a resource, and why.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from generator.environments import names
from generator.iam_reference import WIDE, reference, service_of
from generator.settings import TRUE
from scripts.validate.findings import Finding
from tests.audit import principals
from tests.audit.arns import as_arn, everything, meet, opened
from tests.audit.conditions import bound
from tests.audit.excuses import EXCUSES
from tests.audit.faults import Fault, several
from tests.audit.verdict import Excused, Verdict, once, stale
from tests.coverage.platform import PARAMS, Platform, Resource, Standing, platform

#: Condition keys that say which of a type are meant, where an ARN cannot.
CHOSEN = ("aws:resourcetag/", "ec2:subnet", "kms:encryptioncontext:", "kms:resourcealiases")


@dataclass(frozen=True)
class Policy:
    """A document, where it stands, and whether it is an identity's: then its resources say what is meant."""

    resource: Resource
    path: str
    statements: tuple[Mapping[str, Any], ...]
    of_identity: bool
    platform: Platform

    @property
    def caps_or_deploys(self) -> bool:
        """Whether it grants nothing itself, or is of a role that makes what templates hold."""
        name = self.resource.logical_id
        return name.endswith("Boundary") or self.resource.layer == "deployers"

    def __str__(self) -> str:
        return f"{self.resource} {self.path}"


@dataclass(frozen=True)
class Defect:
    """A policy that allows too much, or what cannot be."""

    policy: Policy
    statement: str
    fault: Fault

    @property
    def rule(self) -> str:
        """What it offends."""
        return self.fault.rule

    @property
    def excuse(self) -> str:
        """Why it is let stand, if it is."""
        return EXCUSES.get(self.fault.about, "")

    def finding(self) -> Finding:
        """For whoever reads the audit."""
        resource = self.policy.resource
        return Finding(
            template=f"{resource.layer}.json",
            path=f"Resources/{resource.logical_id}/Properties/{self.policy.path}/{self.statement}",
            rule=f"IAM: {self.rule}",
            message=self.fault.what,
            regions=(resource.region,),
        )

    def __str__(self) -> str:
        return f"{self.rule}: {self.policy}/{self.statement}: {self.fault.what}"


def audit() -> Verdict:
    """Judge every policy of every environment."""
    every = [policy for environment in names(PARAMS) for policy in policies(environment)]
    return judged(every, f"{len(every)} policies of {', '.join(names(PARAMS))}")


def judged(every: Iterable[Policy], looked_at: str) -> Verdict:
    """What is wrong with these policies, and what is let stand; an excuse that nobody needs is wrong."""
    wrong = [defect for policy in every for defect in defects(policy)]
    unused = EXCUSES.keys() - {defect.fault.about for defect in wrong}
    return Verdict(
        "IAM proof",
        looked_at,
        (
            *sorted(once(defect.finding() for defect in wrong if not defect.excuse)),
            *(stale("*", "", about, "tests/audit/excuses.py") for about in sorted(unused)),
        ),
        tuple(sorted({Excused(d.finding(), d.excuse) for d in wrong if d.excuse})),
    )


@cache
def policies(environment: str) -> tuple[Policy, ...]:
    """Every policy of an environment, as if it were drilled by schedule: that only adds to them."""
    standing = platform(Standing(environment).having(drill_schedule=TRUE))
    return tuple(
        Policy(
            resource,
            path,
            tuple(several(document["Statement"])),
            _is_identity(resource, path),
            standing,
        )
        for resource in standing.resources
        for path, document in _documents(resource.properties)
    )


def defects(policy: Policy) -> Iterator[Defect]:
    """All that is wrong with a policy."""
    for number, statement in enumerate(policy.statements):
        for fault in _of_statement(policy, statement):
            yield Defect(policy, str(statement.get("Sid", number)), fault)


def _of_statement(policy: Policy, statement: Mapping[str, Any]) -> Iterator[Fault]:
    actions = [str(action) for action in several(statement.get("Action", []))]
    for action in actions:
        if not any(reference().matching(action)):
            yield Fault("unknown action", action)
    if statement["Effect"] != "Allow":
        return
    for action in actions:
        if "*" in action or "?" in action:
            yield Fault("wildcard action", action)
    if "NotAction" in statement:
        yield Fault("allow by exception", "NotAction", policy.resource.logical_id)
    if "NotResource" in statement or "NotPrincipal" in statement:
        yield Fault("allow by exception", "NotResource or NotPrincipal")
    if policy.of_identity:
        yield from _of_resources(policy, statement, actions)
    else:
        yield from principals.faults(policy.platform, statement, actions)


def _of_resources(
    policy: Policy, statement: Mapping[str, Any], actions: list[str]
) -> Iterator[Fault]:
    resources = [str(resource) for resource in several(statement["Resource"])]
    if any(not resource.strip("*?") for resource in resources):
        for action in actions:
            if reference().arns(action):
                yield Fault("wildcard resource", f"{action} can be scoped", action)
        return
    account = policy.platform.environment.account_id
    if not bound(statement, CHOSEN, account):
        yield from _of_whole_types(policy, actions, resources, account)
    arns = dict[str, str]()
    for resource in resources:
        try:
            arns[resource] = as_arn(policy.platform, resource)
        except LookupError:
            yield Fault("no ARN", f"{resource} is none, nor of a type in MINTED_ARNS")
    forms = {
        action: [opened(form) for form in reference().arns(action).values()] for action in actions
    }
    for action in actions:
        if not any(meet(form, arn) for form in forms[action] for arn in arns.values()):
            yield Fault("no such pair", f"{action} acts on none of {', '.join(resources)}")
    for resource, arn in arns.items():
        if not any(meet(form, arn) for action in actions for form in forms[action]):
            yield Fault("no such pair", f"nothing acts on {resource}")


def _of_whole_types(
    policy: Policy, actions: list[str], resources: list[str], account: str
) -> Iterator[Fault]:
    """An ARN that leaves every name open is a wildcard, though it says a type.

    What only lists may ask for all of our account. A deployer's role and a boundary are excused by type, and
    whatever runs by action and type.
    """
    found = dict[str, list[str]]()
    for resource, action in product(resources, actions):
        wholes = (everything(resource, form) for form in reference().arns(action).values())
        whole = next(filter(None, wholes), None)
        if whole and not (_lists(action) and whole.account == account):
            type = whole.of(account)
            found.setdefault(type if policy.caps_or_deploys else f"{action} {type}", []).append(
                action
            )
    for about, acting in found.items():
        type = about.rpartition(" ")[2]
        yield Fault("wildcard resource", f"{', '.join(acting)} on every {type}", about)


def _lists(action: str) -> bool:
    described = reference().find(action)
    return described is not None and described.level == "List"


def _documents(value: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every policy document in a resource's properties, with its path; one may stand there as text."""
    match value:
        case {"Statement": said} if all("Effect" in each for each in several(said)):
            yield path, value
        case dict():
            for key, part in value.items():
                yield from _documents(part, f"{path}/{key}".lstrip("/"))
        case list():
            for number, part in enumerate(value):
                yield from _documents(part, f"{path}/{number}")
        case str() if value.lstrip().startswith("{") and '"Statement"' in value:
            yield path, json.loads(value)


def _is_identity(resource: Resource, path: str) -> bool:
    return resource.type.startswith("AWS::IAM::") and not path.startswith("AssumeRolePolicy")


def wildcards() -> dict[str, str]:
    """Action -> why it stands on "*", over all identity policies."""
    return {
        action: WIDE.get(action, f"{service_of(action)} offers no resource for it")
        for environment in names(PARAMS)
        for policy in policies(environment)
        if policy.of_identity
        for statement in policy.statements
        if statement["Effect"] == "Allow" and "*" in several(statement["Resource"])
        for action in several(statement.get("Action", []))
    }


def main() -> None:
    """Print the table."""
    table = wildcards()
    width = max(map(len, table))
    for action, why in sorted(table.items()):
        sys.stdout.write(f"{action:{width}}  {why}\n")


if __name__ == "__main__":
    main()
