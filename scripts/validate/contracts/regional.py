"""Each region has what stands there: the types, and their properties, by its own provider schemas."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.validate.contracts.cases import Case
from scripts.validate.contracts.graph import Graph, across
from scripts.validate.contracts.provider_schemas import offered, schema
from scripts.validate.findings import Finding

TYPE = "region-type"
PROPERTY = "region-property"

#: Types of one's own, which every region has.
CUSTOM = "Custom::"

#: Who takes whatever he is given.
ANYTHING = frozenset({"AWS::CloudFormation::CustomResource"})


def check(graph: Graph) -> Iterator[Finding]:
    """What would be refused where it is to stand."""
    yield from across(graph.cases, _lacking)


def unchecked(graph: Graph) -> tuple[str, ...]:
    """Regions of environments that no provider schema is shipped for."""
    used = {region for environment in graph.environments for region in environment.regions}
    return tuple(sorted(region for region in used if not offered(region)))


def _lacking(case: Case) -> Iterator[Finding]:
    here = offered(case.region)
    if not here:
        return
    for stack in case.stacks:
        for logical_id, resource in stack.resolved.resources.items():
            type, path = resource["Type"], f"Resources/{logical_id}"
            if type not in here and not type.startswith(CUSTOM):
                message = f"{case.region} has no {type}"
                fix = "Let it depend on a condition that asks what the region offers."
                yield Finding(stack.file, f"{path}/Type", TYPE, message, fix=fix)
                continue
            takes = schema(type, case.region)
            if type in ANYTHING or type.startswith(CUSTOM) or "properties" not in takes:
                continue
            for name in resource.get("Properties", {}):
                if name not in takes["properties"]:
                    message = f"{type} has no property {name} in {case.region}"
                    yield Finding(stack.file, f"{path}/Properties/{name}", PROPERTY, message)
