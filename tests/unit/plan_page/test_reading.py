"""What is said first of a plan, and what weighs most."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scripts.deploy.explanations import Certainty, Effect, Explained, Explanation, PropertyChange
from scripts.deploy.gates.judgement import Judged
from scripts.plan_reading import Weight, counts, fate, parts, summary
from tests.unit.plan_page.samples import LOSS, PASSED, explained, judgement, nested, of, reading

DATA, OUTAGE, BRIEF = Effect("data", "gone"), Effect("outage", "away"), Effect("brief", "moments")


def test_what_stops_a_plan_is_said_before_what_it_does() -> None:
    assert reading().verdict.weight is Weight.STOPPED
    assert "1 finding stops it" in reading().verdict.words
    assert PASSED.verdict.title == "Data goes with this plan"
    assert "1 waiver let it pass" in PASSED.verdict.words


def test_a_plan_that_no_gate_has_seen_does_not_look_as_if_one_had() -> None:
    assert "the gates were not asked" in reading(judged=None).verdict.words


@pytest.mark.parametrize(
    ("change", "weight"),
    [
        (explained("A", effect=DATA), Weight.DATA),
        (explained("A", replacement=Certainty.CERTAIN), Weight.GONE),
        (explained("A", action="Remove"), Weight.GONE),
        (explained("A", effect=OUTAGE), Weight.OUTAGE),
        (explained("A", replacement=Certainty.POSSIBLE), Weight.PERHAPS),
        (explained("A", effect=BRIEF), Weight.BRIEF),
        (explained("A"), Weight.CHANGED),
        (explained("A", replacement=Certainty.PHANTOM), Weight.CHANGED),
        (explained("A", action="Add"), Weight.ADDED),
        (explained("A", certainty=Certainty.PHANTOM, effect=DATA), Weight.NOTHING),
    ],
)
def test_a_plan_is_called_by_the_heaviest_of_its_changes(change: Explained, weight: Weight) -> None:
    light = explained("Z", action="Add")

    assert of(change).verdict.weight is weight
    assert of(light, change).verdict.weight is min(weight, Weight.ADDED)


def test_what_weighs_most_comes_first_with_the_stack_that_holds_it() -> None:
    order = ["/".join(node.explained.path) for node in PASSED.tree]

    assert order == ["Catalog", "Orders", "Network", "Alerts", "Storefront"]
    assert reading().tree[0].explained.path == ("Network",), "it holds what stops the plan"
    assert [node.explained.path[-1] for node in PASSED.resources][:2] == ["Products", "Database"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"action": "Add"}, "added"),
        ({"action": "Remove"}, "removed"),
        ({"action": "Remove", "policy": "Snapshot"}, "removed, a snapshot is kept"),
        ({"action": "Remove", "policy": "Retain"}, "leaves the stack and is kept"),
        ({"action": "Remove", "certainty": Certainty.PHANTOM}, "not removed after all"),
        ({"replacement": Certainty.CERTAIN}, "replaced"),
        ({"replacement": Certainty.CERTAIN, "policy": "Retain"}, "replaced, the old one is kept"),
        ({"replacement": Certainty.POSSIBLE}, "perhaps replaced"),
        ({"replacement": Certainty.PHANTOM}, "announced as a replacement, and will be none"),
        ({"certainty": Certainty.PHANTOM}, "announced, and will not change"),
        ({"certainty": Certainty.POSSIBLE}, "perhaps changed"),
        ({}, "changed"),
    ],
)
def test_what_becomes_of_a_resource_is_said_in_words(more: dict[str, Any], said: str) -> None:
    assert fate(explained("A", **more)) == said


def test_nested_stacks_are_not_counted_and_phantoms_not_as_changes() -> None:
    assert counts(PASSED.resources) == {
        "add": 1,
        "change": 3,
        "replace": 1,
        "may_replace": 0,
        "remove": 0,
        "phantom": 1,
    }
    assert summary(of(nested("A")).resources) == (
        "no resource, only values of nested stacks or outputs"
    )


def test_no_change_is_lost_though_its_stack_be_missing_from_the_list() -> None:
    alone = of(explained("Orders/Deeper/Queue"), explained("Catalog/Table"), nested("Orders"))

    assert {"/".join(node.explained.path) for node in alone.resources} == {
        "Orders/Deeper/Queue",
        "Catalog/Table",
    }


def test_a_property_is_told_by_its_parts_that_differ() -> None:
    inner = PropertyChange("Vpc.Subnets.0", "a", "b")
    whole = PropertyChange(
        "Vpc", {"Subnets": ["a"]}, {"Subnets": ["b"]}, why=("W",), within=(inner,)
    )

    assert list(parts(whole)) == [replace(inner, why=("W",))]
    assert list(parts(inner)) == [inner]


def test_the_reading_is_told_as_json_too() -> None:
    said = PASSED.to_json()

    assert said["verdict"]["weight"] == "data"
    assert said["resources"]["replace"] == 1
    assert said["explanation"]["changes"][0]["path"] == ["Alerts"]
    assert said["gates"]["waivers"][0]["reason"] == "moved to Catalogue2, ticket 4711"
    assert reading(judged=None).to_json()["gates"] is None


def test_a_finding_on_what_does_not_change_is_not_lost() -> None:
    elsewhere = replace(LOSS, path=("Nowhere",))
    told = reading(Explanation("platform", "us-east-1", ()), judgement(Judged(elsewhere)))

    assert [one.finding for one in told.stopped] == [elsewhere]
    assert told.verdict.weight is Weight.STOPPED


def test_a_big_plan_is_read_at_once() -> None:
    """What grows with the square of the changes shows here as minutes, and not as a figure."""
    changes = [nested(f"S{n}") for n in range(60)]
    changes += [explained(f"S{n}/R{m}") for n in range(60) for m in range(100)]

    assert len(of(*changes).resources) == 6_000
