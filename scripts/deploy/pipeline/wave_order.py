"""Which of the pair may go first.

The standby's stack receives what the primary's hands on. Where a release moves one of those values the
primary has to go first, or the standby would be given the old one. An Aurora global database is the other
way round: a minor version comes to the secondary cluster before the primary's.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-upgrade.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.release_stages import WaveOrder
from scripts import inventory
from scripts.changes import NESTED_STACK, Change, walk
from scripts.deploy import change_sets
from scripts.deploy.plan import Awaiting, WavePlan
from scripts.deploy.planner import Planner
from scripts.deploy.standing import Look
from scripts.deploy.waves import Wave
from scripts.errors import Refused
from scripts.events import Event
from scripts.inventory import Stack

#: The root that stands in both regions, and the output that says that its database is a global one.
_ROOT, _GLOBAL = "platform", "GlobalClusterId"

_CLUSTER = "AWS::RDS::DBCluster"
_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")

#: What a change does to a resource so that others may get another value of it.
_MOVING = ("Add", "Remove", "Import", "Dynamic")


def admit(
    planner: Planner, wanted: WaveOrder, looks: Sequence[Look]
) -> Generator[Event, None, None]:
    """Let an order pass, or raise Refused with the order that is needed. Leaves nothing standing."""
    places = planner.environment.places
    primary, standby = Wave(_ROOT, places["primary"]), Wave(_ROOT, places["standby"])
    differing = {look.wave for look in looks if look.differs}
    if not differing & {primary, standby}:
        return
    there = planner.standing(_ROOT, primary.region)
    if wanted is WaveOrder.PRIMARY_FIRST:
        if upgrade := _minor_upgrade(planner, there, standby):
            raise Refused(
                f"{upgrade}, and Aurora upgrades a global database's secondary cluster first.",
                fix=f"Nothing was changed. Deploy with: tradewind deploy {_name(planner)} --standby-first",
            )
        return
    moved = yield from _moved(planner, primary, there)
    if moved:
        upgrade = _minor_upgrade(planner, there, standby)
        also = f" {upgrade}, which needs the standby first: ship the two in releases of their own."
        raise Refused(
            f"The standby cannot go first: {'; '.join(moved)}, and the standby receives it.",
            fix=f"Nothing was changed.{also if upgrade else ' Leave --standby-first out.'}",
        )


def _moved(
    planner: Planner, primary: Wave, there: Stack | None
) -> Generator[Event, None, list[str]]:
    """What of the values that the standby receives would move, as sentences."""
    outputs = sorted(_received(planner))
    if there is None:
        return [f"{primary} does not stand yet"] if outputs else []
    inputs = planner.inputs(primary)
    if isinstance(inputs, Awaiting):
        return [f"{primary} waits for {inputs.awaited}"]
    outcome = yield from planner.plan(primary, inputs)
    if not isinstance(outcome, WavePlan):
        return []
    change_sets.delete(planner.aws, outcome.change_set)
    now, new = _Tree.deployed(planner, there), _Tree.wanted(planner)
    differing = (
        name
        for name in inputs.parameters
        if there.parameters.get(name) != inputs.parameters.get(name)
    )
    moves = _Moves(now, new, dict(walk(outcome.changes)), frozenset(differing))
    return [
        f"{primary} would hand on another {output} ({why})"
        for output in outputs
        if (why := moves.why(output))
    ]


def _received(planner: Planner) -> Iterator[str]:
    """The primary's outputs that the standby's stack is given."""
    for source in planner.release.roots[_ROOT].manifest.parameters.values():
        if (
            source.kind == "handoff"
            and source.root == _ROOT
            and source.region in ("primary", "peer")
        ):
            yield source.output


@dataclass(frozen=True)
class _Tree:
    """A root template with the templates that it nests directly, by the nested stacks' logical ids."""

    root: Mapping[str, Any]
    nested: Mapping[str, Mapping[str, Any]]

    @classmethod
    def wanted(cls, planner: Planner) -> _Tree:
        """The release's."""
        root = planner.release.roots[_ROOT]
        files = {child.file: child.body for child in root.children}
        layers = root.manifest.layers
        return cls(
            json.loads(root.template.body),
            {stack: json.loads(files[file]) for stack, file in layers.items() if file in files},
        )

    @classmethod
    def deployed(cls, planner: Planner, stack: Stack) -> _Tree:
        """The one that stands."""
        root = inventory.template(planner.aws, stack.region, stack.id)
        held = {
            one.path[-1]: one.physical_id
            for one in inventory.children(planner.aws, stack.region, stack.id)
            if one.type == NESTED_STACK and one.physical_id
        }
        return cls(
            root,
            {name: inventory.template(planner.aws, stack.region, id) for name, id in held.items()},
        )


