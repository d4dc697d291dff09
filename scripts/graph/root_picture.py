"""The picture of one root: its layers as cards, and who feeds whom.

A layer that feeds nearly all the others, or is fed by nearly all, would hide the rest under its arrows: it
is drawn as a bar across the picture, and what it is wired to carries its letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scripts.graph import layout
from scripts.graph.canvas import Canvas
from scripts.graph.kinds import Family, words
from scripts.graph.layout import Node
from scripts.graph.lettering import width, wrapped
from scripts.graph.model import Handed, Holding, Layer, Root, Wire
from scripts.graph.ranks import Edge

MARGIN = 28.0
#: A card is no narrower, its sign takes so much of its title's line.
CARD, INSET, SIGN = 212.0, 12.0, 28.0
TITLE, LINE, SMALL = 13.0, 11.0, 10.0
PITCH = 16.0
BAR, BAR_GAP = 40.0, 8.0
LINES = 4
#: A layer is a bar from this many wires of one direction on, and from this share of the layers on.
HUB_LEAST, HUB_SHARE = 6, 0.3
#: A picture is no narrower, so that its header has room.
NARROWEST = 760.0


@dataclass(frozen=True)
class Hub:
    """A layer that is drawn as a bar. `feeds` tells whether it gives to the others or takes of them."""

    layer: Layer
    feeds: bool
    wires: tuple[Wire, ...]
    letters: str

    def touches(self, name: str) -> bool:
        """Whether a layer carries its letter."""
        return any(name in (wire.producer, wire.consumer) for wire in self.wires)


def hubs(root: Root) -> tuple[Hub, ...]:
    """The layers that only give to many, or only take of many, in the order of the picture."""
    least = max(HUB_LEAST, HUB_SHARE * len(root.layers))
    found: list[tuple[Layer, bool, tuple[Wire, ...]]] = []
    taken: set[str] = set()

    def of(name: str, end: str) -> tuple[Wire, ...]:
        other = {"producer": "consumer", "consumer": "producer"}[end]
        return tuple(
            wire
            for wire in root.wires
            if getattr(wire, end) == name and getattr(wire, other) not in taken
        )

    for feeds, end, against in ((True, "producer", "consumer"), (False, "consumer", "producer")):
        for layer in root.layers:
            wires = of(layer.name, end)
            if len(wires) >= least and not of(layer.name, against) and layer.name not in taken:
                found.append(
                    (layer, feeds, tuple(w for w in root.wires if getattr(w, end) == layer.name))
                )
                taken.add(layer.name)
    letters: dict[str, str] = {}
    for layer, _, _ in found:
        short = (layer.title[:length] for length in range(1, len(layer.title) + 1))
        letters[layer.name] = next(text for text in short if text not in letters.values())
    return tuple(Hub(layer, feeds, wires, letters[layer.name]) for layer, feeds, wires in found)


def picture(root: Root, *, embedded: bool = False) -> str:
    """The SVG of a root."""
    return _Picture(root).svg(embedded=embedded)


class _Picture:
    """One root on its canvas, from the header down to the legend."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self.hubs = hubs(root)
        apart = {hub.layer.name for hub in self.hubs}
        self.cards = [layer for layer in root.layers if layer.name not in apart]
        self.wires = {
            Edge(wire.producer, wire.consumer): wire
            for wire in root.wires
            if not {wire.producer, wire.consumer} & apart
        }
        self.canvas = Canvas(root.name, f"Tradewind: {root.name}", described(root))

    def svg(self, *, embedded: bool) -> str:
        titles = (width(layer.title, TITLE, bold=True) for layer in self.cards)
        broad = max([CARD, *(title + SIGN + 2 * INSET for title in titles)])
        nodes = [Node(layer.name, broad, _height(layer)) for layer in self.cards]
        drawing = layout.drawn(nodes, list(self.wires))
        wide = max(NARROWEST, drawing.width + 2 * MARGIN)
        y = self._header(wide)
        y = self._bars([hub for hub in self.hubs if hub.feeds], y, wide)
        left = (wide - drawing.width) / 2
        for route in drawing.routes:
            self._wire(route, left, y)
        for layer in self.cards:
            self._card(layer, drawing.places[layer.name], left, y)
        y += drawing.height + 24
        y = self._bars([hub for hub in self.hubs if not hub.feeds], y, wide)
        high = self._legend(y, wide)
        return self.canvas.svg(wide, high, embedded=embedded)

    def _header(self, wide: float) -> float:
        self.canvas.text(MARGIN, 42, self.root.name, 22, "ink bold")
        y = 62.0
        for text in (_capital(self.root.purpose), received(self.root.received)):
            for line in wrapped(text, wide - 2 * MARGIN, 12, lines=2):
                self.canvas.text(MARGIN, y, line, 12, "faint")
                y += 17
        return y + 12

    def _bars(self, bars: Sequence[Hub], y: float, wide: float) -> float:
        for hub in bars:
            self._bar(hub, y, wide - 2 * MARGIN)
            y += BAR + BAR_GAP
        return y + (16 if bars else 0)

    def _bar(self, hub: Hub, y: float, wide: float) -> None:
        layer, canvas = hub.layer, self.canvas
        canvas.open("bar", layer.purpose)
        canvas.rectangle(MARGIN, y, wide, BAR, f"card {_outline(layer)}")
        canvas.sign(MARGIN + 10, y + 10, layer.family)
        x = MARGIN + 40
        x += canvas.text(x, y + 25, layer.title, TITLE, "ink bold") + 14
        said = f"{'feeds' if hub.feeds else 'fed by'} {len(hub.wires)} layers, marked"
        end = MARGIN + wide - 12
        canvas.badge(end - 8, y + BAR / 2, hub.letters, layer.family)
        room = end - 24 - width(said, LINE) - 20 - x
        canvas.text(end - 24, y + 24, said, LINE, "faint", anchor="end")
        shown = ", ".join(str(held) for held in layer.holdings if held.kind.weight > 1)
        optional = f"{asked(layer.condition)}: " if layer.condition else ""
        canvas.text(x, y + 24, optional + shown, LINE, "ink", room=room)
        canvas.close()

    def _wire(self, route: layout.Route, left: float, top: float) -> None:
        wire = self.wires[route.edge]
        family = self.root.layer(wire.producer).family.name.lower()
        optional = any(self.root.layer(name).condition for name in (wire.producer, wire.consumer))
        ends = f"{words(wire.producer)} → {words(wire.consumer)}"
        self.canvas.arrow(
            [(x + left, y + top) for x, y in route.points],
            f"wire of-{family}{' optional' if optional else ''}",
            f"in-{family}",
            saying=f"{ends}: {', '.join(wire.values)}",
            of=f"wiring from-{wire.producer} to-{wire.consumer}",
        )
        label = _label(wire, route.slot)
        x, y = route.label[0] + left, route.label[1] + top
        wide = width(label, SMALL) + 8
        self.canvas.rectangle(x - wide / 2, y - 9, wide, 14, "paper", round_by=4)
        self.canvas.text(x, y + 2, label, SMALL, "faint", anchor="middle")

    def _card(self, layer: Layer, place: layout.Place, left: float, top: float) -> None:
        canvas, x, y = self.canvas, place.x + left, place.y + top
        room = place.width - 2 * INSET
        canvas.open("layer", layer.purpose, f"{self.root.name}-{layer.name}")
        canvas.rectangle(x, y, place.width, place.height, f"card {_outline(layer)}")
        canvas.sign(x + INSET, y + 10, layer.family)
        canvas.text(x + INSET + SIGN, y + 25, layer.title, TITLE, "ink bold", room=room - SIGN)
        at = y + 46
        for text, kind, size in _lines(layer):
            canvas.text(x + INSET, at, text, size, kind, room=room)
            at += PITCH
        marks = [hub for hub in self.hubs if hub.touches(layer.name)]
        low = y + place.height - 12
        for index, hub in enumerate(marks):
            canvas.badge(
                x + place.width - 16 - 20 * (len(marks) - 1 - index),
                low - 4,
                hub.letters,
                hub.layer.family,
            )
        canvas.text(
            x + INSET, low, _remainder(layer), SMALL, "faint", room=room - 20 * len(marks) - 4
        )
        canvas.close()

    def _legend(self, y: float, wide: float) -> float:
        canvas, x = self.canvas, MARGIN
        used = {layer.family for layer in self.root.layers}
        for family in (family for family in Family if family in used):
            need = 22 + width(family.value, SMALL) + 18
            if x + need > wide - MARGIN:
                x, y = MARGIN, y + 22
            canvas.sign(x, y, family, 15)
            canvas.text(x + 21, y + 11.5, family.value, SMALL, "faint")
            x += need
        notes = ["arrow: outputs that become parameters, named or counted"]
        if any(layer.condition for layer in self.root.layers):
            notes.append("dashed: there only where it says so")
        for note in notes:
            need = width(note, SMALL) + 20
            if x + need > wide - MARGIN:
                x, y = MARGIN, y + 22
            canvas.text(x, y + 11.5, note, SMALL, "faint")
            x += need
        return y + 15 + MARGIN


