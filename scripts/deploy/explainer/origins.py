"""Where a root's parameter comes from: the setting and its line, the stack that hands it on, AWS's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.manifest import Manifest, ParameterSource

if TYPE_CHECKING:
    from generator.environments import Environment
    from generator.marked_yaml import Value


@dataclass(frozen=True)
class Origins:
    """The origins of one root's parameters in one region: called with a parameter's name, its own."""

    sources: Mapping[str, ParameterSource]
    places: Mapping[str, str]

    @classmethod
    def of(
        cls, template: Mapping[str, Any], environment: Environment, region: str, params: Path
    ) -> Origins:
        """Of a root's template; a template that is not ours tells nothing of its parameters."""
        try:
            sources = Manifest.of(template).parameters
        except (KeyError, TypeError, AttributeError):
            return cls({}, {})
        return cls(sources, _places(params, environment.name, region))

    def __call__(self, parameter: str) -> str:
        """In a few words; empty where nobody knows."""
        source = self.sources.get(parameter)
        if source is None:
            return ""
        match source.kind:
            case "setting":
                place = self.places.get(source.key, "its default, in generator/settings.py")
                return f"setting {source.key} ({place})"
            case "fact":
                return f"fact {source.key}, which the planner knows"
            case "handoff":
                where = "this region" if source.region == "own" else f"the {source.region} region"
                return f"output {source.output} of {source.root} in {where}"
            case "lookup":
                subject = " ".join(source.subject.values())
                return f"{source.question} {subject}, as AWS answers".replace("  ", " ")
        return ""


def _places(params: Path, environment: str, region: str) -> dict[str, str]:
    """Setting -> the file and line that gives it in a region. The files have been checked already."""
    from generator import marked_yaml
    from generator.environments import DEFAULTS, REGIONS

    files = [
        marked_yaml.read(params / f"{name}.yaml", lambda _problem: None) or {}
        for name in (DEFAULTS, environment)
    ]
    places: dict[str, str] = {}
    for said in files:
        places |= _lines(said)
    own = files[-1].get(REGIONS)
    if own is not None and region in own.section:
        places |= _lines(own.section[region].section)
    return places


def _lines(section: Mapping[str, Value]) -> dict[str, str]:
    return {key: f"{value.file}:{value.line}" for key, value in section.items()}
