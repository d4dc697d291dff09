"""Graphs that are odd in ways that no single contract is about: each is told of, and nothing breaks."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scripts.commands.validate import deployment
from scripts.validate import provenance
from scripts.validate.contracts import regional
from scripts.validate.contracts.graph import Graph
from scripts.validate.findings import Finding
from scripts.validate.lint import read_environments, read_templates
from scripts.validate.validation import kept
from tests.unit.validate.contracts.planted import Templates, addressed
from tests.unit.validate.contracts.project import PROJECT


@pytest.fixture
def templates() -> Templates:
    return {file: json.loads(body) for file, body in read_templates(PROJECT).items()}


def rules(templates: Templates) -> set[str]:
    graph = Graph(addressed(templates), read_environments(PROJECT)[:1], deployment())
    return {finding.rule for _, finding in kept(graph)}


def test_roots_that_wait_for_each_other(templates: Templates) -> None:
    source = templates["foundation.json"]["Metadata"]["Tradewind"]["Parameters"]["PeerDataKeyArn"]
    source |= {"root": "account", "region": "own", "output": "AccountTopicArn"}
    templates["account.json"]["Outputs"].setdefault("AccountTopicArn", {"Value": "x"})

    assert "handoff-order" in rules(templates)


def test_an_address_that_is_no_substitution(templates: Templates) -> None:
    platform = templates["platform.json"]
    platform["Metadata"]["Tradewind"]["Layers"].pop("Network")
    platform["Resources"]["Network"]["Properties"]["TemplateURL"] = "https://example.com/x"
    platform["Metadata"]["Tradewind"]["Layers"]["Network"] = "network.json"
    bodies = {file: json.dumps(one).encode() for file, one in templates.items()}
    graph = Graph(bodies, read_environments(PROJECT)[:1], deployment())

    assert "contract-address" in {finding.rule for _, finding in kept(graph)}


def test_a_type_of_ones_own_is_in_every_region(templates: Templates) -> None:
    templates["network.json"]["Resources"]["Ours"] = {
        "Type": "Custom::Anything",
        "Properties": {"ServiceToken": "x", "Whatever": "y"},
    }

    assert rules(templates) == set()


def test_a_region_without_schemas_is_named() -> None:
    first = read_environments(PROJECT)[0]
    there = replace(
        first,
        standby_region="me-south-1",
        settings={**first.settings, "me-south-1": first.values(first.standby_region)},
    )
    graph = Graph(read_templates(PROJECT), (there,), deployment())

    assert regional.unchecked(graph) == ("me-south-1",)
    assert regional.unchecked(replace(graph, environments=(first,))) == ()


def test_what_was_found_is_said_though_the_generator_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> None:
        raise NameError("name 'x' is not defined")

    finding = Finding("network.json", "Resources/Vpc", "rule", "message")
    (told,) = provenance.located([finding])
    assert told.made_at.startswith("generator/layers/network.py:")
    monkeypatch.setattr("generator.stacks.build", broken)
    assert provenance.located([finding]) == (finding,)
