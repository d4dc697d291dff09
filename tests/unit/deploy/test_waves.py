from __future__ import annotations

import pytest

from scripts.deploy.waves import ROLL_OUT, Wave, roll_out, tear_down
from scripts.errors import UsageError

REGIONS = ("eu-west-1", "eu-central-1")


def test_foundation_goes_to_the_primary_twice_before_anything_else() -> None:
    assert roll_out(["platform", "foundation"], REGIONS) == (
        Wave("foundation", "eu-west-1"),
        Wave("foundation", "eu-central-1"),
        Wave("foundation", "eu-west-1", settles=True),
        Wave("platform", "eu-west-1"),
        Wave("platform", "eu-central-1"),
    )


def test_the_execution_roles_stand_before_the_platform_that_is_deployed_by_them() -> None:
    roots = [wave.root for wave in roll_out({root for root, _, _ in ROLL_OUT}, REGIONS)]

    assert roots.index("deployers") < roots.index("platform")


def test_a_root_that_no_wave_carries_is_not_passed_over_in_silence() -> None:
    with pytest.raises(UsageError, match="the root attic"):
        roll_out(["foundation", "attic"], REGIONS)


def test_tearing_down_is_backwards_each_stack_once_and_only_what_stands() -> None:
    standing = [
        ("foundation", "eu-west-1"),
        ("platform", "eu-west-1"),
        ("foundation", "eu-central-1"),
    ]

    assert tear_down(standing, REGIONS) == (
        Wave("platform", "eu-west-1"),
        Wave("foundation", "eu-central-1"),
        Wave("foundation", "eu-west-1"),
    )


def test_what_no_wave_carries_is_torn_down_first() -> None:
    standing = [("platform", "eu-west-1"), ("load-test", "eu-west-1")]

    assert tear_down(standing, REGIONS)[0] == Wave("load-test", "eu-west-1")
