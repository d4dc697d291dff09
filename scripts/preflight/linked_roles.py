"""Service-linked roles: what services do in the account's name, they do by these.

Most are made by their service when it is first used, with the leave that the execution roles have. Some are
not; a template makes those, unless a toggle says that the account has them.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.settings import Setting, Settings
from scripts.checks import all_of, judged, passed
from scripts.preflight.ground import Ground, Question, Questions, Reply
from scripts.preflight.wanted import Resource

ROLE = "AWS::IAM::ServiceLinkedRole"
PATH = "/aws-service-role/"


@dataclass(frozen=True)
class ByCommand:
    """A role that no call of its service makes for a resource of `type`; `toggle` has a template make it."""

    type: str
    service: str
    name: str
    toggle: Setting


#: AWS Config's is named as the recorder's role; CreateDomain refuses a domain in a VPC without
#: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/slr.html
BY_COMMAND: tuple[ByCommand, ...] = (
    ByCommand(
        "AWS::Config::ConfigurationRecorder",
        "config.amazonaws.com",
        "AWSServiceRoleForConfig",
        Settings.config_linked_role,
    ),
    ByCommand(
        "AWS::OpenSearchService::Domain",
        "opensearchservice.amazonaws.com",
        "AWSServiceRoleForAmazonOpenSearchService",
        Settings.search_linked_role,
    ),
)

#: Roles that are made on first use: resource type -> the role's name.
ON_FIRST_USE: Mapping[str, str] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "AWSServiceRoleForElasticLoadBalancing",
    "AWS::RDS::DBInstance": "AWSServiceRoleForRDS",
    "AWS::RDS::DBCluster": "AWSServiceRoleForRDS",
    "AWS::ElastiCache::ReplicationGroup": "AWSServiceRoleForElastiCache",
    "AWS::ElastiCache::CacheCluster": "AWSServiceRoleForElastiCache",
    "AWS::DynamoDB::GlobalTable": "AWSServiceRoleForDynamoDBReplication",
    "AWS::Backup::BackupPlan": "AWSServiceRoleForBackup",
    "AWS::AccessAnalyzer::Analyzer": "AWSServiceRoleForAccessAnalyzer",
    "AWS::GuardDuty::Detector": "AWSServiceRoleForAmazonGuardDuty",
    "AWS::SecurityHub::Hub": "AWSServiceRoleForSecurityHub",
    "AWS::WAFv2::LoggingConfiguration": "AWSServiceRoleForWAFV2Logging",
    "AWS::RedshiftServerless::Workgroup": "AWSServiceRoleForRedshift",
}


def ours_can_be_made(ground: Ground, region: str) -> Reply:
    """A role that a template makes is not there yet: CreateServiceLinkedRole refuses a second one."""
    fresh = ground.missing(ground.wanted.of([ROLE]))
    there = _there(ground, region)
    taken = {name: one for one in fresh if (name := _name(one)) in there}
    toggles = {role.name: role.toggle.key for role in BY_COMMAND}
    remedies = [
        f"`{toggles[name]}: false` in {ground.params}"
        if name in toggles
        else f"aws iam delete-service-linked-role --role-name {name}"
        for name in sorted(taken)
    ]
    answer = all_of(
        [f"{name} is there already" for name in sorted(taken)],
        f"{len(fresh)} to be made",
        "none of them is there",
        "; ".join(remedies),
    )
    return Reply(answer, tuple(taken.values()))


def others_are_there(ground: Ground, region: str) -> Reply:
    """A role that nobody makes, neither its service nor our templates, is there already."""
    made = {one.text("AWSServiceName") for one in ground.wanted.of([ROLE])}
    needed = [
        role for role in BY_COMMAND if ground.wanted.of([role.type]) and role.service not in made
    ]
    expected = "every role that nobody makes"
    if not needed:
        return Reply(passed("none is needed", expected))
    lacking = [role for role in needed if role.name not in _there(ground, region)]
    remedy = "; ".join(
        f"aws iam create-service-linked-role --aws-service-name {role.service}" for role in lacking
    )
    answer = all_of(
        [f"{role.name} is missing" for role in lacking], f"{len(needed)} found", expected, remedy
    )
    return Reply(answer, ground.wanted.of([role.type for role in lacking]))


def rest_are_made(ground: Ground, region: str) -> Reply:
    """Says which will be new to the account; nothing is to be done about them."""
    wanted = {role for kind, role in ON_FIRST_USE.items() if ground.wanted.of([kind])}
    lacking = sorted(wanted - _there(ground, region))
    found = f"{len(wanted) - len(lacking)} there"
    if lacking:
        found += f", {len(lacking)} made on first use: {', '.join(lacking)}"
    return Reply(judged(True, found, "there, or made on first use", ""))


def _name(role: Resource) -> str:
    """What IAM calls a role that a template makes; empty where it is not one of ours."""
    names = {
        **{one.service: one.name for one in BY_COMMAND},
        "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    }
    base, suffix = names.get(role.text("AWSServiceName"), ""), role.text("CustomSuffix")
    return f"{base}_{suffix}" if suffix else base


def _there(ground: Ground, region: str) -> frozenset[str]:
    listed = ground.client("iam", region).pages("list_roles", "Roles", PathPrefix=PATH)
    return frozenset(one["RoleName"] for one in listed)


CHECKS: Questions = (
    Question("linked roles of ours", "account", (ROLE,), ours_can_be_made),
    Question(
        "linked roles by command",
        "account",
        tuple(role.type for role in BY_COMMAND),
        others_are_there,
    ),
    Question("linked roles on first use", "account", tuple(ON_FIRST_USE), rest_are_made),
)
