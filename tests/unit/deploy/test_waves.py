from __future__ import annotations

import pytest

from generator.places import Places, stands
from scripts.deploy.waves import ROLL_OUT, Wave, named, roll_out, tear_down
from scripts.errors import UsageError

PLACES: Places = {"primary": "eu-west-1", "standby": "eu-central-1", "edge": "us-east-1"}


def test_foundation_goes_to_the_primary_twice_before_anything_else() -> None:
    assert roll_out(["platform", "foundation"], PLACES) == (
        Wave("foundation", "eu-west-1"),
        Wave("foundation", "eu-central-1"),
        Wave("foundation", "us-east-1"),
        Wave("foundation", "eu-west-1", settles=True),
        Wave("platform", "eu-west-1"),
        Wave("platform", "eu-central-1"),
    )


def test_where_us_east_1_is_one_of_the_pair_it_is_visited_as_that_and_holds_edge() -> None:
    places = {"primary": "us-east-1", "standby": "us-west-2", "edge": "us-east-1"}

    waves = roll_out(["foundation", "edge"], places)

    assert [str(wave) for wave in waves] == [
        "foundation in us-east-1",
        "foundation in us-west-2",
        "foundation in us-east-1",
        "edge in us-east-1",
    ]


@pytest.mark.parametrize("root", sorted({root for root, _, _ in ROLL_OUT}))
def test_a_root_is_visited_exactly_where_it_stands(root: str) -> None:
    visited = {wave.region for wave in roll_out([root], PLACES)}

    assert visited == {region for region in PLACES.values() if stands(root, region, PLACES)}


def test_the_execution_roles_stand_before_the_platform_that_is_deployed_by_them() -> None:
    roots = [wave.root for wave in roll_out({root for root, _, _ in ROLL_OUT}, PLACES)]

    assert roots.index("deployers") < roots.index("platform")


def test_some_roots_can_be_named_and_some_have_to_be() -> None:
    order = roll_out(["foundation", "platform", "load-test"], PLACES)

    assert "load-test" not in {wave.root for wave in order}
    assert named(order, [], PLACES) == order
    assert named(order, ["load-test"], PLACES) == (Wave("load-test", "eu-west-1"),)
    assert [wave.root for wave in named(order, ["platform"], PLACES)] == ["platform", "platform"]
    with pytest.raises(UsageError, match="no root attic"):
        named(order, ["attic"], PLACES)


def test_a_root_that_no_wave_carries_is_not_passed_over_in_silence() -> None:
    with pytest.raises(UsageError, match="the root attic"):
        roll_out(["foundation", "attic"], PLACES)


def test_tearing_down_is_backwards_each_stack_once_and_only_what_stands() -> None:
    standing = [
        ("foundation", "eu-west-1"),
        ("platform", "eu-west-1"),
        ("foundation", "eu-central-1"),
    ]

    assert tear_down(standing, PLACES) == (
        Wave("platform", "eu-west-1"),
        Wave("foundation", "eu-central-1"),
        Wave("foundation", "eu-west-1"),
    )


def test_what_no_wave_carries_is_torn_down_first() -> None:
    standing = [("platform", "eu-west-1"), ("load-test", "eu-west-1")]

    assert tear_down(standing, PLACES)[0] == Wave("load-test", "eu-west-1")
