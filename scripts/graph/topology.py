"""The whole: what is in which region, the way of the traffic, and what is copied between the regions.

Nothing here is told: a place's facts decide the templates' conditions, and what resources say of themselves
decides the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from generator.places import EDGE_ONLY, EDGE_REGION, stands
from generator.settings import FALSE, TRUE, Settings
from scripts.graph.kinds import kind_of
from scripts.graph.model import Architecture, Layer, Resource, Root

#: The general case: us-east-1 is neither of the pair.
_PLACES = {"primary": "primary", "standby": "standby", "edge": EDGE_REGION}


class Place(Enum):
    """A region, by what it is to the shop."""

    PRIMARY = "primary"
    STANDBY = "standby"
    EDGE = "edge"

    @property
    def facts(self) -> Mapping[str, str]:
        """What the planner would know there."""
        return {
            Settings.region_role.key: self.value,
            Settings.peer_ready.key: TRUE,
            Settings.edge_apart.key: TRUE,
            Settings.holds_edge.key: TRUE if self is Place.EDGE else FALSE,
        }


PAIR = (Place.PRIMARY, Place.STANDBY)


class Way(Enum):
    """In which direction data is copied."""

    OUT = "→"
    BACK = "←"
    BOTH = "↔"


@dataclass(frozen=True)
class Part:
    """What a layer has of something in one place; `condition` in words, where a setting decides."""

    said: tuple[str, ...]
    condition: str = ""


@dataclass(frozen=True)
class Store:
    """A layer's data in both regions of the pair; `way` is None where nothing copies it."""

    root: Root
    layer: Layer
    parts: Mapping[Place, Part]
    way: Way | None
    copied: str = ""


@dataclass(frozen=True)
class Stop:
    """Where the traffic passes in one place; `guard` is the web ACL before it, in words."""

    root: Root
    layer: Layer
    place: Place
    part: Part
    guard: str = ""


