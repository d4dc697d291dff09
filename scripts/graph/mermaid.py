"""The same pictures as Mermaid flowcharts, which GitHub draws where a README has them.

Mermaid lays out by itself; what it gets is as little as the other pictures draw. A bar's arrows go to the
frame around the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scripts.graph.canvas import COLOURS
from scripts.graph.kinds import Family
from scripts.graph.model import Layer, Root, Wire
from scripts.graph.root_picture import Hub, asked, hubs
from scripts.graph.topology import PAIR, Place, Topology, Way

_ARROWS = {Way.OUT: "-->", Way.BOTH: "<-->"}
#: Of a layer's holdings so many are named.
_NAMED = 3


def of_root(root: Root) -> str:
    """The flowchart of a root: its layers, and who feeds whom."""
    apart = {hub.layer.name: hub for hub in hubs(root)}
    inner = [layer for layer in root.layers if layer.name not in apart]
    wires = [wire for wire in root.wires if not {wire.producer, wire.consumer} & apart.keys()]
    optional = [layer.name for layer in root.layers if layer.condition]
    return _chart(
        "TB",
        [
            *(
                _node(layer.name, _said(layer), layer.family)
                for layer in root.layers
                if layer.name in apart
            ),
            f'subgraph {_id(root.name)}["{_safe(root.name)}"]',
            *(f"  {_node(layer.name, _said(layer), layer.family)}" for layer in inner),
            *(f"  {_wire(wire, optional)}" for wire in wires),
            "end",
            *(_hub(hub, root) for hub in apart.values()),
            *_dashed(optional),
        ],
        {layer.family for layer in root.layers},
    )


def of_whole(topology: Topology) -> str:
    """The flowchart of everything: the traffic's way, the regions, what is copied between them."""
    lines = ['viewers(["Viewers"])']
    families = set[Family]()
    optional: list[str] = []
    for place in (Place.EDGE, *PAIR):
        if place is Place.EDGE and not topology.has_edge:
            continue
        lines.append(f'subgraph {place.value}["{_title(place)}"]')
        for root in topology.roots(place):
            held = list(_parts(topology, root, place, families, optional))
            lines.append(f'  subgraph {place.value}_{_id(root.name)}["{_safe(root.name)}"]')
            lines += [f"    {line}" for line in held]
            lines.append("  end")
        lines.append("end")
    lines += _traffic(topology)
    lines += _copies(topology)
    lines += _dashed(optional)
    return _chart("TB", lines, families)


def _parts(
    topology: Topology, root: Root, place: Place, families: set[Family], optional: list[str]
) -> Iterator[str]:
    """The stops, the data and the rest of a root in a place."""
    drawn = [
        (stop.layer, stop.part)
        for stop in topology.path
        if stop.root is root and stop.place is place
    ]
    if place in PAIR:
        drawn += [
            (store.layer, store.parts[place])
            for store in topology.stores(root)
            if place in store.parts
        ]
    for layer, part in drawn:
        families.add(layer.family)
        name = _at(place, root, layer)
        said = [layer.title, part.said[0]]
        if part.condition:
            said.append(asked(part.condition))
            optional.append(name)
        yield _node(name, said, layer.family)
    if rest := topology.beside(root, place):
        titles = ", ".join(layer.title for layer in rest)
        yield f'{place.value}_{_id(root.name)}_rest["{_safe(titles)}"]'


def _traffic(topology: Topology) -> Iterator[str]:
    """From the viewers by way of the distribution and Route 53 down each region."""
    before = "viewers"
    for stop in topology.path:
        if stop.place is Place.EDGE:
            stops = _at(stop.place, stop.root, stop.layer)
            yield f"{before} ==> {stops}"
            before = stops
    if topology.routed:
        yield 'route53(["Route 53: failover"])'
        yield f"{before} ==> route53"
        before = "route53"
    for place in PAIR:
        line = "-.->" if place is Place.STANDBY else "==>"
        at = before
        for stop in topology.path:
            if stop.place is place:
                stops = _at(place, stop.root, stop.layer)
                yield f"{at} {line} {stops}"
                at = stops
        for root in topology.roots(place):
            for store in topology.stores(root):
                if place in store.parts and topology.serves_the_fleet(store):
                    yield f"{at} {line} {_at(place, root, store.layer)}"


def _copies(topology: Topology) -> Iterator[str]:
    for root in topology.roots(Place.PRIMARY):
        for store in topology.stores(root):
            if store.way is None or len(store.parts) < len(PAIR):
                continue
            ends = [_at(place, root, store.layer) for place in PAIR]
            if store.way is Way.BACK:
                ends.reverse()
            arrow = _ARROWS.get(store.way, "-->")
            yield f'{ends[0]} {arrow}|"{_safe(store.copied)}"| {ends[1]}'
        if root.name in topology.on_demand:
            continue
        across = sum(len(one.values) for one in root.received if one.where in ("peer", "primary"))
        if across:
            ends = [f"{place.value}_{_id(root.name)}" for place in PAIR]
            yield f'{ends[0]} -.->|"{_counted(across)}"| {ends[1]}'


def _at(place: Place, root: Root, layer: Layer) -> str:
    """The id of a layer in a place."""
    return _id(f"{place.value}_{root.name}_{layer.name}")


def _title(place: Place) -> str:
    return "us-east-1" if place is Place.EDGE else f"{place.value} region"


def _said(layer: Layer) -> list[str]:
    shown = [str(held) for held in layer.holdings if held.kind.weight > 1][:_NAMED]
    when = [asked(layer.condition)] if layer.condition else []
    return [layer.title, *when, *(shown or [str(held) for held in layer.holdings[:1]])]


def _node(name: str, said: Iterable[str], family: Family) -> str:
    first, *rest = (_safe(line) for line in said)
    text = "<br/>".join([f"<b>{first}</b>", *rest])
    return f'{_id(name)}["{text}"]:::{family.name.lower()}'


def _wire(wire: Wire, optional: Iterable[str]) -> str:
    arrow = "-.->" if {wire.producer, wire.consumer} & set(optional) else "-->"
    return f'{_id(wire.producer)} {arrow}|"{len(wire.values)}"| {_id(wire.consumer)}'


def _hub(hub: Hub, root: Root) -> str:
    own, others = _id(hub.layer.name), _id(root.name)
    ends = (own, others) if hub.feeds else (others, own)
    verb = "feeds" if hub.feeds else "is fed by"
    return f'{ends[0]} ==>|"{verb} {len(hub.wires)} layers"| {ends[1]}'


def _dashed(names: Iterable[str]) -> Iterator[str]:
    chosen = ",".join(_id(name) for name in names)
    if chosen:
        yield f"class {chosen} optional"


def _chart(direction: str, lines: Iterable[str], families: Iterable[Family]) -> str:
    used = sorted(families, key=list(Family).index)
    classes = [
        f"classDef {family.name.lower()} stroke:{COLOURS[family][0]},stroke-width:1.5px"
        for family in used
    ]
    body = [*lines, *classes, "classDef optional stroke-dasharray:5 4"]
    return "\n".join([f"flowchart {direction}", *(f"  {line}" for line in body)]) + "\n"


def _id(name: str) -> str:
    """A node's id. `end` closes a subgraph in Mermaid, so no id is a bare word of its own."""
    return f"{name.replace('-', '_')}_" if name.lower() == "end" else name.replace("-", "_")


def _safe(text: str) -> str:
    """Text inside a quoted label."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _counted(number: int) -> str:
    return f"{number} {'value' if number == 1 else 'values'} handed on"
