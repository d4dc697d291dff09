"""What a load test asks for, and the hash by which it is approved."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Load:
    """Users of one generator, and how long they take to come, shop and leave, in seconds."""

    users: int
    ramp: int
    peak: int
    decay: int

    @property
    def seconds(self) -> int:
        """From the first customer to the last."""
        return self.ramp + self.peak + self.decay


@dataclass(frozen=True)
class LoadPlan:
    """A load, where it goes, and by which plan: what somebody approves."""

    environment: str
    region: str
    target: str
    load: Load
    generators: int
    plan: str
    jmeter: str

    @property
    def hash(self) -> str:
        """Of all that it is, as 16 hex digits."""
        said = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def __str__(self) -> str:
        load = self.load
        return (
            f"{self.generators} x {load.users} users at {self.target}: {load.ramp} s to come, "
            f"{load.peak} s at the peak, {load.decay} s to leave"
        )


def new_run(now: float) -> str:
    """A name for a run: when, in UTC, and four digits so that two of one second differ."""
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}-{secrets.token_hex(2)}"


def overriding(load: Load) -> Mapping[str, str]:
    """The load as the variables of generator/load_test.py's builds."""
    return {
        "USERS": str(load.users),
        "RAMP_SECONDS": str(load.ramp),
        "PEAK_SECONDS": str(load.peak),
        "DECAY_SECONDS": str(load.decay),
    }


def loaded(variables: Mapping[str, str]) -> Load:
    """The load that these variables ask for."""
    names = ("USERS", "RAMP_SECONDS", "PEAK_SECONDS", "DECAY_SECONDS")
    return Load(*(int(variables[name]) for name in names))


def address(variables: Mapping[str, str]) -> str:
    """Of the bundle with the plan that these variables name: s3://…/ADDRESS/load-test.zip."""
    return variables["PLAN"].split("/")[-2]
