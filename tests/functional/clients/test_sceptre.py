"""Sceptre: the addressed tree as it is, a change, nothing to do, Tradewind's turn, and the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.functional.clients.shop import PRIMARY, STANDBY, Shop
from tests.rehearsal.conftest import Sandbox

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, awscli: Path, sceptre: Path
) -> Shop:
    """Launched as the page says."""
    path = tmp_path_factory.mktemp("sceptre")
    made = Shop.made(path, "530000000002", sandbox, "Sceptre", [sceptre, awscli])
    made.follow("First launch")
    return made


def test_every_root_stands_with_what_it_nests(shop: Shop) -> None:
    for region in (PRIMARY, STANDBY):
        stacks = shop.stacks(region)
        assert {stack["StackStatus"] for stack in stacks.values()} <= {
            "CREATE_COMPLETE",
            "UPDATE_COMPLETE",
        }
        assert stacks["tradewind-dev-platform"]["RoleARN"].endswith(f"-{region}")
        assert shop.nested("platform", region).keys() >= {
            "Network",
            "Orders",
            "Storefront",
            "Workers",
        }


def test_tradewind_finds_nothing_to_do(shop: Shop) -> None:
    told = shop.tool("plan dev")

    planned = {(wave["root"], wave["region"]): wave["outcome"] for wave in told["waves"]}
    del planned["pipeline", PRIMARY]
    assert set(planned.values()) == {"unchanged"}


def test_tradewind_reads_the_templates_that_sceptre_sent(shop: Shop) -> None:
    """They stand as YAML there, for the line that Sceptre puts before each."""
    told = shop.tool("parity dev")

    assert told["equal"]
    assert {one["family"] for one in told["findings"]} >= {"parameters", "templates"}


def test_a_setting_and_code_reach_the_nested_stacks_and_another_launch_does_nothing(
    shop: Shop,
) -> None:
    shop.set(shop_maximum="6")
    shop.rewrite("order_intake")
    before = shop.code()

    changed, again = shop.follow("Another launch"), shop.follow("Another launch")

    assert changed.count("No updates to perform") == 7
    assert again.count("No updates to perform") == 9
    for region in (PRIMARY, STANDBY):
        nested = shop.nested("platform", region)
        assert nested["FleetScaling"] == nested["OrderIntake"] == "UPDATE_COMPLETE"
    assert {key for key, digest in shop.code().items() if before[key] != digest} == {
        (region, f"order-intake-{region}") for region in (PRIMARY, STANDBY)
    }


def test_it_is_deleted_in_the_reverse_order(shop: Shop) -> None:
    shop.follow("Deletion")

    assert not shop.stacks(PRIMARY)
    assert not shop.stacks(STANDBY)
