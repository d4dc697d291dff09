"""What a region lacks is left out, and said; whatever the region, no template asks for what it has not."""

from __future__ import annotations

import pytest

from generator import availability
from generator.availability import FAMILIES, left_out, missing, offers
from generator.places import stands
from generator.regions import partitions
from generator.settings import FALSE, TRUE, Settings
from generator.stacks import build
from scripts.validate import contract
from scripts.validate.contract import Root
from scripts.validate.resolution import Place
from tests import covering

#: The regions of the partition that environments are made for; others lack CloudFront or more.
COMMERCIAL = {region for region, partition in partitions().items() if partition == "aws"}
LACKING = sorted(COMMERCIAL & {region for regions in missing().values() for region in regions})
SHIELD = Settings.offers_shield.key


@pytest.fixture
def shieldless(monkeypatch: pytest.MonkeyPatch) -> str:
    """A region without Shield."""
    lacks = {"AWS::Shield::Protection": frozenset({"ap-east-2"})}
    monkeypatch.setattr(availability, "missing", lambda: lacks)
    return "ap-east-2"


def test_a_region_offers_a_family_unless_it_lacks_a_type_of_it(shieldless: str) -> None:
    assert offers(shieldless)[SHIELD] == FALSE
    assert offers("us-east-1")[SHIELD] == TRUE


def test_what_is_wanted_and_not_offered_is_said(shieldless: str) -> None:
    values = {**covering.rows()[0], "shield_advanced": TRUE, SHIELD: FALSE}

    assert left_out(shieldless, values, [SHIELD]) == ["AWS::Shield::Protection"]


def test_what_nobody_wants_is_not_missed(shieldless: str) -> None:
    off = {**covering.rows()[0], "shield_advanced": FALSE, SHIELD: FALSE}
    on = {**off, "shield_advanced": TRUE}

    assert left_out(shieldless, off, [SHIELD]) == []
    assert left_out(shieldless, on, []) == []


def test_every_family_is_lacking_somewhere() -> None:
    for fact, family in FAMILIES.items():
        assert any(type.startswith(family) for type in missing()), f"{fact} is never false"


@pytest.fixture(scope="module")
def roots() -> tuple[Root, ...]:
    return tuple(contract.roots(build().files))


@pytest.mark.parametrize("region", LACKING)
def test_with_everything_on_no_region_is_asked_for_a_type_that_it_lacks(
    region: str, roots: tuple[Root, ...]
) -> None:
    lacking = {type for type, regions in missing().items() if region in regions}
    everything = {
        setting.key: TRUE
        for setting in Settings.all()
        if setting.kind == "toggle" and setting.given_by == "environment"
    }
    for role in ("primary", "standby"):
        places = {"primary": region, "standby": region, "edge": "us-east-1"}
        known = {**covering.rows()[0], **everything, **offers(region), "region_role": role} | {
            "holds_edge": FALSE
        }
        for root in (root for root in roots if stands(root.manifest.root, region, places)):
            given = contract.given(root.manifest, known)
            resolved, children = contract.resolve_root(root, given, Place(region, "111111111111"))
            for stack in (resolved, *(child for _, child in children.values())):
                held = {resource["Type"] for resource in stack.resources.values()}
                assert not held & lacking, f"{root.file} in {region}"
