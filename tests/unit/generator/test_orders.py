"""The orders database: either engine, either role, and what each may not be together with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.layers.orders import Orders
from generator.render import render
from tests.unit.generator.resolved import Made
from tests.unit.generator.standing import of_type, standing, titles, types

INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
AURORA = {"orders_engine": "aurora-global"}


def instances(role: str = "primary", **settings: str) -> dict[str, Any]:
    return of_type(standing(Orders, role, **settings), INSTANCE)


def alarms(stack: Made) -> list[Any]:
    return list(of_type(stack, "AWS::CloudWatch::Alarm").values())


def cluster(role: str) -> Any:
    return of_type(standing(Orders, role, **AURORA), CLUSTER)["OrdersCluster"]


@pytest.mark.parametrize(
    ("role", "replicas", "expected"),
    [
        ("primary", "0", ["OrdersDatabase"]),
        ("primary", "1", ["OrdersDatabase", "OrdersReader1"]),
        ("primary", "2", ["OrdersDatabase", "OrdersReader1", "OrdersReader2"]),
        ("standby", "1", ["OrdersRemoteReplica"]),
        ("standby", "0", []),
    ],
)
def test_rds_runs_a_writer_its_readers_and_one_replica_abroad(
    role: str, replicas: str, expected: list[str]
) -> None:
    stack = standing(Orders, role, orders_replicas=replicas)
    assert titles(stack, INSTANCE) == expected
    assert CLUSTER not in types(stack)


@pytest.mark.parametrize("role", ["primary", "standby"])
@pytest.mark.parametrize(
    ("replicas", "expected"),
    [
        ("1", ["ClusterReader1", "ClusterWriter"]),
        ("2", ["ClusterReader1", "ClusterReader2", "ClusterWriter"]),
    ],
)
def test_aurora_runs_the_same_cluster_in_both_regions(
    role: str, replicas: str, expected: list[str]
) -> None:
    stack = standing(Orders, role, orders_replicas=replicas, **AURORA)
    assert titles(stack, INSTANCE) == expected
    assert titles(stack, CLUSTER) == ["OrdersCluster"]


def test_the_rds_writer_is_multi_az_encrypted_and_its_backups_are_copied() -> None:
    writer = instances(backup_retention_days="14")["OrdersDatabase"]
    assert writer["MultiAZ"] is True
    assert writer["StorageEncrypted"] is True
    assert "key/" in writer["KmsKeyId"]
    assert writer["AutomaticBackupReplicationRegion"] == "us-west-2"
    assert "key/" in writer["AutomaticBackupReplicationKmsKeyId"]
    assert writer["BackupRetentionPeriod"] == "14"


def test_a_replica_of_rds_survives_the_loss_of_a_zone() -> None:
    replicas = {**instances(orders_replicas="2"), **instances("standby")}
    assert {title: found["MultiAZ"] for title, found in replicas.items()} == {
        "OrdersDatabase": True,
        "OrdersReader1": True,
        "OrdersReader2": True,
        "OrdersRemoteReplica": True,
    }


def test_replicas_are_made_one_after_the_other() -> None:
    """RDS makes none of a writer that is not available, as it may not be while another is made."""
    second = Orders().template.to_dict()["Resources"]["OrdersReader2"]
    assert "OrdersReader1" in second["DependsOn"]


def test_a_promoted_replica_leaves_its_backups() -> None:
    """CloudFormation takes no final snapshot of it."""
    assert instances("standby")["OrdersRemoteReplica"]["DeleteAutomatedBackups"] is False


def test_backup_copies_can_be_left_off_where_no_pair_of_regions_has_them() -> None:
    writer = instances(orders_backup_copies="false")["OrdersDatabase"]
    assert not [name for name in writer if name.startswith("AutomaticBackupReplication")]


def test_the_replica_abroad_follows_the_primarys_instance_under_its_own_key() -> None:
    replica = instances("standby")["OrdersRemoteReplica"]
    assert replica["SourceDBInstanceIdentifier"].startswith("arn:aws:rds:us-east-1:")
    assert replica["SourceRegion"] == "us-east-1"
    assert "key/" in replica["KmsKeyId"]
    assert not {"MasterUsername", "MasterUserPassword", "StorageEncrypted"} & set(replica)


def test_a_replica_beside_the_writer_names_no_key() -> None:
    """RDS refuses one: it has the writer's."""
    reader = instances()["OrdersReader1"]
    assert not {"KmsKeyId", "StorageEncrypted", "DBSubnetGroupName"} & set(reader)


