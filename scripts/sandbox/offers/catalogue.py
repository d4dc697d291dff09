"""cfn-lint's data on what each region has, read as data.

https://github.com/aws-cloudformation/cfn-lint: made from AWS's price lists and its Describe calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from scripts.sandbox.resources.schemas import schemas_directory


def machines(region: str) -> frozenset[str]:
    """EC2's instance types."""
    return _types("aws_ec2_instance/instancetype_enum.json", region)


def cache_nodes(region: str) -> frozenset[str]:
    """ElastiCache's node types."""
    return _types("aws_elasticache_cachecluster/cachenodetype_enum.json", region)


def search_instances(region: str) -> frozenset[str]:
    """OpenSearch Service's instance types."""
    return _types("aws_opensearchservice_domain/clusterconfig_instancetype_enum.json", region)


def database_classes(region: str, engine: str) -> frozenset[str]:
    """RDS's classes of an engine."""
    said: Mapping[str, Any] = _read("aws_rds_dbinstance/dbinstanceclass_enum.json").get(region, {})
    return frozenset(
        name
        for rule in said.get("allOf", ())
        if rule["if"]["properties"]["Engine"].get("const") == engine
        for name in rule["then"]["properties"]["DBInstanceClass"]["enum"]
    )


def database_versions(engine: str) -> Mapping[str, str]:
    """RDS's versions of an engine -> `available` or `deprecated`. No majors, which name many."""
    known = _versions("aws_rds_dbinstance/engine_version.json", engine, "then")
    old = frozenset(_versions("aws_rds_dbinstance/engine_version_deprecated.json", engine, "if"))
    return {
        version: "deprecated" if version in old else "available"
        for version in known
        if "." in version
    }


def _versions(file: str, engine: str, part: str) -> Iterator[str]:
    for rule in _read(file)["allOf"]:
        properties = rule["if"]["properties"]
        if properties["Engine"].get("const") == engine and "EngineVersion" in properties:
            yield from rule[part]["properties"]["EngineVersion"]["enum"]


def _types(file: str, region: str) -> frozenset[str]:
    return frozenset(_read(file).get(region, {}).get("enum", ()))


@cache
def _read(file: str) -> Mapping[str, Any]:
    path = schemas_directory() / "extensions" / file
    said: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return said
