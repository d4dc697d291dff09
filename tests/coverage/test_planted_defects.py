"""Thirteen kinds of defect, planted into the real templates: each is found, and whoever has it is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.coverage.claims import PAIR
from tests.coverage.laws import Defect, Law
from tests.coverage.laws.endurance import (
    ALARMS,
    DEAD_LETTER,
    KEEPING,
    LIFE_CYCLES,
    NAT_PER_ZONE,
    REPLICAS,
)
from tests.coverage.laws.identity import BOUNDARIES, GRANTS, ROTATION
from tests.coverage.laws.protection import ENCRYPTION, PRIVACY
from tests.coverage.laws.steadiness import STEADINESS
from tests.coverage.laws.transit import TLS
from tests.coverage.mutants import made
from tests.coverage.platform import Platform, Standing, platform

LAWS = (
    ENCRYPTION,
    PRIVACY,
    TLS,
    GRANTS,
    ROTATION,
    NAT_PER_ZONE,
    REPLICAS,
    ALARMS,
    DEAD_LETTER,
    KEEPING,
    LIFE_CYCLES,
    BOUNDARIES,
    STEADINESS,
)

STANDINGS = {
    "prod": PAIR,
    "prod-on-rds": PAIR.having(orders_engine="rds-multi-az", shield_advanced="true"),
    "staging": Standing("staging"),
    "dev": Standing("dev"),
}
#: Where defects are planted: each of the two has what the other lacks.
PLANTED = ("prod", "prod-on-rds")

every_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name.replace(" ", "-"))


@every_law
@pytest.mark.parametrize("standing", STANDINGS)
def test_a_law_holds(law: Law, standing: str) -> None:
    said = [str(complaint) for complaint in law.check(platform(STANDINGS[standing]))]
    assert not said, "\n".join(said)


@every_law
def test_a_planted_defect_is_found(law: Law) -> None:
    planted = 0
    for standing in PLANTED:
        found = platform(STANDINGS[standing])
        for defect in law.defects(found):
            planted += 1
            with _planted(found, defect):
                said = [str(complaint) for complaint in law.check(found)]
            assert any(defect.culprit in each for each in said), f"{defect.of}: {defect.says}"
    assert planted


@contextmanager
def _planted(found: Platform, defect: Defect) -> Iterator[None]:
    if defect.gone:
        found.drop(defect.of)
    try:
        with made(defect.edits):
            yield
    finally:
        if defect.gone:
            found.put(defect.of)
