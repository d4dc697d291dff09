"""What guards data may not be taken away unsaid: each guard planted, weakened and left alone."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from scripts.deploy.explanations import HIDDEN, LATER, Certainty, PropertyChange
from scripts.deploy.gates.findings import Concern, Finding
from scripts.deploy.gates.guards import GUARDIANS, GUARDS, Guard
from scripts.deploy.gates.property_paths import ABSENT, at
from scripts.deploy.gates.protections import protections
from scripts.deploy.gates.strengths import (
    Strength,
    amount,
    off,
    on,
    one_of,
    present,
    tls,
)
from tests.unit.deploy.explaining import explained, explanation

ENCRYPTION, BACKUPS = Concern.ENCRYPTION_LOST, Concern.BACKUPS_LOST
DELETION, REPLICATION = Concern.DELETION_PROTECTION_LOST, Concern.REPLICATION_LOST
PUBLIC, TLS, AUDIT = Concern.PUBLIC_ACCESS, Concern.TLS_LOWERED, Concern.AUDIT_LOST

KEY = "arn:aws:kms:us-east-1:111111111111:key/1"
GONE = object()


class Case(NamedTuple):
    """A type, the path of a guard, how it stands, and how it would be; GONE: not there at all."""

    type: str
    path: str
    concern: Concern
    strong: Any
    weak: Any


CASES = (
    Case("AWS::ApiGateway::DomainName", "SecurityPolicy", TLS, "TLS_1_2", "TLS_1_0"),
    Case("AWS::Backup::BackupVault", "EncryptionKeyArn", ENCRYPTION, KEY, GONE),
    Case("AWS::Backup::BackupVault", "LockConfiguration", BACKUPS, {"MinRetentionDays": 7}, GONE),
    Case("AWS::Backup::BackupVault", "LockConfiguration/MinRetentionDays", BACKUPS, 7, 1),
    Case(
        "AWS::Backup::BackupPlan",
        "BackupPlan/BackupPlanRule[RuleName]",
        BACKUPS,
        {"RuleName": "Daily"},
        GONE,
    ),
    Case(
        "AWS::Backup::BackupPlan",
        "BackupPlan/BackupPlanRule[RuleName]/Lifecycle/DeleteAfterDays",
        BACKUPS,
        35,
        7,
    ),
    Case(
        "AWS::Backup::BackupPlan",
        "BackupPlan/BackupPlanRule[RuleName]/CopyActions",
        REPLICATION,
        [{"DestinationBackupVaultArn": "arn"}],
        GONE,
    ),
    Case(
        "AWS::CloudFront::Distribution",
        "DistributionConfig/ViewerCertificate/MinimumProtocolVersion",
        TLS,
        "TLSv1.2_2021",
        "TLSv1.1_2016",
    ),
    Case(
        "AWS::CloudFront::Distribution",
        "DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy",
        TLS,
        "redirect-to-https",
        "allow-all",
    ),
    Case(
        "AWS::CloudFront::Distribution",
        "DistributionConfig/CacheBehaviors[PathPattern]/ViewerProtocolPolicy",
        TLS,
        "https-only",
        "allow-all",
    ),
    Case(
        "AWS::CloudFront::Distribution",
        "DistributionConfig/Origins[Id]/CustomOriginConfig/OriginProtocolPolicy",
        TLS,
        "https-only",
        "match-viewer",
    ),
    Case(
        "AWS::CloudFront::Distribution",
        "DistributionConfig/Origins[Id]/CustomOriginConfig/OriginSSLProtocols",
        TLS,
        ["TLSv1.2"],
        ["TLSv1.2", "SSLv3"],
    ),
    Case("AWS::CloudTrail::Trail", "IsLogging", AUDIT, True, False),
    Case("AWS::CloudTrail::Trail", "EnableLogFileValidation", AUDIT, True, GONE),
    Case("AWS::CloudTrail::Trail", "IsMultiRegionTrail", AUDIT, True, False),
    Case("AWS::CloudTrail::Trail", "KMSKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::DynamoDB::GlobalTable", "SSESpecification/SSEEnabled", ENCRYPTION, True, False),
    Case(
        "AWS::DynamoDB::GlobalTable",
        "Replicas[Region]/SSESpecification/KMSMasterKeyId",
        ENCRYPTION,
        KEY,
        GONE,
    ),
    Case(
        "AWS::DynamoDB::GlobalTable",
        "Replicas[Region]/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
        BACKUPS,
        True,
        False,
    ),
    Case(
        "AWS::DynamoDB::GlobalTable",
        "Replicas[Region]/DeletionProtectionEnabled",
        DELETION,
        True,
        False,
    ),
    Case("AWS::DynamoDB::GlobalTable", "Replicas[Region]", REPLICATION, {"Region": "x"}, GONE),
    Case("AWS::DynamoDB::Table", "SSESpecification/SSEEnabled", ENCRYPTION, True, GONE),
    Case("AWS::DynamoDB::Table", "SSESpecification/KMSMasterKeyId", ENCRYPTION, KEY, GONE),
    Case(
        "AWS::DynamoDB::Table",
        "PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled",
        BACKUPS,
        True,
        GONE,
    ),
    Case("AWS::DynamoDB::Table", "DeletionProtectionEnabled", DELETION, "true", "false"),
    Case(
        "AWS::EC2::LaunchTemplate",
        "LaunchTemplateData/BlockDeviceMappings[DeviceName]/Ebs/Encrypted",
        ENCRYPTION,
        True,
        False,
    ),
    Case("AWS::EC2::Subnet", "MapPublicIpOnLaunch", PUBLIC, False, True),
    Case("AWS::EC2::Volume", "Encrypted", ENCRYPTION, True, False),
    Case("AWS::EC2::Volume", "KmsKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::EFS::FileSystem", "Encrypted", ENCRYPTION, True, False),
    Case("AWS::EFS::FileSystem", "KmsKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::EFS::FileSystem", "BackupPolicy/Status", BACKUPS, "ENABLED", "DISABLED"),
    Case("AWS::EFS::FileSystem", "ReplicationConfiguration", REPLICATION, {"a": 1}, GONE),
    Case("AWS::ElastiCache::CacheCluster", "TransitEncryptionEnabled", TLS, True, False),
    Case("AWS::ElastiCache::CacheCluster", "SnapshotRetentionLimit", BACKUPS, 7, 0),
    Case("AWS::ElastiCache::ReplicationGroup", "AtRestEncryptionEnabled", ENCRYPTION, True, False),
    Case("AWS::ElastiCache::ReplicationGroup", "KmsKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::ElastiCache::ReplicationGroup", "TransitEncryptionEnabled", TLS, True, False),
    Case(
        "AWS::ElastiCache::ReplicationGroup", "TransitEncryptionMode", TLS, "required", "preferred"
    ),
    Case("AWS::ElastiCache::ReplicationGroup", "SnapshotRetentionLimit", BACKUPS, 7, GONE),
    Case(
        "AWS::ElastiCache::ReplicationGroup", "AutomaticFailoverEnabled", REPLICATION, True, False
    ),
    Case("AWS::ElastiCache::ReplicationGroup", "MultiAZEnabled", REPLICATION, True, GONE),
    Case("AWS::ElastiCache::ServerlessCache", "KmsKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::ElastiCache::ServerlessCache", "SnapshotRetentionLimit", BACKUPS, 7, 3),
    Case(
        "AWS::ElasticLoadBalancingV2::Listener",
        "SslPolicy",
        TLS,
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-2016-08",
    ),
    Case("AWS::ElasticLoadBalancingV2::Listener", "Protocol", TLS, "HTTPS", "HTTP"),
    Case(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "LoadBalancerAttributes[Key=deletion_protection.enabled]/Value",
        DELETION,
        "true",
        "false",
    ),
    Case("AWS::KMS::Key", "EnableKeyRotation", ENCRYPTION, True, GONE),
    Case("AWS::KMS::Key", "Enabled", ENCRYPTION, GONE, False),
    Case("AWS::KMS::Key", "PendingWindowInDays", DELETION, 30, 7),
    Case("AWS::KMS::ReplicaKey", "Enabled", ENCRYPTION, True, False),
    Case("AWS::KMS::ReplicaKey", "PendingWindowInDays", DELETION, GONE, 7),
    Case("AWS::Logs::LogGroup", "KmsKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::Logs::LogGroup", "DeletionProtectionEnabled", DELETION, True, False),
    Case(
        "AWS::OpenSearchService::Domain", "EncryptionAtRestOptions/Enabled", ENCRYPTION, True, False
    ),
    Case(
        "AWS::OpenSearchService::Domain", "EncryptionAtRestOptions/KmsKeyId", ENCRYPTION, KEY, GONE
    ),
    Case("AWS::OpenSearchService::Domain", "NodeToNodeEncryptionOptions/Enabled", TLS, True, False),
    Case("AWS::OpenSearchService::Domain", "DomainEndpointOptions/EnforceHTTPS", TLS, True, False),
    Case(
        "AWS::OpenSearchService::Domain",
        "DomainEndpointOptions/TLSSecurityPolicy",
        TLS,
        "Policy-Min-TLS-1-2-PFS-2023-10",
        "Policy-Min-TLS-1-0-2019-07",
    ),
    Case("AWS::OpenSearchService::Domain", "AdvancedSecurityOptions/Enabled", PUBLIC, True, False),
    Case(
        "AWS::OpenSearchService::Domain",
        "AdvancedSecurityOptions/AnonymousAuthEnabled",
        PUBLIC,
        False,
        True,
    ),
    Case("AWS::OpenSearchService::Domain", "VPCOptions/SubnetIds", PUBLIC, ["subnet-1"], GONE),
    Case("AWS::RDS::DBCluster", "StorageEncrypted", ENCRYPTION, True, False),
    Case("AWS::RDS::DBCluster", "KmsKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::RDS::DBCluster", "BackupRetentionPeriod", BACKUPS, 35, GONE),
    Case("AWS::RDS::DBCluster", "DeleteAutomatedBackups", BACKUPS, False, GONE),
    Case("AWS::RDS::DBCluster", "DeletionProtection", DELETION, True, False),
    Case("AWS::RDS::DBCluster", "GlobalClusterIdentifier", REPLICATION, "orders", GONE),
    Case("AWS::RDS::DBCluster", "PubliclyAccessible", PUBLIC, GONE, True),
    Case("AWS::RDS::DBClusterParameterGroup", "Parameters/rds.force_ssl", TLS, "1", "0"),
    Case("AWS::RDS::DBInstance", "StorageEncrypted", ENCRYPTION, True, False),
    Case("AWS::RDS::DBInstance", "KmsKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::RDS::DBInstance", "BackupRetentionPeriod", BACKUPS, "35", "34"),
    Case("AWS::RDS::DBInstance", "DeleteAutomatedBackups", BACKUPS, False, True),
    Case("AWS::RDS::DBInstance", "AutomaticBackupReplicationRegion", BACKUPS, "us-west-2", GONE),
    Case("AWS::RDS::DBInstance", "DeletionProtection", DELETION, True, GONE),
    Case("AWS::RDS::DBInstance", "MultiAZ", REPLICATION, True, False),
    Case("AWS::RDS::DBInstance", "PubliclyAccessible", PUBLIC, False, True),
    Case("AWS::RDS::DBParameterGroup", "Parameters/rds.force_ssl", TLS, "1", GONE),
    Case("AWS::RDS::GlobalCluster", "StorageEncrypted", ENCRYPTION, True, False),
    Case("AWS::RDS::GlobalCluster", "DeletionProtection", DELETION, True, False),
    Case("AWS::Redshift::Cluster", "Encrypted", ENCRYPTION, True, False),
    Case("AWS::Redshift::Cluster", "KmsKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::Redshift::Cluster", "AutomatedSnapshotRetentionPeriod", BACKUPS, 7, 0),
    Case("AWS::Redshift::Cluster", "PubliclyAccessible", PUBLIC, False, True),
    Case("AWS::RedshiftServerless::Namespace", "KmsKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::RedshiftServerless::Workgroup", "PubliclyAccessible", PUBLIC, False, True),
    Case(
        "AWS::RedshiftServerless::Workgroup",
        "ConfigParameters[ParameterKey=require_ssl]/ParameterValue",
        TLS,
        "true",
        "false",
    ),
    Case("AWS::S3::Bucket", "BucketEncryption", ENCRYPTION, {"a": []}, GONE),
    Case(
        "AWS::S3::Bucket",
        "BucketEncryption/ServerSideEncryptionConfiguration[position]"
        "/ServerSideEncryptionByDefault/SSEAlgorithm",
        ENCRYPTION,
        "aws:kms",
        "AES256",
    ),
    Case(
        "AWS::S3::Bucket",
        "VersioningConfiguration/Status",
        Concern.VERSIONING_LOST,
        "Enabled",
        "Suspended",
    ),
    Case(
        "AWS::S3::Bucket",
        "BucketEncryption/ServerSideEncryptionConfiguration[position]"
        "/ServerSideEncryptionByDefault/KMSMasterKeyID",
        ENCRYPTION,
        KEY,
        GONE,
    ),
    Case("AWS::S3::Bucket", "ObjectLockEnabled", Concern.VERSIONING_LOST, True, GONE),
    Case("AWS::S3::Bucket", "ReplicationConfiguration", REPLICATION, {"Role": "r"}, GONE),
    Case(
        "AWS::S3::Bucket",
        "ReplicationConfiguration/Rules[Id]/Status",
        REPLICATION,
        "Enabled",
        "Disabled",
    ),
    Case("AWS::S3::Bucket", "PublicAccessBlockConfiguration/BlockPublicAcls", PUBLIC, True, False),
    Case("AWS::S3::Bucket", "PublicAccessBlockConfiguration/BlockPublicPolicy", PUBLIC, True, GONE),
    Case("AWS::S3::Bucket", "PublicAccessBlockConfiguration/IgnorePublicAcls", PUBLIC, True, False),
    Case(
        "AWS::S3::Bucket",
        "PublicAccessBlockConfiguration/RestrictPublicBuckets",
        PUBLIC,
        True,
        False,
    ),
    Case("AWS::SNS::Topic", "KmsMasterKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::SQS::Queue", "KmsMasterKeyId", ENCRYPTION, KEY, GONE),
    Case("AWS::SQS::Queue", "SqsManagedSseEnabled", ENCRYPTION, GONE, False),
    Case("AWS::SecretsManager::Secret", "KmsKeyId", ENCRYPTION, KEY, GONE),
    Case(
        "AWS::SecretsManager::Secret", "ReplicaRegions[Region]", REPLICATION, {"Region": "x"}, GONE
    ),
)


def holding(path: str, value: Any) -> dict[str, Any]:
    """Properties with a value at a guard's path, in one item where the path goes through a list."""
    step, _, rest = path.partition("/")
    name, _, key = step.removesuffix("]").partition("[")
    if value is GONE and not rest:
        return {name: []} if key else {}
    inner = holding(rest, value) if rest else value
    if not key:
        return {name: inner}
    named, _, wanted = key.partition("=")
    item = {named: wanted or "the one", **(inner if isinstance(inner, dict) else {})}
    return {name: [item]}


