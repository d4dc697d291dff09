from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scripts.checks import Verdict
from scripts.drill.preflight import capacity, quotas
from tests.unit.drill.preflight.grounds import PRIMARY, STANDBY, THEATRE, Cloud


def group(most: int, *kinds: str) -> dict[str, Any]:
    """An Auto Scaling group that starts these kinds."""
    overrides = [{"InstanceType": kind} for kind in kinds or ("t4g.small",)]
    return {
        "AutoScalingGroups": [
            {
                "AutoScalingGroupName": "fleet",
                "MinSize": 1,
                "MaxSize": most,
                "DesiredCapacity": 1,
                "DefaultCooldown": 300,
                "AvailabilityZones": ["a"],
                "HealthCheckType": "ELB",
                "CreatedTime": datetime.now(UTC),
                "MixedInstancesPolicy": {"LaunchTemplate": {"Overrides": overrides}},
            }
        ]
    }


def kinds(*vcpus: int) -> dict[str, Any]:
    return {"InstanceTypes": [{"VCpuInfo": {"DefaultVCpus": each}} for each in vcpus]}


def measured(statistic: str, *values: float) -> dict[str, Any]:
    return {"Datapoints": [{statistic: value} for value in values]}


def of_machines(
    standby: int, primary: int, peaks: tuple[float, ...], vcpus: tuple[int, int] = (2, 2)
) -> Cloud:
    cloud = Cloud()
    for region, most, each in ((STANDBY, standby, vcpus[0]), (PRIMARY, primary, vcpus[1])):
        for _ in range(2):
            cloud.says("autoscaling", "describe_auto_scaling_groups", group(most), region)
        cloud.says("ec2", "describe_instance_types", kinds(each), region)
    cloud.says("cloudwatch", "get_metric_statistics", measured("Maximum", *peaks), PRIMARY)
    return cloud


@pytest.mark.parametrize(
    ("standby", "primary", "peaks", "verdict"),
    [
        (4, 60, (2.0, 4.0, 3.0), Verdict.PASSED),
        (4, 60, (2.0, 5.0, 3.0), Verdict.REFUSED),
        (4, 4, (), Verdict.PASSED),
        (4, 5, (), Verdict.UNKNOWN),
    ],
)
def test_the_standby_s_ceiling_is_held_against_the_primary_s_peak_of_a_day(
    standby: int, primary: int, peaks: tuple[float, ...], verdict: Verdict
) -> None:
    answer = capacity.enough_machines(of_machines(standby, primary, peaks).ground())

    assert answer.verdict is verdict
    assert answer.found.startswith(f"up to {standby} instances, {2 * standby} vCPUs")


def test_smaller_machines_count_as_what_they_are() -> None:
    assert (
        capacity.enough_machines(of_machines(4, 4, (4.0,), vcpus=(1, 2)).ground()).verdict
        is Verdict.REFUSED
    )


@pytest.mark.parametrize(
    ("peaks", "verdict"),
    [((900.0, 2400.0), Verdict.PASSED), ((2401.0,), Verdict.REFUSED), ((), Verdict.UNKNOWN)],
)
def test_the_busiest_minute_is_held_against_what_the_fleet_is_scaled_for(
    peaks: tuple[float, ...], verdict: Verdict
) -> None:
    cloud = Cloud()
    cloud.says("autoscaling", "describe_auto_scaling_groups", group(4))
    arn = f"arn:aws:elasticloadbalancing:{PRIMARY}:1:loadbalancer/app/shop/50dc6c495c0c9188"
    cloud.says(
        "elbv2",
        "describe_load_balancers",
        {"LoadBalancers": [{"DNSName": THEATRE.primary.balancer, "LoadBalancerArn": arn}]},
        PRIMARY,
    )
    cloud.says("cloudwatch", "get_metric_statistics", measured("Sum", *peaks), PRIMARY)

    answer = capacity.enough_requests(cloud.ground())

    assert answer.verdict is verdict
    assert answer.expected == "at most 2400 a minute, at 600 an instance"


@pytest.mark.parametrize(("value", "verdict"), [(8.0, Verdict.PASSED), (7.0, Verdict.REFUSED)])
def test_the_quota_of_vcpus_carries_the_ceiling(value: float, verdict: Verdict) -> None:
    cloud = Cloud()
    for _ in range(2):
        cloud.says("autoscaling", "describe_auto_scaling_groups", group(4))
    cloud.says("ec2", "describe_instance_types", kinds(2))
    cloud.refuses("service-quotas", "get_service_quota", "NoSuchResourceException")
    cloud.says("service-quotas", "get_aws_default_service_quota", {"Quota": {"Value": value}})

    answer = quotas.enough_vcpus(cloud.ground())

    assert answer.verdict is verdict
    if verdict is Verdict.REFUSED:
        assert "--quota-code L-1216C47A --desired-value 8" in answer.remedy


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ([{"Name": quotas.TARGETS, "Max": "1000"}], Verdict.PASSED),
        ([{"Name": quotas.TARGETS, "Max": "3"}], Verdict.REFUSED),
        ([{"Name": "listeners-per-application-load-balancer", "Max": "50"}], Verdict.UNKNOWN),
    ],
)
def test_every_instance_is_a_target(limits: list[dict[str, str]], verdict: Verdict) -> None:
    cloud = Cloud()
    cloud.says("autoscaling", "describe_auto_scaling_groups", group(4))
    cloud.says("elbv2", "describe_account_limits", {"Limits": limits})

    assert quotas.enough_targets(cloud.ground()).verdict is verdict


@pytest.mark.parametrize(("here", "verdict"), [(1000, Verdict.PASSED), (999, Verdict.REFUSED)])
def test_the_standby_may_run_as_many_functions_as_the_primary(here: int, verdict: Verdict) -> None:
    cloud = Cloud()
    for region, limit in ((PRIMARY, 1000), (STANDBY, here)):
        told = {"AccountLimit": {"ConcurrentExecutions": limit}}
        cloud.says("lambda", "get_account_settings", told, region)

    assert quotas.enough_concurrency(cloud.ground()).verdict is verdict
