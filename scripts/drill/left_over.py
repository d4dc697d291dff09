"""Data that stay where a drill moved them, on purpose: what settings have to say, so that templates agree.

Nearly nothing in them depends on who writes: both clusters are declared alike, each region commits to its own
cluster's address as soon as that one writes, and CloudFormation does not compare membership of the global
database (scripts/deploy/topology.py proves it to `drift`). What does is the rotation of the orders secret:
its function stands in the primary and reaches that region's cluster alone. A drill suspends it; the setting
`orders_writer` takes the schedule out of the template, so that no later deploy resumes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.settings import Settings
from scripts.aws import Aws
from scripts.drill.data import global_database
from scripts.drill.theatre import Theatre

PRIMARY, STANDBY = "primary", "standby"


@dataclass(frozen=True)
class LeftOver:
    """One setting that is not what stands: its key, what it says, and what it has to say."""

    file: str
    key: str
    says: str
    wants: str

    @property
    def line(self) -> str:
        """As it goes into the file, above `regions:`."""
        return f"{self.key}: {self.wants}"

    def __str__(self) -> str:
        return f"{self.file} says {self.key}: {self.says}; what stands is {self.wants}."


def left_over(aws: Aws, theatre: Theatre, says: str) -> LeftOver | None:
    """What `orders_writer`, which says that, has to say. None where it is so, or where there is no global
    database; nor while its writer moves, for nothing stays as it is then.
    """
    if not theatre.global_cluster:
        return None
    database = global_database.read(aws, theatre.standby.name, theatre.global_cluster)
    wants = {theatre.primary.database_arn: PRIMARY, theatre.standby.database_arn: STANDBY}.get(
        database.writer, says
    )
    if not database.settled or wants == says:
        return None
    return LeftOver(f"params/{theatre.environment}.yaml", Settings.orders_writer.key, says, wants)
