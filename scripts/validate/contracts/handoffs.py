"""Handoffs reach back: the root that gives stands in that region, and its wave comes before the reader's.

What the other region of the pair gives comes later on the first roll-out, by design: until then it is empty.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.environments import Environment
from generator.manifest import ParameterSource
from generator.places import stands
from scripts.validate.contract import Root
from scripts.validate.contracts.cases import giving_region
from scripts.validate.contracts.graph import Graph
from scripts.validate.findings import Finding

PLACE = "handoff-place"
ORDER = "handoff-order"

#: Whose stacks may come later than those that read them.
LATER = ("peer", "standby")


def check(graph: Graph) -> Iterator[Finding]:
    """What is handed on by nobody, or too late."""
    for root in graph.roots.values():
        for name, source in root.manifest.parameters.items():
            if source.kind != "handoff" or source.root not in graph.roots:
                continue  # a giver that there is not is the wiring's to find
            path = f"Parameters/{name}"
            if not any(_pairs(root, source, graph.environments)):
                where = f"the root {source.root} never stands in the {source.region} region"
                yield Finding(root.file, path, PLACE, f"{where} of {root.manifest.root}")
            elif source.region not in LATER and (late := _late(graph, root, source)):
                message = f"the root {source.root} comes later than {root.manifest.root}: {late}"
                yield Finding(root.file, path, ORDER, message)


def _pairs(
    root: Root, source: ParameterSource, environments: tuple[Environment, ...]
) -> Iterator[tuple[Environment, str, str]]:
    """Where it is read and where it is given, in every environment in which both roots stand."""
    for environment in environments:
        for region in environment.regions:
            there = giving_region(source, environment, region)
            places = environment.places
            if stands(root.manifest.root, region, places) and stands(source.root, there, places):
                yield environment, region, there


def _late(graph: Graph, root: Root, source: ParameterSource) -> str:
    """Where the reader's last visit is over before the giver's first; empty where that is nowhere."""
    for environment, region, there in _pairs(root, source, graph.environments):
        reader, giver = (root.manifest.root, region), (source.root, there)
        order = list(graph.deployment.order(environment.places))
        if reader == giver or reader not in order:
            continue  # nothing of its own is handed on yet; what no wave carries comes after all
        last = len(order) - 1 - order[::-1].index(reader)
        if giver not in order[:last]:
            return f"{environment.name} in {region}"
    return ""
