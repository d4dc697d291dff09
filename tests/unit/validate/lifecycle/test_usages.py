"""What is used is read from the templates: each property that says a version, and none is overlooked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from generator.manifest import ParameterSource
from scripts.validate import lint
from scripts.validate.contract import roots
from scripts.validate.lifecycle import services, usages
from scripts.validate.lifecycle.judgement import table
from scripts.validate.lifecycle.reads import NOT_SOFTWARE, READS, UNREAD
from scripts.validate.lifecycle.usages import LATER, Usage, Where, used
from tests.unit.validate import samples
from tests.unit.validate.test_contract import environment

PROJECT = Path(__file__).parents[4]
TABLE = table()


def of(
    resource: Mapping[str, Any], *, asked: Mapping[str, str] | None = None
) -> list[tuple[str, str, str]]:
    """What a resource of a nested template uses, and the path below it; without its service."""
    templates = samples.platform()
    templates["shop.json"]["Resources"]["Subject"] = dict(resource)
    lookups = {}
    for name, path in (asked or {}).items():
        lookups[name] = ParameterSource.lookup(
            "PublicParameter", {"path": path}, "ami-0123456789abcdef0"
        )
        for file in ("platform.json", "shop.json"):
            templates[file]["Parameters"][name] = {"Type": "AWS::EC2::Image::Id"}
        nested = templates["platform.json"]["Resources"]["Shop"]["Properties"]["Parameters"]
        nested[name] = {"Ref": name}
    found = used(roots(samples.written(templates, lookups)), [environment()], TABLE)
    below = "Resources/Subject"
    return [
        (usage.kind, usage.version, usage.path.removeprefix(f"{below}/"))
        for usage in found
        if usage.path.startswith(below) and usage.kind != services.SERVICE
    ]


def holding(type: str, path: str, value: object, **beside: object) -> dict[str, Any]:
    """A resource with the value at the path."""
    *keys, last = path.removesuffix("/*").split("/")
    properties: Any = {last: [value] if path.endswith("/*") else value, **beside}
    for key in reversed(keys):
        properties = [properties] if key == "*" else {key: properties}
    return {"Type": type, "Properties": properties}


EXAMPLES: Mapping[tuple[str, str], tuple[Mapping[str, str], str, tuple[str, str]]] = {
    (type, path): (beside, value, said)
    for type, path, beside, value, said in [
        (
            "AWS::CloudFront::Distribution",
            "DistributionConfig/ViewerCertificate/MinimumProtocolVersion",
            {},
            "TLSv1_2016",
            ("TLS policy of CloudFront", "TLSv1_2016"),
        ),
        (
            "AWS::CloudFront::Distribution",
            "DistributionConfig/Origins/*/CustomOriginConfig/OriginSSLProtocols/*",
            {},
            "TLSv1.1",
            ("TLS protocol", "TLSv1.1"),
        ),
        (
            "AWS::CodeBuild::Project",
            "Environment/Image",
            {},
            "aws/codebuild/standard:4.0",
            ("CodeBuild image", "aws/codebuild/standard:4.0"),
        ),
        (
            "AWS::EC2::LaunchTemplate",
            "LaunchTemplateData/ImageId",
            {},
            "ami-0badc0de",
            ("machine image", "ami-0badc0de"),
        ),
        (
            "AWS::ElastiCache::CacheCluster",
            "EngineVersion",
            {"Engine": "memcached"},
            "1.6.22",
            ("ElastiCache for Memcached", "1.6.22"),
        ),
        (
            "AWS::ElastiCache::ParameterGroup",
            "CacheParameterGroupFamily",
            {},
            "valkey8",
            ("ElastiCache for Valkey", "8"),
        ),
        (
            "AWS::ElastiCache::ReplicationGroup",
            "EngineVersion",
            {"Engine": "redis"},
            "6.2",
            ("ElastiCache for Redis OSS", "6.2"),
        ),
        (
            "AWS::ElasticLoadBalancingV2::Listener",
            "SslPolicy",
            {},
            "ELBSecurityPolicy-2016-08",
            ("TLS policy of a load balancer", "ELBSecurityPolicy-2016-08"),
        ),
        (
            "AWS::Lambda::Function",
            "Runtime",
            {},
            "python3.9",
            ("Lambda runtime", "python3.9"),
        ),
        (
            "AWS::OpenSearchService::Domain",
            "DomainEndpointOptions/TLSSecurityPolicy",
            {},
            "Policy-Min-TLS-1-0-2019-07",
            ("TLS policy of OpenSearch Service", "Policy-Min-TLS-1-0-2019-07"),
        ),
        (
            "AWS::OpenSearchService::Domain",
            "EngineVersion",
            {},
            "OpenSearch_1.0",
            ("OpenSearch Service", "OpenSearch_1.0"),
        ),
        (
            "AWS::Personalize::Solution",
            "RecipeArn",
            {},
            "arn:aws:personalize:::recipe/aws-hrnn",
            ("Personalize recipe", "aws-hrnn"),
        ),
        (
            "AWS::RDS::DBCluster",
            "EngineVersion",
            {"Engine": "aurora-postgresql"},
            "17.9",
            ("Aurora PostgreSQL", "17.9"),
        ),
        (
            "AWS::RDS::DBClusterParameterGroup",
            "Family",
            {},
            "aurora-postgresql17",
            ("Aurora PostgreSQL", "17"),
        ),
        (
            "AWS::RDS::DBClusterParameterGroup",
            "Parameters/ssl_min_protocol_version",
            {},
            "TLSv1.1",
            ("TLS protocol", "TLSv1.1"),
        ),
        (
            "AWS::RDS::DBInstance",
            "CACertificateIdentifier",
            {},
            "rds-ca-2019",
            ("RDS certificate authority", "rds-ca-2019"),
        ),
        (
            "AWS::RDS::DBInstance",
            "EngineVersion",
            {"Engine": "postgres"},
            "17.9",
            ("RDS for PostgreSQL", "17.9"),
        ),
        (
            "AWS::RDS::DBParameterGroup",
            "Family",
            {},
            "postgres17",
            ("RDS for PostgreSQL", "17"),
        ),
        (
            "AWS::RDS::DBParameterGroup",
            "Parameters/ssl_min_protocol_version",
            {},
            "TLSv1.2",
            ("TLS protocol", "TLSv1.2"),
        ),
        (
            "AWS::RDS::GlobalCluster",
            "EngineVersion",
            {"Engine": "aurora-mysql"},
            "8.0.mysql_aurora.3.04.0",
            ("Aurora MySQL", "8.0.mysql_aurora.3.04.0"),
        ),
        (
            "AWS::S3::BucketPolicy",
            "PolicyDocument/Statement/*/Condition/NumericLessThan/s3:TlsVersion",
            {},
            "1.1",
            ("TLS protocol", "TLSv1.1"),
        ),
        (
            "AWS::SecurityHub::Standard",
            "StandardsArn",
            {},
            "arn:aws:securityhub:eu-west-1::standards/pci-dss/v/3.2.1",
            ("Security Hub standard", "pci-dss/v/3.2.1"),
        ),
    ]
}


def test_every_property_that_is_read_is_tried() -> None:
    assert EXAMPLES.keys() == READS.keys()


@pytest.mark.parametrize(("type", "path"), READS, ids="/".join)
def test_a_property_says_its_version(type: str, path: str) -> None:
    beside, value, said = EXAMPLES[type, path]

    found = of(holding(type, path, value, **beside))

    assert found == [(*said, f"Properties/{path.replace('*', '0')}")]


def test_what_only_a_deployment_knows_is_used_and_not_known() -> None:
    found = of(holding("AWS::Lambda::Function", "Runtime", {"Ref": "Group"}))

    assert found == [("Lambda runtime", LATER, "Properties/Runtime")]


def test_an_image_is_known_by_the_public_parameter_that_is_asked_for_it() -> None:
    found = of(
        holding("AWS::EC2::LaunchTemplate", "LaunchTemplateData/ImageId", {"Ref": "ImageId"}),
        asked={"OtherImageId": "/ami/other", "ImageId": "/ami/al2023-arm64"},
    )

    assert [(kind, version) for kind, version, _ in found] == [
        ("machine image", "/ami/al2023-arm64")
    ]


@pytest.mark.parametrize(
    ("type", "path"),
    [
        ("AWS::EKS::Cluster", "Version"),
        ("AWS::Lambda::LayerVersion", "CompatibleRuntimes/*"),
        ("AWS::Lambda::Function", "Layers/*"),
        ("AWS::WAFv2::WebACL", "Rules/*/Statement/ManagedRuleGroupStatement/Version"),
        ("AWS::ApiGateway::DomainName", "SecurityPolicy"),
        ("AWS::ECS::TaskDefinition", "ContainerDefinitions/*/Image"),
        ("AWS::EMR::Cluster", "ReleaseLabel"),
    ],
)
def test_what_sounds_like_a_version_and_is_read_by_nobody_is_told(type: str, path: str) -> None:
    found = of(holding(type, path, "1.0"))

    assert [(kind, version) for kind, version, _ in found] == [(UNREAD, f"{type}/{path}")]


def test_the_version_of_a_policy_s_language_is_none() -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}

    assert of(holding("AWS::SQS::QueuePolicy", "PolicyDocument", policy)) == []


BUILDSPEC = """version: 0.2
phases:
  install:
    runtime-versions:
      python: "3.10"
      java: corretto21
    on-failure: ABORT
