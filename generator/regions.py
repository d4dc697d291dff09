"""The regions of AWS, from a snapshot that is committed.

data/regions.json is made from botocore's partitions.json (`make snapshots`): a new region is a line in a
reviewed diff, and an environment means the same whichever botocore is installed.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

#: Regions that can hold one strongly consistent global table between them.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-globaltable-globaltablewitness.html
REGION_SETS = (
    frozenset({"us-east-1", "us-east-2", "us-west-2"}),
    frozenset({"eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"}),
    frozenset({"ap-northeast-1", "ap-northeast-2", "ap-northeast-3"}),
)


@cache
def partitions() -> dict[str, str]:
    """Region -> the partition it belongs to; an environment cannot span two."""
    snapshot = Path(__file__).parent / "data" / "regions.json"
    held: dict[str, list[str]] = json.loads(snapshot.read_text(encoding="utf-8"))
    return {region: partition for partition, regions in held.items() for region in regions}


def share_a_set(*regions: str) -> bool:
    """Whether one strongly consistent global table may span these regions."""
    return any(held.issuperset(regions) for held in REGION_SETS)
