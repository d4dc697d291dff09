"""Every template holds together under every pair of choices."""

from __future__ import annotations

from itertools import combinations

import pytest

from generator.places import stands
from generator.settings import Settings
from generator.stacks import build
from scripts.validate import contract
from scripts.validate.contract import Root
from scripts.validate.resolution import Place
from tests import covering
from tests.covering import Row

MOST_ROWS = 24


def test_every_pair_of_choices_is_in_some_row() -> None:
    tried = {frozenset(pair) for row in covering.rows() for pair in combinations(row.items(), 2)}
    left = [sorted(pair) for pair in covering.pairs() if pair not in tried]
    assert left == []


def test_the_rows_are_few() -> None:
    assert len(covering.rows()) <= MOST_ROWS


def test_toggles_the_engine_the_zones_and_the_role_are_among_the_choices() -> None:
    toggles = {setting.key for setting in Settings.all() if setting.kind == "toggle"}
    wanted = toggles | {"orders_engine", "availability_zones", "region_role", "peer_ready"}
    assert wanted <= covering.factors().keys()


def test_only_pairs_that_a_setting_rules_out_are_left_out() -> None:
    total = sum(
        len(values) * len(others)
        for (_, values), (_, others) in combinations(covering.factors().items(), 2)
    )
    forbidden = total - len(set(covering.pairs()))
    needing = [
        setting for setting in Settings.all() if any(n.value for n in setting.needs.values())
    ]
    assert 0 < forbidden <= 8 * len(needing)


@pytest.mark.parametrize("row", covering.rows(), ids=range(len(covering.rows())))
def test_a_row_has_what_its_choices_need(row: Row) -> None:
    for setting in Settings.all():
        need = setting.needs.get(row[setting.key])
        if need is not None:
            assert row[need.key] == need.value if need.value else row[need.key]


@pytest.fixture(scope="module")
def roots() -> tuple[Root, ...]:
    return tuple(contract.roots(build().files))


@pytest.mark.parametrize("row", covering.rows(), ids=range(len(covering.rows())))
def test_every_row_resolves_offline(row: Row, roots: tuple[Root, ...]) -> None:
    place = Place(covering.region(row), "111111111111", "tradewind-cover")
    found = [
        str(finding)
        for root in roots
        if stands(root.manifest.root, place.region, covering.places(row))
        for finding in contract.values_fit(root, row, place)
    ]
    assert found == []
