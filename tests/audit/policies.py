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
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

from generator.grants import MAY_NAME_NO_SOURCE
from generator.iam_reference import WIDE, reference, service_of
from generator.reach import VARIABLE
from scripts.validate.findings import Finding
from tests.audit.verdict import Excused, Verdict, once, stale
from tests.coverage.marking import MINTED
from tests.coverage.platform import Platform, Resource, Standing, platform

ENVIRONMENTS = ("dev", "staging", "prod")

#: What a reference to a resource of a type looks like as an ARN, less the partition; `*` is not known yet.
MINTED_ARNS = {
    "AWS::ApiGateway::RestApi": "apigateway:*::/restapis/*",
    "AWS::Backup::BackupVault": "backup:*:*:backup-vault:*",
    "AWS::CodeBuild::Project": "codebuild:*:*:project/*",
    "AWS::DynamoDB::GlobalTable": "dynamodb:*:*:table/*",
    "AWS::DynamoDB::Table": "dynamodb:*:*:table/*",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "elasticloadbalancing:*:*:targetgroup/*/*",
    "AWS::Events::EventBus": "events:*:*:event-bus/*",
    "AWS::KMS::Key": "kms:*:*:key/*",
    "AWS::KMS::ReplicaKey": "kms:*:*:key/*",
    "AWS::KinesisFirehose::DeliveryStream": "firehose:*:*:deliverystream/*",
    "AWS::Lambda::Function": "lambda:*:*:function:*",
    "AWS::Logs::LogGroup": "logs:*:*:log-group:*",
    "AWS::OpenSearchService::Domain": "es:*:*:domain/*",
    "AWS::Personalize::Dataset": "personalize:*:*:dataset/*",
    "AWS::Personalize::DatasetGroup": "personalize:*:*:dataset-group/*",
    "AWS::Personalize::EventTracker": "personalize:*:*:event-tracker/*",
    "AWS::Personalize::Filter": "personalize:*:*:filter/*",
    "AWS::Personalize::Schema": "personalize:*:*:schema/*",
    "AWS::Personalize::Solution": "personalize:*:*:solution/*",
    "AWS::RedshiftServerless::Namespace": "redshift-serverless:*:*:namespace/*",
    "AWS::RedshiftServerless::Workgroup": "redshift-serverless:*:*:workgroup/*",
    "AWS::S3::Bucket": "s3:::*",
    "AWS::SNS::Topic": "sns:*:*:*",
    "AWS::SQS::Queue": "sqs:*:*:*",
    "AWS::SecretsManager::Secret": "secretsmanager:*:*:secret:*",
    "AWS::StepFunctions::StateMachine": "states:*:*:stateMachine:*",
}

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

#: What is let stand, and why: an action on "*", a service with what it does, a policy by its logical id.
EXCUSES: Mapping[str, str] = {
    **WIDE,
    "events.amazonaws.com sns:Publish": "EventBridge refuses conditions in a topic's policy",
    "DeployerBoundary": "a boundary grants nothing: it says what its policies may not name",
}


@dataclass(frozen=True)
class Policy:
    """A document, where it stands, and whether it is an identity's: then its resources say what is meant."""

    resource: Resource
    path: str
    statements: tuple[Mapping[str, Any], ...]
    of_identity: bool
    platform: Platform

    def __str__(self) -> str:
        return f"{self.resource} {self.path}"


class Fault(NamedTuple):
    """What is wrong with a statement; `about` is what an excuse would be filed under."""

    rule: str
    what: str
    about: str = ""


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
    every = [policy for environment in ENVIRONMENTS for policy in policies(environment)]
    return judged(every, f"{len(every)} policies of {', '.join(ENVIRONMENTS)}")


def judged(every: Iterable[Policy], looked_at: str) -> Verdict:
    """What is wrong with these policies, and what is let stand; an excuse that nobody needs is wrong."""
    wrong = [defect for policy in every for defect in defects(policy)]
    unused = EXCUSES.keys() - {defect.fault.about for defect in wrong}
    return Verdict(
        "IAM proof",
        looked_at,
        (
            *sorted(once(defect.finding() for defect in wrong if not defect.excuse)),
            *(stale("*", "", about, "tests/audit/policies.py") for about in sorted(unused)),
        ),
        tuple(sorted({Excused(d.finding(), d.excuse) for d in wrong if d.excuse})),
    )