def found(case: Case, before: Any, after: Any) -> list[Finding]:
    one = explained(
        "Layer/Resource",
        case.type,
        before=holding(case.path, before),
        after=holding(case.path, after),
    )
    return [
        finding
        for finding in protections(explanation(one))
        if _last(case.path) in finding.words or finding.concern is case.concern
    ]


def _last(path: str) -> str:
    return path.rpartition("/")[2].partition("[")[0]


def named(case: Case) -> str:
    return f"{case.type.removeprefix('AWS::')} {case.path}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_guard_that_is_weakened_is_refused_by_its_name(case: Case) -> None:
    findings = found(case, case.strong, case.weak)

    assert [one.concern for one in findings if one.refuses and _last(case.path) in one.words] == [
        case.concern
    ]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_guard_that_stays_or_is_strengthened_is_no_finding(case: Case) -> None:
    assert found(case, case.strong, case.strong) == []
    assert found(case, case.weak, case.strong) == []
    assert found(case, case.weak, case.weak) == []


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_new_resource_has_nothing_to_lose_but_may_not_be_born_public(case: Case) -> None:
    new = explained("R", case.type, "Add", after=holding(case.path, case.weak))

    findings = list(protections(explanation(new)))

    born_public = case.concern is PUBLIC and case.weak is not GONE
    assert [one.concern for one in findings] == ([PUBLIC] if born_public else [])


