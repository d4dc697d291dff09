"""Every contract of the whole graph, in one go: `tradewind validate`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.validate import provenance
from scripts.validate.contracts import (
    capabilities,
    handoffs,
    lookups,
    names,
    outputs,
    policies,
    quotas,
    reachability,
    regional,
    wiring,
)
from scripts.validate.contracts.graph import Deployment, Graph
from scripts.validate.contracts.quotas import Use
from scripts.validate.findings import Finding
from scripts.validate.lint import read_environments, read_templates

#: What is kept: by name, in the order in which it is looked at.
CONTRACTS: dict[str, Callable[[Graph], Iterator[Finding]]] = {
    "wiring": wiring.check,
    "handoffs": handoffs.check,
    "lookups": lookups.check,
    "outputs": outputs.check,
    "quotas": quotas.check,
    "names": names.check,
    "regions": regional.check,
    "conditions": reachability.check,
    "capabilities": capabilities.check,
    "policies": policies.check,
}


@dataclass(frozen=True)
class Validation:
    """What was looked at, and what was found. `unchecked` are regions whose offers nobody here knows,
    `tightest` the quotas with the least room left.
    """

    templates: int
    stacks: int
    environments: tuple[str, ...]
    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...]
    tightest: tuple[Use, ...]

    def __str__(self) -> str:
        found = f"{len(self.findings)} finding{'' if len(self.findings) == 1 else 's'}"
        return (
            f"{self.templates} templates as {self.stacks} stacks of {', '.join(self.environments)}: "
            f"{found} in {len(CONTRACTS)} contracts"
        )


def run(
    project: Path, deployment: Deployment, report: Callable[[str], None] = lambda _: None
) -> Validation:
    """Hold a project's templates to every contract, for every environment that it has.

    `report` is told which contract is looked at. Raises UsageError where nothing was built, or an environment
    is wrong.
    """
    graph = Graph(read_templates(project), read_environments(project), deployment)
    found = [finding for _, finding in kept(graph, report)]
    return Validation(
        templates=len(graph.bodies),
        stacks=sum(len(case.stacks) for case in graph.cases if case.peer_ready),
        environments=tuple(environment.name for environment in graph.environments),
        findings=provenance.located(sorted(set(found))),
        unchecked=regional.unchecked(graph),
        tightest=tuple(sorted(quotas.uses(graph), reverse=True)[:5]),
    )


def kept(
    graph: Graph, report: Callable[[str], None] = lambda _: None
) -> Iterator[tuple[str, Finding]]:
    """Every finding, with the contract that it breaks."""
    for name, check in CONTRACTS.items():
        report(name)
        for finding in check(graph):
            yield name, finding
