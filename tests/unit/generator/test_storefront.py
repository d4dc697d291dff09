"""What an instance of the shop is, what it may do, and how many there are."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest

from generator import first_boot
from generator.errors import BuildError
from generator.layers.fleet_scaling import FleetScaling
from generator.layers.secrets import Secrets
from generator.layers.shop_instance import ShopInstance
from generator.layers.shop_releases import ShopReleases
from generator.layers.storefront import Storefront
from tests.unit.generator.resolved import Made


def instance() -> Any:
    return Made(ShopInstance)["ShopTemplate"]["LaunchTemplateData"]


def script() -> str:
    """The user data with its intrinsics in place, as text."""
    user_data = ShopInstance().template.resources["ShopTemplate"].to_dict()
    return str(user_data["Properties"]["LaunchTemplateData"]["UserData"]["Fn::Base64"]["Fn::Sub"])


def test_credentials_cannot_be_taken_from_an_instance_through_the_shop() -> None:
    options = instance()["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)


def test_an_instance_has_no_public_address_and_an_encrypted_disk() -> None:
    (interface,) = instance()["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is False
    (disk,) = instance()["BlockDeviceMappings"]
    assert (disk["Ebs"]["Encrypted"], disk["Ebs"]["VolumeType"]) == (True, "gp3")
    assert disk["Ebs"]["KmsKeyId"].startswith("arn:aws:kms:")
    assert instance()["Monitoring"]["Enabled"] is True


def test_an_instance_without_a_session_cache_reads_no_secret() -> None:
    """Neither the database's nor the payment processor's: the fleet uses neither."""
    statements = Made(ShopInstance).statements("ShopInstance")
    secrets = [
        arn
        for statement in statements
        if "secretsmanager:GetSecretValue" in statement["Action"]
        for arn in statement["Resource"]
    ]
    assert secrets == []


def test_an_instance_reads_the_catalogue_and_writes_carts_and_order_intake_alone() -> None:
    """An order that is acknowledged the fleet neither changes nor takes away."""
    writes = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}
    written = {
        arn.rsplit("/", 1)[1]: writes & {action.removeprefix("dynamodb:") for action in s["Action"]}
        for s in Made(ShopInstance).statements("ShopInstance")
        for arn in s["Resource"]
        if writes & {action.removeprefix("dynamodb:") for action in s["Action"]}
    }
    assert written == {"tradewind-dev-carts": writes, "tradewind-dev-order-intake": {"PutItem"}}


@pytest.mark.parametrize(
    ("toggle", "action"),
    [
        ("payment_api", "execute-api:Invoke"),
        ("product_search", "es:ESHttpPost"),
        ("recommendations", "personalize:GetRecommendations"),
    ],
)
def test_what_a_toggle_leaves_out_an_instance_is_not_allowed(toggle: str, action: str) -> None:
    def allowed(said: str) -> set[str]:
        return {
            action
            for statement in Made(ShopInstance, **{toggle: said}).statements("ShopInstance")
            for action in statement["Action"]
        }

    assert action in allowed("true")
    assert action not in allowed("false")


def test_an_instance_reads_the_sessions_password_where_there_are_sessions() -> None:
    def read(said: str) -> str:
        return str(Made(ShopInstance, session_cache=said).statements("ShopInstance"))

    assert Secrets.cache_secret_arn.example in read("true")
    assert Secrets.cache_secret_arn.example not in read("false")


def test_no_action_of_an_instance_or_of_the_deployer_is_a_wildcard() -> None:
    for layer, role in ((ShopInstance, "ShopInstance"), (ShopReleases, "ShopDeployer")):
        actions = [a for s in Made(layer).statements(role) for a in s["Action"]]
        assert actions
        assert not [action for action in actions if "*" in action]


def test_a_grant_that_two_verbs_share_is_said_once() -> None:
    statements = [str(s) for s in Made(ShopInstance).statements("ShopInstance")]
    assert len(statements) == len(set(statements))


def test_the_user_data_names_the_secret_and_never_resolves_it() -> None:
    assert "SESSION_CACHE_SECRET" in script()
    assert "{{resolve" not in script()


def test_the_first_boot_uses_no_name_that_cloudformation_would_not_fill_in() -> None:
    text = (first_boot.SOURCES / "boot.sh").read_text()
    assert set(re.findall(r"\$\{([^}!]+)\}", text)) == {
        "Fleet",
        "Variables",
        "Own",
        "Logs",
        "AWS::Region",
        "AWS::URLSuffix",
    }


def test_what_rotates_the_logs_runs_from_the_first_boot_and_not_from_the_second() -> None:
    """A package's timer is enabled when it is installed, and started when the instance boots again."""
    text = (first_boot.SOURCES / "boot.sh").read_text()
    installed = re.search(r"^dnf install .* logrotate$", text, re.MULTILINE)
    assert installed
    assert "\nsystemctl enable --now logrotate.timer\n" in text[installed.end() :]