def test_every_guard_has_been_weakened_here() -> None:
    tried = {(case.type, case.path) for case in CASES}
    every = {(type, guard.path) for type, guards in GUARDS.items() for guard in guards}

    assert every - tried == set()
    assert tried - every == set()


@pytest.mark.parametrize("type", sorted(GUARDIANS))
def test_a_resource_that_is_nothing_but_a_guard_may_not_be_removed(type: str) -> None:
    [finding] = protections(explanation(explained("R", type, "Remove")))

    assert finding.refuses
    assert finding.concern is GUARDIANS[type][0]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("SSESpecification/SSEEnabled", {"SSESpecification": LATER}),
        ("Replicas[Region]/DeletionProtectionEnabled", {"Replicas": LATER}),
        ("Replicas[Region]/DeletionProtectionEnabled", {"Replicas": [LATER]}),
        ("LoadBalancerAttributes[Key=a]/Value", {"LoadBalancerAttributes": LATER}),
    ],
)
def test_inside_what_cannot_be_known_nothing_can_be(path: str, value: Any) -> None:
    assert list(at(value, path).values()) == [LATER]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("SSESpecification/SSEEnabled", {}),
        ("SSESpecification/SSEEnabled", {"SSESpecification": {}}),
        ("SSESpecification/SSEEnabled", {"SSESpecification": []}),
        ("LoadBalancerAttributes[Key=a]/Value", {}),
        ("LoadBalancerAttributes[Key=a]/Value", {"LoadBalancerAttributes": [{"Key": "b"}]}),
        ("LoadBalancerAttributes[Key=a]/Value", {"LoadBalancerAttributes": [{"Key": "a"}]}),
    ],
)
def test_where_nothing_stands_it_is_absent_once(path: str, value: Any) -> None:
    assert list(at(value, path).values()) == [ABSENT]