def test_the_password_is_a_reference_that_only_cloudformation_follows() -> None:
    for holder in (instances()["OrdersDatabase"], cluster("primary")):
        said = holder["MasterUserPassword"]
        assert said.startswith("{{resolve:secretsmanager:arn:")
        assert said.endswith(":SecretString:password}}")


def test_the_secondary_cluster_joins_the_primarys_global_database() -> None:
    primary, secondary = cluster("primary"), cluster("standby")
    assert secondary["GlobalClusterIdentifier"] == "tradewind-dev-orders"
    assert secondary["SourceRegion"] == "us-east-1"
    assert secondary["EngineVersion"] == primary["EngineVersion"]
    assert not {"MasterUsername", "MasterUserPassword", "DatabaseName"} & set(secondary)
    assert "AWS::RDS::GlobalCluster" not in types(standing(Orders, "standby", **AURORA))


def test_the_global_database_begins_empty() -> None:
    stack = standing(Orders, **AURORA)
    (database,) = of_type(stack, "AWS::RDS::GlobalCluster").values()
    assert "SourceDBClusterIdentifier" not in database
    assert database["StorageEncrypted"] is True


@pytest.mark.parametrize("zones", ["2", "3"])
def test_no_two_of_a_clusters_first_instances_share_a_zone(zones: str) -> None:
    found = instances(orders_replicas="2", availability_zones=zones, **AURORA)
    places = [instance["AvailabilityZone"] for instance in found.values()]
    assert len(set(places)) == int(zones)
    assert found["ClusterWriter"]["AvailabilityZone"] != found["ClusterReader1"]["AvailabilityZone"]


def test_readers_scale_in_the_primary_alone() -> None:
    """Aurora scales no secondary cluster of a global database."""
    target = "AWS::ApplicationAutoScaling::ScalableTarget"
    (scaled,) = of_type(standing(Orders, orders_replica_ceiling="6", **AURORA), target).values()
    assert (scaled["MinCapacity"], scaled["MaxCapacity"]) == ("1", "6")
    assert target not in types(standing(Orders, "standby", **AURORA))
    assert target not in types(standing(Orders))


@pytest.mark.parametrize("role", ["primary", "standby"])
@pytest.mark.parametrize("engine", ["rds-multi-az", "aurora-global"])
def test_the_database_speaks_tls_and_scram_only_and_logs_no_values(role: str, engine: str) -> None:
    stack = standing(Orders, role, orders_engine=engine)
    groups = of_type(stack, "AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup")
    ((_, group),) = groups.items()
    parameters: Any = group["Parameters"]
    assert parameters["rds.force_ssl"] == "1"
    assert parameters["password_encryption"] == "scram-sha-256"
    assert parameters["rds.accepted_password_auth_method"] == "scram"
    assert parameters["log_statement"] == "none"
    assert parameters["log_parameter_max_length"] == "0"


@pytest.mark.parametrize("role", ["primary", "standby"])
@pytest.mark.parametrize("engine", ["rds-multi-az", "aurora-global"])
def test_consumers_get_addresses_in_both_roles_of_both_engines(role: str, engine: str) -> None:
    outputs = standing(Orders, role, orders_engine=engine).outputs
    for name in ("WriterEndpoint", "ReaderEndpoint", "DatabasePort", "DatabaseName", "DatabaseArn"):
        assert outputs[name] != "", name


