"""The global database as RDS tells of it: who writes, who could, and whether that is about to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scripts.aws import Aws

AVAILABLE = "available"


@dataclass(frozen=True)
class GlobalDatabase:
    """`under_way` is what RDS calls the change of writers that it is at, empty where there is none, and
    `towards` the cluster that will write.

    RDS answers `switching-over` there, too, which its list of values does not have.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_FailoverState.html
    """

    id: str
    status: str
    writer: str
    readers: tuple[str, ...]
    under_way: str = ""
    towards: str = ""

    @property
    def settled(self) -> bool:
        """Whether nothing is changing."""
        return self.status == AVAILABLE and not self.under_way

    @property
    def region(self) -> str:
        """Where the writer is."""
        return region_of(self.writer)


def read(aws: Aws, region: str, id: str) -> GlobalDatabase:
    """As RDS in a region tells it; each region of a member knows."""
    answer = aws.client("rds", region).call("describe_global_clusters", GlobalClusterIdentifier=id)
    return _of(answer["GlobalClusters"][0])


def region_of(arn: str) -> str:
    """The region in an ARN, empty in none."""
    return arn.split(":")[3] if arn.count(":") > 3 else ""


def _of(told: Mapping[str, Any]) -> GlobalDatabase:
    members = told.get("GlobalClusterMembers", ())
    failover = told.get("FailoverState") or {}
    return GlobalDatabase(
        id=told["GlobalClusterIdentifier"],
        status=told["Status"],
        writer=next((one["DBClusterArn"] for one in members if one["IsWriter"]), ""),
        readers=tuple(one["DBClusterArn"] for one in members if not one["IsWriter"]),
        under_way=failover.get("Status", ""),
        towards=failover.get("ToDbClusterArn", ""),
    )
