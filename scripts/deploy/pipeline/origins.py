"""Where a resource of a release was made: the template's file, and the layer's line in this checkout."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from scripts.deploy.release import Release
from scripts.deploy.source_lines import finder

#: A root, the digest of its template as it was deployed, a path from its stack -> file and source line,
#: each empty where it is not known.
Origin: TypeAlias = Callable[[str, str, tuple[str, ...]], tuple[str, str]]


def nowhere(root: str, digest: str, path: tuple[str, ...]) -> tuple[str, str]:  # noqa: ARG001 - an Origin
    """The origin of which nothing is known."""
    return "", ""


def of(release: Release) -> Origin:
    """By a release that is here. Of another one than was deployed nothing is said."""

    def found(root: str, digest: str, path: tuple[str, ...]) -> tuple[str, str]:
        held = release.roots.get(root)
        if held is None or held.digest != digest or not path:
            return "", ""
        file = held.manifest.layers.get(path[0], "") if path[1:] else held.template.file
        bodies = {one.file: one.body for one in (held.template, *held.children)}
        if file not in bodies:
            return "", ""
        return file, finder({file: json.loads(bodies[file])})(file, path[-1])

    return found
