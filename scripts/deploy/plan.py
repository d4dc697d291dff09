"""A plan, as data: what each wave would change, and the hash by which it is approved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TypeAlias

from scripts.changes import Change, count
from scripts.deploy.change_sets import ChangeSet, Kind
from scripts.deploy.waves import Wave

#: Hex digits of a plan's hash: short enough to read aloud, long enough that no two plans share one.
HASH_DIGITS = 16


@dataclass(frozen=True)
class Inputs:
    """What decides a stack: the root's digest (which covers its nested templates) and the parameters.

    No parameter is a secret: secrets are made in Secrets Manager and referred to. `lookups` names the
    parameters whose value was asked of AWS, `left_out` the wanted types that the region does not offer.
    """

    digest: str
    parameters: Mapping[str, str]
    lookups: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class WavePlan:
    """A wave that would change something; `change_set` stands, unexecuted."""

    wave: Wave
    environment: str
    account: str
    kind: Kind
    inputs: Inputs
    change_set: ChangeSet
    changes: tuple[Change, ...]

    @property
    def hash(self) -> str:
        """The same for the same templates, parameters and changes in the same place; of nothing else."""
        said = {
            "environment": self.environment,
            "account": self.account,
            "root": self.wave.root,
            "region": self.wave.region,
            "kind": self.kind,
            "digest": self.inputs.digest,
            "parameters": dict(self.inputs.parameters),
            "changes": [asdict(change) for change in self.changes],
        }
        body = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(body.encode()).hexdigest()[:HASH_DIGITS]

    @property
    def recorded(self) -> dict[str, str]:
        """The parameters that AWS was asked for, as answered."""
        return {name: self.inputs.parameters[name] for name in self.inputs.lookups}

    def to_json(self) -> dict[str, object]:
        """For --json."""
        return {
            "root": self.wave.root,
            "region": self.wave.region,
            "outcome": "changes",
            "hash": self.hash,
            "kind": self.kind,
            "counts": count(self.changes),
            "lookups": self.recorded,
            "left_out": list(self.inputs.left_out),
            "changes": [asdict(change) for change in self.changes],
        }


@dataclass(frozen=True)
class Unchanged:
    """A wave that is as it should be, but for the wanted types that its region does not offer."""

    wave: Wave
    left_out: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """For --json."""
        return {
            "root": self.wave.root,
            "region": self.wave.region,
            "outcome": "unchanged",
            "left_out": list(self.left_out),
        }


@dataclass(frozen=True)
class Awaiting:
    """A wave that cannot be planned before `awaited` is deployed."""

    wave: Wave
    awaited: Wave

    def to_json(self) -> dict[str, object]:
        """For --json."""
        return {
            "root": self.wave.root,
            "region": self.wave.region,
            "outcome": "awaiting",
            "awaits": {"root": self.awaited.root, "region": self.awaited.region},
        }


Outcome: TypeAlias = WavePlan | Unchanged | Awaiting