def test_of_a_list_every_item_is_a_place_of_its_own() -> None:
    items = {"Replicas": [{"Region": "a", "On": 1}, {"Region": "b"}, {"On": 3}]}

    assert at(items, "Replicas[Region]/On") == {
        "Replicas[a]/On": 1,
        "Replicas[b]/On": ABSENT,
        "Replicas[2]/On": 3,
    }
    assert at(items, "Replicas[Region=b]/On") == {"Replicas[b]/On": ABSENT}
    assert at({}, "Replicas[Region]/On") == {}


@pytest.mark.parametrize(
    ("strength", "values"),
    [
        (on(), {True: 1, "true": 1, "1": 1, False: 0, "false": 0, None: 0, LATER: None}),
        (on(absent=True), {None: 1, False: 0}),
        (off(), {False: 1, "false": 1, True: 0, None: 0, LATER: None}),
        (off(absent=True), {None: 1, True: 0}),
        (present, {"x": 1, LATER: 1, HIDDEN: 1, "": 0, None: 0}),
        (one_of("a", "b"), {"a": 1, "b": 2, "c": 0, None: 0, LATER: None, HIDDEN: None}),
        (amount(), {"7": 7, 7: 7, None: 0, LATER: None}),
        (amount(absent=1), {None: 1, 0: 0}),
        (
            tls(),
            {
                "ELBSecurityPolicy-TLS13-1-3-2021-06": 13,
                "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09": 12,
                "ELBSecurityPolicy-FS-1-1-2019-08": 11,
                "ELBSecurityPolicy-TLS-1-2-2017-01": 12,
                "ELBSecurityPolicy-2016-08": 10,
                "TLSv1.2_2021": 12,
                "TLSv1.3_2025": 13,
                "TLSv1": 10,
                "TLSv1_2016": 10,
                "SSLv3": 0,
                "TLS_1_2": 12,
                "Policy-Min-TLS-1-2-2019-07": 12,
                "HTTPS": 1,
                "HTTP": 0,
                "allow-all": 0,
                "preferred": 0,
                None: 0,
                LATER: None,
                "another": None,
            },
        ),
        (tls(absent=10), {None: 10}),
    ],
)
def test_how_strong_a_value_is(strength: Strength, values: dict[Any, int | None]) -> None:
    assert {value: strength(value) for value in values} == values
    assert strength(ABSENT) == strength(None)


