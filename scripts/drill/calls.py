"""The calls of AWS that a drill makes: of which plane each is, in whose region, and whether anything
hangs on it.

A step says which calls it makes; the proof (proof.py) reads that, and the recorder at the wire (wire.py)
holds it against what was sent.
https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Plane(StrEnum):
    """What makes and changes resources, or what they do by themselves."""

    CONTROL = "control"
    DATA = "data"


class Where(StrEnum):
    """In whose region a call is answered."""

    STANDBY = "standby"
    IMPAIRED = "impaired"
    GLOBAL = "us-east-1"


@dataclass(frozen=True)
class Call:
    """One operation of one service. `needed`: the way out fails without it; else it only watches."""

    service: str
    operation: str
    where: Where
    plane: Plane
    why: str
    needed: bool = True
