"""The values that both regions were deployed with: what differs must be meant to."""

from __future__ import annotations

from collections.abc import Iterator

from generator.environments import Environment
from generator.manifest import Manifest, ParameterSource
from generator.settings import Settings
from scripts.drill.parity.findings import Finding, Outcome
from scripts.drill.parity.readings import MISSING
from scripts.drill.parity.sides import Side

FAMILY, SOURCE = "parameters", "cloudformation:DescribeStacks"

#: Ceilings of capacity: the standby's must not be lower, whatever params say.
CEILINGS = frozenset(
    setting.key
    for setting in (
        Settings.orders_replica_ceiling,
        Settings.orders_storage_ceiling_gib,
        Settings.shop_maximum,
        Settings.table_capacity_ceiling,
        Settings.worker_maximum,
    )
)


def compare(primary: Side, standby: Side) -> Iterator[Finding]:
    """Every parameter of every root that both regions have."""
    again = f"Deploy both regions with the same params: tradewind deploy {primary.environment.name}"
    sides = (primary, standby)
    for root in sorted({*primary.stacks, *standby.stacks}):
        if any(root not in side.stacks for side in sides):
            said = ["stands" if root in side.stacks else "missing" for side in sides]
            yield Finding(FAMILY, root, said[0], said[1], Outcome.DIFFERENT, SOURCE, again)
            continue
        sources = Manifest.of(primary.templates[root]).parameters
        here, there = (side.stacks[root].parameters for side in sides)
        for name in sorted({*here, *there}):
            values = here.get(name, MISSING), there.get(name, MISSING)
            outcome, why = Outcome.EQUAL, ""
            if values[0] != values[1]:
                reason = _reason(sources.get(name), root, sides, values)
                outcome = Outcome.EXPLAINED if reason else Outcome.DIFFERENT
                why = reason or again
            yield Finding(FAMILY, f"{root}.{name}", *values, outcome, SOURCE, why)


def _reason(
    source: ParameterSource | None, root: str, sides: tuple[Side, Side], values: tuple[str, str]
) -> str:
    """Why the two may differ; empty where nothing says so."""
    if source is None or MISSING in values:
        return ""
    match source.kind:
        case "setting":
            return _by_params(source.key, sides[0].environment, values)
        case "fact":
            return _by_fact(source.key, sides, values)
        case "handoff":
            return _by_giver(source, root, sides, values)
        case "lookup":
            return "AWS has another in each region."


def _by_params(key: str, environment: Environment, values: tuple[str, str]) -> str:
    meant = tuple(environment.values(region).get(key) for region in environment.pair)
    if values != meant or (key in CEILINGS and int(values[1]) < int(values[0])):
        return ""
    return f"params/{environment.name}.yaml says so."


def _by_fact(key: str, sides: tuple[Side, Side], values: tuple[str, str]) -> str:
    """What a region is to the shop. The address of a release is the same in either region's bucket."""
    if key == Settings.template_base_url.key:
        one, other = (side.regionless(said) for side, said in zip(sides, values, strict=True))
        return "Each region has the release in its own bucket." if one == other else ""
    known = tuple(side.environment.facts(side.region).get(key) for side in sides)
    return "It follows from the region's role." if values == known else ""


def _by_giver(
    source: ParameterSource, root: str, sides: tuple[Side, Side], values: tuple[str, str]
) -> str:
    """What the stack that it comes from gives now; a stack gives itself nothing."""
    environment = sides[0].environment
    standing = {side.region: side.stacks for side in sides}
    for side, value in zip(sides, values, strict=True):
        named = {"own": side.region, "peer": environment.peer(side.region)}
        region = named.get(source.region) or environment.places[source.region]
        giver = standing.get(region, {}).get(source.root)
        if giver is None:
            continue  # of the edge, or of a root that the pair has not: nothing to hold it against
        own = (source.root, region) == (root, side.region)
        if value != ("" if own else giver.outputs.get(source.output, "")):
            return ""
    return "It is handed on by another stack of its region."