def described(root: Root) -> str:
    """The picture in one sentence or two, for who cannot see it."""
    layers = ", ".join(layer.title for layer in root.layers)
    return f"{_capital(root.purpose)}. {root.resources} resources in {len(root.layers)} parts: {layers}."


def received(handed: Iterable[Handed]) -> str:
    """What a root is given by others: `Receives 7 values of foundation, 2 of the peer's foundation`."""
    said = []
    for one in handed:
        whose = one.giver if one.where == "own" else f"the {one.where}'s {one.giver}"
        count = len(one.values)
        said.append(f"{count} {'value' if count == 1 else 'values'} of {whose}")
    return f"Receives {', '.join(said)}." if said else ""


def _outline(layer: Layer) -> str:
    return f"of-{layer.family.name.lower()}{' optional' if layer.condition else ''}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _when(layer: Layer) -> str:
    """When the whole layer is there, or all that it holds."""
    return asked(layer.condition or layer.shared)


def asked(condition: str) -> str:
    """A condition's words as they stand in a sentence: `if waf`, `in the standby`."""
    plain = not condition or condition.startswith(("in ", "outside ", "where ", "once "))
    return condition if plain else f"if {condition}"


def _shown(layer: Layer) -> tuple[Holding, ...]:
    return (
        tuple(held for held in layer.holdings if held.kind.weight > 1)[:LINES]
        or layer.holdings[:LINES]
    )


