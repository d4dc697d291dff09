"""CloudFormation's quotas, with room left: whoever mends something on a Black Friday may have to add to it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from scripts.validate.contracts.graph import Graph, Template
from scripts.validate.findings import Finding

RULE = "quota"

#: Share of a quota that may be used.
USED = 0.95

#: What CloudFormation counts in a template, and how much of it there may be.
SECTIONS = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
ATTRIBUTES, REFERENCES, BYTES, INLINE_BYTES = 200, 60, 1_048_576, 51_200
DESCRIPTION_BYTES, NAME_CHARACTERS = 1024, 255

#: Resources that one operation on a root with nested stacks may touch.
PER_OPERATION = 2500


@dataclass(frozen=True, order=True)
class Use:
    """How much of a quota something uses."""

    share: float
    template: str
    path: str
    what: str
    used: int
    quota: int

    def __str__(self) -> str:
        return f"{self.template}: {self.used} of {self.quota} {self.what}"


def check(graph: Graph) -> Iterator[Finding]:
    """What is over, or nearly."""
    for use in uses(graph):
        if use.share > USED:
            message = f"{use.used} {use.what} are too many: CloudFormation takes {use.quota}"
            if use.used <= use.quota:
                message = f"{use.used} of {use.quota} {use.what} leave no room for a change"
            yield Finding(use.template, use.path, RULE, message)
    for file, template in graph.templates.items():
        for section in SECTIONS:
            for name in template.get(section, {}):
                if len(name) > NAME_CHARACTERS:
                    message = f"a name has {NAME_CHARACTERS} characters at most"
                    yield Finding(file, f"{section}/{name}", RULE, message)


def uses(graph: Graph) -> Iterator[Use]:
    """Every use of a quota."""
    for file, template in graph.templates.items():
        for section, quota in SECTIONS.items():
            count = len(template.get(section, {}))
            yield _use(file, section, section.lower(), count, quota)
        for name, mapping in template.get("Mappings", {}).items():
            yield _use(file, f"Mappings/{name}", "attributes", len(mapping), ATTRIBUTES)
        body = graph.bodies[file]
        yield _use(file, "", "dynamic references", body.count(b"{{resolve:"), REFERENCES)
        yield _use(file, "", "bytes", len(body), BYTES)
        description = len(template.get("Description", "").encode())
        yield _use(file, "Description", "bytes of description", description, DESCRIPTION_BYTES)
    for root in graph.roots.values():
        together = sum(len(one["Resources"]) for one in (root.template, *root.layers.values()))
        yield _use(root.file, "", "resources in one operation", together, PER_OPERATION)
        if root.manifest.root == graph.deployment.inline:
            yield _use(root.file, "", "bytes inline", _compact(root.template), INLINE_BYTES)


def _compact(template: Template) -> int:
    return len(json.dumps(template, separators=(",", ":")).encode())


def _use(file: str, path: str, what: str, used: int, quota: int) -> Use:
    return Use(used / quota, file, path, what, used, quota)
