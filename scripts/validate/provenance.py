"""Which layer, and which line of Python, made what a finding is about.

Templates do not say: a line that moves would be a change of every template below it. So the generator is run
once more, and only where there is something to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from scripts.validate.findings import Finding


def located(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with `layer` and `made_at`; without, where the generator is broken meanwhile."""
    found = tuple(findings)
    if not found:
        return ()
    try:
        from generator.stacks import build

        lines = build().lines
    except Exception:  # noqa: BLE001 - what is edited may break anyhow, and what was found is to be said
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
