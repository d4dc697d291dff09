"""`aws cloudformation package` and `deploy`: from nothing to the shop, a change, nothing to do, the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.functional.clients.shop import PRIMARY, STANDBY, Shop
from tests.rehearsal.conftest import Sandbox

pytestmark = pytest.mark.slow

ROOTS = ("foundation", "deployers", "account", "platform")


def changed(
    before: Mapping[tuple[str, str], Any], after: Mapping[tuple[str, str], Any]
) -> set[tuple[str, str]]:
    """What is there now and was not, or was otherwise."""
    return {key for key, value in after.items() if before.get(key) != value}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, awscli: Path) -> Shop:
    """Rolled out as the page says."""
    path = tmp_path_factory.mktemp("awscli")
    made = Shop.made(path, "530000000001", sandbox, "The AWS CLI", [awscli])
    said = made.follow("First roll-out")
    assert said.count("Successfully created/updated stack - tradewind-dev-foundation") == 3
    return made


def test_every_root_stands_with_what_it_nests(shop: Shop) -> None:
    for region in (PRIMARY, STANDBY):
        stacks = shop.stacks(region)
        assert {stack["StackStatus"] for stack in stacks.values()} <= {
            "CREATE_COMPLETE",
            "UPDATE_COMPLETE",
        }
        for root in ROOTS:
            tags = {tag["Key"]: tag["Value"] for tag in stacks[f"tradewind-dev-{root}"]["Tags"]}
            assert tags == {"Project": "tradewind", "Environment": "dev", "Root": root}
        assert stacks["tradewind-dev-platform"]["RoleARN"].endswith(f"-{region}")
        assert shop.nested("platform", region).keys() >= {
            "Network",
            "Orders",
            "Storefront",
            "Workers",
        }


def test_edge_comes_by_a_change_set_of_its_whole_tree(shop: Shop) -> None:
    said = shop.follow("A change set of the whole tree")

    changes = json.loads(said[said.index("[\n") : said.rindex("]") + 1])
    assert ["Add", "EdgeCertificate"] in [change[:2] for change in changes]
    assert all(change[2].startswith("arn:aws:cloudformation:") for change in changes)
    assert shop.stacks(PRIMARY)["tradewind-dev-edge"]["StackStatus"] == "CREATE_COMPLETE"


def test_the_fleets_take_the_shop_s_revision(shop: Shop) -> None:
    shop.follow("The shop's revision")

    for region in (PRIMARY, STANDBY):
        codedeploy = shop.client("codedeploy", region)
        (deployment,) = codedeploy.list_deployments()["deployments"]
        told = codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
        assert told["status"] == "Succeeded"


def test_a_setting_reaches_the_fleet_and_no_other_nested_stack(shop: Shop) -> None:
    before = shop.nested_changes()
    shop.set(shop_maximum="6")

    shop.follow("A change")

    assert changed(before, shop.nested_changes()) == {
        (region, f"platform-{layer}")
        for region in (PRIMARY, STANDBY)
        for layer in ("FleetScaling", "Storefront")
    }
    for region in (PRIMARY, STANDBY):
        groups = shop.client("autoscaling", region).describe_auto_scaling_groups()
        assert 6 in {group["MaxSize"] for group in groups["AutoScalingGroups"]}


def test_changed_code_reaches_its_function_and_no_other_nested_stack(shop: Shop) -> None:
    nested, code = shop.nested_changes(), shop.code()
    shop.rewrite("order_intake")

    shop.follow("A change")

    assert changed(nested, shop.nested_changes()) == {
        (region, "platform-OrderIntake") for region in (PRIMARY, STANDBY)
    }
    assert changed(code, shop.code()) == {
        (region, f"order-intake-{region}") for region in (PRIMARY, STANDBY)
    }


def test_nothing_to_do_is_no_failure_unless_it_is_asked_to_be_one(shop: Shop) -> None:
    before = shop.nested_changes()

    said = shop.follow("A change")
    strict = shop.run(
        "region=$PRIMARY; deploy foundation dist/foundation.local.json --fail-on-empty-changeset"
    )

    for root in ("foundation", "deployers"):
        assert said.count(f"No changes to deploy. Stack tradewind-dev-{root} is up to date") == 2
    assert shop.nested_changes() == before
    assert strict.code == 255
    assert "No changes to deploy" in strict.said


def test_the_bucket_takes_no_template_under_another_encryption(shop: Shop) -> None:
    """As the page warns: it is what the CLI does without --kms-key-id."""
    run = shop.run(
        'region=$PRIMARY; aws cloudformation package --region "$region" --force-upload '
        '--template-file dist/account.local.json --s3-bucket "$(output foundation ArtifactsBucket)"'
    )

    assert run.code != 0
    assert "explicit deny in a resource-based policy" in run.said


def test_it_is_taken_down_to_what_is_to_be_kept(shop: Shop) -> None:
    shop.follow("The end")

    assert not shop.stacks(PRIMARY)
    assert not shop.stacks(STANDBY)
    kept = {one["Name"] for one in shop.client("s3").list_buckets()["Buckets"]}
    assert f"tradewind-dev-artifacts-{shop.account}-{PRIMARY}" in kept

    shop.tool("destroy dev --purge --yes")

    assert not shop.client("s3").list_buckets()["Buckets"]
