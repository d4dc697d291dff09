"""Names decide nothing: with other logical ids, in another order, every verdict is the same."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from scripts.deploy.explanations import Explained
from tests.unit.deploy.explainer.case import Case
from tests.unit.deploy.explainer.cases import CASES
from tests.unit.deploy.explainer.test_cases import explained

#: Keys under which a logical id stands by itself.
_IDS = ("Ref", "LogicalResourceId")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_other_logical_ids_change_no_verdict(case: Case, seed: int) -> None:
    names = renaming(case, seed)
    renamed = rename(case, names)

    assert verdicts(renamed, {new: old for old, new in names.items()}) == verdicts(case, {})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_order_of_a_template_changes_no_verdict(case: Case) -> None:
    turned = replace(
        case,
        before={path: backwards(template) for path, template in case.before.items()},
        after={path: backwards(template) for path, template in case.after.items()},
        changes={path: [*reversed(changes)] for path, changes in case.changes.items()},
    )

    assert verdicts(turned, {}) == verdicts(case, {})


def verdicts(case: Case, back: Mapping[str, str]) -> dict[tuple[str, ...], Any]:
    """What is decided of every change, by its path in the case's own names."""
    return {
        tuple(back.get(step, step) for step in one.path): verdict(one)
        for one in explained(case).changes
    }


def verdict(one: Explained) -> Any:
    return (
        one.certainty,
        one.replacement,
        one.effect,
        one.policy,
        len(one.warnings),
        len(one.why),
        sorted((part.path, part.certainty, part.secret) for part in one.properties),
    )


def renaming(case: Case, seed: int) -> dict[str, str]:
    """Every logical id of a case, exchanged for one that sorts elsewhere."""
    ids = {
        logical_id
        for template in (*case.before.values(), *case.after.values())
        if template is not None
        for logical_id in template["Resources"]
    }
    shuffled = random.Random(seed).sample(range(100, 100 + len(ids)), len(ids))
    return {name: f"R{number}" for name, number in zip(sorted(ids), shuffled, strict=True)}


def rename(case: Case, names: Mapping[str, str]) -> Case:
    def path(old: str) -> str:
        return "/".join(names[step] for step in old.split("/")) if old else ""

    return replace(
        case,
        before={path(old): template(held, names) for old, held in case.before.items()},
        after={path(old): template(held, names) for old, held in case.after.items()},
        changes={
            path(old): [exchange(change, names, path(old)) for change in changes]
            for old, changes in case.changes.items()
        },
        physical={path(old): value for old, value in physical(case).items()},
    )


def physical(case: Case) -> dict[str, str]:
    """The ids of all that stands, so that they stay what they are under other names."""
    return {
        f"{path}/{logical_id}".strip("/"): f"{logical_id.lower()}-1"
        for path, held in case.before.items()
        if held is not None
        for logical_id in held["Resources"]
    } | dict(case.physical)


def template(held: Mapping[str, Any] | None, names: Mapping[str, str]) -> Any:
    if held is None:
        return None
    exchanged = {key: exchange(value, names) for key, value in held.items() if key != "Resources"}
    resources = {
        names[logical_id]: exchange(resource, names)
        for logical_id, resource in held["Resources"].items()
    }
    return {**exchanged, "Resources": dict(sorted(resources.items()))}


def exchange(value: Any, names: Mapping[str, str], path: str = "") -> Any:
    """A value of a template or of a change set with other logical ids in it."""
    match value:
        case list():
            return [exchange(one, names) for one in value]
        case {"Fn::GetAtt": str(joined)}:
            name, _, attribute = joined.partition(".")
            return {"Fn::GetAtt": f"{names.get(name, name)}.{attribute}"}
        case {"Fn::GetAtt": [str(name), attribute]}:
            return {"Fn::GetAtt": [names.get(name, name), attribute]}
        case dict():
            return {key: _held(key, one, names) for key, one in value.items()}
    return value


def _held(key: str, value: Any, names: Mapping[str, str]) -> Any:
    if key in _IDS:
        return names.get(value, value)
    if key == "CausingEntity":
        name, dot, attribute = value.partition(".")
        return f"{names.get(name, name)}{dot}{attribute}"
    return exchange(value, names)


def backwards(held: Mapping[str, Any] | None) -> Any:
    if held is None:
        return None
    return {
        key: dict([*section.items()][::-1]) if isinstance(section, dict) else section
        for key, section in [*held.items()][::-1]
    }
