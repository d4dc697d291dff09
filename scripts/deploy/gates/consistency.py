"""What DynamoDB would not do at all: change how consistent a global table is."""

from __future__ import annotations

from collections.abc import Mapping

from generator.settings import Settings
from scripts.errors import Refused


def refuse_another_consistency(
    where: str, standing: Mapping[str, str], wanted: Mapping[str, str]
) -> None:
    """Raise Refused where order-intake would have to become another table than the one that stands.

    A global table keeps its consistency mode, and a strong one its witness, for life.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
    """
    mode, witness = Settings.order_intake_consistency, Settings.witness_region
    was = standing.get(mode.name)
    for setting in (mode, witness) if was == "strong" else (mode,):
        before, after = standing.get(setting.name), wanted.get(setting.name)
        if None not in (before, after) and before != after:
            raise Refused(
                f"{setting.key} is {before} in {where}, and DynamoDB does not change it to {after}: "
                "a global table keeps it for life.",
                fix=f"Set {setting.key}: {before}. Another choice is for an environment that is yet to be "
                "deployed.",
            )
