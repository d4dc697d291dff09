"""Planted: quotas that are full, or cannot be read. What stands of ours counts once."""

from __future__ import annotations

from typing import Any

import pytest

from scripts import account_quotas
from scripts.checks import Verdict
from scripts.preflight import quotas
from tests.unit.preflight.grounds import STANDBY, Cloud, ask, later, resource

VPC = "AWS::EC2::VPC"
FLEET = "AWS::AutoScaling::AutoScalingGroup"
FUNCTION = "AWS::Lambda::Function"


def vpcs(count: int) -> dict[str, Any]:
    return {"Vpcs": [{"VpcId": f"vpc-{number}"} for number in range(count)]}


def fleet(least: str, most: str, *, share: int = 100) -> Any:
    """`share` is the percentage that is on demand."""
    policy = {
        "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": share},
        "LaunchTemplate": {
            "Overrides": [{"InstanceType": "m7g.large"}, {"InstanceType": "m7g.xlarge"}]
        },
    }
    return resource(FLEET, "Fleet", MinSize=least, MaxSize=most, MixedInstancesPolicy=policy)


def sizes(cloud: Cloud) -> None:
    cloud.says(
        "ec2",
        "describe_instance_types",
        {
            "InstanceTypes": [
                {"InstanceType": "m7g.large", "VCpuInfo": {"DefaultVCpus": 2}},
                {"InstanceType": "m7g.xlarge", "VCpuInfo": {"DefaultVCpus": 4}},
            ]
        },
    )


@pytest.mark.parametrize(("there", "verdict"), [(4, Verdict.PASSED), (5, Verdict.REFUSED)])
def test_a_full_quota_refuses_and_the_last_place_does_not(there: int, verdict: Verdict) -> None:
    cloud = Cloud()
    cloud.says("ec2", "describe_vpcs", vpcs(there))
    cloud.has_quota("vpc", account_quotas.VPCS.code, 5)

    reply = ask("quota of VPCs", cloud.ground(resource(VPC)))

    assert reply.answer.verdict is verdict
    if verdict is Verdict.REFUSED:
        assert "--quota-code L-F678F1CE --desired-value 6" in reply.answer.remedy
        assert [one.logical_id for one in reply.concerns] == ["One"]


def test_what_stands_is_not_counted_twice() -> None:
    reply = ask("quota of VPCs", Cloud().ground(resource(VPC), stands={"One": "vpc-1"}))

    assert reply.answer.verdict is Verdict.PASSED
    assert reply.answer.found == "nothing is added"


def test_a_raised_quota_counts_as_raised() -> None:
    cloud = Cloud()
    cloud.says("ec2", "describe_vpcs", vpcs(30))
    cloud.has_quota("vpc", account_quotas.VPCS.code, 50)

    assert ask("quota of VPCs", cloud.ground(resource(VPC))).answer.verdict is Verdict.PASSED


def test_a_quota_that_may_not_be_read_is_assumed_and_said_so_and_refuses_nothing() -> None:
    cloud = Cloud()
    cloud.says("ec2", "describe_vpcs", vpcs(5))
    cloud.refuses("service-quotas", "list_service_quotas", "AccessDeniedException")

    answer = ask("quota of VPCs", cloud.ground(resource(VPC))).answer

    assert answer.verdict is Verdict.WARNED
    assert "of 5 (AWS's default: These credentials may not do" in answer.found


def test_a_quota_of_the_account_counts_every_region_and_is_told_in_one() -> None:
    cloud = Cloud()
    summary = {"SummaryMap": {"Roles": 999, "Policies": 0}}
    cloud.says("iam", "get_account_summary", summary)
    cloud.has_quota("iam", account_quotas.ROLES.code, 1000)
    roles = (resource("AWS::IAM::Role"), resource("AWS::IAM::Role", "Two", STANDBY))

    answer = ask("quota of IAM roles", cloud.ground(*roles)).answer

    assert answer.verdict is Verdict.REFUSED
    assert answer.expected == "room for 2 more"