def _lines(layer: Layer) -> list[tuple[str, str, float]]:
    """What a card says of its layer, each line with its class and size."""
    room = CARD - 2 * INSET

    def small(text: str, kind: str) -> list[tuple[str, str, float]]:
        return [(line, kind, SMALL) for line in wrapped(text, room, SMALL, lines=2)]

    said = small(_when(layer), "faint slanted")
    for held in _shown(layer):
        said.append((str(held), "ink", LINE))
        if held.condition != layer.shared:
            said += small(asked(held.condition), "faint slanted")
        said += small(held.names, "faint")
    return said


def _remainder(layer: Layer) -> str:
    rest = len(layer.resources) - sum(len(held.resources) for held in _shown(layer))
    return f"and {rest} more" if rest else ""


def _height(layer: Layer) -> float:
    return 40 + PITCH * len(_lines(layer)) + 22


def _value(output: str) -> str:
    """What an output is, without the form that it is in: `OriginSecretArn` -> `origin secret`."""
    parts = words(output).split()
    while len(parts) > 1 and parts[-1] in {"ARN", "id", "name"}:
        parts.pop()
    return " ".join(part if part.isupper() else part.lower() for part in parts)


def _label(wire: Wire, slot: float) -> str:
    """The one value's name where there is room for it, else how many there are."""
    count = len(wire.values)
    full = _value(wire.values[0]) if count == 1 else f"{count} values"
    return full if width(full, SMALL) + 10 <= slot else str(count)
