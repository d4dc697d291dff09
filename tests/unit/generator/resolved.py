"""A layer as CloudFormation would make it in one environment and region, for tests to look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.availability import offers
from generator.layer import Layer
from generator.places import EDGE_REGION
from generator.render import render
from generator.settings import Setting
from scripts.validate.resolution import Place, resolve

#: What the planner knows, and what an environment must say.
FACTS = {
    "environment": "dev",
    "region_role": "primary",
    "primary_region": "us-east-1",
    "standby_region": "us-west-2",
    "peer_region": "us-west-2",
    "edge_apart": "false",
    "domain_name": "example.com",
    "hosted_zone_id": "Z0123456789ABC",
    "vpc_cidr": "10.0.0.0/16",
}


class Made:
    """What stands of a layer under these values; every received value is its port's example."""

    def __init__(self, layer: type[Layer], region: str = "us-east-1", **values: str) -> None:
        built = layer()
        template = json.loads(render(built.template))
        known = FACTS | {"holds_edge": str(region == EDGE_REGION).lower()} | offers(region) | values
        given = {
            name: known.get(source.key, source.default)
            if isinstance(source, Setting)
            else known.get(source.attribute, source.example)
            for name, source in built.sources.items()
        }
        found = resolve(template, given, Place(region, account_id="111111111111"))
        assert not found.problems, found.problems
        self.resources, self.outputs = found.resources, found.outputs

    def __contains__(self, logical_id: str) -> bool:
        return logical_id in self.resources

    def __getitem__(self, logical_id: str) -> Mapping[str, Any]:
        """A resource's properties."""
        properties: Mapping[str, Any] = self.resources[logical_id]["Properties"]
        return properties

    def of_type(self, type_name: str) -> dict[str, Mapping[str, Any]]:
        """The properties of every resource of a type."""
        return {
            logical_id: resource["Properties"]
            for logical_id, resource in self.resources.items()
            if resource["Type"] == type_name
        }

    def statements(self, role: str) -> list[Mapping[str, Any]]:
        """What a role's policies say."""
        return [
            statement
            for policy in self[role]["ManagedPolicyArns"]
            for statement in self[policy.of]["PolicyDocument"]["Statement"]
        ]


def by_key(pairs: list[Mapping[str, Any]]) -> dict[str, Any]:
    """A list of Key and Value, as tags and attributes are, read as a mapping."""
    return {pair["Key"]: pair["Value"] for pair in pairs}
