"""Which pictures there are, and in what each can be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from generator.problems import nearest
from scripts.errors import UsageError
from scripts.graph import mermaid, page, root_picture, whole_picture
from scripts.graph.model import Root
from scripts.graph.topology import Topology

Format: TypeAlias = Literal["mermaid", "svg", "html"]

#: The name of the picture of the whole.
WHOLE = "architecture"


def root(topology: Topology, name: str) -> Root:
    """A root by its name. Raises UsageError where there is none."""
    found = topology.architecture.root(name)
    if found is None:
        names = [one.name for one in topology.architecture.roots]
        near = nearest(name, names)
        raise UsageError(
            f"There is no root {name}.", fix=f"{near} There are {', '.join(names)}.".strip()
        )
    return found


def drawn(topology: Topology, chosen: Root | None, form: Format) -> str:
    """One picture: of a root, or of the whole; html has every root beside the whole."""
    match form, chosen:
        case "mermaid", None:
            return mermaid.of_whole(topology)
        case "mermaid", Root():
            return mermaid.of_root(chosen)
        case "svg", None:
            return whole_picture.picture(topology)
        case "svg", Root():
            return root_picture.picture(chosen)
        case "html", _:
            return page.page(topology, topology.architecture.roots if chosen is None else [chosen])
    raise AssertionError(f"no such format: {form}")


def every(topology: Topology) -> Mapping[str, str]:
    """The whole and each root as SVG, by file name."""
    roots = {f"{one.name}.svg": drawn(topology, one, "svg") for one in topology.architecture.roots}
    return {f"{WHOLE}.svg": drawn(topology, None, "svg"), **roots}
