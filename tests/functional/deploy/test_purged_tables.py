"""A global table is purged as DynamoDB lets go of it."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.deploy import purge
from scripts.events import ResourceRetained
from tests.functional.stubbed import StubbedSession

KEPT = ResourceRetained("us-east-1", ("Orders",), "AWS::DynamoDB::GlobalTable", "orders")


def delete_of(region: str) -> dict[str, Any]:
    return {"Delete": {"RegionName": region}}


@pytest.mark.parametrize(
    ("described", "updates"),
    [
        ({}, []),
        (
            {
                "Replicas": [
                    {"RegionName": region} for region in ("us-east-1", "us-west-2", "eu-west-1")
                ]
            },
            [
                {"ReplicaUpdates": [delete_of("us-west-2")]},
                {"ReplicaUpdates": [delete_of("eu-west-1")]},
            ],
        ),
        (
            {
                "Replicas": [{"RegionName": "us-west-2"}, {"RegionName": "us-east-2"}],
                "MultiRegionConsistency": "STRONG",
            },
            [{"ReplicaUpdates": [delete_of("us-west-2"), delete_of("us-east-2")]}],
        ),
        (
            {
                "Replicas": [{"RegionName": "us-west-2"}],
                "MultiRegionConsistency": "STRONG",
                "GlobalTableWitnesses": [{"RegionName": "us-east-2"}],
            },
            [
                {
                    "ReplicaUpdates": [delete_of("us-west-2")],
                    "GlobalTableWitnessUpdates": [delete_of("us-east-2")],
                }
            ],
        ),
    ],
    ids=["of one region", "one replica at a time", "strong: all at once", "and its witness"],
)
def test_a_table_parts_from_its_other_regions_before_it_goes(
    described: dict[str, Any], updates: list[dict[str, Any]]
) -> None:
    session = StubbedSession()
    dynamodb = session.stub("dynamodb")
    asked = {"TableName": "orders"}
    for _ in range(2):  # for its protection, and for its regions
        dynamodb.add_response("describe_table", {"Table": described}, asked)
    for update in updates:
        dynamodb.add_response("update_table", {}, {**asked, **update})
        dynamodb.add_response("describe_table", {"Table": {"TableStatus": "ACTIVE"}}, asked)
    dynamodb.add_response("delete_table", {}, asked)
    (purged,) = purge.delete(session.aws(), KEPT)
    assert purged.physical_id == "orders"  # type: ignore[union-attr]
    session.assert_all_asked()
