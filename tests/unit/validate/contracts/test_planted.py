"""Every contract bites: faults that are planted into the real templates are found, and nothing else is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from scripts.commands.validate import deployment
from scripts.validate import contract
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
)
from scripts.validate.contracts.graph import Graph
from scripts.validate.findings import Finding
from scripts.validate.lint import read_environments, read_templates
from scripts.validate.validation import CONTRACTS, kept
from tests.unit.validate.contracts.planted import (
    OPERATORS,
    Fault,
    Operator,
    World,
    a_name_of_other_characters,
    a_name_that_is_too_long,
    a_name_that_somebody_has,
    faults,
)
from tests.unit.validate.contracts.project import PROJECT

#: Faults of each operator.
EACH = 2

#: Rule -> the contract that it is of.
RULES = {
    **dict.fromkeys(
        (
            contract.ADDRESS,
            contract.HANDOFF,
            contract.OUTPUTS,
            contract.PARAMETERS,
            contract.REFERENCE,
            contract.VALUE,
        ),
        "wiring",
    ),
    **dict.fromkeys((handoffs.ORDER, handoffs.PLACE), "handoffs"),
    **dict.fromkeys((names.CHARACTERS, names.LENGTH, names.TAKEN), "names"),
    **dict.fromkeys((regional.PROPERTY, regional.TYPE), "regions"),
    lookups.RULE: "lookups",
    outputs.RULE: "outputs",
    quotas.RULE: "quotas",
    reachability.RULE: "conditions",
    capabilities.RULE: "capabilities",
    policies.RULE: "policies",
}


@pytest.fixture(scope="module")
def world() -> World:
    bodies, environments = read_templates(PROJECT), read_environments(PROJECT)
    templates = {file: json.loads(body) for file, body in bodies.items()}
    graph = Graph(bodies, environments, deployment())
    return World(templates, environments, deployment(), graph)


def test_the_templates_that_are_committed_keep_every_contract(world: World) -> None:
    assert [str(finding) for _, finding in kept(world.graph)] == []


def test_no_planted_fault_is_missed(world: World) -> None:
    planted = list(faults(world, EACH))
    assert len(planted) >= 40
    assert {fault.what for fault in planted} == {fault.what for fault in faults(world, 1)}
    missed = [str(fault) for fault in planted if not _is_found(world, fault)]
    assert missed == []


@pytest.mark.parametrize(
    ("operator", "least"),
    [
        (a_name_that_is_too_long, 500),
        (a_name_of_other_characters, 300),
        (a_name_that_somebody_has, 500),
    ],
)
def test_no_derived_name_is_missed_wherever_it_is(
    world: World, operator: Operator, least: int
) -> None:
    """All of them are spoiled at once, not only those that a seed draws."""
    planted = list(operator(world))
    assert len(planted) >= least
    graph = world.spoiled_everywhere(planted)
    found = {place for finding in names.check(graph) for place in _places(finding)}
    missed = [str(one) for one in planted if not found & {(r, one.where) for r in one.rules}]
    assert missed == []


def _places(finding: Finding) -> Iterator[tuple[str, str]]:
    """The rule, and where it speaks of; of a name that is taken also where else it is."""
    yield finding.rule, f"{finding.template}/{finding.path}"
    for place in re.findall(r"[\w.-]+\.json/Resources/\w+", finding.message):
        yield finding.rule, place


def test_every_operator_finds_a_place_and_every_contract_has_an_operator(world: World) -> None:
    """Else a contract could stop looking, and nobody would notice."""
    assert [operator.__name__ for operator in OPERATORS if not any(operator(world))] == []
    spoiled = {RULES[rule] for fault in faults(world, 1) for rule in fault.rules}
    assert spoiled == CONTRACTS.keys()


def _is_found(world: World, fault: Fault) -> bool:
    graph = world.spoiled(fault)
    contracts = {RULES[rule] for rule in fault.rules}
    return any(
        finding.rule in fault.rules for name in contracts for finding in CONTRACTS[name](graph)
    )
