"""Global tables: declared once, by the primary, for both regions; watched in each."""

from __future__ import annotations

from typing import Any

import pytest

from generator.layers.catalog import Catalog
from tests.unit.generator.standing import of_type, standing, titles, types

TABLE = "AWS::DynamoDB::GlobalTable"


def tables(role: str = "primary", **settings: str) -> dict[str, Any]:
    return of_type(standing(Catalog, role, **settings), TABLE)


def test_the_standby_watches_tables_that_it_does_not_declare() -> None:
    assert types(standing(Catalog, "standby")) == {
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
    }


def test_both_regions_know_a_table_by_one_name_and_reach_their_own_replica() -> None:
    primary, standby = standing(Catalog).outputs, standing(Catalog, "standby").outputs
    assert primary["CartsTable"] == standby["CartsTable"] == "tradewind-dev-carts"
    assert str(standby["CartsTableArn"]) == str(primary["CartsTableArn"]).replace(
        "us-east-1", "us-west-2"
    )


def test_every_replica_is_encrypted_with_a_key_recoverable_and_backed_up() -> None:
    found = tables()
    assert sorted(found) == ["CartsTable", "CatalogueTable", "OrderIntakeTable"]
    for table in found.values():
        assert [replica["Region"] for replica in table["Replicas"]] == ["us-east-1", "us-west-2"]
        for replica in table["Replicas"]:
            assert "key/" in replica["SSESpecification"]["KMSMasterKeyId"]
            assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
            assert replica["DeletionProtectionEnabled"] is True
            assert {"Key": "Backup", "Value": "daily"} in replica["Tags"]


def test_deletion_protection_can_be_left_off() -> None:
    for table in tables(deletion_protection="false").values():
        assert not any(replica["DeletionProtectionEnabled"] for replica in table["Replicas"])


def test_carts_expire_and_acknowledged_orders_do_not() -> None:
    found = tables()
    assert found["CartsTable"]["TimeToLiveSpecification"] == {
        "AttributeName": "expires_at",
        "Enabled": True,
    }
    assert "TimeToLiveSpecification" not in found["OrderIntakeTable"]


@pytest.mark.parametrize(("billing", "scaled"), [("on-demand", False), ("provisioned", True)])
def test_capacity_is_paid_by_request_or_scaled_on_every_side(billing: str, scaled: bool) -> None:
    table = tables(table_billing=billing, table_capacity_ceiling="900")["CatalogueTable"]
    assert table["BillingMode"] == ("PROVISIONED" if scaled else "PAY_PER_REQUEST")
    sides = [
        table.get("WriteProvisionedThroughputSettings"),
        table["GlobalSecondaryIndexes"][0].get("WriteProvisionedThroughputSettings"),
        *(replica.get("ReadProvisionedThroughputSettings") for replica in table["Replicas"]),
        *(
            replica["GlobalSecondaryIndexes"][0].get("ReadProvisionedThroughputSettings")
            for replica in table["Replicas"]
        ),
    ]
    assert [side is not None for side in sides] == [scaled] * 6
    if scaled:
        ceilings = {scaling["MaxCapacity"] for side in sides for scaling in side.values()}
        assert ceilings == {"900"}


def test_strong_order_intake_has_a_witness_and_nothing_that_the_mode_forbids() -> None:
    """No TTL, no local index: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/."""
    found = tables(order_intake_consistency="strong", witness_region="us-east-2")
    intake = found.pop("OrderIntakeTable")
    assert intake["MultiRegionConsistency"] == "STRONG"
    assert intake["GlobalTableWitnesses"] == [{"Region": "us-east-2"}]
    assert not {"TimeToLiveSpecification", "LocalSecondaryIndexes"} & set(intake)
    assert all("MultiRegionConsistency" not in table for table in found.values())


def test_eventual_order_intake_names_no_mode_and_no_witness() -> None:
    assert not {"MultiRegionConsistency", "GlobalTableWitnesses"} & set(
        tables()["OrderIntakeTable"]
    )


def test_each_region_watches_what_it_sends_to_the_other() -> None:
    for role, peer in (("primary", "us-west-2"), ("standby", "us-east-1")):
        alarms: dict[str, Any] = of_type(standing(Catalog, role), "AWS::CloudWatch::Alarm")
        lag = alarms["OrderIntakeTableLagging"]
        assert {"Name": "ReceivingRegion", "Value": peer} in lag["Dimensions"]
        assert all(alarm["AlarmActions"] for alarm in alarms.values())


def test_a_table_survives_its_stack_but_not_its_own_failed_creation() -> None:
    template = Catalog().template.to_dict()["Resources"]
    for title in titles(standing(Catalog), TABLE):
        assert template[title]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert template[title]["UpdateReplacePolicy"] == "Retain"
