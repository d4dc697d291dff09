"""What a change set would really do, change by change: the words that gates, pages and screens read.

`scripts/deploy/explainer` writes it; these are plain data, so that whoever reads them needs neither AWS nor
the explainer. A value that must not be shown is never in here: `secret` says that one stood there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from scripts.changes import Change

#: What stands instead of a value that must not be shown.
HIDDEN = "(secret)"

#: What stands instead of a value that nobody can know before it is deployed.
LATER = "(known once deployed)"

#: A JSON value, in which HIDDEN and LATER may stand; None where there is none.
Value: TypeAlias = Any

#: What happens meanwhile: nothing; moments, or one part of several; it is away; what it holds is lost.
Level: TypeAlias = Literal["none", "brief", "outage", "data"]

#: What CloudFormation does with the old resource when it is removed or replaced.
Policy: TypeAlias = Literal["Delete", "Retain", "Snapshot", "RetainExceptOnCreate"]


class Certainty(StrEnum):
    """Whether what CloudFormation announces will happen."""

    CERTAIN = "certain"
    #: It will not: what CloudFormation cannot know beforehand comes out as it is.
    PHANTOM = "phantom"
    POSSIBLE = "possible"


@dataclass(frozen=True)
class PropertyChange:
    """One property from what to what.

    `path` is a property's name, and `before` and `after` are its whole values; `within` are the parts of it
    that differ, their paths dotted, with list positions: `VpcConfig.SubnetIds.0`. It is empty where the
    property has no parts, appears or goes. `attribute` is CloudFormation's word for the part of the resource
    (Target.Attribute): Properties, Tags,
    Metadata, DeletionPolicy, UpdatePolicy ... `why` leads back, nearest first: the parameter, the sibling's
    output that feeds it, the setting in params/*.yaml. A PHANTOM has a `before` and no other `after`.
    """

    path: str
    before: Value
    after: Value
    secret: bool = False
    why: tuple[str, ...] = ()
    attribute: str = "Properties"
    certainty: Certainty = Certainty.CERTAIN
    within: tuple[PropertyChange, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "path": self.path,
            "attribute": self.attribute,
            "before": self.before,
            "after": self.after,
            "secret": self.secret,
            "certainty": self.certainty,
            "why": list(self.why),
            "within": [part.to_json() for part in self.within],
        }


@dataclass(frozen=True)
class Effect:
    """What a change does to whoever uses the resource; `source` is the documentation's address."""

    level: Level
    words: str
    source: str = ""


@dataclass(frozen=True)
class Explained:
    """One change of the tree: `path` is the logical ids from the root's stack.

    `certainty` is of the change as a whole, `replacement` of the replacement (None: none is announced and
    none is feared). `layer` is the nested stack it is in ("" for the root's own), `template` the file's name
    and `line` the source line that made it ("generator/layers/orders.py:57"), where they are known.
    `policy` is what becomes of the resource that goes, if one goes. `warnings` are what will go wrong:
    a name that is taken, a policy that leaves an orphan.
    """

    path: tuple[str, ...]
    change: Change
    effect: Effect
    layer: str = ""
    template: str = ""
    line: str = ""
    properties: tuple[PropertyChange, ...] = ()
    certainty: Certainty = Certainty.CERTAIN
    replacement: Certainty | None = None
    why: tuple[str, ...] = ()
    policy: Policy = "Delete"
    warnings: tuple[str, ...] = ()
    #: All its properties as they stand, and as they will be: what the gates compare. None where there is no
    #: such resource, or where nobody could read it.
    before: Mapping[str, Value] | None = None
    after: Mapping[str, Value] | None = None

    @property
    def removes(self) -> bool:
        """Whether the resource that stands now goes, or may go; a phantom does not make it go."""
        if self.change.action == "Remove":
            return self.certainty is not Certainty.PHANTOM
        return self.replacement in (Certainty.CERTAIN, Certainty.POSSIBLE)

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "path": list(self.path),
            "action": self.change.action,
            "type": self.change.type,
            "physical_id": self.change.physical_id,
            "layer": self.layer,
            "template": self.template,
            "line": self.line,
            "certainty": self.certainty,
            "replacement": self.replacement,
            "policy": self.policy,
            "effect": {
                "level": self.effect.level,
                "words": self.effect.words,
                "source": self.effect.source,
            },
            "why": list(self.why),
            "warnings": list(self.warnings),
            "properties": [one.to_json() for one in self.properties],
        }


@dataclass(frozen=True)
class Explanation:
    """A wave's changes, parents before children. `notes` are what is to be said of the whole."""

    root: str
    region: str
    changes: tuple[Explained, ...]
    notes: tuple[str, ...] = ()

    def at(self, *path: str) -> Explained:
        """The change at a path. Raises KeyError where there is none."""
        for one in self.changes:
            if one.path == path:
                return one
        raise KeyError("/".join(path))

    def phantoms(self) -> Iterator[Explained]:
        """What is announced as a replacement, and will be none."""
        return (one for one in self.changes if one.replacement is Certainty.PHANTOM)

    def to_json(self) -> dict[str, Any]:
        """For --json."""
        return {
            "root": self.root,
            "region": self.region,
            "notes": list(self.notes),
            "changes": [one.to_json() for one in self.changes],
        }
