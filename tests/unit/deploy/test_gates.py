from __future__ import annotations

import pytest

from scripts.changes import Change
from scripts.deploy.gates import losses, refuse_another_consistency, refuse_losses
from scripts.errors import Refused
from tests.unit.deploy.told import change, nested

TABLE = "AWS::DynamoDB::Table"


@pytest.mark.parametrize(
    "lossy",
    [
        change("Carts", TABLE, "Remove", ""),
        change("Carts", TABLE, "Modify", "True"),
        change("Carts", TABLE, "Modify", "Conditional"),
    ],
)
def test_data_that_goes_or_may_go_is_refused_by_its_path(lossy: Change) -> None:
    with pytest.raises(Refused) as refused:
        refuse_losses("platform in us-east-1", [nested("Catalog", lossy)], ())

    assert "Catalog/Carts (AWS::DynamoDB::Table) would be" in refused.value.message
    assert refused.value.fix.endswith("--accept-loss Catalog/Carts")
    assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    "harmless",
    [
        change("Carts", TABLE, "Add", ""),
        change("Carts", TABLE, "Modify", "False"),
        change("Jobs", "AWS::SQS::Queue", "Remove", ""),
        change("Jobs", "AWS::SQS::Queue", "Modify", "True"),
    ],
)
def test_what_loses_no_data_passes(harmless: Change) -> None:
    refuse_losses("platform in us-east-1", [nested("Catalog", harmless)], ())


def test_a_loss_is_accepted_by_logical_id_or_by_path_and_only_that_one() -> None:
    changes = [
        nested("Catalog", change("Carts", TABLE, "Remove", "")),
        nested("Orders", change("Database", "AWS::RDS::DBInstance", "Modify", "True")),
    ]

    refuse_losses("x", changes, ["Carts", "Orders/Database"])
    with pytest.raises(Refused) as refused:
        refuse_losses("x", changes, ["Carts"])

    assert "Database" in refused.value.message
    assert "Carts" not in refused.value.message


def test_everything_in_a_nested_stack_that_goes_counts() -> None:
    gone = Change(
        "Remove",
        "Catalog",
        "AWS::CloudFormation::Stack",
        inside=(change("Carts", TABLE, "Remove", ""),),
    )

    assert [str(loss) for loss in losses([gone])] == [
        "Catalog/Carts (AWS::DynamoDB::Table) would be removed"
    ]


EVENTUAL = {"OrderIntakeConsistency": "eventual", "WitnessRegion": ""}
STRONG = {"OrderIntakeConsistency": "strong", "WitnessRegion": "eu-west-2"}


@pytest.mark.parametrize(
    ("standing", "wanted", "key"),
    [
        (EVENTUAL, STRONG, "order_intake_consistency"),
        (STRONG, EVENTUAL, "order_intake_consistency"),
        (STRONG, {**STRONG, "WitnessRegion": "eu-west-3"}, "witness_region"),
    ],
)
def test_a_global_table_keeps_its_consistency_for_life(
    standing: dict[str, str], wanted: dict[str, str], key: str
) -> None:
    with pytest.raises(Refused, match=f"^{key} is .* in platform in eu-west-1") as refused:
        refuse_another_consistency("platform in eu-west-1", standing, wanted)

    assert f"Set {key}: " in refused.value.fix


@pytest.mark.parametrize(
    ("standing", "wanted"),
    [
        (STRONG, STRONG),
        (EVENTUAL, {**EVENTUAL, "WitnessRegion": "eu-west-2"}),
        ({"VpcCidr": "10.0.0.0/16"}, {"VpcCidr": "10.1.0.0/16"}),
    ],
)
def test_what_leaves_a_global_table_as_it_is_passes(
    standing: dict[str, str], wanted: dict[str, str]
) -> None:
    refuse_another_consistency("platform in eu-west-1", standing, wanted)
