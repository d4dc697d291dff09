"""The wiring of layers: what is read is declared, and what is wrong does not build."""

from __future__ import annotations

import json
from typing import Any

import pytest
from troposphere import Ref
from troposphere.ec2 import VPC
from troposphere.sns import Topic

from generator.conditions import Conditions
from generator.errors import BuildError
from generator.layer import Handoff, Input, Layer, Lookup, ManagedPrefixList, Output, Where
from generator.manifest import Manifest
from generator.stacks import build


class Ground(Layer):
    """what others stand on."""

    topic_arn = Output(example="arn:aws:sns:us-east-1:111111111111:t", handed_on=True)
    private_note = Output(example="x")

    def build(self) -> None:
        self.topic_arn = Ref(self.add(Topic("Topic")))
        self.private_note = "x"


class Land(Layer):
    """a network."""

    topic_arn = Handoff(Ground.topic_arn)
    peer_topic_arn = Handoff(Ground.topic_arn, of=Where.PEER)
    edge_list = Lookup(ManagedPrefixList("edge"), example="pl-1")

    vpc_id = Output("AWS::EC2::VPC::Id", example="vpc-1")

    def build(self) -> None:
        vpc = self.add(VPC("Vpc", CidrBlock=self.settings.vpc_cidr))
        self.add(Topic("Named", TopicName=self.topic_arn, DisplayName=self.edge_list))
        self.add(
            Topic("Peer", TopicName=self.peer_topic_arn, Condition=self.when(Conditions.primary))
        )
        self.vpc_id = Ref(vpc)


class House(Layer):
    """what stands on the network."""

    vpc_id = Input(Land.vpc_id)

    def build(self) -> None:
        self.add(Topic("Uses", DisplayName=self.vpc_id))


class Guarded(House):
    """a house that is there by toggle."""

    condition = Conditions.waf


def templates(**roots: tuple[type[Layer], ...]) -> dict[str, Any]:
    return {file: json.loads(body) for file, body in build(roots).files.items()}


def whole() -> dict[str, Any]:
    return templates(ground=(Ground,), shop=(House, Land))


def test_reading_an_input_declares_a_required_parameter_of_the_outputs_type() -> None:
    assert whole()["house.json"]["Parameters"] == {"VpcId": {"Type": "AWS::EC2::VPC::Id"}}


def test_the_root_wires_a_sibling_to_its_producer_in_whatever_order_they_are_named() -> None:
    house = whole()["shop.json"]["Resources"]["House"]["Properties"]
    assert house["Parameters"] == {"VpcId": {"Fn::GetAtt": ["Land", "Outputs.VpcId"]}}


def test_a_setting_read_by_a_layer_carries_its_constraints_into_the_child_and_the_root() -> None:
    built = whole()
    child, root = (
        built["land.json"]["Parameters"]["VpcCidr"],
        built["shop.json"]["Parameters"]["VpcCidr"],
    )
    assert child["AllowedPattern"] == root["AllowedPattern"]
    assert "Default" not in child


def test_a_condition_brings_the_parameter_it_rests_on() -> None:
    land = whole()["land.json"]
    assert land["Conditions"]["Primary"] == {"Fn::Equals": [{"Ref": "RegionRole"}, "primary"]}
    assert land["Parameters"]["RegionRole"]["AllowedValues"] == ["primary", "standby", "edge"]


def test_the_manifest_tells_where_every_parameter_of_the_root_comes_from() -> None:
    root = whole()["shop.json"]
    manifest = Manifest.of(root)
    assert set(manifest.parameters) == set(root["Parameters"])
    assert manifest.parameters["VpcCidr"].kind == "setting"
    assert manifest.parameters["RegionRole"].kind == "fact"
    assert vars(manifest.parameters["PeerTopicArn"]) | {"example": ""} == {
        "kind": "handoff",
        "key": "",
        "root": "ground",
        "region": "peer",
        "output": "TopicArn",
        "question": "",
        "subject": {},
        "example": "",
    }
    assert manifest.parameters["EdgeList"].subject == {"prefix_list_name": "edge"}
    assert manifest.layers == {"House": "house.json", "Land": "land.json"}


def test_what_is_handed_on_becomes_an_output_of_the_root() -> None:
    class Upper(Layer):
        """gives on."""

        passed = Output(example="p", handed_on=True)

        def build(self) -> None:
            self.passed = "p"

    class Keeper(Layer):
        """keeps to itself."""

        kept = Output(example="k")

        def build(self) -> None:
            self.add(Topic("Topic"))
            self.kept = "k"

    assert set(templates(tower=(Upper, Keeper))["tower.json"]["Outputs"]) == {"Passed"}


def test_a_layer_with_a_condition_is_a_conditional_stack() -> None:
    root = templates(ground=(Ground,), shop=(Land, Guarded))["shop.json"]
    assert root["Resources"]["Guarded"]["Condition"] == "Waf"
    assert "Waf" in root["Conditions"]


def test_an_unchanged_child_keeps_its_address_when_a_sibling_changes() -> None:
    class Renamed(Land):
        """a network with one more topic."""

        @classmethod
        def file_stem(cls) -> str:
            return "land"

        @classmethod
        def stack_id(cls) -> str:
            return "Land"

        vpc_id = Output("AWS::EC2::VPC::Id", example="vpc-1")

        def build(self) -> None:
            super().build()
            self.add(Topic("OneMore"))

    class Cottage(Layer):
        """stands alone."""

        def build(self) -> None:
            self.add(Topic("Alone"))

    def address(root: dict[str, Any], stack: str) -> str:
        return str(root["Resources"][stack]["Properties"]["TemplateURL"]["Fn::Sub"])

    before = templates(ground=(Ground,), shop=(Land, Cottage))["shop.json"]
    after = templates(ground=(Ground,), shop=(Renamed, Cottage))["shop.json"]
    assert address(before, "Cottage") == address(after, "Cottage")
    assert address(before, "Land") != address(after, "Land")


