"""What a region lacks of the types that the templates use, from a snapshot that is committed.

A type that some regions lack belongs to a family with a fact of its own (`offers_…` in Settings); whatever
uses it stands under that fact's condition. So a template fits every region, and a plan says what it leaves
out. `make snapshots` refreshes the data from the provider schemas that cfn-lint ships.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import assert_never

from generator.conditions import AllOf, AnyOf, Condition, Conditions, Is, Not
from generator.settings import FALSE, TRUE, Settings

SNAPSHOT = Path(__file__).parent / "data" / "availability.json"

#: The fact's key, and how the names of the types begin that it speaks for.
FAMILIES: Mapping[str, str] = {
    Settings.offers_codebuild.key: "AWS::CodeBuild::",
    Settings.offers_cost_anomalies.key: "AWS::CE::",
    Settings.offers_event_schemas.key: "AWS::EventSchemas::",
    Settings.offers_personalize.key: "AWS::Personalize::",
    Settings.offers_restore_testing.key: "AWS::Backup::RestoreTesting",
    Settings.offers_shield.key: "AWS::Shield::",
    Settings.offers_snapshot_blocks.key: "AWS::EC2::SnapshotBlock",
}


@cache
def missing() -> Mapping[str, frozenset[str]]:
    """Type in use -> the regions that lack it; a type that every region has is not here."""
    said: dict[str, list[str]] = json.loads(SNAPSHOT.read_text(encoding="utf-8"))["missing"]
    return {type: frozenset(regions) for type, regions in said.items()}


def lacking(region: str, family: str) -> list[str]:
    """The types of a family that the region lacks."""
    return sorted(
        type for type, regions in missing().items() if type.startswith(family) and region in regions
    )


def offers(region: str) -> dict[str, str]:
    """The facts of a region, by key."""
    return {fact: FALSE if lacking(region, family) else TRUE for fact, family in FAMILIES.items()}


def left_out(region: str, values: Mapping[str, str], asked: Collection[str]) -> list[str]:
    """The types that a root would hold there if the region offered them.

    `values` are its settings and facts by key, `asked` the keys that its template asks for.
    """
    return [
        type
        for fact, family in FAMILIES.items()
        if fact in asked and values[fact] == FALSE and _is_wanted(fact, values)
        for type in lacking(region, family)
    ]


def _is_wanted(fact: str, values: Mapping[str, str]) -> bool:
    """Whether anything would come of the region's offer: a toggle that is off asks for nothing."""
    composed = [
        condition
        for condition in vars(Conditions).values()
        if isinstance(condition, Condition)
        and not isinstance(condition.test, Is)
        and fact in _rests_on(condition)
    ]
    offered = {**values, fact: TRUE}
    return not composed or any(each.holds(offered) and not each.holds(values) for each in composed)


def _rests_on(condition: Condition) -> set[str]:
    """The keys of the settings and facts that decide a condition."""
    match condition.test:
        case Is(setting, _):
            return {setting.key}
        case AllOf(left, right) | AnyOf(left, right):
            return _rests_on(left) | _rests_on(right)
        case Not(denied):
            return _rests_on(denied)
        case _ as never:
            assert_never(never)
