"""Reading templates into a graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.errors import UsageError
from scripts.graph import model
from scripts.graph.conditions import Conditions
from scripts.graph.kinds import Family, kind_of, words
from scripts.graph.model import Architecture, Layer, Resource, Root
from tests.unit.graph import samples


def root(architecture: Architecture, name: str) -> Root:
    found = architecture.root(name)
    assert found is not None
    return found


def layer(*resources: Resource) -> Layer:
    waf = Conditions({"Waf": samples.WAF}, {"Waf": "waf"})
    return Layer("Layer", "Layer", "", resources, waf)


class TestRoots:
    def test_a_wire_names_every_output_that_becomes_a_parameter(self, small: Architecture) -> None:
        wires = {
            (wire.producer, wire.consumer): wire.values for wire in root(small, "platform").wires
        }

        assert wires["Orders", "Shop"] == ("Reader", "Writer")
        assert wires["FrontDoor", "Firewall"] == ("AlbArn",)

    def test_a_layer_says_when_it_is_there(self, small: Architecture) -> None:
        platform = root(small, "platform")

        assert platform.layer("Firewall").condition == "waf"
        assert platform.layer("Takeover").condition == "in the standby"
        assert platform.layer("Orders").condition == ""

    def test_a_conditional_output_is_wired_all_the_same(self, tmp_path: Path) -> None:
        built = samples.small(tmp_path)
        platform = json.loads((built / "platform.json").read_text())
        given = platform["Resources"]["Shop"]["Properties"]["Parameters"]
        given["Acl"] = {"Fn::If": ["Waf", {"Fn::GetAtt": ["Firewall", "Outputs.AclArn"]}, ""]}
        (built / "platform.json").write_text(json.dumps(platform))

        wires = root(model.read(built), "platform").wires
        assert ("Firewall", "Shop", ("AclArn",)) in [
            (wire.producer, wire.consumer, wire.values) for wire in wires
        ]

    def test_what_a_root_receives_is_counted_by_giver_and_place(self, small: Architecture) -> None:
        received = root(small, "platform").received

        assert [(one.giver, one.where, one.values) for one in received] == [
            ("foundation", "own", ("DataKeyArn",)),
            ("platform", "primary", ("Writer",)),
        ]

    def test_a_root_without_layers_is_drawn_by_its_services(self, small: Architecture) -> None:
        foundation = root(small, "foundation")

        assert [layer.name for layer in foundation.layers] == ["Backup", "KMS", "S3"]
        assert [(wire.producer, wire.consumer) for wire in foundation.wires] == [("KMS", "S3")]

    def test_every_layer_of_every_real_root_is_read(
        self, real: Architecture, templates: dict[str, Any]
    ) -> None:
        for drawn in real.roots:
            template = templates[f"{drawn.name}.json"]
            nested = template["Metadata"]["Tradewind"]["Layers"]
            if nested:
                assert {layer.name for layer in drawn.layers} == set(nested)
                expected = sum(len(templates[file]["Resources"]) for file in nested.values())
                assert drawn.resources == expected
            else:
                assert drawn.resources == len(template["Resources"])

    @pytest.mark.parametrize("broken", ["missing child", "torn", "empty"])
    def test_templates_that_are_not_whole_are_one_sentence(
        self, broken: str, tmp_path: Path
    ) -> None:
        built = samples.small(tmp_path)
        match broken:
            case "missing child":
                (built / "platform-shop.json").unlink()
            case "torn":
                (built / "platform.json").write_text("{")
            case _:
                for path in built.iterdir():
                    path.unlink()
        with pytest.raises(UsageError) as refused:
            model.read(built)
        assert "tradewind build" in refused.value.fix


class TestHoldings:
    ALWAYS = Resource("One", "AWS::S3::Bucket")
    MAYBE = Resource("Two", "AWS::S3::Bucket", "Waf")

    @pytest.mark.parametrize(
        ("resources", "said"),
        [
            ([ALWAYS], "1 bucket"),
            ([ALWAYS, ALWAYS], "2 buckets"),
            ([ALWAYS, MAYBE], "1 to 2 buckets"),
        ],
    )
    def test_are_counted_in_plain_words(self, resources: list[Resource], said: str) -> None:
        assert [str(held) for held in layer(*resources).holdings] == [said]

    def test_of_alternatives_say_how_many_at_most(self, real: Architecture) -> None:
        orders = root(real, "platform").layer("Orders")
        databases = next(held for held in orders.holdings if held.kind.one == "database instance")

        assert str(databases).startswith("up to ")

    def test_name_the_weightiest_first(self) -> None:
        held = layer(
            Resource("Role", "AWS::IAM::Role"),
            Resource("Table", "AWS::DynamoDB::GlobalTable"),
            Resource("Alarm", "AWS::CloudWatch::Alarm"),
        ).holdings

        assert [one.kind.one for one in held] == ["global table", "alarm", "role"]

    def test_of_stores_say_what_they_are_called(self) -> None:
        (held,) = layer(
            Resource("CartsTable", "AWS::DynamoDB::GlobalTable"),
            Resource("OrderIntakeTable", "AWS::DynamoDB::GlobalTable"),
        ).holdings

        assert held.names == "carts, order intake"


class TestWords:
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("FleetScaling", "Fleet scaling"),
            ("PrivateSubnetA", "Private subnet A"),
            ("Dns", "DNS"),
            ("AlbZoneId", "ALB zone id"),
            ("KMS", "KMS"),
        ],
    )
    def test_of_names_are_spaced_and_acronyms_stay(self, name: str, said: str) -> None:
        assert words(name) == said

    def test_of_a_type_that_nobody_listed_come_from_its_name(self) -> None:
        kind = kind_of("AWS::Athena::NamedQuery")

        assert (kind.counted(2), kind.family) == ("2 named queries", Family.DATA)

    def test_every_service_of_the_real_templates_has_a_family(
        self, templates: dict[str, Any]
    ) -> None:
        from scripts.graph.kinds import SERVICES

        known = {service for names in SERVICES.values() for service in names.split()}
        used = {
            resource["Type"].split("::")[1]
            for template in templates.values()
            for resource in template["Resources"].values()
        }
        assert used - known == set()
