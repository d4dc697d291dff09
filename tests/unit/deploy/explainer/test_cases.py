"""The table of cases: what the explainer says of each, whatever its resources are called."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import pytest

from scripts.changes import NESTED_STACK, Change
from scripts.deploy.change_sets import change
from scripts.deploy.explainer import Standing, Wanted, explain
from scripts.deploy.explanations import Explanation
from tests.unit.deploy.explainer.case import (
    Case,
    ResourceChange,
    Template,
    detail,
    modify,
    resource,
    stack,
)
from tests.unit.deploy.explainer.cases import CASES

PSEUDO = {"AWS::Region": "us-east-1", "AWS::AccountId": "111111111111", "AWS::Partition": "aws"}


def explained(case: Case) -> Explanation:
    """What is said of a case."""
    return explain(
        "platform",
        "us-east-1",
        tree(case.changes),
        standing(case),
        wanted(case),
        pseudo=PSEUDO,
        origin=lambda parameter: f"setting {snake(parameter)}",
    )


def tree(changes: Mapping[str, Sequence[ResourceChange]], path: str = "") -> tuple[Change, ...]:
    """DescribeChangeSet's answers as the tree that the tool reads."""

    def inside(said: ResourceChange) -> tuple[Change, ...]:
        below = f"{path}/{said['LogicalResourceId']}".strip("/")
        return tree(changes, below) if said["ResourceType"] == NESTED_STACK else ()

    return tuple(change(said, inside(said)) for said in changes.get(path, ()))


def standing(case: Case, path: str = "") -> Standing:
    """The stacks of a case as deployed: what no change adds is there, and has an id."""
    template = case.standing[path]
    added = {
        said["LogicalResourceId"] for said in case.changes.get(path, ()) if said["Action"] == "Add"
    }
    ids = {
        logical_id: case.physical.get(f"{path}/{logical_id}".strip("/"), f"{logical_id.lower()}-1")
        for logical_id in template["Resources"]
        if logical_id not in added
    }
    return Standing(
        template=template,
        parameters=case.parameters[0] if not path else {},
        resources=ids,
        nested={
            logical_id: standing(case, below)
            for logical_id, below in nested(template, path)
            if below in case.standing
        },
        id=f"arn:aws:cloudformation:us-east-1:111111111111:stack/{path or 'root'}/1",
    )


def wanted(case: Case, path: str = "") -> Wanted:
    """The stacks of a case as the change set has them."""
    template = case.wanted[path]
    return Wanted(
        template=template,
        parameters=case.parameters[1] if not path else {},
        nested={
            logical_id: wanted(case, below)
            for logical_id, below in nested(template, path)
            if below in case.wanted
        },
    )


def nested(template: Template, path: str) -> list[tuple[str, str]]:
    return [
        (logical_id, f"{path}/{logical_id}".strip("/"))
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == NESTED_STACK
    ]


def snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_change_is_told_as_the_case_has_it(case: Case) -> None:
    said = explained(case)

    for path, expected in case.expect.items():
        one = said.at(*path.split("/"))
        if expected.certainty:
            assert one.certainty == expected.certainty
        assert (one.replacement or "none") == expected.replacement
        if expected.effect:
            assert one.effect.level == expected.effect
        assert expected.says in one.effect.words
        if expected.policy:
            assert one.policy == expected.policy
        if expected.properties is not None:
            shown = {part.path: (part.before, part.after) for part in one.properties}
            assert shown == expected.properties
        for words in expected.because:
            assert words in "\n".join(one.why)
        for words in expected.warns:
            assert words in "\n".join(one.warnings)
        if not expected.warns:
            assert one.warnings == ()


def test_every_change_of_every_case_has_its_effect_and_its_place() -> None:
    for case in CASES:
        said = explained(case)
        assert len(said.changes) == sum(len(changes) for changes in case.changes.values())
        for one in said.changes:
            assert one.effect.words
            assert one.effect.source.startswith("https://")
            assert one.template.endswith(".json")
            json.dumps(one.to_json())


def test_a_name_that_is_kept_is_not_said_to_go() -> None:
    (kept,) = (case for case in CASES if "something keeps" in case.name)
    (renamed,) = (case for case in CASES if "the name is taken" in case.name)

    assert "goes" not in explained(kept).at("More").warnings[0]
    assert "goes only after this has come" in explained(renamed).at("Files").warnings[0]


def test_reasons_are_those_of_what_changes_and_no_others() -> None:
    (keys,) = (case for case in CASES if case.name.startswith("a table's key schema"))
    (given,) = (case for case in CASES if case.name.startswith("a parameter that is passed"))
    (new,) = (case for case in CASES if case.name.startswith("a condition that rests"))

    assert explained(keys).at("Orders").why == ("the template of the root says so now",)
    assert explained(given).at("Orders", "Db").why == (
        "parameter Class of Orders",
        "parameter DbInstanceClass of the root",
        "setting db_instance_class",
    )
    assert explained(new).at("Hosts").why[-2:] == ("Network/Vpc is new", "what is in it changes")


def test_a_part_is_told_with_its_values_whatever_its_name_has_in_it() -> None:
    type = "AWS::RDS::DBParameterGroup"
    before, after = (
        stack({"Tls": resource(type, Parameters={"rds.force_ssl": given, "timezone": "UTC"})})
        for given in ("1", "0")
    )
    announced = change(modify("Tls", type, "False", detail("Parameters")))

    said = explain("platform", "us-east-1", [announced], Standing(before), Wanted(after))

    [part] = said.at("Tls").properties[0].within
    assert (part.path, part.before, part.after) == ("Parameters.rds.force_ssl", "1", "0")


def test_gates_are_given_all_properties_and_not_only_those_that_change() -> None:
    (key,) = (case for case in CASES if case.name.startswith("a key pair is a replacement"))
    (comes,) = (case for case in CASES if case.name.startswith("a resource appears"))
    (goes,) = (case for case in CASES if case.name.startswith("a resource disappears"))
    (more,) = (case for case in CASES if case.name.startswith("a property that replaces does so"))

    host = explained(key).at("Host")
    assert host.before == {"KeyName": "old", "Tags": [{"Key": "Purpose", "Value": "testing"}]}
    assert host.after == {"KeyName": "new", "Tags": [{"Key": "Purpose", "Value": "production"}]}
    assert explained(comes).at("Index").before is None
    assert explained(comes).at("Index").after == {"EngineVersion": "OpenSearch_2.19"}
    assert explained(goes).at("Index").before == {"EngineVersion": "OpenSearch_2.19"}
    assert explained(goes).at("Index").after is None
    assert explained(more).at("Host").before == {"ImageId": "ami-1"}
