"""Which properties say a version, and of what.

A property whose name sounds like a version and that is not in `READS` is of the kind `UNREAD`, which no row
covers, unless `NOT_SOFTWARE` says why it is none: so a version that nobody has thought of is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, TypeAlias

from scripts.validate.lifecycle import platforms, transport
from scripts.validate.lifecycle.data import RUNTIME
from scripts.validate.lifecycle.engines import KINDS
from scripts.validate.resolution import Value

UNREAD = "a property that nobody reads"

#: A kind of thing, and its version.
Said: TypeAlias = tuple[str, str]
#: What a property says: its value, and what stands beside it.
Reader: TypeAlias = Callable[[str, Mapping[str, Value]], Said]


def _plain(kind: str) -> Reader:
    return lambda value, _: (kind, value)


def _after(kind: str, mark: str) -> Reader:
    """What follows the mark in an ARN."""
    return lambda value, _: (kind, value.partition(mark)[2] or value)


def _of_engine(value: str, beside: Mapping[str, Value]) -> Said:
    engine = str(beside.get("Engine"))
    return KINDS.get(engine, engine), value


def _family(value: str, _: Mapping[str, Value]) -> Said:
    """postgres17, valkey8: the engine and its major version."""
    engine = value.rstrip("0123456789.")
    return KINDS.get(engine, engine), value.removeprefix(engine)


def _tls(value: str, _: Mapping[str, Value]) -> Said:
    """What a policy compares s3:TlsVersion with."""
    return transport.PROTOCOL, f"TLSv{value}"


_DISTRIBUTION = "AWS::CloudFront::Distribution"
_DOMAIN = "AWS::OpenSearchService::Domain"
_LEAST_TLS = "Parameters/ssl_min_protocol_version"
_REFUSED_TLS = "PolicyDocument/Statement/*/Condition/NumericLessThan/s3:TlsVersion"

#: (type, path below Properties, with * for an index) -> how it is read.
READS: Mapping[tuple[str, str], Reader] = {
    (_DISTRIBUTION, "DistributionConfig/ViewerCertificate/MinimumProtocolVersion"): (
        _plain(transport.CLOUDFRONT)
    ),
    (_DISTRIBUTION, "DistributionConfig/Origins/*/CustomOriginConfig/OriginSSLProtocols/*"): (
        _plain(transport.PROTOCOL)
    ),
    ("AWS::CodeBuild::Project", "Environment/Image"): _plain(platforms.BUILD_IMAGE),
    ("AWS::EC2::LaunchTemplate", "LaunchTemplateData/ImageId"): _plain(platforms.MACHINE_IMAGE),
    ("AWS::ElastiCache::CacheCluster", "EngineVersion"): _of_engine,
    ("AWS::ElastiCache::ParameterGroup", "CacheParameterGroupFamily"): _family,
    ("AWS::ElastiCache::ReplicationGroup", "EngineVersion"): _of_engine,
    ("AWS::ElasticLoadBalancingV2::Listener", "SslPolicy"): _plain(transport.LOAD_BALANCER),
    ("AWS::Lambda::Function", "Runtime"): _plain(RUNTIME),
    (_DOMAIN, "DomainEndpointOptions/TLSSecurityPolicy"): _plain(transport.OPENSEARCH),
    (_DOMAIN, "EngineVersion"): _plain(KINDS["opensearch"]),
    ("AWS::Personalize::Solution", "RecipeArn"): _after(platforms.RECIPE, ":recipe/"),
    ("AWS::RDS::DBCluster", "EngineVersion"): _of_engine,
    ("AWS::RDS::DBClusterParameterGroup", "Family"): _family,
    ("AWS::RDS::DBClusterParameterGroup", _LEAST_TLS): _plain(transport.PROTOCOL),
    ("AWS::RDS::DBInstance", "CACertificateIdentifier"): _plain(transport.AUTHORITY),
    ("AWS::RDS::DBInstance", "EngineVersion"): _of_engine,
    ("AWS::RDS::DBParameterGroup", "Family"): _family,
    ("AWS::RDS::DBParameterGroup", _LEAST_TLS): _plain(transport.PROTOCOL),
    ("AWS::RDS::GlobalCluster", "EngineVersion"): _of_engine,
    ("AWS::S3::BucketPolicy", _REFUSED_TLS): _tls,
    ("AWS::SecurityHub::Standard", "StandardsArn"): _after(platforms.STANDARD, "standards/"),
}

#: What is called so and says something else: (type, path) -> what.
NOT_SOFTWARE: Mapping[tuple[str, str], str] = {
    ("*", "*/ActionTypeId/Version"): "CodePipeline's own actions have this version alone",
    ("*", "*/RuleTypeId/Version"): "CodePipeline's own rules have this version alone",
    ("*", "*/LaunchTemplateSpecification/Version"): "counts the versions of a template of ours",
    ("*", "Engine"): "EngineVersion is read, here or where the cluster stands",
    (_DISTRIBUTION, "DistributionConfig/HttpVersion"): "offers, of which viewers choose",
    ("AWS::CloudFront::ResponseHeadersPolicy", "*/ContentSecurityPolicy"): "a header",
    ("AWS::WAFv2::IPSet", "IPAddressVersion"): "IPv4 or IPv6",
}

_SOUNDS_LIKE_ONE = re.compile(
    r"(Version|Runtime|Image|ImageId|Engine|Family|SslPolicy|SecurityPolicy|SSLProtocol|"
    r"CertificateIdentifier|Layer|RecipeArn|StandardsArn|ReleaseLabel|PlatformArn)s?$"
)
_READ_NAMES = frozenset(path.removesuffix("/*").rpartition("/")[2] for _, path in READS)

_RUNTIMES = re.compile(r"^ *runtime-versions: *\n((?: +\w+: +\S+ *\n?)+)", re.M)
_RUNTIME = re.compile(r"(\w+): +[\"']?([\w.]+)")
_PYTHON = re.compile(r"\bpython(\d\.\d+)\b")


@cache
def may_say(name: str) -> bool:
    """Whether a property of that name may say a version."""
    return name in _READ_NAMES or bool(_SOUNDS_LIKE_ONE.search(name))


def read(type: str, path: str, value: str, beside: Mapping[str, Value]) -> Said | None:
    """What a property says; None where it is no version. `beside` is the mapping that it stands in."""
    if reader := READS.get((type, path)):
        return reader(value, beside)
    if any(fnmatchcase(type, of) and fnmatchcase(path, at) for of, at in NOT_SOFTWARE):
        return None
    return UNREAD, f"{type}/{path}"


def in_texts(type: str, properties: Mapping[str, Any]) -> Iterator[tuple[Said, str]]:
    """What the scripts of a resource name, and where: as its template has them, before anything is put in."""
    match type:
        case "AWS::CodeBuild::Project":
            for text in _texts(properties.get("Source")):
                for block in _RUNTIMES.findall(text):
                    for name, version in _RUNTIME.findall(block):
                        kind = platforms.PYTHON if name == "python" else f"build runtime {name}"
                        yield (kind, version), "Source/BuildSpec"
        case "AWS::EC2::LaunchTemplate":
            for text in _texts(properties.get("LaunchTemplateData")):
                for version in _PYTHON.findall(text):
                    yield (platforms.PYTHON, version), "LaunchTemplateData/UserData"


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