"""


def test_a_build_s_runtimes_are_read_from_its_specification() -> None:
    found = of(holding("AWS::CodeBuild::Project", "Source/BuildSpec", {"Fn::Sub": BUILDSPEC}))

    assert [(kind, version) for kind, version, _ in found] == [
        ("Python", "3.10"),
        ("build runtime java", "corretto21"),
    ]


def test_the_python_of_a_fleet_is_read_from_its_first_boot() -> None:
    script = {"Fn::Base64": {"Fn::Sub": ["dnf install -y python3.11 ${Own}", {"Own": "x"}]}}
    found = of(holding("AWS::EC2::LaunchTemplate", "LaunchTemplateData/UserData", script))

    assert found == [("Python", "3.11", "Properties/LaunchTemplateData/UserData")]


@pytest.mark.parametrize(
    ("type", "path", "kind", "version"),
    [
        ("AWS::AutoScaling::LaunchConfiguration", "", services.TYPE, "{type}"),
        ("AWS::CloudTrail::EventDataStore", "", services.TYPE, "{type}"),
        ("AWS::SNS::Topic", "DataProtectionPolicy", services.PROPERTY, "{type}/{path}"),
        ("AWS::RDS::DBInstance", "TdeCredentialArn", services.PROPERTY, "{type}/{path}"),
        ("AWS::AppStream::Application", "Tags/*/TagKey", services.PROPERTY, "{type}/{path}"),
    ],
)
def test_types_and_properties_that_a_row_ends_are_told(
    type: str, path: str, kind: str, version: str
) -> None:
    found = of(holding(type, path, "x") if path else {"Type": type})

    told = version.format(type=type, path=path)
    at = f"Properties/{path.replace('*', '0')}" if path else "Resources/Subject"
    assert found == [(kind, told, at)]


def test_what_does_not_stand_is_not_used() -> None:
    function = holding("AWS::Lambda::Function", "Runtime", "python3.9")

    assert of({**function, "Condition": "Never"}) == []


class TestTheTree:
    def test_says_where_each_version_stands(self) -> None:
        found = _of_the_tree()

        def standing(kind: str) -> set[str]:
            places = (where for usage, where in found.items() if usage.kind == kind)
            return {environment for where in places for environment, _ in where}

        assert standing("RDS for PostgreSQL") == {"dev"}
        assert standing("Aurora PostgreSQL") == {"prod", "staging"}
        assert standing("Lambda runtime") == {"dev", "prod", "staging"}

    def test_uses_no_more_on_the_first_visit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing stands only until the peer is there, so the state with both regions is enough."""
        found = _of_the_tree()
        monkeypatch.setattr(usages, "TRUE", "false")

        first = _of_the_tree()

        assert first != found
        assert first.keys() <= found.keys()

    def test_needs_every_name_that_is_excused(self) -> None:
        """In some template, whether or not it stands in any environment."""
        named = set[tuple[str, str]]()
        for body in lint.read_templates(PROJECT).values():
            for resource in json.loads(body)["Resources"].values():
                named |= {(resource["Type"], path) for path in _paths(resource.get("Properties"))}

        for of, at in NOT_SOFTWARE:
            assert any(fnmatchcase(type, of) and fnmatchcase(path, at) for type, path in named), at


def _paths(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield f"{path}/{key}".lstrip("/")
            yield from _paths(each, f"{path}/{key}")
    elif isinstance(value, list):
        for each in value:
            yield from _paths(each, f"{path}/*")


def _of_the_tree() -> Mapping[Usage, tuple[Where, ...]]:
    return used(roots(lint.read_templates(PROJECT)), lint.read_environments(PROJECT), TABLE)