def test_of_several_versions_of_tls_the_lowest_counts() -> None:
    assert tls()(["TLSv1.2", "TLSv1.1"]) == 11
    assert tls()(["TLSv1.2", LATER]) is None
    assert tls()([]) == 0


@pytest.mark.parametrize(
    "case", [case for case in CASES if not isinstance(case.strong, dict | list)], ids=named
)
def test_what_cannot_be_known_beforehand_counts_as_weaker_unless_it_only_has_to_be_there(
    case: Case,
) -> None:
    guard = next(one for one in GUARDS[case.type] if one.path == case.path)
    if _has_only_to_be_there(guard):
        assert found(case, case.strong, LATER) == []
    else:
        assert [one.refuses for one in found(case, case.strong, LATER)] == [True]


def _has_only_to_be_there(guard: Guard) -> bool:
    return guard.strength(LATER) == 1


def test_a_guard_that_was_off_may_become_whatever_it_will() -> None:
    case = Case("AWS::RDS::DBInstance", "DeletionProtection", DELETION, True, False)

    assert found(case, False, LATER) == found(case, GONE, LATER) == []


def test_a_finding_says_from_what_to_what() -> None:
    case = Case("AWS::KMS::Key", "Enabled", ENCRYPTION, GONE, False)

    words = [found(case, *pair)[0].words for pair in ((GONE, False), (True, False), (GONE, LATER))]

    assert words == [
        "would lose the key itself: Enabled would be false",
        "would lose the key itself: Enabled would be false instead of true",
        "would lose the key itself: Enabled, unset today, cannot be known before it is deployed",
    ]
    backup = Case("AWS::RDS::DBInstance", "DeletionProtection", DELETION, True, GONE)
    assert found(backup, True, GONE)[0].words.endswith("would be unset instead of true")
    assert "DeletionProtection, true today, cannot be known" in found(backup, True, LATER)[0].words