@dataclass(frozen=True, eq=False)
class Topology:
    """Where everything is. `on_demand` are the roots that no roll-out brings, with their places."""

    architecture: Architecture
    on_demand: Mapping[str, str] = field(default_factory=dict)

    def roots(self, place: Place) -> tuple[Root, ...]:
        """What stands in a place: what the traffic passes first, then what stands on most."""
        order = self._depths
        passed = {stop.root.name for stop in self.path}
        there = (root for root in self.architecture.roots if self._stands(root, place))
        return tuple(
            sorted(
                there,
                key=lambda root: (
                    root.name in self.on_demand,
                    root.name not in passed,
                    order[root.name],
                    root.name,
                ),
            )
        )

    def _stands(self, root: Root, place: Place) -> bool:
        if root.name in self.on_demand:
            return place.value == self.on_demand[root.name]
        return stands(root.name, _PLACES[place.value], _PLACES)

    @property
    def has_edge(self) -> bool:
        """Whether any root is for us-east-1 alone."""
        return any(root.name in EDGE_ONLY for root in self.architecture.roots)

    @cached_property
    def _depths(self) -> Mapping[str, tuple[int, int]]:
        """How deep a root stands on others; of equals the one that gives most is the lower."""
        stands_on = {
            root.name: {one.giver for one in root.received} - {root.name}
            for root in self.architecture.roots
        }
        depths: dict[str, int] = {}

        def depth(name: str) -> int:
            if name not in depths:
                depths[name] = 0  # a cycle between roots ends here
                depths[name] = 1 + max((depth(on) for on in stands_on.get(name, ())), default=-1)
            return depths[name]

        given = {name: sum(name in on for on in stands_on.values()) for name in stands_on}
        return {name: (-depth(name), given[name]) for name in stands_on}

    def there(self, root: Root, layer: Layer, place: Place) -> bool | None:
        """Whether a layer is in a place where its root stands; None: a setting decides."""
        whole = root.conditions.holds(layer.exists, place.facts)
        if whole is False or not any(
            _there(layer, one, place) is not False for one in layer.resources
        ):
            return False
        return whole

    def asked(self, root: Root, layer: Layer, place: Place) -> str:
        """What decides whether a layer is in a place, in words; nothing where it is there anyway."""
        return (
            ""
            if self.there(root, layer, place)
            else root.conditions.words(layer.exists, place.facts)
        )

    def count(self, root: Root, place: Place) -> tuple[int, int]:
        """How many resources a root has in a place: for sure, and at most."""
        sure = most = 0
        for layer in root.layers:
            whole = self.there(root, layer, place)
            if whole is False:
                continue
            verdicts = [_there(layer, one, place) for one in layer.resources]
            sure += sum(verdict is True for verdict in verdicts) if whole else 0
            most += sum(verdict is not False for verdict in verdicts)
        return sure, most

    def part(
        self, root: Root, layer: Layer, resources: Iterable[Resource], place: Place
    ) -> Part | None:
        """What there is of these resources in a place, or None."""
        if self.there(root, layer, place) is False:
            return None
        found = [one for one in resources if _there(layer, one, place) is not False]
        if not found:
            return None
        sure = {one.id for one in found if _there(layer, one, place)}
        said = []
        for held in layer.holding(found):
            count, certain = len(held.resources), sum(one.id in sure for one in held.resources)
            number = str(count) if certain == count else f"up to {count}"
            said.append(held.kind.counted(number))
        asked = self.asked(root, layer, place)
        if not sure and not asked:
            either = {layer.conditions.words(one.condition, place.facts) for one in found}
            asked = either.pop() if len(either) == 1 else ""
        return Part(tuple(said), asked)

    def stores(self, root: Root) -> Iterator[Store]:
        """The data of a root, layer by layer: what both of the pair have, and what is copied."""
        for layer in root.layers:
            found = {one: list(self._ways(root, layer, one)) for one in layer.resources}
            ways = [way for each in found.values() for way in each]
            kept = [one for one in layer.resources if one.kind.store or found[one]]
            if not kept:
                continue
            parts = {
                place: part
                for place in PAIR
                if (part := self.part(root, layer, kept, place)) is not None
            }
            mirrored = [one for one in kept if _mirrored(one)]
            if Place.PRIMARY in parts and Place.STANDBY not in parts and mirrored:
                parts[Place.STANDBY] = _replicas(layer, mirrored)
            if ways or len(parts) == len(PAIR):
                names = dict.fromkeys(said for _, said in ways)
                yield Store(root, layer, parts, _joined({way for way, _ in ways}), ", ".join(names))

    def _ways(self, root: Root, layer: Layer, resource: Resource) -> Iterator[tuple[Way, str]]:
        """How a resource is copied between the pair, with the words for it."""
        for place in PAIR:
            if self.there(root, layer, place) is False or _there(layer, resource, place) is False:
                continue
            if way := _copies(resource, place):
                yield way

    @cached_property
    def path(self) -> tuple[Stop, ...]:
        """The stops of the traffic, from the viewers on: distribution, load balancers, fleets."""
        return tuple(
            stop
            for wanted in ("distribution", "load balancer", "fleet")
            for place in (Place.EDGE, *PAIR)
            for root in self.architecture.roots
            if self._stands(root, place)
            for layer in root.layers
            if (stop := self._stop(wanted, root, layer, place)) is not None
        )

    @cached_property
    def routed(self) -> bool:
        """Whether records choose between the regions."""
        return any(
            resource.type == "AWS::Route53::RecordSet" and "Failover" in resource.properties
            for root in self.architecture.roots
            for layer in root.layers
            for resource in layer.resources
        )

    def _stop(self, wanted: str, root: Root, layer: Layer, place: Place) -> Stop | None:
        found = [one for one in layer.resources if _serves(one) == wanted]
        part = self.part(root, layer, found, place) if found else None
        guard = "" if wanted == "fleet" else self._guard(root, place)
        return Stop(root, layer, place, part, guard) if part else None

    def _guard(self, root: Root, place: Place) -> str:
        """The web ACL of a root in a place: `web ACL`, with the setting that decides."""
        for layer in root.layers:
            acls = [one for one in layer.resources if one.type == "AWS::WAFv2::WebACL"]
            part = self.part(root, layer, acls, place)
            if part is not None:
                acl = kind_of(acls[0].type).one
                return f"{acl} if {part.condition}" if part.condition else acl
        return ""

    def serves_the_fleet(self, store: Store) -> bool:
        """Whether the fleet reads what the layer of a store gives."""
        return store.layer.name in self._read_by_fleets[store.root.name]

    @cached_property
    def _read_by_fleets(self) -> Mapping[str, set[str]]:
        """Root -> the layers that its fleet is wired from, itself or by the layers that are parts of it."""
        read: dict[str, set[str]] = {root.name: set() for root in self.architecture.roots}
        for stop in self.path:
            waiting = [stop.layer] if _serves_as(stop, "fleet") else []
            while waiting:
                consumer = waiting.pop()
                for wire in stop.root.wires:
                    if wire.consumer != consumer.name or wire.producer in read[stop.root.name]:
                        continue
                    read[stop.root.name].add(wire.producer)
                    producer = stop.root.layer(wire.producer)
                    if producer.family is stop.layer.family:
                        waiting.append(producer)
        return read

    def beside(self, root: Root, place: Place) -> tuple[Layer, ...]:
        """The layers in a place that are neither on the traffic's way nor data of the pair."""
        drawn = {stop.layer.name for stop in self.path if stop.root is root and stop.place is place}
        if place in PAIR:
            drawn |= {store.layer.name for store in self.stores(root) if place in store.parts}
        return tuple(
            layer
            for layer in root.layers
            if layer.name not in drawn and self.there(root, layer, place) is not False
        )


