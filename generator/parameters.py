"""The parameter values of a root's stack: what its manifest asks for, from an environment and a planner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from generator.environments import Environment
from generator.manifest import Manifest, ParameterSource
from generator.settings import FALSE, Settings


def values(
    manifest: Manifest,
    environment: Environment,
    region: str,
    *,
    facts: Mapping[str, str],
    received: Callable[[ParameterSource], str],
) -> dict[str, str]:
    """Parameter name -> value, for the stack of one root in one region.

    `facts` are those that the environment cannot know (peer_ready, template_base_url). `received` answers for
    a handoff or a lookup; a handoff that cannot be there is empty without asking.
    """
    known = {**environment.facts(region), **facts}

    def value(source: ParameterSource) -> str:
        match source.kind:
            case "setting":
                return environment.values(region)[source.key]
            case "fact":
                return known[source.key]
            case "handoff":
                absent = _absent(source, manifest.root, known)
                return "" if absent else received(source)
            case "lookup":
                return received(source)
            case _ as never:
                assert_never(never)

    return {name: value(source) for name, source in manifest.parameters.items()}


def _absent(source: ParameterSource, root: str, known: Mapping[str, str]) -> bool:
    """Whether a handoff has nothing to hand on: to itself in the primary, or from a peer not yet there."""
    match source.region:
        case "primary":
            return root == source.root and known[Settings.region_role.key] == "primary"
        case "peer":
            return known[Settings.peer_ready.key] == FALSE
    return False