def test_a_guard_that_was_not_known_and_is_off_afterwards_is_refused() -> None:
    case = Case("AWS::RDS::DBInstance", "DeletionProtection", DELETION, LATER, False)

    assert [one.concern for one in found(case, LATER, False)] == [DELETION]
    assert found(case, LATER, True) == []
    assert found(case, LATER, LATER) == []


def test_of_a_replica_that_goes_only_the_replica_is_named_and_not_all_that_guarded_it() -> None:
    replica = {"DeletionProtectionEnabled": True, "SSESpecification": {"KMSMasterKeyId": KEY}}
    both = [{"Region": "a", **replica}, {"Region": "b", **replica}]
    one_less = explained(
        "T", "AWS::DynamoDB::GlobalTable", before={"Replicas": both}, after={"Replicas": both[:1]}
    )

    assert [str(one) for one in protections(explanation(one_less))] == [
        "T (AWS::DynamoDB::GlobalTable) would lose the replica of a Region: "
        "Replicas[b] would be unset instead of set"
    ]


def test_only_the_replica_that_loses_it_is_named() -> None:
    def table(second: bool) -> dict[str, Any]:
        return {
            "Replicas": [
                {"Region": "us-east-1", "DeletionProtectionEnabled": True},
                {"Region": "us-west-2", "DeletionProtectionEnabled": second},
            ]
        }

    [finding] = protections(
        explanation(
            explained("T", "AWS::DynamoDB::GlobalTable", before=table(True), after=table(False))
        )
    )

    assert finding.words == (
        "would lose protection from deletion: Replicas[us-west-2]/DeletionProtectionEnabled "
        "would be false instead of true"
    )
    assert (finding.before, finding.after) == ("true", "false")


