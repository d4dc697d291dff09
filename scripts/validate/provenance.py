"""Which layer, and which line of Python, made what a finding is about.

Templates do not say: a line that moves would be a change of every template below it. So the generator is run
once more, and only where there is something to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from scripts.validate.findings import Finding


def located(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with `layer` and `made_at`, as far as the generator knows them; it may be broken."""
    found = tuple(findings)
    if not found:
        return ()
    from generator.errors import BuildError
    from generator.stacks import build

    try:
        lines = build().lines
    except BuildError:
        return found
    layers = dict(_layers(lines))
    return tuple(_located(finding, lines.get(finding.template, {}), layers) for finding in found)


def _layers(lines: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """File -> the layer that it is the template of: a root names the module of each that it nests."""
    from generator.naming import kebab

    for made in lines.values():
        for logical_id, place in made.items():
            file = f"{kebab(logical_id)}.json"
            if file in lines and ":" not in place:
                yield file, logical_id


def _located(finding: Finding, made: Mapping[str, str], layers: Mapping[str, str]) -> Finding:
    place = made.get(finding.resource, "")
    nested = finding.resource if place and ":" not in place else ""
    return replace(finding, layer=nested or layers.get(finding.template, ""), made_at=place)
