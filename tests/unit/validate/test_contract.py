"""What a root hands to its children is what they take, in every environment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator.environments import Environment
from generator.manifest import ParameterSource
from scripts.validate import contract
from tests.unit.validate import samples
from tests.unit.validate.samples import Template

VALUES = {"availability_zones": "2", "shop_minimum": "2", "vpc_cidr": "10.0.0.0/16"}


def environment(name: str = "dev", **settings: str) -> Environment:
    values = {**VALUES, **settings}
    return Environment(
        name=name,
        account_id="111111111111",
        primary_region="us-east-1",
        standby_region="us-west-2",
        settings={"us-east-1": values, "us-west-2": values},
    )


def findings(
    change: Callable[[dict[str, Template]], object] = lambda _: None,
    *environments: Environment,
    **handoffs: ParameterSource,
) -> list[tuple[str, str, str]]:
    templates = samples.platform()
    change(templates)
    found = contract.check(samples.written(templates, handoffs), environments or [environment()])
    return [(finding.rule, finding.path, finding.message) for finding in found]


def handed(templates: dict[str, Template], child: str) -> Template:
    parameters: Template = templates["platform.json"]["Resources"][child]["Properties"][
        "Parameters"
    ]
    return parameters


def test_a_platform_that_is_wired_well_has_no_findings() -> None:
    assert findings() == []


def test_a_parameter_that_the_child_does_not_have() -> None:
    found = findings(lambda templates: handed(templates, "Shop").update(Ghost="boo"))
    assert found == [
        (
            "contract-parameters",
            "Resources/Shop/Properties/Parameters/Ghost",
            "shop.json has no parameter Ghost",
        )
    ]


def test_a_parameter_that_the_child_is_not_handed() -> None:
    found = findings(lambda templates: handed(templates, "Shop").pop("VpcId"))
    assert (
        "contract-parameters",
        "Resources/Shop/Properties/Parameters",
        "shop.json is not handed its parameter VpcId",
    ) in found


def test_a_childs_parameter_must_not_have_a_default() -> None:
    found = findings(
        lambda templates: templates["shop.json"]["Parameters"]["ShopMinimum"].update(Default=2)
    )
    assert [(rule, path) for rule, path, _ in found] == [
        ("contract-parameters", "Parameters/ShopMinimum/Default")
    ]


def test_a_misspelt_output_of_a_child() -> None:
    found = findings(
        lambda templates: handed(templates, "Shop").update(
            VpcId={"Fn::GetAtt": ["Network", "Outputs.VpcID"]}
        )
    )
    assert (
        "contract-outputs",
        "Resources/Shop/Properties/Parameters/VpcId",
        "network.json has no output VpcID",
    ) in found


def test_an_output_is_found_missing_even_in_a_branch_that_no_environment_takes() -> None:
    def change(templates: dict[str, Template]) -> None:
        templates["platform.json"]["Conditions"] = {
            "Three": {"Fn::Equals": [{"Ref": "AvailabilityZones"}, "3"]}
        }
        read = {"Fn::If": ["Three", {"Fn::GetAtt": ["Network", "Outputs.Gone"]}, "4"]}
        handed(templates, "Shop")["ShopMinimum"] = read

    assert ("contract-outputs", "network.json has no output Gone") in [
        (rule, message) for rule, _, message in findings(change)
    ]


def test_a_type_that_changes_on_the_way_down() -> None:
    found = findings(
        lambda templates: templates["platform.json"]["Parameters"]["ShopMinimum"].update(
            Type="String"
        )
    )
    assert (
        "contract-parameters",
        "Resources/Shop/Properties/Parameters/ShopMinimum",
        "ShopMinimum is a String here and a Number in the child",
    ) in found


def test_a_value_out_of_the_childs_range_names_the_environment_it_is_wrong_in() -> None:
    found = findings(lambda _: None, environment("dev"), environment("prod", shop_minimum="11"))
    assert found == [
        (
            "contract-value",
            "Resources/Shop/Properties/Parameters/ShopMinimum",
            "ShopMinimum is 11, above 10 (prod in us-east-1, prod in us-west-2)",
        )
    ]


def test_the_id_of_something_else() -> None:
    def change(templates: dict[str, Template]) -> None:
        templates["network.json"]["Outputs"]["VpcId"]["Value"] = {"Ref": "SubnetC"}

    found = findings(change, environment(availability_zones="3"))
    assert ("contract-value", "Resources/Shop/Properties/Parameters/VpcId") in [
        (rule, path) for rule, path, _ in found
    ]


def test_an_empty_id_is_refused_where_cloudformation_would_look_it_up() -> None:
    def change(templates: dict[str, Template]) -> None:
        templates["shop.json"]["Parameters"]["SubnetC"] = {"Type": "AWS::EC2::Subnet::Id"}
        handed(templates, "Shop")["SubnetC"] = {"Fn::GetAtt": ["Network", "Outputs.SubnetC"]}

    assert findings(change, environment(availability_zones="3")) == []
    (found,) = findings(change, environment(availability_zones="2"))
    assert "'', which is no AWS::EC2::Subnet::Id" in found[2]


def test_an_output_that_reads_what_is_not_there() -> None:
    def change(templates: dict[str, Template]) -> None:
        templates["network.json"]["Outputs"]["SubnetC"]["Value"] = {"Ref": "SubnetC"}

    assert findings(change, environment(availability_zones="3")) == []
    (found,) = findings(change, environment(availability_zones="2"))
    assert found[:2] == ("contract-reference", "Outputs/SubnetC/Value/Ref")


def test_a_child_that_is_not_the_one_at_the_address() -> None:
    bodies = samples.written(samples.platform())
    bodies["shop.json"] = bodies["shop.json"].replace(b"Tradewind shop", b"Tradewind stop")
    (found,) = contract.check(bodies, [environment()])
    assert (found.rule, found.path) == (
        "contract-address",
        "Resources/Shop/Properties/TemplateURL",
    )


def test_a_child_whose_file_is_missing() -> None:
    bodies = samples.written(samples.platform())
    del bodies["shop.json"]
    (found,) = contract.check(bodies, [environment()])
    assert (found.rule, found.message) == ("contract-address", "shop.json is not there")


def test_a_handoff_that_no_root_gives() -> None:
    def change(templates: dict[str, Template]) -> None:
        templates["platform.json"]["Parameters"]["KeyArn"] = {"Type": "String"}

    source = ParameterSource.handoff("foundation", "own", "KeyArn", "arn:aws:kms:example")
    (found,) = findings(change, KeyArn=source)
    assert found == (
        "contract-handoff",
        "Parameters/KeyArn",
        "the root foundation has no output KeyArn to hand on",
    )


@pytest.mark.parametrize("peer_ready", ["true", "false"])
def test_a_peers_handoff_is_empty_until_the_peer_is_ready(peer_ready: str) -> None:
    from scripts.validate.local_urls import manifest_of

    source = ParameterSource.handoff("foundation", "peer", "KeyArn", "arn:aws:kms:example")
    manifest = manifest_of(samples.written(samples.platform(), {"KeyArn": source})["platform.json"])
    assert manifest is not None
    known = {**VALUES, "region_role": "primary", "peer_ready": peer_ready, "template_base_url": "u"}
    given = contract.given(manifest, known)
    assert given["KeyArn"] == ("arn:aws:kms:example" if peer_ready == "true" else "")
