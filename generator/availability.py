"""What a region lacks of the types that the templates use, from a snapshot that is committed.

A type that some regions lack belongs to a family with a fact of its own (`offers_…` in Settings); whatever
uses it stands under that fact's condition. So a template fits every region, and a plan says what it leaves
out. `make snapshots` refreshes the data from the provider schemas that cfn-lint ships.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

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
