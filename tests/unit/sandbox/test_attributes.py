"""Values a service would set: of the shape their schema asks for."""

from __future__ import annotations

import pytest

from scripts.sandbox.resources.attributes import Birth
from scripts.sandbox.resources.patterns import matches
from scripts.sandbox.resources.sampling import sample
from scripts.sandbox.resources.schemas import ResourceSchema, schema_of, types_in

REGION, ACCOUNT = "us-east-1", "111122223333"


def born(type_name: str, **properties: str) -> Birth:
    schema = schema_of(type_name, REGION)
    assert isinstance(schema, ResourceSchema)
    return Birth(schema, "shop-Logical-0A1B2C3D4E5F6", properties, ACCOUNT, REGION)


def test_every_attribute_of_every_type_fits_its_pattern() -> None:
    wrong, looked_at = set(), 0
    for type_name in types_in(REGION):
        birth = born(type_name)
        for name, value in birth.attributes().items():
            node = birth.schema.node(tuple(name.split(".")))
            if not isinstance(value, str):
                continue
            looked_at += 1
            fits = matches(node.get("pattern", ""), value) is not False
            if not fits or len(value) > node.get("maxLength", 1 << 20):
                wrong.add((type_name, name))
    assert looked_at > 4000
    assert not wrong


@pytest.mark.parametrize(
    ("type_name", "attribute", "value"),
    [
        (
            "AWS::CodePipeline::Pipeline",
            "Arn",
            f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:shop-Logical-0A1B2C3D4E5F6",
        ),
        ("AWS::CodePipeline::Pipeline", "Version", "1"),
        ("AWS::Redshift::Cluster", "Endpoint.Port", "443"),
    ],
)
def test_known_shapes(type_name: str, attribute: str, value: str) -> None:
    assert born(type_name).attributes()[attribute] == value


def test_a_global_service_has_no_region_in_its_arns() -> None:
    arn = born("AWS::Shield::Protection").attributes()["ProtectionArn"]
    assert arn.startswith(f"arn:aws:shield::{ACCOUNT}:protection/")


def test_an_attribute_repeats_what_the_template_says() -> None:
    attributes = born("AWS::RedshiftServerless::Workgroup", NamespaceName="ns").attributes()
    assert attributes["Workgroup.NamespaceName"] == "ns"


def test_the_same_resource_has_the_same_attributes() -> None:
    assert (
        born("AWS::Shield::Protection").attributes() == born("AWS::Shield::Protection").attributes()
    )


@pytest.mark.parametrize(
    "pattern",
    [r"^[a-f0-9]{8}(-[a-z]{4})+$", r"^(hai-|dom-)[a-z0-9]+$", r"^(\w)x\1$", r"^[^a-z]{3}\d?$"],
)
def test_a_sample_fits_its_pattern(pattern: str) -> None:
    text = sample(pattern, "seed")
    assert text is not None
    assert matches(pattern, text)


def test_a_sample_is_as_long_as_asked() -> None:
    text = sample("^([a-z0-9A-Z]*)$", "seed", minimum=22, maximum=22)
    assert text is not None
    assert len(text) == 22


def test_no_sample_of_what_cannot_be_sampled() -> None:
    assert sample("^(?!a)a$", "seed") is None
    assert sample("(?<broken", "seed") is None