def test_a_port_may_not_hide_what_every_layer_has() -> None:
    with pytest.raises(BuildError, match=r"Thief\.settings hides what every layer has"):

        class Thief(Layer):
            """takes a name."""

            settings = Output(example="s")


def test_a_misspelt_port_fails_when_the_module_is_imported() -> None:
    with pytest.raises(AttributeError, match="vpc_ip"):
        Input(Land.vpc_ip)  # type: ignore[attr-defined]


def test_an_input_takes_nothing_but_an_output() -> None:
    with pytest.raises(BuildError, match="takes a layer's Output"):
        Input("vpc-1")


def test_an_output_that_is_never_set_fails_the_build() -> None:
    class Silent(Layer):
        """gives nothing."""

        promised = Output(example="p")

        def build(self) -> None:
            self.add(Topic("Topic"))

    with pytest.raises(BuildError, match="Silent never sets its output promised"):
        Silent()


def test_an_input_that_is_never_read_fails_the_build() -> None:
    class Deaf(Layer):
        """reads nothing."""

        vpc_id = Input(Land.vpc_id)

        def build(self) -> None:
            self.add(Topic("Topic"))

    with pytest.raises(BuildError, match="Deaf never reads vpc_id"):
        Deaf()


def test_an_output_read_before_it_is_set_is_named() -> None:
    class Hasty(Layer):
        """reads itself too early."""

        later = Output(example="l")

        def build(self) -> None:
            self.add(Topic("Topic", DisplayName=self.later))

    with pytest.raises(BuildError, match=r"Hasty\.later is read before build\(\) sets it"):
        Hasty()


def test_two_resources_of_one_name_fail_the_build() -> None:
    class Twins(Layer):
        """says one thing twice."""

        def build(self) -> None:
            self.add(Topic("Topic"))
            self.add(Topic("Topic"))

    with pytest.raises(BuildError, match="Twins adds two resources named Topic"):
        Twins()


def test_one_parameter_with_two_meanings_fails_the_build() -> None:
    class Ambiguous(Layer):
        """uses a setting's name for an input."""

        vpc_cidr = Input(Land.vpc_id)

        def build(self) -> None:
            self.add(Topic("Topic", DisplayName=self.vpc_cidr, TopicName=self.settings.vpc_cidr))

    with pytest.raises(BuildError, match="the parameter VpcCidr would mean both"):
        Ambiguous()


def test_two_layers_may_not_give_one_root_parameter_two_meanings() -> None:
    class Other(Layer):
        """receives another value under the same name."""

        topic_arn = Handoff(Ground.topic_arn, of=Where.PEER)

        def build(self) -> None:
            self.add(Topic("Topic", DisplayName=self.topic_arn))

    with pytest.raises(BuildError, match="the parameter TopicArn would mean both"):
        templates(ground=(Ground,), shop=(Land, Other))


def test_a_layer_may_not_share_its_name_with_a_setting() -> None:
    class VpcCidr(House):
        """its nested stack would be named as the parameter is."""

    with pytest.raises(BuildError, match="layer VpcCidr and the setting vpc_cidr share a name"):
        templates(ground=(Ground,), shop=(Land, VpcCidr))


def test_an_input_from_outside_the_root_asks_for_a_handoff() -> None:
    with pytest.raises(BuildError, match="which is not in shop: use a Handoff"):
        templates(ground=(Ground,), shop=(House,))


def test_a_handoff_never_reaches_forward() -> None:
    with pytest.raises(BuildError, match="which no earlier root hands on"):
        templates(shop=(Land, House), ground=(Ground,))


def test_a_handoff_takes_only_what_is_handed_on() -> None:
    with pytest.raises(BuildError, match="declare it with handed_on=True"):
        Handoff(Ground.private_note)


def test_a_cycle_is_named() -> None:
    class Egg(Layer):
        """comes from a hen."""

        egg = Output(example="e")

        def build(self) -> None:
            self.egg = "e"

    class Hen(Layer):
        """comes from an egg."""

        egg = Input(Egg.egg)
        hen = Output(example="h")

        def build(self) -> None:
            self.hen = self.egg

    loop = Input(Hen.hen)
    loop.__set_name__(Egg, "hen")
    Egg.hen = loop  # type: ignore[attr-defined]
    with pytest.raises(BuildError, match="coop has a cycle: Egg -> Hen -> Egg"):
        templates(coop=(Egg, Hen))


def test_two_templates_may_not_share_a_file() -> None:
    with pytest.raises(BuildError, match=r"two templates are named land\.json"):
        templates(ground=(Ground,), one=(Land, House), two=(Land, House))


def test_a_template_over_quota_is_refused() -> None:
    class Sprawl(Layer):
        """has too much."""

        def build(self) -> None:
            for number in range(501):
                self.add(Topic(f"Topic{number}"))

    with pytest.raises(BuildError, match="Sprawl: Maximum number of resources 500"):
        Sprawl()


def test_a_setting_named_in_a_text_is_read() -> None:
    class Named(Layer):
        """has a derived name."""

        def build(self) -> None:
            self.add(Topic("Topic", TopicName=self.sub("${Environment}-${Own}", Own="x")))

    assert set(Named().template.parameters) == {"Environment"}


def test_a_text_that_names_no_setting_fails_the_build() -> None:
    class Misspelt(Layer):
        """has a name with a slip."""

        def build(self) -> None:
            self.add(Topic("Topic", TopicName=self.sub("${Enviroment}")))

    with pytest.raises(BuildError, match="Misspelt substitutes Enviroment, which is no setting"):
        Misspelt()
