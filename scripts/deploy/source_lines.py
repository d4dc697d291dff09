"""Which line of the generator made a resource, for whoever has to mend it.

    origin = finder({"orders.json": template, ...})
    origin("orders.json", "OrdersDatabase")        -> "generator/layers/orders_rds.py:188"

Templates do not carry it: they are the same whoever builds them, and must not move with a comment. So the
layers are built once more, here, and only where somebody asks; and a line is told only of a template that
this very source builds, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any


def finder(deployed: Mapping[str, Mapping[str, Any]]) -> Callable[[str, str], str]:
    """Template file and logical id -> source line; empty where this source builds something else."""

    @cache
    def lines(file: str) -> Mapping[str, str]:
        told, built = _built()
        same = file in built and built[file] == _plain(deployed.get(file))
        return told.get(file, {}) if same else {}

    return lambda file, logical_id: lines(file).get(logical_id, "")


@cache
def _built() -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, Any]]:
    """The lines, and the templates that they are of. Nothing, where there is no generator to build with."""
    try:
        from generator.errors import BuildError
        from generator.stacks import build
    except ImportError:  # a release's tool comes without troposphere
        return {}, {}
    try:
        built = build()
    except BuildError:  # a checkout that somebody is at work on
        return {}, {}
    return built.lines, {name: json.loads(body) for name, body in built.files.items()}


def _plain(template: Mapping[str, Any] | None) -> Any:
    """A template as JSON has it, whatever classes it was read into."""
    return None if template is None else json.loads(json.dumps(template))
