"""Each family: alike, different, left out by a condition, or not to be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scripts import account_quotas
from scripts.changes import NESTED_STACK
from scripts.drill.parity import engines, machines, operations, trust
from scripts.drill.parity.comparison import COMPARISONS
from scripts.drill.parity.findings import Finding, Outcome, Parity
from scripts.errors import Failed
from tests.unit.drill.parity.pair import Region, pair, region
from tests.unit.drill.preflight.grounds import PRIMARY, STANDBY

NOW = datetime.fromtimestamp(1_000_000, UTC)
FAMILIES = {one.family: one for one in COMPARISONS}


def judged(family: str, primary: Region, standby: Region) -> dict[str, Finding]:
    """What the family finds: subject -> finding."""
    comparison = FAMILIES[family]
    read = comparison.read
    found = comparison.judged(primary.side, standby.side, read(primary.side), read(standby.side))
    return {one.subject: one for one in found}


def outcome(family: str, primary: Region, standby: Region) -> Outcome:
    (finding,) = judged(family, primary, standby).values()
    return finding.outcome


def test_templates_differ_by_the_layer_whose_digest_differs() -> None:
    primary, standby = pair()
    for side, digest in ((primary, "0123456789abcdef"), (standby, "fedcba9876543210")):
        made: dict[str, Any] = side.side.templates["platform"]["Resources"]
        made |= {
            name: {
                "Type": NESTED_STACK,
                "Properties": {
                    "TemplateURL": {"Fn::Sub": f"${{TemplateBaseUrl}}/{at}/{name}.json"}
                },
            }
            for name, at in (("dns", digest), ("alerts", "a" * 16))
        }

    found = judged("templates", primary, standby)

    assert {subject: one.outcome for subject, one in found.items()} == {
        "platform": Outcome.DIFFERENT,
        "platform/alerts": Outcome.EQUAL,
        "platform/dns": Outcome.DIFFERENT,
    }


def group(most: int, version: str = "3", running: tuple[str, ...] = ()) -> dict[str, Any]:
    template = {"LaunchTemplateId": "lt-0123456789", "Version": version}
    return {
        "AutoScalingGroups": [
            {
                "AutoScalingGroupName": "fleet",
                "MinSize": 1,
                "MaxSize": most,
                "DesiredCapacity": 1,
                "DefaultCooldown": 300,
                "AvailabilityZones": ["zone-a", "zone-b"],
                "HealthCheckType": "ELB",
                "CreatedTime": NOW,
                "LaunchTemplate": template,
                "Instances": [
                    {
                        "InstanceId": f"i-{n}",
                        "AvailabilityZone": "zone-a",
                        "LifecycleState": "InService",
                        "HealthStatus": "Healthy",
                        "ProtectedFromScaleIn": False,
                        "LaunchTemplate": {**template, "Version": of},
                    }
                    for n, of in enumerate(running)
                ],
            }
        ]
    }


FLEET = {"platform/Storefront/Fleet": (machines.GROUP, "fleet")}


@pytest.mark.parametrize(
    ("most", "expected"),
    [(4, Outcome.EQUAL), (10, Outcome.EXPLAINED), (3, Outcome.DIFFERENT)],
)
def test_a_ceiling_is_a_number_and_the_standby_s_may_be_higher(
    most: int, expected: Outcome
) -> None:
    primary, standby = pair(made=FLEET)
    primary.says("autoscaling", "describe_auto_scaling_groups", group(4))
    standby.says("autoscaling", "describe_auto_scaling_groups", group(most))

    assert outcome("ceilings", primary, standby) is expected


def test_instances_that_run_an_older_version_differ_though_both_regions_have_them() -> None:
    for running, expected in (
        (("3", "3"), Outcome.EQUAL),
        (("3", "2"), Outcome.DIFFERENT),
        ((), Outcome.EQUAL),
    ):
        primary, standby = pair(made=FLEET)
        for side in (primary, standby):
            side.says("autoscaling", "describe_auto_scaling_groups", group(4, "3", running))

        assert outcome("instances", primary, standby) is expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("al2023-1", "al2023-1"), Outcome.EQUAL),
        (("al2023-1", "al2023-2"), Outcome.DIFFERENT),
        (("al2023-1", None), Outcome.DIFFERENT),
    ],
)
def test_images_are_told_apart_by_name_and_one_that_is_gone_is_none(
    names: tuple[str, str | None], expected: Outcome
) -> None:
    regions = pair(made={"platform/ShopInstance/ShopTemplate": (machines.LAUNCH_TEMPLATE, "lt-1")})
    for side, name in zip(regions, names, strict=True):
        id = f"ami-{side.side.region}"
        data = {"LaunchTemplateData": {"ImageId": id}}
        told = {"LaunchTemplateVersions": [data]}
        side.says("ec2", "describe_launch_template_versions", told)
        images = [{"ImageId": id, "Name": name}] if name else []
        side.says("ec2", "describe_images", {"Images": images})

    assert outcome("images", *regions) is expected


def test_a_type_that_a_zone_of_the_standby_has_not_is_a_difference() -> None:
    for lacking, expected in ((set[str](), Outcome.EQUAL), ({"zone-b"}, Outcome.DIFFERENT)):
        primary, standby = pair(made=FLEET, parameters={"ShopInstanceType": "m7g.xlarge"})
        for side, without in ((primary, set[str]()), (standby, lacking)):
            side.says("autoscaling", "describe_auto_scaling_groups", group(4))
            offered = [
                {"InstanceType": "m7g.xlarge", "Location": zone}
                for zone in ("zone-a", "zone-b")
                if zone not in without
            ]
            told = {"InstanceTypeOfferings": offered}
            side.says("ec2", "describe_instance_type_offerings", told)

        assert outcome("instance types", primary, standby) is expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("releases/a/shop.zip", "releases/a/shop.zip"), Outcome.EQUAL),
        (("releases/a/shop.zip", "releases/b/shop.zip"), Outcome.DIFFERENT),
        (("releases/a/shop.zip", None), Outcome.DIFFERENT),
        ((None, None), Outcome.EQUAL),
    ],
)
def test_the_revision_is_what_codedeploy_brought_last(
    keys: tuple[str | None, str | None], expected: Outcome
) -> None:
    regions = pair(
        made={
            "platform/ShopReleases/Shop": (machines.APPLICATION, "shop"),
            "platform/ShopReleases/ShopDeployments": (machines.DEPLOYMENT_GROUP, "shop"),
        }
    )
    for side, key in zip(regions, keys, strict=True):
        last = {"lastSuccessfulDeployment": {"deploymentId": "d-1"}} if key else {}
        side.says("codedeploy", "get_deployment_group", {"deploymentGroupInfo": last})
        if key:
            location = {"bucket": f"artifacts-{side.side.region}", "key": key}
            revision = {"revisionType": "S3", "s3Location": location}
            side.says("codedeploy", "get_deployment", {"deploymentInfo": {"revision": revision}})

    assert outcome("revisions", *regions) is expected


def test_an_engine_is_compared_whether_it_is_an_instance_or_a_cluster() -> None:
    for kind, operation, key in (
        ("db", "describe_db_instances", "DBInstances"),
        ("cluster", "describe_db_clusters", "DBClusters"),
    ):
        for version, expected in (("17.5", Outcome.EQUAL), ("17.4", Outcome.DIFFERENT)):
            outputs = {
                "OrdersDatabaseId": "orders",
                "DatabaseArn": f"arn:aws:rds:x:1:{kind}:orders",
            }
            primary, standby = pair(outputs=outputs)
            for side, runs in ((primary, "17.5"), (standby, version)):
                told = {key: [{"Engine": "postgres", "EngineVersion": runs}]}
                side.says("rds", operation, told)

            assert outcome("databases", primary, standby) is expected


def test_a_standby_that_has_no_database_by_its_settings_is_explained() -> None:
    primary = region(
        PRIMARY, outputs={"OrdersDatabaseId": "orders", "DatabaseArn": "arn:db:orders"}
    )
    primary.says(
        "rds",
        "describe_db_instances",
        {"DBInstances": [{"Engine": "postgres", "EngineVersion": "17.5"}]},
    )

    assert outcome("databases", primary, region(STANDBY)) is Outcome.EXPLAINED


def test_a_cache_s_version_is_its_nodes() -> None:
    regions = pair(made={"platform/Cache/SessionNodes": (engines.REPLICATION_GROUP, "sessions")})
    for side, version in zip(regions, ("8.0.1", "8.1.0"), strict=True):
        members = {"ReplicationGroups": [{"MemberClusters": ["sessions-001"]}]}
        side.says("elasticache", "describe_replication_groups", members)
        node = {"CacheClusters": [{"Engine": "valkey", "EngineVersion": version}]}
        side.says("elasticache", "describe_cache_clusters", node)

    assert outcome("caches", *regions) is Outcome.DIFFERENT


def secret(version: str, *replicas: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "VersionIdsToStages": {version * 32: ["AWSCURRENT"], "b" * 32: ["AWSPREVIOUS"]}
    }
    if replicas:
        told["ReplicationStatus"] = [{"Region": STANDBY, "Status": one} for one in replicas]
    return told


@pytest.mark.parametrize(
    ("primary", "standby", "expected"),
    [
        (secret("a", "InSync"), secret("a"), Outcome.EQUAL),
        (secret("a", "InSync"), secret("c"), Outcome.DIFFERENT),
        (secret("a", "Failed"), secret("a"), Outcome.DIFFERENT),
        (secret("a"), secret("a"), Outcome.DIFFERENT),
    ],
)
def test_a_secret_has_one_version_and_copies_in_step(
    primary: dict[str, Any], standby: dict[str, Any], expected: Outcome
) -> None:
    regions = pair(outputs={"OrdersSecretArn": "arn:aws:secretsmanager:secret:orders"})
    for side, told in zip(regions, (primary, standby), strict=True):
        side.says("secretsmanager", "describe_secret", told)

    assert outcome("secrets", *regions) is expected


@pytest.mark.parametrize(
    ("status", "names", "days", "expected"),
    [
        ("ISSUED", ["origin", "{region}.origin"], 31, Outcome.EQUAL),
        ("ISSUED", ["origin", "{region}.origin"], 29, Outcome.DIFFERENT),
        ("PENDING_VALIDATION", ["origin", "{region}.origin"], 31, Outcome.DIFFERENT),
        ("ISSUED", ["origin"], 31, Outcome.DIFFERENT),
    ],
)
def test_a_certificate_is_issued_for_the_same_names_and_lasts(
    status: str, names: list[str], days: int, expected: Outcome
) -> None:
    regions = pair(
        made={
            "platform/FrontDoor/Certificate": (trust.CERTIFICATE, "arn:aws:acm:one:1:certificate/1")
        }
    )
    usual = ("ISSUED", ["origin", "{region}.origin"], 31)
    for side, (said, of, left) in zip(regions, (usual, (status, names, days)), strict=True):
        told = {
            "Status": said,
            "SubjectAlternativeNames": [name.format(region=side.side.region) for name in of],
            "NotAfter": NOW + timedelta(days=left),
        }
        side.says("acm", "describe_certificate", {"Certificate": told})

    assert outcome("certificates", *regions) is expected


def test_a_certificate_that_ends_soon_in_both_regions_is_still_wrong() -> None:
    regions = pair(
        made={
            "platform/FrontDoor/Certificate": (trust.CERTIFICATE, "arn:aws:acm:one:1:certificate/1")
        }
    )
    for side in regions:
        told = {
            "Status": "ISSUED",
            "SubjectAlternativeNames": ["origin"],
            "NotAfter": NOW + timedelta(days=3),
        }
        side.says("acm", "describe_certificate", {"Certificate": told})

    assert outcome("certificates", *regions) is Outcome.DIFFERENT


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Outcome.EQUAL),
        ({"KeyState": "Disabled"}, Outcome.DIFFERENT),
        ({"KeyState": "PendingDeletion"}, Outcome.DIFFERENT),
        ({"KeyId": "mrk-2"}, Outcome.DIFFERENT),
        ({"MultiRegion": False}, Outcome.DIFFERENT),
    ],
)
def test_a_key_is_enabled_and_related_to_the_other_region_s(
    changed: Mapping[str, Any], expected: Outcome
) -> None:
    regions = pair()
    usual = {"KeyId": "mrk-1", "MultiRegion": True, "KeyState": "Enabled"}
    for side, said in zip(regions, (usual, {**usual, **changed}), strict=True):
        foundation = region(side.side.region, outputs={"DataKeyArn": "arn:aws:kms:one:1:key/mrk-1"})
        side.side.stacks["foundation"] = foundation.side.stacks["platform"]  # type: ignore[index]
        side.says("kms", "describe_key", {"KeyMetadata": said})

    assert outcome("keys", *regions) is expected


def test_a_key_that_is_disabled_in_both_regions_is_alike_and_wrong() -> None:
    regions = pair()
    for side in regions:
        foundation = region(side.side.region, outputs={"DataKeyArn": "arn:aws:kms:one:1:key/mrk-1"})
        side.side.stacks["foundation"] = foundation.side.stacks["platform"]  # type: ignore[index]
        said = {"KeyId": "mrk-1", "MultiRegion": True, "KeyState": "Disabled"}
        side.says("kms", "describe_key", {"KeyMetadata": said})

    assert outcome("keys", *regions) is Outcome.DIFFERENT


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([{"AlarmName": "a", "ActionsEnabled": True}], Outcome.EQUAL),
        ([{"AlarmName": "a", "ActionsEnabled": False}], Outcome.DIFFERENT),
        ([], Outcome.DIFFERENT),
    ],
)
def test_an_alarm_of_the_stacks_is_there_and_can_call_somebody(
    told: list[dict[str, Any]], expected: Outcome
) -> None:
    regions = pair(made={"platform/Dns/Alarm": (operations.ALARMS[0], "a")})
    usual = [{"AlarmName": "a", "ActionsEnabled": True}]
    for side, said in zip(regions, (usual, told), strict=True):
        side.says("cloudwatch", "describe_alarms", {"MetricAlarms": said})
        side.says("cloudwatch", "describe_alarms", {"CompositeAlarms": []})

    assert outcome("alarms", *regions) is expected


def test_what_a_condition_leaves_out_in_one_region_is_explained() -> None:
    primary = region(PRIMARY, made={"platform/Secrets/Alarm": (operations.ALARMS[0], "a")})
    standby = region(STANDBY)
    primary.says(
        "cloudwatch",
        "describe_alarms",
        {"MetricAlarms": [{"AlarmName": "a", "ActionsEnabled": True}]},
    )
    primary.says("cloudwatch", "describe_alarms", {"CompositeAlarms": []})
    for _ in range(2):
        standby.says("cloudwatch", "describe_alarms", {})

    assert outcome("alarms", primary, standby) is Outcome.EXPLAINED


@pytest.mark.parametrize(("days", "expected"), [(7, Outcome.EQUAL), (1, Outcome.DIFFERENT)])
def test_logs_are_kept_as_long_in_both(days: int, expected: Outcome) -> None:
    regions = pair(made={"platform/Events/Log": (operations.LOG_GROUP, "/events")})
    for side, kept in zip(regions, (7, days), strict=True):
        told = [{"logGroupName": "/events", "retentionInDays": kept}]
        side.says("logs", "describe_log_groups", {"logGroups": told})

    assert outcome("logs", *regions) is expected


@pytest.mark.parametrize(
    ("reserved", "expected"),
    [(20, Outcome.EQUAL), (0, Outcome.DIFFERENT), (None, Outcome.DIFFERENT)],
)
def test_a_function_keeps_as_much_for_itself_in_both(
    reserved: int | None, expected: Outcome
) -> None:
    regions = pair(made={"platform/OrderWorkflow/Commit": (operations.FUNCTION, "commit")})
    for side, kept in zip(regions, (20, reserved), strict=True):
        told = {} if kept is None else {"ReservedConcurrentExecutions": kept}
        side.says("lambda", "get_function_concurrency", told)

    assert outcome("concurrency", *regions) is expected


def test_a_quota_that_is_lower_in_the_standby_is_a_difference_and_a_higher_one_is_not() -> None:
    regions = pair()
    for side, values in zip(regions, ((100, 64, 1000), (99, 65, 1000)), strict=True):
        for value in values:
            told = {"Quota": {"Value": float(value)}}
            side.says("service-quotas", "get_service_quota", told)

    found = judged("quotas", *regions)

    assert found[account_quotas.VCPUS.name].outcome is Outcome.DIFFERENT
    assert found[account_quotas.SPOT_VCPUS.name].outcome is Outcome.EXPLAINED
    assert found[account_quotas.CONCURRENCY.name].outcome is Outcome.EQUAL


def test_what_cannot_be_read_is_not_called_equal() -> None:
    standby = region(STANDBY, made={"platform/Events/Log": (operations.LOG_GROUP, "/events")})
    standby.refuses("logs", "describe_log_groups", "AccessDeniedException")
    comparison = FAMILIES["logs"]

    with pytest.raises(Failed) as refused:
        comparison.read(standby.side)
    found = comparison.unread(refused.value.message)

    assert found.outcome is Outcome.UNKNOWN
    assert "logs:DescribeLogGroups" in found.remedy
    assert Parity((found,)).to_json() == {
        "equal": True,
        "counts": {"equal": 0, "explained": 0, "different": 0, "unknown": 1},
        "findings": [found.to_json()],
    }


def test_every_family_says_what_to_do_and_who_told() -> None:
    for comparison in COMPARISONS:
        assert comparison.remedy
        assert ":" in comparison.source
