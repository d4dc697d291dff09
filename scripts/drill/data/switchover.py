"""The standby's cluster writes. Asked for where the writer is, which waits until the other has all of it.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.aws import Aws
from scripts.drill.calls import Call, Plane, Where
from scripts.drill.data import global_database
from scripts.drill.data.global_database import GlobalDatabase, region_of
from scripts.drill.steps import Standing, Token
from scripts.drill.theatre import Theatre
from scripts.errors import Refused

_READ = Call(
    "rds",
    "DescribeGlobalClusters",
    Where.STANDBY,
    Plane.CONTROL,
    "reads which cluster writes orders",
    needed=False,
)
_MOVE = Call(
    "rds",
    "SwitchoverGlobalCluster",
    Where.IMPAIRED,
    Plane.CONTROL,
    "moves the writer of orders, once traffic has moved",
    needed=False,
)


class Switchover:
    """Of the global database. It takes minutes: `standing` says UNDER_WAY until RDS has come to an end."""

    name = "data.switchover"
    calls = (_READ, _MOVE)

    def __init__(self, aws: Aws, theatre: Theatre) -> None:
        self._aws, self._id = aws, theatre.global_cluster
        self._here, self._target = theatre.standby.name, theatre.standby.database_arn

    def read(self) -> GlobalDatabase:
        """As it is now, asked in the standby."""
        return global_database.read(self._aws, self._here, self._id)

    def snapshot(self) -> Mapping[str, Any]:
        """Who writes, and who could."""
        now = self.read()
        return {"writer": now.writer, "readers": sorted(now.readers)}

    def make(self, token: Token) -> None:  # noqa: ARG002 - RDS keeps no token; the writer is the lock
        """Begin. Raises Refused where another change is under way, and what RDS says."""
        self._begin(self._target)

    def standing(self, before: Mapping[str, Any], token: Token) -> Standing:  # noqa: ARG002
        """Where the writer is, once nothing moves."""
        now = self.read()
        if not now.settled:
            return Standing.UNDER_WAY
        if now.writer == self._target:
            return Standing.MADE
        return Standing.NOT_MADE if now.writer == before["writer"] else Standing.ANOTHERS

    def undo(self, before: Mapping[str, Any], token: Token) -> None:  # noqa: ARG002
        """Begin the way back. A no-op where the writer is back, or on its way."""
        now = self.read()
        if before["writer"] != (now.towards or now.writer):
            self._begin(before["writer"])

    def restored(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """Whether the same cluster writes, with the same readers."""
        now = self.read()
        if not now.settled:
            return (f"{self._id} is {now.under_way or now.status}.",)
        if (now.writer, sorted(now.readers)) == (before["writer"], sorted(before["readers"])):
            return ()
        return (
            f"{self._id} is written by {now.writer} and read by {', '.join(sorted(now.readers))}; it was "
            f"written by {before['writer']} and read by {', '.join(sorted(before['readers']))}.",
        )

    def by_hand(self, before: Mapping[str, Any]) -> tuple[str, ...]:
        """Wait until nothing moves, switch over unless the writer is back, and wait again."""
        asked = (
            f"aws rds describe-global-clusters --region {self._here} --global-cluster-identifier {self._id}"
            " --output text --query"
        )
        writer = f'"$({asked} "GlobalClusters[0].GlobalClusterMembers[?IsWriter].DBClusterArn")"'
        resting = (
            f'until [ "$({asked} "GlobalClusters[0].Status")" = available ]; do sleep 15; done'
        )
        back = (
            f"aws rds switchover-global-cluster --region {region_of(self._target)}"
            f" --global-cluster-identifier {self._id} --target-db-cluster-identifier {before['writer']}"
        )
        return (
            resting,
            f"[ {writer} = {before['writer']} ] || {back}",
            f"until [ {writer} = {before['writer']} ]; do sleep 15; done",
            resting,
        )

    def _begin(self, target: str) -> None:
        now = self.read()
        if not now.settled:
            raise Refused(
                f"The global database {self._id} is {now.under_way or now.status}: its writer cannot be "
                "moved meanwhile.",
                fix="Wait until it is available, and begin again.",
            )
        self._aws.client("rds", now.region).call(
            "switchover_global_cluster",
            GlobalClusterIdentifier=self._id,
            TargetDbClusterIdentifier=target,
        )
