"""Which regions an environment has, and which roots stand in which of them.

A shop stands in a pair of regions. What CloudFront takes from CloudFormation (its certificate, its web ACL)
exists in us-east-1 alone; where that is neither of the pair it is a third region, the edge, with as much of
the other roots as edge.json stands on.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["primary", "standby", "edge"]
#: Role -> region; the edge's may be one of the pair.
Places: TypeAlias = Mapping[str, str]

EDGE_REGION = "us-east-1"

#: Roots that stand in the pair, in the primary, and in the edge's region alone; the others stand everywhere.
PAIR_ONLY = ("platform", "load-test")
PRIMARY_ONLY = ("pipeline",)
EDGE_ONLY = ("edge",)


def stands(root: str, region: str, places: Places) -> bool:
    """Whether a root has a stack in a region of the environment."""
    if root in EDGE_ONLY:
        return region == places["edge"]
    if root in PRIMARY_ONLY:
        return region == places["primary"]
    if root in PAIR_ONLY:
        return region in (places["primary"], places["standby"])
    return True
