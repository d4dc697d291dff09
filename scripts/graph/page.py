"""All pictures on one page that needs nothing else: no script, no font, no network.

Whoever cannot see the pictures, or wants the exact names, finds the same in tables below each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from scripts import page_frame
from scripts.graph import root_picture, whole_picture
from scripts.graph.canvas import stylesheet
from scripts.graph.kinds import words
from scripts.graph.lettering import FONTS
from scripts.graph.model import Layer, Root
from scripts.graph.root_picture import asked
from scripts.graph.topology import Topology

_STYLE = (
    ":root{color-scheme:light dark}"
    f"body{{font:15px/1.5 {FONTS};margin:0 auto;max-width:1400px;padding:1.5rem;"
    "background:light-dark(#fff,#0d1117);color:light-dark(#1f2328,#e6edf3)}"
    "a{color:light-dark(#0969da,#4493f8)}"
    "nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;padding:0;list-style:none}"
    "figure{margin:1rem 0;overflow-x:auto}"
    "figure svg{max-width:100%;height:auto}"
    "table{border-collapse:collapse;width:100%;font-size:13px}"
    "th,td{border-top:1px solid light-dark(#d0d7de,#30363d);padding:.35rem .6rem;text-align:left;"
    "vertical-align:top}"
    ":focus-visible{outline:2px solid light-dark(#0969da,#4493f8);outline-offset:2px}"
    ".skip{position:absolute;left:-100rem}.skip:focus{left:1rem;top:1rem}"
    ".wiring{transition:opacity .15s}"
)


def page(topology: Topology, roots: Sequence[Root]) -> str:
    """The document: the whole first, where more than one root is drawn, then each root."""
    whole = len(roots) > 1
    sections = [_whole(topology)] if whole else []
    sections += [_root(root) for root in roots]
    named = [("architecture", "The whole")] if whole else []
    named += [(root.name, root.name) for root in roots]
    contents = "".join(f'<li><a href="#{id}">{escape(name)}</a></li>' for id, name in named)
    return page_frame.document(
        "Tradewind: the architecture",
        f"{stylesheet()}{_STYLE}{''.join(_highlights(roots))}",
        '<a class="skip" href="#content">Skip to the pictures</a>\n'
        "<header><h1>Tradewind: the architecture</h1>\n"
        "<p>Drawn from the templates. Point at a layer, or Tab to it, to see its arrows alone.</p>\n"
        f'<nav aria-label="Pictures"><ul>{contents}</ul></nav></header>\n'
        f'<main id="content">\n{"".join(sections)}</main>\n',
    )


def _whole(topology: Topology) -> str:
    return (
        f'<section id="architecture"><h2>The whole</h2>\n<figure>'
        f"{whole_picture.picture(topology, embedded=True)}</figure>\n"
        f"<p>{escape(whole_picture.described(topology))}</p></section>\n"
    )


def _root(root: Root) -> str:
    rows = "".join(_row(root, layer) for layer in root.layers)
    return (
        f'<section id="{root.name}"><h2>{escape(root.name)}</h2>\n<figure>'
        f"{root_picture.picture(root, embedded=True)}</figure>\n"
        "<details><summary>The same as a table</summary>\n<table>"
        f"<caption>{escape(root_picture.described(root))}</caption>"
        '<thead><tr><th scope="col">part</th><th scope="col">when</th><th scope="col">holds</th>'
        '<th scope="col">fed by</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details></section>\n"
    )


def _row(root: Root, layer: Layer) -> str:
    fed = (
        f"{words(wire.producer)} ({', '.join(wire.values)})"
        for wire in root.wires
        if wire.consumer == layer.name
    )
    held = (
        f"{one} {asked(one.condition)}".strip() if one.condition != layer.condition else str(one)
        for one in layer.holdings
    )
    cells = (asked(layer.condition) or "always", ", ".join(held), "; ".join(fed))
    return (
        f'<tr><th scope="row">{escape(layer.title)}</th>'
        f"{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
    )


def _highlights(roots: Iterable[Root]) -> Iterable[str]:
    """For each layer one rule that lets the other arrows of its picture fade while it is pointed at."""
    for root in roots:
        for layer in root.layers:
            card = f"#{root.name}-{layer.name}"
            own = f".from-{layer.name},.to-{layer.name}"
            yield (
                f"#{root.name} svg:has({card}:is(:hover,:focus)) .wiring:not({own}){{opacity:.12}}"
            )
