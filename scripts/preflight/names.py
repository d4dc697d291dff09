"""Names that are taken: CloudFormation makes nothing under a name that somebody else has.

What a stack of ours holds has its name already. Most often it is a resource that an earlier environment kept
when it was destroyed.
https://repost.aws/knowledge-center/cloudformation-custom-name
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from scripts.checks import all_of, passed
from scripts.preflight.ground import Ground, Question, Questions, Reply
from scripts.preflight.named_services import SERVICES
from scripts.preflight.named_stores import STORES
from scripts.preflight.naming import Named
from scripts.preflight.wanted import Resource

NAMED: tuple[Named, ...] = (*STORES, *SERVICES)

#: Types whose names may be taken too, and nobody asks: the sandbox has no API of theirs to hold a question
#: against. What of them is in the way, CloudFormation tells while it deploys.
UNASKED: tuple[str, ...] = (
    "AWS::Backup::BackupPlan",
    "AWS::Backup::RestoreTestingPlan",
    "AWS::CE::AnomalyMonitor",
    "AWS::CE::AnomalySubscription",
    "AWS::EventSchemas::Registry",
    "AWS::Logs::QueryDefinition",
    "AWS::Personalize::DatasetGroup",
    "AWS::Personalize::Filter",
    "AWS::Personalize::Schema",
    "AWS::Personalize::Solution",
    "AWS::RedshiftServerless::Namespace",
    "AWS::RedshiftServerless::Workgroup",
)


def unasked(ground: Ground) -> tuple[str, ...]:
    """Types that a deploy makes under names that nothing here asks about."""
    wanted = {one.type for one in ground.wanted.of(UNASKED)}
    return tuple(sorted(wanted))


def is_free(named: Named, ground: Ground, region: str) -> Reply:
    """None of the names that a deploy would give is taken in the region."""
    fresh = ground.missing(tuple(_named_in(named, ground, region)))
    by_name = {one.text(named.types[one.type]): one for one in fresh}
    expected = "names that nobody has"
    if not by_name:
        return Reply(passed("nothing new is named", expected))
    taken = named.taken(ground, region, by_name)
    remedy = named.remedy.format(region=region, name=min(taken, default=""), params=ground.params)
    troubles = [f"{name} {how}" for name, how in sorted(taken.items())]
    answer = all_of(troubles, f"{len(by_name)} are free", expected, remedy)
    return Reply(answer, tuple(by_name[name] for name in sorted(taken)))


def _named_in(named: Named, ground: Ground, region: str) -> list[Resource]:
    every = ground.wanted.of(named.types)
    return [
        one
        for one in every
        if one.text(named.types[one.type])
        and named.only(one)
        and (named.everywhere or region == one.region or region in _copied_to(named, one))
    ]


def _copied_to(named: Named, one: Resource) -> list[str]:
    copies: list[Mapping[str, Any]] = one.properties.get(named.copies, []) if named.copies else []
    return [str(copy["Region"]) for copy in copies]


CHECKS: Questions = tuple(
    Question(
        f"names of {one.what}",
        "account" if one.everywhere else "region",
        tuple(one.types),
        partial(is_free, one),
    )
    for one in NAMED
)
