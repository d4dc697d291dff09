"""Every value that is handed to a root or to a child is one that it takes; whatever is read exists.

The same as lint looks at (`scripts.validate.contract`), with what earlier roots really hand on.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.settings import Settings
from scripts.validate import contract
from scripts.validate.contract import PARAMETERS, REFERENCE, VALUE, Root
from scripts.validate.contracts.cases import Case
from scripts.validate.contracts.graph import Graph, across
from scripts.validate.findings import Finding
from scripts.validate.parameters import complaints

_KEYS = frozenset(setting.key for setting in Settings.all())


def check(graph: Graph) -> Iterator[Finding]:
    """What does not meet."""
    for root in graph.roots.values():
        yield from contract.wiring(root, graph.roots)
        yield from _sources(root)
    yield from across(graph.cases, _unfit)


def _sources(root: Root) -> Iterator[Finding]:
    """Every parameter of a root has a source, and every setting is one."""
    declared, sources = root.template.get("Parameters", {}), root.manifest.parameters
    for name in sorted(declared.keys() - sources.keys()):
        yield Finding(root.file, f"Parameters/{name}", PARAMETERS, "nothing says where it is from")
    for name in sorted(sources.keys() - declared.keys()):
        message = f"a value for {name} is looked for, and there is no such parameter"
        yield Finding(root.file, "Parameters", PARAMETERS, message)
    for name, source in sources.items():
        if source.kind in ("setting", "fact") and source.key not in _KEYS:
            message = f"there is no setting {source.key}"
            yield Finding(root.file, f"Parameters/{name}", PARAMETERS, message)


def _unfit(case: Case) -> Iterator[Finding]:
    root = case.root
    for stack in case.stacks:
        template, path = root.template, "Parameters"
        if stack.logical_id:
            template = root.layers[stack.logical_id]
            path = f"Resources/{stack.logical_id}/Properties/Parameters"
        for name, declared in template.get("Parameters", {}).items():
            if name in stack.parameters:
                for complaint in complaints(declared, stack.parameters[name]):
                    yield Finding(root.file, f"{path}/{name}", VALUE, f"{name} {complaint}")
        for problem in stack.resolved.problems:
            yield Finding(stack.file, problem.path, REFERENCE, problem.message)
