"""RDS's engine versions, and the classes that can be ordered with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from scripts.sandbox.offers import catalogue
from scripts.sandbox.offers.machines import REGION, ZONES
from scripts.sandbox.seams import Seam

Parameters: TypeAlias = Any
Answer: TypeAlias = tuple[int, dict[str, str], bytes]

_RDS, _USED_BY = "ministack.services.rds", "which databases are offered"

VERSIONS = Seam(
    _RDS, "_ACTION_MAP", "DescribeDBEngineVersions", parameters=("p",), used_by=_USED_BY
)
OPTIONS = Seam(
    _RDS,
    "_ACTION_MAP",
    "DescribeOrderableDBInstanceOptions",
    parameters=("p",),
    used_by=_USED_BY,
)
XML = Seam(_RDS, "_xml", parameters=("status", "root_tag", "inner"), used_by=_USED_BY)
SEAMS = (VERSIONS, OPTIONS, XML)


def install() -> None:
    """Have both calls tell so; a default version is ministack's."""
    VERSIONS.replace(_versions(VERSIONS.value))
    OPTIONS.replace(options)


def _versions(default: Callable[[Parameters], Answer]) -> Callable[[Parameters], Answer]:
    def told(p: Parameters) -> Answer:
        engine = _said(p, "Engine")
        known = catalogue.database_versions(engine)
        if not known or _said(p, "DefaultOnly") == "true":
            return default(p)
        every = _said(p, "IncludeAll") == "true"
        members = "".join(
            f"<DBEngineVersion><Engine>{engine}</Engine><EngineVersion>{version}</EngineVersion>"
            f"<DBParameterGroupFamily>{_family(engine, version)}</DBParameterGroupFamily>"
            f"<Status>{status}</Status></DBEngineVersion>"
            for version, status in known.items()
            if _is_of(version, _said(p, "EngineVersion")) and (every or status == "available")
        )
        return _answer("DescribeDBEngineVersions", "DBEngineVersions", members)

    return told


def options(p: Parameters) -> Answer:
    """DescribeOrderableDBInstanceOptions: a class comes with each version of its engine."""
    engine, version = _said(p, "Engine"), _said(p, "EngineVersion")
    name, region = _said(p, "DBInstanceClass"), REGION.value()
    versions = [one for one in catalogue.database_versions(engine) if _is_of(one, version)]
    zones = "".join(
        f"<AvailabilityZone><Name>{region}{letter}</Name></AvailabilityZone>" for letter in ZONES
    )
    members = "".join(
        f"<OrderableDBInstanceOption><Engine>{engine}</Engine><EngineVersion>{one}</EngineVersion>"
        f"<DBInstanceClass>{each}</DBInstanceClass><AvailabilityZones>{zones}</AvailabilityZones>"
        f"<MultiAZCapable>{str(not _is_aurora(engine)).lower()}</MultiAZCapable><Vpc>true</Vpc>"
        "</OrderableDBInstanceOption>"
        for one in versions[-1 if not version else 0 :]
        for each in sorted(catalogue.database_classes(region, engine))
        if name in ("", each)
    )
    return _answer("DescribeOrderableDBInstanceOptions", "OrderableDBInstanceOptions", members)


def _is_of(version: str, asked: str) -> bool:
    """A version is the one that was asked for, or of the major version that was."""
    return not asked or version == asked or version.startswith(f"{asked}.")


def _family(engine: str, version: str) -> str:
    parts = version.split(".")
    major = parts[0] if "postgres" in engine and int(parts[0]) >= 10 else ".".join(parts[:2])
    return f"{engine}{major}"


def _is_aurora(engine: str) -> bool:
    return engine.startswith("aurora")


def _said(p: Parameters, key: str) -> str:
    found = p.get(key, "")
    return str(found[0] if isinstance(found, list) else found)


def _answer(operation: str, key: str, members: str) -> Answer:
    inner = f"<{operation}Result><{key}>{members}</{key}></{operation}Result>"
    answer: Answer = XML.value(200, f"{operation}Response", inner)
    return answer