def test_a_quota_that_service_quotas_does_not_tell_refuses_as_documented() -> None:
    cloud = Cloud()
    policies = [{"policyName": str(number)} for number in range(10)]
    cloud.says("logs", "describe_resource_policies", {"resourcePolicies": policies})

    ground = cloud.ground(resource("AWS::Logs::ResourcePolicy"))
    answer = ask("quota of resource policies of CloudWatch Logs", ground).answer

    assert answer.verdict is Verdict.REFUSED
    assert "request-service-quota-increase" not in answer.remedy


@pytest.mark.parametrize(
    ("allowed", "verdict"),
    [(3, Verdict.REFUSED), (4, Verdict.WARNED), (15, Verdict.WARNED), (16, Verdict.PASSED)],
)
def test_fleets_must_start_and_should_be_able_to_grow(allowed: int, verdict: Verdict) -> None:
    """Two of two vCPUs to begin with; four of the largest, with four vCPUs each, at most."""
    cloud = Cloud()
    sizes(cloud)
    cloud.says("ec2", "describe_instances", {"Reservations": []})
    cloud.has_quota("ec2", account_quotas.VCPUS.code, allowed)

    answer = ask("quota of on-demand vCPUs", cloud.ground(fleet("2", "4"))).answer

    assert answer.verdict is verdict
    assert ("--desired-value 16" in answer.remedy) is (verdict is not Verdict.PASSED)


def test_what_others_run_is_counted_and_what_our_own_fleet_runs_is_not() -> None:
    def instance(group: str, kind: str = "m5.large") -> dict[str, Any]:
        tags = [{"Key": "aws:autoscaling:groupName", "Value": group}]
        cores = {"CoreCount": 1, "ThreadsPerCore": 2}
        return {"InstanceType": kind, "Tags": tags, "CpuOptions": cores}

    cloud = Cloud()
    sizes(cloud)
    running = [instance("ours"), instance("theirs"), instance("theirs", "g5.xlarge")]
    cloud.says("ec2", "describe_instances", {"Reservations": [{"Instances": running}]})
    cloud.has_quota("ec2", account_quotas.VCPUS.code, 100)

    ground = cloud.ground(fleet("2", "4"), stands={"Fleet": "ours"})

    assert ask("quota of on-demand vCPUs", ground).answer.found == "2 used by others, of 100"


def test_a_fleet_on_spot_takes_nothing_of_the_quota_of_those_on_demand() -> None:
    cloud = Cloud()
    sizes(cloud)
    sizes(cloud)
    cloud.says("ec2", "describe_instances", {"Reservations": []})
    cloud.has_quota("ec2", account_quotas.SPOT_VCPUS.code, 3)

    ground = cloud.ground(fleet("2", "4", share=0))
    on_demand = ask("quota of on-demand vCPUs", ground).answer
    spot = ask("quota of Spot vCPUs", ground).answer

    assert on_demand.found == "none is wanted"
    assert spot.verdict is Verdict.REFUSED
    assert spot.expected == "4 for the fleets as they start, 16 as they may grow"


