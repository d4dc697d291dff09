"""What CloudFormation made both regions of: templates, layer by layer."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from scripts.changes import NESTED_STACK
from scripts.drill.parity.readings import Comparison, Reading
from scripts.drill.parity.sides import Side

#: A nested template's address carries the digest of its text (ARCHITECTURE.md, Addresses).
_ADDRESS = re.compile(r"/([0-9a-f]{16})/[a-z0-9-]+\.json")


def templates(side: Side) -> Reading:
    """The digest of each root, and of each template that it nests."""
    return {
        subject: digest
        for root, template in side.templates.items()
        for subject, digest in _digests(root, template)
    }


def _digests(root: str, template: Any) -> list[tuple[str, str]]:
    canonical = json.dumps(template, sort_keys=True, separators=(",", ":"))
    nested = [
        (f"{root}/{name}", found[1])
        for name, resource in template.get("Resources", {}).items()
        if resource["Type"] == NESTED_STACK
        and (found := _ADDRESS.search(json.dumps(resource["Properties"]["TemplateURL"])))
    ]
    return [(root, hashlib.sha256(canonical.encode()).hexdigest()[:16]), *nested]


TEMPLATES = Comparison(
    "templates",
    "cloudformation:GetTemplate",
    "Deploy one release to both regions: tradewind deploy ENV",
    templates,
)
