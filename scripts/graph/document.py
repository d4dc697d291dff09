"""The architecture as one JSON document: what the pictures draw, for tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scripts.graph.model import Layer, Root
from scripts.graph.topology import PAIR, Place, Topology


def document(topology: Topology, roots: Sequence[Root]) -> dict[str, Any]:
    """The roots, and of the whole: what stands where, the traffic's way, what is copied."""
    return {
        "roots": {root.name: _root(root) for root in roots},
        "places": {
            place.value: [root.name for root in topology.roots(place)]
            for place in Place
            if place in PAIR or topology.has_edge
        },
        "path": [
            {"place": stop.place.value, "root": stop.root.name, "layer": stop.layer.name}
            for stop in topology.path
        ],
        "copies": [
            {
                "root": root.name,
                "layer": store.layer.name,
                "way": store.way.name.lower(),
                "how": store.copied,
            }
            for root in topology.roots(Place.PRIMARY)
            for store in topology.stores(root)
            if store.way
        ],
    }


def _root(root: Root) -> dict[str, Any]:
    return {
        "purpose": root.purpose,
        "resources": root.resources,
        "layers": {layer.name: _layer(layer) for layer in root.layers},
        "wires": [
            {"from": wire.producer, "to": wire.consumer, "values": list(wire.values)}
            for wire in root.wires
        ],
        "received": [
            {"root": one.giver, "region": one.where, "values": list(one.values)}
            for one in root.received
        ],
    }


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "purpose": layer.purpose,
        "family": layer.family.value,
        "condition": layer.condition,
        "holds": [
            {
                "kind": held.kind.one,
                "count": len(held.resources),
                "certain": held.certain,
                "condition": held.condition,
                "resources": [resource.id for resource in held.resources],
            }
            for held in layer.holdings
        ],
    }
