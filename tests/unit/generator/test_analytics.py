"""Orders reach the warehouse encrypted and unseen, are counted once, and are ranked in one region only."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.conditions import Conditions
from generator.layers.observability import Observability
from generator.layers.order_exports import OrderExports
from generator.layers.top_products import ITEM, TopProducts
from generator.layers.warehouse import Warehouse
from generator.order_events import ORDER_CONFIRMED, SCHEMAS
from generator.top_products import DAYS, KEEP, PREPARE, RANK, ranking
from tests.unit.generator.resolved import Made, by_key
from tests.unit.generator.standing import standing
from tests.unit.generator.state_machines import flaws, machine, misspelt, unfilled


def destination(made: Made) -> dict[str, Any]:
    told: dict[str, Any] = made["OrdersStream"]["ExtendedS3DestinationConfiguration"]
    return told


def test_the_whole_of_it_is_there_by_one_toggle() -> None:
    layers = (OrderExports, Warehouse, TopProducts)
    assert {layer.condition for layer in layers} == {Conditions.analytics}


def test_the_regions_alarm_rests_on_its_tiers_where_they_are() -> None:
    for toggle, there in (("true", True), ("false", False)):
        rule = str(standing(Observability, analytics=toggle)["RegionUnwell"]["AlarmRule"])
        for tier in ("exports-tier", "warehouse-tier", "ranking-tier"):
            assert (tier in rule) is there


def test_the_exports_are_encrypted_on_the_way_and_where_they_lie() -> None:
    made = standing(OrderExports)
    stream = made["OrdersStream"]["DeliveryStreamEncryptionConfigurationInput"]
    key = destination(made)["EncryptionConfiguration"]["KMSEncryptionConfig"]["AWSKMSKeyARN"]
    assert stream["KeyType"] == "CUSTOMER_MANAGED_CMK"
    assert stream["KeyARN"] == key
    assert made["DeliveryLog"]["KmsKeyId"].startswith("arn:aws:kms:")


def test_only_confirmed_orders_are_exported_each_on_a_line_of_its_own() -> None:
    made = standing(OrderExports)
    assert made["ConfirmedOrders"]["EventPattern"]["detail-type"] == [ORDER_CONFIRMED]
    (target,) = made["ConfirmedOrders"]["Targets"]
    assert target["InputPath"] == "$.detail"
    (processor,) = destination(made)["ProcessingConfiguration"]["Processors"]
    assert processor["Type"] == "AppendDelimiterToRecord"


def test_an_order_that_cannot_be_exported_waits_in_a_queue_that_somebody_watches() -> None:
    made = standing(OrderExports)
    (target,) = made["ConfirmedOrders"]["Targets"]
    assert target["DeadLetterConfig"]["Arn"].of == "UnexportedOrders"
    assert made["UnexportedOrdersWaiting"]["AlarmActions"]
    statements = made["UnexportedOrdersPolicy"]["PolicyDocument"]["Statement"]
    (sender,) = [s for s in statements if s["Effect"] == "Allow"]
    assert sender["Condition"]["StringEquals"]["aws:SourceAccount"] == "111111111111"


def test_what_firehose_refuses_is_never_loaded() -> None:
    told = destination(standing(OrderExports))
    loaded = ranking()["States"]["FindFiles"]["Arguments"]["Prefix"]
    assert told["Prefix"].startswith("orders/")
    assert "'orders/'" in loaded
    assert not told["ErrorOutputPrefix"].startswith("orders/")


def test_the_day_that_is_loaded_is_named_as_firehose_names_it() -> None:
    prefix = destination(standing(OrderExports))["Prefix"]
    loaded = ranking()["States"]["FindFiles"]["Arguments"]["Prefix"]
    for of_firehose, of_jsonata in (("yyyy", "Y0001"), ("MM", "M01"), ("dd", "D01")):
        part = prefix.split(f"!{{timestamp:{of_firehose}}}")[0].split("/")[-1]
        assert f"{part}[{of_jsonata}]" in loaded


@pytest.mark.parametrize("zones", ["2", "3"])
def test_the_warehouse_is_private_and_lets_nobody_in(zones: str) -> None:
    made = standing(Warehouse, availability_zones=zones)
    assert made["Workgroup"]["PubliclyAccessible"] is False
    assert "SecurityGroupIngress" not in made["WarehouseGroup"]
    (out,) = made["WarehouseGroup"]["SecurityGroupEgress"]
    assert out["DestinationPrefixListId"].startswith("pl-")
    assert (out["FromPort"], out["ToPort"]) == (443, 443)


@pytest.mark.parametrize(("zones", "routed"), [("2", False), ("3", True)])
def test_enhanced_routing_is_asked_for_where_there_are_the_three_zones_that_it_takes(
    zones: str, routed: bool
) -> None:
    workgroup = standing(Warehouse, availability_zones=zones)["Workgroup"]
    assert workgroup["EnhancedVpcRouting"] is routed
    assert len(workgroup["SubnetIds"]) == int(zones)


def test_the_warehouse_takes_no_plain_text() -> None:
    session = {
        pair["ParameterKey"]: pair["ParameterValue"]
        for pair in standing(Warehouse)["Workgroup"]["ConfigParameters"]
    }
    assert session["require_ssl"] == "true"
    assert session["enable_user_activity_logging"] == "true"


def test_the_warehouse_is_encrypted_and_its_login_is_nobodys_to_know() -> None:
    made = standing(Warehouse)
    namespace = made["Namespace"]
    assert namespace["KmsKeyId"].startswith("arn:aws:kms:")
    assert namespace["AdminPasswordSecretKmsKeyId"].startswith("arn:aws:kms:")
    assert namespace["ManageAdminPassword"] is True
    assert "AdminUserPassword" not in namespace
    assert namespace["AdminUsername"] not in ("admin", "awsuser")
    assert by_key(namespace["Tags"])["Backup"] == "daily"


def test_the_warehouse_logs_into_groups_of_ours_that_are_there_first() -> None:
    template = Warehouse().template
    made = standing(Warehouse)
    namespace = made["Namespace"]
    groups = {
        title: group["LogGroupName"] for title, group in made.of_type("AWS::Logs::LogGroup").items()
    }
    assert sorted(groups.values()) == [
        f"/aws/redshift/{namespace['NamespaceName']}/{kind}"
        for kind in sorted(namespace["LogExports"])
    ]
    assert set(groups) == set(template.resources["Namespace"].to_dict()["DependsOn"])


def test_the_warehouse_may_read_the_orders_and_nothing_else_of_the_exports() -> None:
    statements = standing(Warehouse).statements("WarehouseLoader")
    objects = [s for s in statements if "s3:GetObject" in s["Action"]]
    assert [arn.endswith("/orders/*") for s in objects for arn in s["Resource"]] == [True]
    assert {a for s in statements for a in s["Action"] if a.startswith("s3:Put")} == set()


def test_the_ranking_has_no_flaw_and_nothing_left_to_fill_in() -> None:
    definition = machine(TopProducts, "Ranking")
    assert flaws(definition) == []
    assert misspelt(definition) == []
    assert unfilled(definition) == set()


@pytest.mark.parametrize(("role", "state"), [("primary", "ENABLED"), ("standby", "DISABLED")])
def test_the_standbys_warehouse_sleeps(role: str, state: str) -> None:
    schedule = standing(TopProducts, role, time_zone="Europe/Berlin")["RankDaily"]
    assert schedule["State"] == state
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"


def test_the_ranking_is_encrypted_and_logged() -> None:
    ranking = standing(TopProducts)["Ranking"]
    assert ranking["EncryptionConfiguration"]["KmsKeyId"].startswith("arn:aws:kms:")
    assert ranking["LoggingConfiguration"]["Level"] == "ALL"
    assert ranking["TracingConfiguration"]["Enabled"] is True


def test_an_order_that_is_loaded_again_is_not_counted_again() -> None:
    """Both halves: once among what arrives (events come at least once), once against what is there."""
    insert, clear = KEEP
    assert "PARTITION BY order_id" in insert
    assert "nth = 1" in insert
    assert "order_id NOT IN (SELECT order_id FROM shop.orders)" in insert
    assert clear == PREPARE[-1] == "DELETE FROM shop.arriving"


def test_an_order_that_two_executions_kept_is_counted_once() -> None:
    """Under snapshot isolation neither sees what the other inserts."""
    assert "PARTITION BY order_id" in RANK
    assert "nth = 1" in RANK


def test_every_column_is_a_field_of_the_event() -> None:
    """COPY fills a column from the field of its name; one that has none would stay empty."""
    schema = SCHEMAS[ORDER_CONFIRMED]
    fields = {**schema.required, **schema.optional}
    columns = KEEP[0].removeprefix("INSERT INTO shop.orders SELECT ").split(" FROM")[0].split(", ")
    assert set(columns) <= set(fields)
    for column in columns:
        assert f"{column} " in PREPARE[1]
    line = fields["items"]["items"]["properties"]
    for field in ("product_id", "quantity"):
        assert f"line.{field}" in RANK
        assert field in line


def test_a_gap_is_filled_by_a_longer_run_and_a_usual_one_looks_back_a_few_days() -> None:
    begin = ranking()["States"]["Begin"]["Assign"]
    assert begin["day"] == 0
    assert "$states.input.days" in begin["days"]
    assert f": {DAYS} " in begin["days"]


def test_the_publisher_may_put_into_the_catalogue_and_do_nothing_else_to_any_table() -> None:
    made = standing(TopProducts)
    actions = {
        action
        for statement in made.statements("TopProductsWriterRole")
        for action in statement["Action"]
        if action.startswith("dynamodb:")
    }
    assert actions == {"dynamodb:PutItem"}
    assert made["TopProductsWriter"]["Environment"]["Variables"]["ITEM"] == ITEM


def test_the_ranking_may_use_no_secret_but_the_warehouses_login() -> None:
    statements = standing(TopProducts).statements("RankingRole")
    secrets = [s for s in statements if "secretsmanager:GetSecretValue" in s["Action"]]
    (arn,) = [arn for s in secrets for arn in s["Resource"]]
    assert ":secret:redshift!tradewind-dev-warehouse-" in arn
    assert arn.endswith("-??????")


def test_the_sql_is_what_the_data_api_gets() -> None:
    states = machine(TopProducts, "Ranking")["States"]
    assert states["Prepare"]["Resource"].endswith(":batchExecuteStatement")
    assert states["Keep"]["Resource"].endswith(":batchExecuteStatement")
    assert states["Rank"]["Arguments"]["Sql"] == RANK
    assert "IAM_ROLE default" in json.dumps(states["Load"]["Arguments"])


def test_who_starts_a_machine_may_use_the_key_that_its_history_is_under() -> None:
    statements = standing(TopProducts).statements("RankDailyStarter")
    uses = {
        statement["Condition"]["StringEquals"]["kms:ViaService"]
        for statement in statements
        if "kms:GenerateDataKey" in statement["Action"]
    }
    assert "states.us-east-1.amazonaws.com" in uses