def test_the_stub_and_the_load_balancer_agree_on_the_port() -> None:
    from generator.layers.front_door_targets import FLEET_PORT

    assert f"PORT = {FLEET_PORT}\n" in (first_boot.SOURCES / "stub.py").read_text()


def test_the_stub_is_not_enabled_beside_the_shop_for_it_would_win_at_the_next_boot() -> None:
    text = first_boot.shop_stub()
    assert "enable --now shop-stub" not in text
    assert "[Install]" not in text
    at_each_boot = text.split("cat >/var/lib/cloud/scripts/per-boot/shop-stub", 1)[1]
    assert "[ -e /etc/systemd/system/shop.service ] || systemctl start shop-stub" in at_each_boot


def test_a_first_boot_that_leaves_no_room_is_a_build_error(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "boot.sh").write_text("#" * first_boot.USER_DATA_LIMIT)
    monkeypatch.setattr(first_boot, "SOURCES", tmp_path)
    with pytest.raises(BuildError, match="16384"):
        first_boot.user_data("shop", {}, logs="logs")


def test_the_user_data_fits_with_every_value_filled_in() -> None:
    data = Made(ShopInstance)["ShopTemplate"]["LaunchTemplateData"]["UserData"]
    if isinstance(data, str):
        assert len(base64.b64decode(data)) <= first_boot.USER_DATA_LIMIT
    assert len(script()) < first_boot.USER_DATA_LIMIT


def test_the_fleet_is_replaced_new_before_old_and_stops_at_an_alarm() -> None:
    policy = Made(Storefront).resources["Fleet"]["UpdatePolicy"]
    refresh = policy["AutoScalingInstanceRefresh"]
    assert refresh["Strategy"] == "Rolling"
    assert refresh["Preferences"]["MinHealthyPercentage"] == 100
    assert len(refresh["Preferences"]["AlarmSpecification"]["Alarms"]) == 2
    assert policy["AutoScalingScheduledAction"]["IgnoreUnmodifiedGroupSizeProperties"] is True


def test_a_deploy_never_sets_the_capacity_that_scaling_owns() -> None:
    assert "DesiredCapacity" not in Made(Storefront)["Fleet"]


def test_the_fleet_stands_in_every_zone_and_is_judged_by_the_load_balancer() -> None:
    assert len(Made(Storefront)["Fleet"]["VPCZoneIdentifier"]) == 2
    three = Made(Storefront, availability_zones="3")["Fleet"]
    assert len(three["VPCZoneIdentifier"]) == 3
    assert three["HealthCheckType"] == "ELB"


def test_the_fleet_takes_a_second_kind_on_demand_where_ec2_has_no_more_of_the_first() -> None:
    kinds = {"shop_instance_type": "m7g.large", "shop_second_instance_type": "r7g.large"}
    policy = Made(Storefront, **kinds)["Fleet"]["MixedInstancesPolicy"]
    offered = [override["InstanceType"] for override in policy["LaunchTemplate"]["Overrides"]]
    assert offered == ["m7g.large", "r7g.large"]
    assert policy["InstancesDistribution"] == {
        "OnDemandAllocationStrategy": "prioritized",
        "OnDemandPercentageAboveBaseCapacity": 100,
    }


@pytest.mark.parametrize(("zones", "letters"), [("2", "ab"), ("3", "abc")])
def test_the_fleet_names_the_zones_of_its_subnets(zones: str, letters: str) -> None:
    fleet = Made(Storefront, availability_zones=zones)["Fleet"]
    assert fleet["AvailabilityZones"] == [f"us-east-1{letter}" for letter in letters]
    assert len(fleet["VPCZoneIdentifier"]) == len(letters)


def test_the_warm_pool_is_there_when_it_has_a_size() -> None:
    assert "ReadyInstances" not in Made(Storefront)
    assert Made(Storefront, warm_pool_minimum="2")["ReadyInstances"]["PoolState"] == "Stopped"