def test_of_a_fleet_that_is_mixed_the_odd_instance_is_on_demand() -> None:
    """Three at least, half of them on Spot: two are not."""
    cloud = Cloud()
    sizes(cloud)
    cloud.says("ec2", "describe_instances", {"Reservations": []})
    cloud.has_quota("ec2", account_quotas.VCPUS.code, 100)

    answer = ask("quota of on-demand vCPUs", cloud.ground(fleet("3", "4", share=50))).answer

    assert answer.expected == "4 for the fleets as they start, 8 as they may grow"


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [(10, Verdict.REFUSED), (119, Verdict.REFUSED), (120, Verdict.PASSED)],
)
def test_a_new_account_has_too_few_executions_to_reserve_any(limit: int, verdict: Verdict) -> None:
    cloud = Cloud()
    told = {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": limit}
    cloud.says("lambda", "get_account_settings", {"AccountLimit": told})

    ground = cloud.ground(resource(FUNCTION, ReservedConcurrentExecutions="20"))
    answer = ask("quota of concurrent executions", ground).answer

    assert answer.verdict is verdict
    assert ("--desired-value 120" in answer.remedy) is (verdict is Verdict.REFUSED)


def test_what_our_functions_reserve_already_is_not_others() -> None:
    cloud = Cloud()
    told = {"ConcurrentExecutions": 200, "UnreservedConcurrentExecutions": 150}
    cloud.says("lambda", "get_account_settings", {"AccountLimit": told})
    cloud.says("lambda", "get_function_concurrency", {"ReservedConcurrentExecutions": 20})

    ground = cloud.ground(
        resource(FUNCTION, ReservedConcurrentExecutions="30"), stands={"One": "ours"}
    )
    answer = ask("quota of concurrent executions", ground).answer

    assert answer.found == "30 reserved, 30 by other functions, of 200"
    assert answer.verdict is Verdict.PASSED


def test_gateways_are_counted_zone_by_zone() -> None:
    cloud = Cloud()
    subnets = [
        {"SubnetId": "subnet-a", "AvailabilityZone": "us-east-1a"},
        {"SubnetId": "subnet-b", "AvailabilityZone": "us-east-1b"},
    ]
    cloud.says("ec2", "describe_subnets", {"Subnets": subnets})
    gateways = [{"SubnetId": "subnet-b"}] * 5
    cloud.says("ec2", "describe_nat_gateways", {"NatGateways": gateways})
    cloud.has_quota("vpc", account_quotas.NAT_GATEWAYS.code, 5)
    wanted = [
        each
        for letter in "ab"
        for each in (
            resource("AWS::EC2::Subnet", letter, AvailabilityZone=f"us-east-1{letter}"),
            resource("AWS::EC2::NatGateway", f"Nat{letter}", SubnetId=later(letter)),
        )
    ]

    answer = ask("quota of NAT gateways in a zone", cloud.ground(*wanted)).answer

    assert answer.verdict is Verdict.REFUSED
    assert answer.found == "5 used in us-east-1b, of 5"


def test_an_account_without_builds_cannot_run_a_pipeline() -> None:
    cloud = Cloud()
    cloud.has_quota("codebuild", account_quotas.BUILDS.code, 0)

    ground = cloud.ground(resource("AWS::CodeBuild::Project"))
    name = "quota of builds at once on small ARM machines"

    assert ask(name, ground).answer.verdict is Verdict.REFUSED


def test_readers_that_may_be_added_are_databases_too() -> None:
    cloud = Cloud()
    databases = [{"DBInstanceIdentifier": str(number)} for number in range(30)]
    cloud.says("rds", "describe_db_instances", {"DBInstances": databases})
    cloud.has_quota("rds", account_quotas.DATABASES.code, 40)
    ground = cloud.ground(
        resource("AWS::RDS::DBInstance", "Writer"),
        resource(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            "Readers",
            ServiceNamespace="rds",
            MinCapacity="2",
            MaxCapacity="12",
        ),
    )

    answer = ask("quota of DB instances", ground).answer

    assert (answer.verdict, answer.expected) == (Verdict.REFUSED, "room for 11 more")


def test_rules_on_a_bus_of_our_own_take_nothing_of_the_default_one() -> None:
    ground = Cloud().ground(resource("AWS::Events::Rule", EventBusName=later("Bus")))

    assert ask("quota of rules of the default event bus", ground).answer.found == "nothing is added"


def test_every_quota_that_is_known_is_asked_about() -> None:
    asked = {question.name for question in quotas.CHECKS}

    assert asked == {f"quota of {quota.name}" for quota in account_quotas.ALL}
    codes = [(quota.service, quota.code) for quota in account_quotas.ALL if quota.code]
    assert len(codes) == len(set(codes))
