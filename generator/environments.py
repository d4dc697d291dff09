"""Environments: params/<environment>.yaml over params/defaults.yaml over the settings' own defaults.

    account_id: "111111111111"
    primary_region: us-east-1
    standby_region: us-west-2
    vpc_cidr: 10.0.0.0/16           # any setting, for both regions
    regions:
      us-west-2:
        vpc_cidr: 10.1.0.0/16       # the same setting, for one of them

Everything is checked against `Settings` before anything is built or deployed, and all that is wrong is
said at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generator import marked_yaml
from generator.agreements import disagreements
from generator.marked_yaml import Report, Value
from generator.problems import EnvironmentInvalid, Problem, nearest
from generator.settings import FALSE, TRUE, Setting, Settings

__all__ = ["Environment", "EnvironmentInvalid", "Problem", "names", "read"]

DEFAULTS = "defaults"
REGION_KEYS = ("primary_region", "standby_region")
IDENTITY = ("account_id", *REGION_KEYS)
#: Settings of the pair, not of a region: a name, a global table, a global cluster.
SHARED = frozenset(
    {
        Settings.domain_name,
        Settings.hosted_zone_id,
        Settings.orders_engine,
        Settings.table_billing,
        Settings.order_intake_consistency,
        Settings.witness_region,
    }
)
