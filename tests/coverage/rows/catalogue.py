"""P5: the catalogue, the carts and the intake of orders."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import PRIMARY, STANDBY, Claim, Every, No, Some, row
from tests.coverage.contents import Refers
from tests.coverage.expectations import Absent, AtLeast, Given
from tests.coverage.rows.names import DATA_KEY, GLOBAL_TABLE, PEER_DATA_KEY

CAPACITY = "WriteProvisionedThroughputSettings.WriteCapacityAutoScalingSettings"
PROVISIONED = PRIMARY.having(table_billing="provisioned")


def table(name: str, **more: Any) -> Claim:
    """A table with a replica in both regions, each recoverable and under its region's key."""
    replicas = {
        f"Replicas[Region={{{role}}}].{path}": wanted
        for role, key in (("region", DATA_KEY), ("peer", PEER_DATA_KEY))
        for path, wanted in (
            ("PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", True),
            ("SSESpecification.KMSMasterKeyId", key),
            ("DeletionProtectionEnabled", True),
        )
    }
    named = {"TableName": f"tradewind-{{environment}}-{name}"}
    return Claim(
        f"{name} in both regions: recoverable to any second, under each region's key",
        Some(GLOBAL_TABLE, {**named, **replicas, **more}, times=1),
        PRIMARY,
    )


def named(name: str, **more: Any) -> Some:
    """One table, and what else it has."""
    return Some(GLOBAL_TABLE, {"TableName": f"tradewind-{{environment}}-{name}", **more}, times=1)


P5 = row(
    "P5",
    "Aurora or DynamoDB for catalogue data",
    table("catalogue"),
    table("carts"),
    table("order-intake"),
    Claim(
        "they cost what they are used for",
        Every(GLOBAL_TABLE, {"BillingMode": "PAY_PER_REQUEST"}),
        PRIMARY,
    ),
    Claim(
        "or grow and shrink by themselves, by toggle",
        Every(
            GLOBAL_TABLE,
            {
                "BillingMode": "PROVISIONED",
                f"{CAPACITY}.MinCapacity": AtLeast(1),
                f"{CAPACITY}.MaxCapacity": AtLeast(10),
                f"{CAPACITY}.TargetTrackingScalingPolicyConfiguration.TargetValue": AtLeast(20),
            },
        ),
        PROVISIONED,
    ),
    Claim(
        "carts end by themselves",
        named(
            "carts",
            **{
                "TimeToLiveSpecification.Enabled": True,
                "TimeToLiveSpecification.AttributeName": Given(),
            },
        ),
        PRIMARY,
    ),
    Claim(
        "the catalogue's stream tells what was and what is",
        named("catalogue", **{"StreamSpecification.StreamViewType": "NEW_AND_OLD_IMAGES"}),
        PRIMARY,
    ),
    *(
        Claim(
            f"the {role}'s stream feeds the search index",
            Some(
                "AWS::Lambda::EventSourceMapping",
                {
                    "EventSourceArn": stream,
                    "FunctionName": Refers("AWS::Lambda::Function"),
                    "StartingPosition": Given(),
                },
            ),
            at,
        )
        for role, stream, at in (
            ("primary", Refers("catalog/CatalogueTable"), PRIMARY),
            ("standby", Given(), STANDBY),
        )
    ),
    Claim(
        "an acknowledged order survives the sudden loss of a region, with a witness",
        named(
            "order-intake",
            **{
                "MultiRegionConsistency": "STRONG",
                "GlobalTableWitnesses[*].Region": "eu-west-2",
                "TimeToLiveSpecification": Absent({"Enabled": True}),
            },
        ),
        PRIMARY,
    ),
    Claim(
        "by toggle: without a witness region the table is eventually consistent",
        named(
            "order-intake",
            MultiRegionConsistency=Absent("STRONG"),
            GlobalTableWitnesses=Absent([{"Region": "eu-west-2"}]),
        ),
        PRIMARY.having(order_intake_consistency="eventual"),
    ),
    Claim(
        "the standby declares no global table of its own",
        No(GLOBAL_TABLE, {}, stands=PRIMARY),
        STANDBY,
    ),
)