@dataclass(frozen=True)
class _Moves:
    """Whether values move: by templates before and after, by a plan's changes, by the root's parameters."""

    now: _Tree
    new: _Tree
    changed: Mapping[tuple[str, ...], Change]
    parameters: frozenset[str]

    def why(self, output: str) -> str:
        """Why a root's output would have another value; "" where it would not."""
        after = _value(self.new.root, output)
        if _value(self.now.root, output) != after:
            return "it is made in another way"
        return self._of(after)

    def _of(self, expression: Any) -> str:
        """Why an expression in the root's template would come to another value."""
        for name, attribute in _uses(expression):
            if name in self.parameters:
                return f"{name} differs"
            if (held := self.changed.get((name,))) is not None and _moves(held):
                return f"{name} {_happens(held)}"
            inner = attribute.removeprefix("Outputs.")
            if name in self.new.nested and (why := self._inside(name, inner)):
                return why
        return ""

    def _inside(self, stack: str, output: str) -> str:
        """Why a nested stack's output would. Stacks form no circle, so neither does this."""
        after = _value(self.new.nested[stack], output)
        if _value(self.now.nested.get(stack, {}), output) != after:
            return f"{stack} makes it in another way"
        given, before = _given(self.new, stack), _given(self.now, stack)
        for name, _ in _uses(after):
            if (held := self.changed.get((stack, name))) is not None and _moves(held):
                return f"{stack}/{name} {_happens(held)}"
            if name in given and given[name] != before.get(name):
                return f"{stack} is given another {name}"
            if name in given and (why := self._of(given[name])):
                return why
        return ""


def _happens(change: Change) -> str:
    match change.action:
        case "Modify":
            return "is replaced, or may be"
        case "Remove":
            return "goes"
    return "is new"


def _moves(change: Change) -> bool:
    return change.action in _MOVING or change.replacement in ("True", "Conditional")


def _value(template: Mapping[str, Any], output: str) -> Any:
    """What an output is made of, its condition included; None where there is no such output."""
    said = template.get("Outputs", {}).get(output)
    return None if said is None else [said.get("Condition"), said.get("Value")]


def _given(tree: _Tree, stack: str) -> Mapping[str, Any]:
    held = tree.root["Resources"].get(stack, {})
    given: Mapping[str, Any] = held.get("Properties", {}).get("Parameters", {})
    return given


def _uses(value: Any) -> Iterator[tuple[str, str]]:
    """What an expression refers to: names of resources or parameters, with the attribute that is asked."""
    match value:
        case {"Ref": str(name)}:
            yield name, "Ref"
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            yield name, attribute
        case {"Fn::Sub": str(text)}:
            for name in _VARIABLE.findall(text):
                yield name.partition(".")[0], name.partition(".")[2] or "Ref"
        case dict():
            for held in value.values():
                yield from _uses(held)
        case list():
            for held in value:
                yield from _uses(held)


def _minor_upgrade(planner: Planner, primary: Stack | None, standby: Wave) -> str:
    """A new minor version of a global Aurora cluster, as a sentence; "" where a release brings none."""
    there = planner.standing(_ROOT, standby.region)
    if primary is None or there is None or not primary.outputs.get(_GLOBAL):
        return ""
    wanted = _versions(_Tree.wanted(planner).nested)
    for one in inventory.children(planner.aws, there.region, there.id):
        stack = one.path[-1]
        if stack not in wanted or not one.physical_id:
            continue
        now = _versions(
            {stack: inventory.template(planner.aws, there.region, one.physical_id)}
        ).get(stack, {})
        for cluster, version in wanted[stack].items():
            before = now.get(cluster, version)
            if before != version and _major(before) == _major(version):
                return f"{stack}/{cluster} goes from {before} to {version}"
    return ""


def _versions(nested: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The engine versions of global clusters' members, by nested stack and logical id."""
    found: dict[str, dict[str, str]] = {}
    for stack, template in nested.items():
        for name, resource in template.get("Resources", {}).items():
            said = resource.get("Properties", {})
            version = said.get("EngineVersion")
            if (
                resource["Type"] == _CLUSTER
                and "GlobalClusterIdentifier" in said
                and isinstance(version, str)
            ):
                found.setdefault(stack, {})[name] = version
    return found


def _major(version: str) -> str:
    return version.partition(".")[0]


def _name(planner: Planner) -> str:
    return planner.environment.name
