"""What is wrong with a state machine's definition: paths that lead nowhere, tasks without patience."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.session import Session

from generator.layer import Layer
from generator.render import render

TERMINAL = ("Succeed", "Fail")

#: How an SDK integration names a service, where botocore names it otherwise.
SERVICES = {"redshiftdata": "redshift-data"}

Definition = Mapping[str, Any]


def machine(layer: type[Layer], title: str) -> Definition:
    """The definition of a layer's state machine; what CloudFormation fills in stands there by its name."""
    said = json.loads(render(layer().template))["Resources"][title]["Properties"]
    text, given = said["DefinitionString"]["Fn::Sub"]
    for name in ("AWS::Partition", *given):
        text = text.replace(f"${{{name}}}", name)
    told: Definition = json.loads(text)
    return told


def flaws(definition: Definition) -> list[str]:
    """Whatever would leave an execution hanging, or fail it for a passing fault; none is what we want."""
    timed = [] if definition.get("TimeoutSeconds") else ["the whole has no time limit"]
    return [*timed, *_flaws(definition)]


def unfilled(definition: Definition) -> set[str]:
    """What looks like a substitution, and CloudFormation has nothing for."""
    return set(re.findall(r"\$\{\w+\}", json.dumps(definition)))


def misspelt(definition: Definition) -> list[str]:
    """What the services' own models do not know; SDK integrations begin arguments in capitals."""
    session = Session()
    problems = []
    for name, state in definition["States"].items():
        _, sdk, call = state.get("Resource", "").rpartition(":aws-sdk:")
        if not sdk:
            continue
        service, operation = call.split(":")
        model = session.get_service_model(SERVICES.get(service, service))
        operation = operation[:1].upper() + operation[1:]
        if operation not in model.operation_names:
            problems.append(f"{name}: {service} has no {operation}")
            continue
        shape = model.operation_model(operation).input_shape
        known = {member[:1].upper() + member[1:] for member in shape.members}
        needed = {member[:1].upper() + member[1:] for member in shape.required_members}
        told = set(state["Arguments"])
        problems += [
            f"{name}: {word} of {call}" for word in sorted((told - known) | (needed - told))
        ]
    return problems


def _flaws(machine: Definition) -> Iterator[str]:
    states: Mapping[str, Any] = machine["States"]
    for name, state in states.items():
        for target in ways(state):
            if target not in states:
                yield f"{name} leads to {target}, which is not there"
        if state["Type"] == "Task":
            yield from (f"{name} has no {lack}" for lack in _lacks(state, states))
        for inner in [*state.get("Branches", ()), state.get("ItemProcessor")]:
            if inner:
                yield from _flaws(inner)
    reached = _reached(machine["StartAt"], states)
    yield from (f"nothing leads to {name}" for name in states if name not in reached)
    for name in states:
        if not any(_ends(states[other]) for other in _reached(name, states) if other in states):
            yield f"from {name} there is no end"


def ways(state: Mapping[str, Any]) -> Iterator[str]:
    """The names that a state may lead to."""
    for told in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        if "Next" in told:
            yield told["Next"]
    if "Default" in state:
        yield state["Default"]


def _lacks(task: Mapping[str, Any], states: Mapping[str, Any]) -> Iterator[str]:
    if not task.get("TimeoutSeconds"):
        yield "time limit"
    if not task.get("Retry"):
        yield "second try"
    caught = [
        catcher["Next"]
        for catcher in task.get("Catch", ())
        if "States.ALL" in catcher["ErrorEquals"]
    ]
    if not caught:
        yield "way for what it throws"


def _reached(start: str, states: Mapping[str, Any]) -> set[str]:
    seen, ahead = set[str](), [start]
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += ways(states[name]) if name in states else ()
    return seen


def _ends(state: Mapping[str, Any]) -> bool:
    return state["Type"] in TERMINAL or bool(state.get("End"))
