"""Which regions templates are linted for."""

from __future__ import annotations

from collections.abc import Iterable

from generator.environments import Environment

#: Where a platform like this is likely to go next: linted even while no environment is there.
LIKELY = (
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-southeast-2",
    "ap-northeast-1",
)


def to_lint(environments: Iterable[Environment]) -> tuple[str, ...]:
    """Every region that an environment uses, and the likely ones, by name."""
    used = {region for environment in environments for region in environment.regions}
    return tuple(sorted(used.union(LIKELY)))
