"""The workers run on what is to spare, on whatever there is to do, and lose no job when they are sent off."""

from __future__ import annotations

import json
from typing import Any

from generator.layers.worker_instance import NOTICE_SECONDS
from generator.layers.worker_scaling import WorkerScaling
from generator.layers.workers import Workers
from generator.settings import Settings
from tests.unit.generator.resolved import Made


def fleet(**settings: str) -> Any:
    return Made(Workers, **settings)["Fleet"]


def test_they_are_spot_alone_where_interruptions_are_fewest_and_leave_before_they_are_taken() -> (
    None
):
    distribution = fleet()["MixedInstancesPolicy"]["InstancesDistribution"]

    assert distribution["OnDemandBaseCapacity"] == 0
    assert distribution["OnDemandPercentageAboveBaseCapacity"] == 0
    assert distribution["SpotAllocationStrategy"] == "price-capacity-optimized"
    assert fleet()["CapacityRebalance"] is True


def test_many_kinds_of_instance_will_do_as_long_as_the_image_runs_on_them() -> None:
    (override,) = fleet()["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"]

    assert override["InstanceRequirements"]["CpuManufacturers"] == ["amazon-web-services"]
    assert "InstanceType" not in Made(Workers)["WorkerTemplate"]["LaunchTemplateData"]


def test_what_workers_send_each_other_is_encrypted_by_the_hardware() -> None:
    """No family is chosen by chance: Graviton of before the sixth generation with n does not."""
    (override,) = Made(Workers)["Fleet"]["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"]
    allowed = override["InstanceRequirements"]["AllowedInstanceTypes"]
    assert {kind.partition(".")[0] for kind in allowed} <= {
        *("c6gn", "c7g", "c7gd", "c7gn", "m7g", "m7gd", "r7g", "r7gd"),
    }


def test_a_worker_that_must_go_has_less_time_to_hand_back_than_ec2_gives_it() -> None:
    (hook,) = fleet()["LifecycleHookSpecificationList"]

    assert hook["LifecycleTransition"] == "autoscaling:EC2_INSTANCE_TERMINATING"
    assert hook["HeartbeatTimeout"] == NOTICE_SECONDS < 120
    assert hook["DefaultResult"] == "CONTINUE"


def test_a_worker_may_say_that_it_is_done_in_its_own_group_alone() -> None:
    (leaving,) = (
        statement
        for statement in Made(Workers).statements("WorkerInstance")
        if "autoscaling:CompleteLifecycleAction" in statement["Action"]
    )

    (group,) = leaving["Resource"]
    assert ":autoScalingGroupName/" in group
    assert not group.endswith("/*")


def test_a_job_that_keeps_failing_ends_where_somebody_is_told() -> None:
    jobs = Made(Workers)["Jobs"]
    undone = Made(WorkerScaling)["JobsUndone"]

    assert jobs["RedrivePolicy"]["maxReceiveCount"] == 5
    assert "UndoneJobs" in str(jobs["RedrivePolicy"]["deadLetterTargetArn"])
    assert undone["Threshold"] == 0
    assert undone["AlarmActions"]


def test_both_queues_are_under_our_key_and_refuse_the_clear() -> None:
    made = Made(Workers)

    for title in ("Jobs", "UndoneJobs"):
        assert made[title]["KmsMasterKeyId"].startswith("arn:aws:kms:")
        (statement,) = made[f"{title}Policy"]["PolicyDocument"]["Statement"]
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_what_each_worker_has_before_it_decides_how_many_there_are() -> None:
    tracking = Made(WorkerScaling, worker_backlog_target="7")["BacklogTracking"]
    metrics = tracking["TargetTrackingConfiguration"]["CustomizedMetricSpecification"]["Metrics"]

    assert tracking["TargetTrackingConfiguration"]["TargetValue"] == "7"
    assert {metric["Id"] for metric in metrics} == {"result", "under_way", "waiting", "workers"}
    assert [metric["ReturnData"] for metric in metrics] == [True, False, False, False]


def test_the_first_worker_is_woken_by_work_and_by_nothing_else() -> None:
    made = Made(WorkerScaling)

    assert Settings.worker_minimum.default == "0"
    assert made["WakeTheFirst"]["PolicyType"] == "StepScaling"
    assert [action.of for action in made["NobodyWorks"]["AlarmActions"]] == ["WakeTheFirst"]
    assert "OKActions" not in made["NobodyWorks"]


def test_at_night_no_worker_is_kept_and_in_the_morning_the_floor_returns() -> None:
    made = Made(WorkerScaling, worker_minimum="2", off_peak_scaling="true")

    assert made["OffPeak"]["MinSize"] == 0
    assert made["Peak"]["MinSize"] == "2"
    assert "OffPeak" not in Made(WorkerScaling, off_peak_scaling="false")


def test_a_revision_reaches_them_without_a_load_balancer_and_is_taken_back_when_it_fails() -> None:
    group = Made(WorkerScaling)["WorkerDeployments"]

    assert group["DeploymentStyle"]["DeploymentOption"] == "WITHOUT_TRAFFIC_CONTROL"
    assert "LoadBalancerInfo" not in group
    assert group["AutoRollbackConfiguration"]["Enabled"] is True


def test_a_revision_reaches_a_single_worker_too() -> None:
    """Of one worker no share can stay; CodeDeploy would fail at once."""
    (pace,) = Made(WorkerScaling).of_type("AWS::CodeDeploy::DeploymentConfig").values()
    assert pace["MinimumHealthyHosts"] == {"Type": "FLEET_PERCENT", "Value": 0}


def test_the_last_worker_is_not_taken_away_from_its_job() -> None:
    """A job under way does not wait any more; of nothing that waits, target tracking makes no worker."""
    tracking = Made(WorkerScaling)["BacklogTracking"]["TargetTrackingConfiguration"]
    metrics = {one["Id"]: one for one in tracking["CustomizedMetricSpecification"]["Metrics"]}

    under_way = metrics["under_way"]["MetricStat"]["Metric"]["MetricName"]
    assert under_way == "ApproximateNumberOfMessagesNotVisible"
    assert "(under_way + waiting) / workers" in metrics["result"]["Expression"]


def test_a_job_of_the_schedule_is_the_same_job_however_often_it_is_sent() -> None:
    """Its name is the time for which it was planned, and not an id of the sending."""
    schedules = Made(Workers, region_role="primary").of_type("AWS::Scheduler::Schedule")

    jobs = [json.loads(schedule["Target"]["Input"]) for schedule in schedules.values()]
    assert {job["job"] for job in jobs} == {"product-feed", "image-audit"}
    assert {job["scheduled_at"] for job in jobs} == {"<aws.scheduler.scheduled-time>"}


def test_the_standby_makes_no_feed_of_its_own() -> None:
    schedules = Made(Workers, region_role="standby").of_type("AWS::Scheduler::Schedule")

    assert {schedule["State"] for schedule in schedules.values()} == {"DISABLED"}


def test_a_worker_writes_feeds_and_reports_and_no_picture() -> None:
    written = [
        resource
        for statement in Made(Workers).statements("WorkerInstance")
        if "s3:PutObject" in statement["Action"]
        for resource in statement["Resource"]
    ]

    assert {resource.partition("/")[2] for resource in written} == {
        "checkpoints/*",
        "feeds/*",
        "reports/*",
    }
