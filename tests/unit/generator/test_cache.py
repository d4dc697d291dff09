"""The caches: encrypted, over zones, for the fleet alone; the shop logs in, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from generator.layers.cache import Cache
from generator.layers.prices import Prices
from generator.layers.secrets import Secrets
from tests.unit.generator.standing import of_type, standing, types
from tests.unit.generator.tiers import unheard

GROUP, USER = "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::User"
NODES, SECURITY_GROUP = "AWS::ElastiCache::CacheCluster", "AWS::EC2::SecurityGroup"
FLEET = "sg-0123456789abcdef0"
ON = {"session_cache": "true"}


def the_only(stack: Any, kind: str) -> Any:
    (found,) = of_type(stack, kind).values()
    return found


def test_sessions_survive_a_zone_and_lie_encrypted() -> None:
    sessions = the_only(standing(Cache, cache_nodes="3"), GROUP)
    assert sessions["MultiAZEnabled"] is True
    assert sessions["AutomaticFailoverEnabled"] is True
    assert sessions["NumCacheClusters"] == "3"
    assert sessions["TransitEncryptionEnabled"] is True
    assert sessions["TransitEncryptionMode"] == "required"
    assert sessions["AtRestEncryptionEnabled"] is True
    assert "key/" in sessions["KmsKeyId"]


def test_sessions_are_kept_as_long_as_every_other_backup() -> None:
    sessions = the_only(standing(Cache, backup_retention_days="9"), GROUP)
    assert sessions["SnapshotRetentionLimit"] == "9"


def test_what_the_session_cache_says_is_logged_under_our_key() -> None:
    stack = standing(Cache)
    deliveries = the_only(stack, GROUP)["LogDeliveryConfigurations"]
    assert {delivery["LogType"] for delivery in deliveries} == {"engine-log", "slow-log"}
    groups = of_type(stack, "AWS::Logs::LogGroup")
    assert len(groups) == 2
    assert all("key/" in group["KmsKeyId"] for group in groups.values())


def test_the_names_are_short_enough_for_elasticache() -> None:
    """A replication group's name has 40 characters at most, and ElastiCache adds to it for its nodes."""
    stack = standing(Cache, environment="e" * 12, region="ap-southeast-2")
    assert len(the_only(stack, GROUP)["ReplicationGroupId"]) <= 40


def test_who_gives_no_name_is_nobody() -> None:
    """ElastiCache's own default user may do everything, without a password."""
    stack = standing(Cache)
    users = {user["UserName"]: user for user in of_type(stack, USER).values()}
    assert users["default"]["AccessString"].split()[0] == "off"
    assert users["default"]["AccessString"].split()[-1] == "-@all"
    group = the_only(stack, "AWS::ElastiCache::UserGroup")
    assert len(group["UserIds"]) == 2
    assert the_only(stack, GROUP)["UserGroupIds"]


def test_valkey_takes_no_user_without_a_password() -> None:
    for user in of_type(standing(Cache), USER).values():
        assert user["Engine"] == "valkey"
        mode = user["AuthenticationMode"]
        assert mode["Type"] == "password"
        assert len(mode["Passwords"]) == 1


def test_the_shop_reaches_its_own_keys_and_no_command_that_runs_the_cache() -> None:
    users = {user["UserName"]: user for user in of_type(standing(Cache), USER).values()}
    rules = users["shop"]["AccessString"].split()
    assert [rule for rule in rules if rule.startswith("~")] == ["~session:*", "~query:*"]
    assert "+@all" not in rules
    assert "+@admin" not in rules
    assert rules.index("-@all") < rules.index("+@read") < rules.index("-@dangerous")


def test_each_region_reads_the_password_from_its_own_secret() -> None:
    """A dynamic reference is resolved in its own region, where the primary's ARN is unknown."""
    there = (
        "arn:aws:secretsmanager:us-west-2:111111111111:secret:tradewind-dev-session-cache-AbCdEf"
    )
    stack = standing(Cache, "standby", cache_secret_arn=there)
    for user in of_type(stack, USER).values():
        (password,) = user["AuthenticationMode"]["Passwords"]
        assert password == f"{{{{resolve:secretsmanager:{there}:SecretString:password}}}}"