def test_where_there_is_no_database_every_address_is_empty() -> None:
    outputs = standing(Orders, "standby", orders_replicas="0").outputs
    empty = {name for name, value in outputs.items() if value == ""}
    assert empty == {
        "WriterEndpoint",
        "ReaderEndpoint",
        "SecondReaderEndpoint",
        "DatabasePort",
        "DatabaseName",
        "DatabaseArn",
        "OrdersAlarmArn",
        "OrdersDatabaseId",
        "GlobalClusterId",
    }


def test_only_clients_and_the_rotation_reach_the_database() -> None:
    for role, doors in (("primary", ["FromClients", "FromRotation"]), ("standby", ["FromClients"])):
        stack = standing(Orders, role)
        rules = of_type(stack, "AWS::EC2::SecurityGroupIngress")
        assert sorted(rules) == doors
        assert not [rule for rule in rules.values() if "CidrIp" in rule]
        groups = of_type(stack, "AWS::EC2::SecurityGroup").values()
        assert not [group for group in groups if "SecurityGroupIngress" in group]


def test_a_night_stop_turns_the_database_off_and_on_in_the_shops_time_zone() -> None:
    stack = standing(
        Orders,
        orders_night_stop="true",
        orders_replicas="0",
        off_peak_start="30 22 * * *",
        off_peak_end="15 6 * * *",
        time_zone="Europe/Berlin",
    )
    schedules: dict[str, Any] = of_type(stack, "AWS::Scheduler::Schedule")
    assert {
        title: (schedule["ScheduleExpression"], schedule["Target"]["Arn"].rpartition(":")[2])
        for title, schedule in schedules.items()
    } == {
        "NightStop": ("cron(30 22 * * ? *)", "stopDBInstance"),
        "MorningStart": ("cron(15 6 * * ? *)", "startDBInstance"),
    }
    for schedule in schedules.values():
        assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
        assert schedule["Target"]["Input"] == (
            '{"DbInstanceIdentifier": "tradewind-dev-orders-us-east-1"}'
        )


def test_without_it_nothing_stops_at_night() -> None:
    assert "AWS::Scheduler::Schedule" not in types(standing(Orders))


def test_an_alarm_counts_for_the_tier_exactly_where_it_is() -> None:
    """A rule that named an alarm which is not there would be refused."""
    resources = json.loads(render(Orders().template))["Resources"]
    _, parts = resources["OrdersTier"]["Properties"]["AlarmRule"]["Fn::Join"]
    assert {tuple(map(str, part["Fn::If"])) for part in parts} == {
        (alarm["Condition"], str({"Fn::Sub": f'ALARM("${{{title}}}")'}), "FALSE")
        for title, alarm in resources.items()
        if alarm["Type"] == "AWS::CloudWatch::Alarm"
    }


@pytest.mark.parametrize("role", ["primary", "standby"])
@pytest.mark.parametrize("engine", ["rds-multi-az", "aurora-global"])
def test_either_engine_is_watched_in_either_role(role: str, engine: str) -> None:
    stack = standing(Orders, role, orders_engine=engine)
    watched = {alarm["MetricName"] for alarm in alarms(stack) if "MetricName" in alarm}
    own = {"rds-multi-az": "FreeStorageSpace", "aurora-global": "AuroraGlobalDBReplicationLag"}
    assert {"CPUUtilization", "FreeableMemory", own[engine]} <= watched


def test_events_are_told_for_this_environments_instances_only() -> None:
    subscriptions = of_type(standing(Orders), "AWS::RDS::EventSubscription")
    members: Any = subscriptions["InstanceEvents"]["SourceIds"]
    assert len(members) == 2
    assert {"failover", "failure"} <= set(subscriptions["InstanceEvents"]["EventCategories"])


def test_the_writers_last_state_is_kept_when_it_goes() -> None:
    template = Orders().template.to_dict()["Resources"]
    for title in ("OrdersDatabase", "OrdersCluster"):
        assert template[title]["DeletionPolicy"] == "Snapshot"
        assert template[title]["UpdateReplacePolicy"] == "Snapshot"