def test_the_fleet_follows_cpu_requests_and_checkouts() -> None:
    tracked = {
        title: policy["TargetTrackingConfiguration"]
        for title, policy in Made(FleetScaling).of_type("AWS::AutoScaling::ScalingPolicy").items()
    }
    assert set(tracked) == {"CpuTracking", "RequestTracking", "CheckoutTracking"}
    label = tracked["RequestTracking"]["PredefinedMetricSpecification"]["ResourceLabel"]
    assert re.fullmatch(r"app/[^/]+/[0-9a-f]+/targetgroup/[^/]+/[0-9a-f]+", label)
    math, waiting, instances = tracked["CheckoutTracking"]["CustomizedMetricSpecification"][
        "Metrics"
    ]
    assert math["Expression"] == "waiting / instances"
    assert waiting["MetricStat"]["Metric"]["MetricName"] == "CheckoutQueueDepth"
    assert instances["MetricStat"]["Metric"]["MetricName"] == "GroupInServiceInstances"
    assert math["ReturnData"] is True
    assert (waiting["ReturnData"], instances["ReturnData"]) == (False, False)


def test_the_shop_may_publish_the_metric_that_scales_it() -> None:
    (publishing,) = (
        s
        for s in Made(ShopInstance).statements("ShopInstance")
        if "cloudwatch:PutMetricData" in s["Action"]
    )
    metrics = Made(FleetScaling)["CheckoutTracking"]["TargetTrackingConfiguration"]
    waiting = metrics["CustomizedMetricSpecification"]["Metrics"][1]["MetricStat"]["Metric"]
    assert publishing["Condition"]["StringEquals"]["cloudwatch:namespace"] == waiting["Namespace"]


def test_the_forecast_is_a_toggle() -> None:
    assert "Forecast" not in Made(FleetScaling)
    forecast = Made(FleetScaling, predictive_scaling="true")["Forecast"]
    assert forecast["PredictiveScalingConfiguration"]["Mode"] == "ForecastAndScale"


def test_the_night_is_in_the_shops_time_zone_and_leaves_the_ceiling() -> None:
    made = Made(FleetScaling, time_zone="Europe/Berlin", off_peak_minimum="2", shop_minimum="6")
    night, day = made["OffPeak"], made["Peak"]
    assert night["TimeZone"] == day["TimeZone"] == "Europe/Berlin"
    assert (str(night["MinSize"]), str(day["MinSize"])) == ("2", "6")
    assert "MaxSize" not in night
    assert "DesiredCapacity" not in night


def test_a_night_without_a_floor_sends_the_fleet_home() -> None:
    assert Made(FleetScaling, off_peak_minimum="0")["OffPeak"]["DesiredCapacity"] == 0


def test_without_nights_there_is_no_schedule() -> None:
    made = Made(FleetScaling, off_peak_scaling="false")
    assert not made.of_type("AWS::AutoScaling::ScheduledAction")


def test_a_fleet_at_its_ceiling_is_told_of() -> None:
    alarm = Made(FleetScaling, shop_maximum="12")["FleetAtCeiling"]
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert str(alarm["Threshold"]) == "12"


def test_a_revision_is_deployed_in_place_behind_the_load_balancer_and_rolled_back_on_alarms() -> (
    None
):
    group = Made(ShopReleases)["ShopDeployments"]
    assert group["DeploymentStyle"] == {
        "DeploymentType": "IN_PLACE",
        "DeploymentOption": "WITH_TRAFFIC_CONTROL",
    }
    assert len(group["LoadBalancerInfo"]["TargetGroupInfoList"]) == 1
    assert {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"} <= set(
        group["AutoRollbackConfiguration"]["Events"]
    )
    assert group["AlarmConfiguration"]["Enabled"] is True
    assert len(group["AlarmConfiguration"]["Alarms"]) == 2


def test_a_deployment_leaves_the_environments_share_of_the_fleet_serving() -> None:
    pace = Made(ShopReleases, deploy_minimum_healthy_percent="75")["Pace"]
    assert pace["MinimumHealthyHosts"]["Type"] == "FLEET_PERCENT"
    assert str(pace["MinimumHealthyHosts"]["Value"]) == "75"


def test_the_pipeline_can_derive_what_it_deploys_to() -> None:
    group = Made(ShopReleases)["ShopDeployments"]
    assert group["DeploymentGroupName"] == "tradewind-dev-shop"
    assert Made(ShopReleases)["Shop"]["ApplicationName"] == "tradewind-dev-shop"


def test_the_deployer_holds_this_fleet_and_moves_targets_of_this_group_only() -> None:
    for statement in Made(ShopReleases).statements("ShopDeployer"):
        if statement["Resource"] == ["*"]:
            assert all(":Describe" in a or a == "tag:GetResources" for a in statement["Action"])