@pytest.mark.parametrize("layer", [Cache, Prices])
def test_the_fleet_comes_in_and_no_address_does(layer: type[Cache | Prices]) -> None:
    stack = standing(layer)
    group = the_only(stack, SECURITY_GROUP)
    (rule,) = group["SecurityGroupIngress"]
    assert rule["SourceSecurityGroupId"] == FLEET
    assert "CidrIp" not in rule
    assert rule["Description"]
    out = the_only(stack, "AWS::EC2::SecurityGroupEgress")
    assert out["GroupId"] == FLEET
    assert out["FromPort"] == out["ToPort"] == rule["FromPort"]


@pytest.mark.parametrize("layer", [Cache, Prices])
@pytest.mark.parametrize(("zones", "subnets"), [("2", 2), ("3", 3)])
def test_a_cache_stands_in_every_zone_of_the_data_tier(
    layer: type[Cache | Prices], zones: str, subnets: int
) -> None:
    group = the_only(standing(layer, availability_zones=zones), "AWS::ElastiCache::SubnetGroup")
    assert len(group["SubnetIds"]) == subnets
    assert all(subnet.startswith("subnet-0c") for subnet in group["SubnetIds"])


def test_prices_are_spread_over_zones_and_travel_encrypted() -> None:
    prices = the_only(standing(Prices, price_cache_nodes="4"), NODES)
    assert prices["AZMode"] == "cross-az"
    assert prices["NumCacheNodes"] == "4"
    assert prices["TransitEncryptionEnabled"] is True


def test_an_alarm_looks_at_every_node_that_there_may_be() -> None:
    """A failover makes another node the busy one; an expansion adds some."""
    alarm = standing(Cache)["SessionCpu"]
    watched = [
        query["MetricStat"]["Metric"]["Dimensions"][0]["Value"]
        for query in alarm["Metrics"]
        if "MetricStat" in query
    ]
    assert watched == [f"tradewind-dev-sessions-{number:03}" for number in range(1, 7)]
    assert len(alarm["Metrics"]) <= 10, "more than CloudWatch takes"


@pytest.mark.parametrize(("layer", "tier"), [(Cache, "CacheTier"), (Prices, "PricesTier")])
def test_the_tiers_alarm_hears_of_every_other(layer: type[Cache | Prices], tier: str) -> None:
    assert unheard(layer, tier) == []


def test_the_secret_is_there_only_where_there_is_a_cache() -> None:
    assert "CacheSecret" not in standing(Secrets)
    assert "CacheSecret" in standing(Secrets, **ON)
    assert not types(standing(Secrets, "standby", **ON))
    assert standing(Secrets).outputs["CacheSecretArn"] == ""
    assert standing(Secrets, "standby", **ON).outputs["CacheSecretArn"] == (
        "arn:aws:secretsmanager:us-west-2:111111111111:secret:tradewind-dev-session-cache-AbCdEf"
    )


def test_the_caches_password_rotates_in_both_regions_by_its_own_function() -> None:
    stack = standing(Secrets, **ON)
    function: Any = stack["CacheRotation"]
    assert function["Environment"]["Variables"] == {
        "USER_ID": "tradewind-dev-shop",
        "REGIONS": "us-east-1 us-west-2",
    }
    shop = next(
        user for user in of_type(standing(Cache), USER).values() if user["UserName"] == "shop"
    )
    assert shop["UserId"] == "tradewind-dev-shop"
    schedules = of_type(stack, "AWS::SecretsManager::RotationSchedule")
    assert schedules["CacheRotationSchedule"]["SecretId"] == stack.outputs["CacheSecretArn"]


def test_the_rotation_changes_the_shops_user_and_no_other() -> None:
    changing = [
        statement
        for statement in standing(Secrets, **ON).statements("CacheRotationRole")
        if "elasticache:ModifyUser" in statement["Action"]
    ]
    assert [statement["Resource"] for statement in changing] == [
        [
            f"arn:aws:elasticache:{region}:111111111111:user:tradewind-dev-shop"
            for region in ("us-east-1", "us-west-2")
        ]
    ]
