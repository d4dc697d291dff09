"""What a root's template says of itself: where each of its parameters comes from, and which layers it nests.

It travels in the template's Metadata, so a planner needs the template and nothing else: neither the
generator's source nor troposphere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

KEY = "Tradewind"


@dataclass(frozen=True)
class ParameterSource:
    """Where the planner finds a value.

    "setting": `key` of the environment's values. "fact": `key` known to the planner. "handoff": `output` of
    the stack of `root` in the `region`, by a `layer.Where`. "lookup": `question` with its `subject`.
    `example` is a value of the right shape for a handoff or a lookup.
    """

    kind: Literal["setting", "fact", "handoff", "lookup"]
    key: str = ""
    root: str = ""
    region: str = ""
    output: str = ""
    question: str = ""
    subject: Mapping[str, str] = field(default_factory=dict)
    example: str = ""

    @classmethod
    def setting(cls, key: str, given_by: str) -> ParameterSource:
        """A value of the environment, or a fact that the planner knows."""
        return cls("setting" if given_by == "environment" else "fact", key=key)

    @classmethod
    def handoff(cls, root: str, region: str, output: str, example: str) -> ParameterSource:
        """An earlier root's output."""
        return cls("handoff", root=root, region=region, output=output, example=example)

    @classmethod
    def lookup(cls, question: str, subject: Mapping[str, str], example: str) -> ParameterSource:
        """A read-only question to AWS."""
        return cls("lookup", question=question, subject=dict(subject), example=example)

    def to_metadata(self) -> dict[str, Any]:
        """The fields that say something."""
        return {key: value for key, value in vars(self).items() if value}


@dataclass(frozen=True)
class Manifest:
    """A root's description of itself."""

    root: str
    parameters: Mapping[str, ParameterSource]
    layers: Mapping[str, str]

    def to_metadata(self) -> dict[str, Any]:
        """The Metadata section of the root's template."""
        return {
            KEY: {
                "Root": self.root,
                "Layers": dict(self.layers),
                "Parameters": {
                    name: source.to_metadata() for name, source in self.parameters.items()
                },
            }
        }

    @classmethod
    def of(cls, template: Mapping[str, Any]) -> Manifest:
        """Read it back from a parsed template. Raises KeyError where the template is not a root of ours."""
        said = template["Metadata"][KEY]
        return cls(
            root=said["Root"],
            parameters={
                name: ParameterSource(**source) for name, source in said["Parameters"].items()
            },
            layers=said["Layers"],
        )