@cache
def policies(environment: str) -> tuple[Policy, ...]:
    """Every policy of an environment."""
    standing = platform(Standing(environment))
    return tuple(
        Policy(
            resource,
            path,
            tuple(_several(document["Statement"])),
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
    actions = [str(action) for action in _several(statement.get("Action", []))]
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
        yield from _of_principals(statement, actions)


def _of_resources(
    policy: Policy, statement: Mapping[str, Any], actions: list[str]
) -> Iterator[Fault]:
    resources = [str(resource) for resource in _several(statement["Resource"])]
    if "*" in resources:
        for action in actions:
            if reference().arns(action):
                yield Fault("wildcard resource", f"{action} can be scoped", action)
        return
    arns = dict[str, str]()
    for resource in resources:
        try:
            arns[resource] = _as_arn(policy, resource)
        except LookupError:
            yield Fault("no ARN", f"{resource} is none, nor of a type in MINTED_ARNS")
    forms = {
        action: [_open(form) for form in reference().arns(action).values()] for action in actions
    }
    for action in actions:
        if not any(_meet(form, arn) for form in forms[action] for arn in arns.values()):
            yield Fault("no such pair", f"{action} acts on none of {', '.join(resources)}")
    for resource, arn in arns.items():
        if not any(_meet(form, arn) for action in actions for form in forms[action]):
            yield Fault("no such pair", f"nothing acts on {resource}")


def _of_principals(statement: Mapping[str, Any], actions: list[str]) -> Iterator[Fault]:
    principal = statement.get("Principal", {})
    keys = {key.lower() for keys in statement.get("Condition", {}).values() for key in keys}
    named = principal if isinstance(principal, Mapping) else {"AWS": principal}
    for service in _several(named.get("Service", [])):
        bound = any(key.startswith(SOURCES) for key in keys)
        may = str(service).removesuffix(".amazonaws.com") in MAY_NAME_NO_SOURCE
        if not bound:
            yield Fault("unconditioned service", str(service), " ".join([service, *actions]))
        if _if_exists(statement) and not may:
            yield Fault("unconditioned service", f"{service} may leave the condition's key out")
    if "*" in _several(named.get("AWS", [])) and not keys & set(CALLERS):
        yield Fault("anybody", "Principal *")


def _if_exists(statement: Mapping[str, Any]) -> bool:
    """Whether a key that binds the service counts only where it is there."""
    return any(
        operator.endswith("IfExists") and any(key.lower().startswith(SOURCES) for key in keys)
        for operator, keys in statement.get("Condition", {}).items()
    )


def _as_arn(policy: Policy, resource: str) -> str:
    """A resource of a policy as an ARN, less the partition; a reference becomes what such ARNs look like.

    Raises LookupError where it is neither.
    """
    if resource.startswith("arn:"):
        return MINTED.sub("*", resource).split(":", 2)[2]
    found = MINTED.match(resource)
    if not found:
        raise LookupError(resource)
    target = policy.platform.index[found["region"], found["layer"], found["id"]]
    return MINTED_ARNS[target.type] + resource[found.end() :]


def _open(form: str) -> str:
    """The form of an ARN in IAM's data, less the partition, with a `*` for whatever it leaves open."""
    return VARIABLE.sub("*", form).split(":", 2)[2]


@cache
def _meet(one: str, other: str) -> bool:
    """Whether there is a text that both patterns match."""
    if service_of(one) != service_of(other) and "*" not in (service_of(one), service_of(other)):
        return False
    if fnmatchcase(one, other) or fnmatchcase(other, one):
        return True
    reached = {0}  # where in `other` what `one` has said so far may end
    for letter in [*one, ""]:
        reached |= {at + 1 for at in sorted(reached) if other[at : at + 1] == "*"}
        if not letter:
            break
        if letter == "*":
            reached = set(range(min(reached), len(other) + 1))
        else:
            reached = {
                at if other[at : at + 1] == "*" else at + 1
                for at in reached
                if other[at : at + 1] in ("*", letter)
            }
        if not reached:
            return False
    return len(other) in reached


def _documents(value: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every policy document in a resource's properties, with its path; one may stand there as text."""
    match value:
        case {"Statement": said} if all("Effect" in each for each in _several(said)):
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


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def wildcards() -> dict[str, str]:
    """Action -> why it stands on "*", over all identity policies."""
    return {
        action: WIDE.get(action, f"{service_of(action)} offers no resource for it")
        for environment in ENVIRONMENTS
        for policy in policies(environment)
        if policy.of_identity
        for statement in policy.statements
        if statement["Effect"] == "Allow" and "*" in _several(statement["Resource"])
        for action in _several(statement.get("Action", []))
    }


def main() -> None:
    """Print the table."""
    table = wildcards()
    width = max(map(len, table))
    for action, why in sorted(table.items()):
        sys.stdout.write(f"{action:{width}}  {why}\n")


if __name__ == "__main__":
    main()
