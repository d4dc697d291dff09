"""The snapshot of AWS's regions."""

from __future__ import annotations

from generator.regions import REGION_SETS, partitions, share_a_set
from scripts import snapshots


def test_the_snapshot_is_what_botocore_knows() -> None:
    """Fails when a new botocore knows more regions: `make snapshots` refreshes the list."""
    known = {
        region: partition
        for partition, regions in snapshots.regions().items()
        for region in regions
    }

    assert partitions() == known


def test_pseudo_regions_are_none() -> None:
    assert "aws-global" not in partitions()
    assert partitions()["eu-central-1"] == "aws"


def test_region_sets_name_regions_that_exist() -> None:
    assert all(region in partitions() for held in REGION_SETS for region in held)


def test_a_set_is_shared_by_all_or_not_at_all() -> None:
    assert share_a_set("us-east-1", "us-west-2", "us-east-2")
    assert not share_a_set("us-east-1", "us-west-2", "us-west-1")
    assert not share_a_set("us-east-1", "eu-west-1")
