"""Every output has a reader: its root, a later root, or, where its Description says what for, people and
tools.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.validate.contract import Root
from scripts.validate.contracts.graph import Graph
from scripts.validate.findings import Finding

RULE = "output-unused"


def check(graph: Graph) -> Iterator[Finding]:
    """Outputs for nobody."""
    handed_on = {
        (source.root, source.output)
        for root in graph.roots.values()
        for source in root.manifest.parameters.values()
        if source.kind == "handoff"
    }
    for root in graph.roots.values():
        for name, output in root.template.get("Outputs", {}).items():
            if (root.manifest.root, name) not in handed_on and not output.get("Description"):
                yield Finding(
                    root.file,
                    f"Outputs/{name}",
                    RULE,
                    "no root takes it, and no Description says for whom it is",
                    fix="Remove it, or give the layer's Output its help.",
                )
        yield from _of_layers(root)


def _of_layers(root: Root) -> Iterator[Finding]:
    read = set(_read(root.template))
    for logical_id, template in root.layers.items():
        for name in template.get("Outputs", {}):
            if (logical_id, name) not in read:
                message = f"{root.file} does nothing with it"
                file = root.manifest.layers[logical_id]
                yield Finding(file, f"Outputs/{name}", RULE, message, fix="Remove it.")


def _read(said: Any) -> Iterator[tuple[str, str]]:
    """Logical id of the nested stack, and name, of every output that is read below."""
    match said:
        case {"Fn::GetAtt": [str(logical_id), str(attribute)]}:
            yield logical_id, attribute.removeprefix("Outputs.")
        case dict():
            for each in said.values():
                yield from _read(each)
        case list():
            for each in said:
                yield from _read(each)