def _there(layer: Layer, resource: Resource, place: Place) -> bool | None:
    return layer.conditions.holds(resource.condition, place.facts)


def _serves_as(stop: Stop, wanted: str) -> bool:
    return any(_serves(one) == wanted for one in stop.layer.resources)


def _serves(resource: Resource) -> str:
    """What a resource is on the traffic's way, or nothing."""
    match resource.type:
        case "AWS::CloudFront::Distribution":
            return "distribution"
        case "AWS::ElasticLoadBalancingV2::LoadBalancer":
            return "load balancer"
        case "AWS::AutoScaling::AutoScalingGroup" if resource.properties.get("TargetGroupARNs"):
            return "fleet"
    return ""


def _copies(resource: Resource, place: Place) -> tuple[Way, str] | None:
    """How a resource that is declared in a place of the pair is copied to the other place, or from it."""
    away = Way.OUT if place is Place.PRIMARY else Way.BACK
    towards = Way.OUT if place is Place.STANDBY else Way.BACK
    said = resource.properties
    match resource.type:
        case "AWS::DynamoDB::GlobalTable" if len(said.get("Replicas", ())) > 1:
            return Way.BOTH, "global tables"
        case "AWS::SecretsManager::Secret" if said.get("ReplicaRegions"):
            return away, "replicas"
        case "AWS::S3::Bucket" if said.get("ReplicationConfiguration"):
            return away, "replication"
        case "AWS::KMS::ReplicaKey":
            return towards, "replica keys"
        case "AWS::RDS::DBInstance" if "SourceRegion" in said:
            return towards, "read replica"
        case "AWS::RDS::GlobalCluster":
            return away, "global cluster"
        case "AWS::Backup::BackupPlan" if "CopyActions" in str(said):
            return away, "backup copies"
    return None


def _mirrored(resource: Resource) -> bool:
    """Whether the one declaration also makes what stands in the other region."""
    return resource.type in ("AWS::DynamoDB::GlobalTable", "AWS::SecretsManager::Secret") and (
        _copies(resource, Place.PRIMARY) is not None
    )


def _replicas(layer: Layer, mirrored: Sequence[Resource]) -> Part:
    """What the other region has of what one declaration makes in both."""
    sure = all(_there(layer, one, Place.PRIMARY) for one in mirrored)
    count = len(mirrored)
    said = f"{'' if sure else 'up to '}{count} {'replica' if count == 1 else 'replicas'}"
    return Part((said,))


def _joined(ways: set[Way]) -> Way | None:
    if len(ways) == 1:
        return ways.pop()
    return Way.BOTH if ways else None
