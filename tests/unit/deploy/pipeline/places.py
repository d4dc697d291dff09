"""As much of an environment as following an execution needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Dev:
    """dev, in us-east-1 and us-west-2."""

    name: str = "dev"
    account_id: str = "111111111111"
    primary_region: str = "us-east-1"
    places: Mapping[str, str] = field(
        default_factory=lambda: {
            "primary": "us-east-1",
            "standby": "us-west-2",
            "edge": "us-east-1",
        }
    )