def test_the_order_of_replicas_does_not_matter() -> None:
    replicas = [{"Region": "a", "DeletionProtectionEnabled": True}, {"Region": "b"}]
    turned = explained(
        "T",
        "AWS::DynamoDB::GlobalTable",
        before={"Replicas": replicas},
        after={"Replicas": replicas[::-1]},
    )

    assert list(protections(explanation(turned))) == []


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ("Retain", "Delete", True),
        ("RetainExceptOnCreate", "Delete", True),
        ("Retain", None, True),
        ("Retain", "Snapshot", True),
        ("Snapshot", "Delete", True),
        ("Delete", "Retain", False),
        ("Retain", "RetainExceptOnCreate", False),
    ],
)
def test_what_is_kept_when_its_stack_lets_go_stays_so(
    attribute: str, before: str, after: str | None, refused: bool
) -> None:
    changed = PropertyChange(attribute, before, after, attribute=attribute)
    table = explained("T", "AWS::DynamoDB::Table", before={}, after={}, properties=(changed,))
    queue = explained("Q", "AWS::SQS::Queue", before={}, after={}, properties=(changed,))

    findings = list(protections(explanation(table, queue)))

    assert [(one.concern, one.where) for one in findings] == ([(DELETION, "T")] if refused else [])


def test_where_only_what_changes_is_known_a_weaker_guard_is_seen_and_nothing_is_made_up() -> None:
    changed = PropertyChange("DeletionProtection", True, False)
    partly = explained("D", "AWS::RDS::DBInstance", properties=(changed,))

    assert [one.concern for one in protections(explanation(partly))] == [DELETION]


def test_a_guard_that_changes_in_secret_is_refused() -> None:
    changed = PropertyChange("DeletionProtection", HIDDEN, HIDDEN, secret=True)
    masked = explained(
        "D",
        "AWS::RDS::DBInstance",
        before={"DeletionProtection": True},
        after={"DeletionProtection": HIDDEN},
        properties=(changed,),
    )

    assert [one.concern for one in protections(explanation(masked))] == [DELETION]


def test_a_change_that_will_not_happen_loses_nothing() -> None:
    phantom = explained(
        "D",
        "AWS::RDS::DBInstance",
        before={"DeletionProtection": True},
        after={"DeletionProtection": False},
        certainty=Certainty.PHANTOM,
    )

    assert list(protections(explanation(phantom))) == []


def test_a_guard_that_moves_in_what_nobody_could_read_is_lost() -> None:
    unread = explained(
        "R",
        "AWS::RDS::DBCluster",
        certainty=Certainty.POSSIBLE,
        properties=(PropertyChange("DeletionProtection", LATER, LATER),),
    )

    assert [one.concern for one in protections(explanation(unread))] == [DELETION]


def test_a_key_that_aws_keeps_for_everybody_is_none_of_its_own() -> None:
    case = Case("AWS::SQS::Queue", "KmsMasterKeyId", ENCRYPTION, KEY, "alias/aws/sqs")

    assert [one.concern for one in found(case, case.strong, case.weak)] == [ENCRYPTION]
    assert found(case, GONE, case.weak) == []


def test_a_database_without_a_policy_leaves_a_snapshot_and_may_not_stop_to() -> None:
    def policy(before: Any, after: Any) -> list[Concern]:
        changed = PropertyChange("DeletionPolicy", before, after, attribute="DeletionPolicy")
        cluster = explained("C", "AWS::RDS::DBCluster", before={}, after={}, properties=(changed,))
        return [one.concern for one in protections(explanation(cluster))]

    assert policy(None, "Delete") == [DELETION]
    assert policy("Snapshot", None) == []
    assert policy("Retain", {"Fn::If": ["Unknown", "Retain", "Delete"]}) == [DELETION]
