"""A root as cfn-lint can follow it: literal TemplateURLs, relative to where its children lie.

`TemplateURL: !Sub ${TemplateBaseUrl}/<hash>/network.json` is opaque to cfn-lint, and with it every parameter
handed down (E3043) and every output read back (E1010).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.manifest import KEY, Manifest


def manifest_of(body: bytes) -> Manifest | None:
    """The manifest of a root's template; None for the template of a layer.

    Raises ValueError, KeyError, TypeError or AttributeError where the bytes are no template of ours.
    """
    template = json.loads(body)
    return Manifest.of(template) if KEY in template.get("Metadata", {}) else None


def with_local_urls(body: bytes, layers: Mapping[str, str]) -> bytes:
    """The root with every child's file name for its TemplateURL; `layers` is logical id -> file."""
    template: dict[str, Any] = json.loads(body)
    for logical_id, file in layers.items():
        template["Resources"][logical_id]["Properties"]["TemplateURL"] = file
    return json.dumps(template, indent=1).encode()


def interface(body: bytes) -> bytes:
    """All that cfn-lint reads of a child on behalf of its parent: what it takes and what it gives."""
    template = json.loads(body)
    said = {section: template.get(section, {}) for section in ("Parameters", "Outputs")}
    return json.dumps(said, sort_keys=True).encode()


def write(root: str, body: bytes, children: Mapping[str, bytes], directory: Path) -> Path:
    """Lay the root and its children side by side in an empty directory; give the root's file."""
    manifest = manifest_of(body)
    assert manifest is not None
    for file in set(manifest.layers.values()) & set(children):
        (directory / file).write_bytes(children[file])
    (directory / root).write_bytes(with_local_urls(body, manifest.layers))
    return directory / root
