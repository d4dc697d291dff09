"""Environments with the longest names that there may be: what fits there fits everywhere.

An environment's name has as many characters as it may have, and its regions are those with the longest names.
What is there only in some environments is so looked at, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from generator.environments import Environment
from generator.places import EDGE_REGION

#: As long as the names of an environment and of a region get.
CHARACTERS, PRIMARY, STANDBY = 12, "ap-southeast-2", "ap-northeast-1"


def stretched(environments: Iterable[Environment]) -> Iterator[Environment]:
    """The same with the longest names; what they say of their regions goes for those in their place."""
    for number, environment in enumerate(environments):
        primary, standby = (environment.values(region) for region in environment.pair)
        yield replace(
            environment,
            name=f"e{number:0{CHARACTERS - 1}}",
            primary_region=PRIMARY,
            standby_region=STANDBY,
            settings={PRIMARY: primary, STANDBY: standby, EDGE_REGION: primary},
        )
