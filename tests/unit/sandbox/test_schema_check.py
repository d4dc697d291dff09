"""Properties against their schemas: what CloudFormation takes, and what it says when it does not."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.sandbox.resources import schema_exceptions
from scripts.sandbox.resources.schema_check import PropertiesRefused, check, violations
from scripts.sandbox.resources.schema_exceptions import SchemaException
from scripts.sandbox.resources.schemas import JSON, ResourceSchema, regions, schema_of, types_in


def schema(**sections: Any) -> ResourceSchema:
    document = {"additionalProperties": False, "properties": {}, **sections}
    return ResourceSchema("AWS::Test::Thing", document)


def said(property_schema: JSON, value: object) -> list[str]:
    found = violations(schema(properties={"P": property_schema}), {"P": value})
    return [str(violation) for violation in found]


@pytest.mark.parametrize(
    ("property_schema", "value"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string"}, 5),
        ({"type": "string"}, True),
        ({"type": "integer"}, "5"),
        ({"type": "integer", "minimum": 5, "maximum": 5}, "5"),
        ({"type": "number", "maximum": 1}, "0.5"),
        ({"type": "number"}, "1e-3"),
        ({"type": "boolean"}, "true"),
        ({"type": ["object", "string"]}, {"any": "thing"}),
        ({"type": "string", "enum": ["true", "false"]}, True),
        ({"type": "string", "pattern": r"^[\p{L}\p{Z}]*$"}, "für alle"),
        ({"type": "string", "pattern": r"^[\p{Print}&&[^|]]+$"}, "a b"),
        ({"type": "string", "pattern": r"^(?<broken"}, "beyond Python"),
        ({"type": "array", "uniqueItems": True}, [1, 2]),
        ({"type": "object", "patternProperties": {"^[a-z]+$": {"type": "string"}}}, {"a": "b"}),
        ({"oneOf": [{"required": ["A"]}, {"required": ["B"]}]}, {"A": 1}),
        ({"anyOf": [{"type": "array"}, {"type": "object"}]}, {}),
        ({"if": {"required": ["A"]}, "then": {"required": ["B"]}}, {"C": 1}),
    ],
)
def test_what_cloudformation_takes(property_schema: JSON, value: object) -> None:
    assert said(property_schema, value) == []


@pytest.mark.parametrize(
    ("property_schema", "value", "sentence"),
    [
        ({"type": "string"}, ["a"], "#/P: expected type: String, found: JSONArray"),
        ({"type": "object"}, "a", "#/P: expected type: JSONObject, found: String"),
        ({"type": "integer"}, "5.5", "#/P: expected type: Integer, found: String"),
        ({"type": "boolean"}, "yes", "#/P: expected type: Boolean, found: String"),
        ({"type": "string", "enum": ["a"]}, "b", "failed validation constraint for keyword [enum]"),
        ({"type": "string", "const": "a"}, "b", "failed validation constraint for keyword [const]"),
        ({"type": "string", "maxLength": 2}, "abc", "#/P: expected maxLength: 2, actual: 3"),
        ({"type": "string", "minLength": 2}, "a", "#/P: expected minLength: 2, actual: 1"),
        (
            {"type": "string", "pattern": r"^\p{L}+$"},
            "1",
            "#/P: failed validation constraint for keyword [pattern]",
        ),
        ({"type": "integer", "maximum": 4}, "5", "for keyword [maximum]"),
        ({"type": "integer", "minimum": 6}, 5, "for keyword [minimum]"),
        ({"type": "array", "minItems": 1}, [], "expected minimum item count: 1, found: 0"),
        ({"type": "array", "maxItems": 1}, [1, 2], "expected maximum item count: 1, found: 2"),
        ({"type": "array", "uniqueItems": True}, [{"a": 1}, {"a": 1}], "items are not unique"),
        ({"type": "array", "items": {"type": "integer"}}, ["x"], "#/P/0: expected type: Integer"),
        (
            {"type": "object", "additionalProperties": False},
            {"A": 1},
            "#/P: extraneous key [A] is not permitted",
        ),
        ({"type": "object", "required": ["A"]}, {}, "#/P: required key [A] not found"),
        (
            {"type": "object", "patternProperties": {"^a$": {}}, "additionalProperties": False},
            {"b": 1},
            "extraneous key [b]",
        ),
        (
            {"oneOf": [{"required": ["A"]}, {"required": ["B"]}]},
            {"A": 1, "B": 2},
            "#/P: #: 2 subschemas matched instead of one",
        ),
        ({"anyOf": [{"required": ["A"]}]}, {}, "no subschema matched out of the total 1"),
        ({"allOf": [{}, {"required": ["A"]}]}, {}, "only 1 subschema matches out of 2"),
        ({"not": {"required": ["A"]}}, {"A": 1}, "must not be valid"),
        ({"if": {"required": ["A"]}, "then": {"required": ["B"]}}, {"A": 1}, "key [B] not found"),
        ({"dependencies": {"A": ["B"]}}, {"A": 1}, "property [B] is required"),
        ({"dependentExcluded": {"A": ["B"]}}, {"A": 1, "B": 1}, "not permitted together with [A]"),
        ({"requiredXor": ["A", "B"]}, {}, "exactly one of [A, B]"),
        ({"requiredOr": ["A", "B"]}, {}, "at least one of [A, B]"),
        ({"type": "object", "maxProperties": 1}, {"a": 1, "b": 2}, "keyword [maxProperties]"),
    ],
)
def test_what_cloudformation_refuses(property_schema: JSON, value: object, sentence: str) -> None:
    assert any(sentence in line for line in said(property_schema, value))


def test_values_never_reach_the_sentence() -> None:
    secret = "hunter2-hunter2"
    for keyword in ({"enum": ["a"]}, {"pattern": "^x$"}, {"maxLength": 3}, {"const": "b"}):
        assert secret not in "".join(said({"type": "string", **keyword}, secret))


def test_a_ref_is_followed() -> None:
    inner = {"type": "object", "additionalProperties": False, "properties": {}}
    made = schema(properties={"P": {"$ref": "#/definitions/In"}}, definitions={"In": inner})
    assert [str(found) for found in violations(made, {"P": {"X": 1}})] == [
        "#/P: extraneous key [X] is not permitted"
    ]


def test_what_only_the_service_sets_is_refused() -> None:
    made = schema(properties={"Arn": {"type": "string"}}, readOnlyProperties=["/properties/Arn"])
    with pytest.raises(
        PropertiesRefused, match=r"for resource Thing .*\n#: extraneous key \[Arn\]"
    ):
        check(made, "Thing", {"Arn": "arn"})


def test_the_tags_cloudformation_adds_are_not_the_templates() -> None:
    tag = {"type": "object", "properties": {"Key": {"pattern": "^(?!aws:)"}, "Value": {}}}
    made = schema(properties={"Tags": {"type": "array", "maxItems": 1, "items": tag}})
    added = {"Key": "aws:cloudformation:stack-name", "Value": "s"}
    check(made, "Thing", {"Tags": [{"Key": "mine", "Value": "v"}, added, added]})
    with pytest.raises(PropertiesRefused, match=r"\[pattern\]"):
        check(made, "Thing", {"Tags": [{"Key": "aws:mine", "Value": "v"}]})


def test_a_named_exception_lifts_one_keyword(monkeypatch: pytest.MonkeyPatch) -> None:
    made = schema(properties={"L": {"type": "array", "items": {"type": "string", "maxLength": 1}}})
    lifted = SchemaException("AWS::Test::Thing", "#/L/*", "maxLength", "AWS takes two")
    assert violations(made, {"L": ["ab"]})
    monkeypatch.setattr(schema_exceptions, "EXCEPTIONS", (lifted,))
    assert not violations(made, {"L": ["ab"]})


def test_real_schemas() -> None:
    queue = schema_of("AWS::SQS::Queue", "eu-west-1")
    assert queue is not None
    check(queue, "Q", {"VisibilityTimeout": "30", "Tags": [{"Key": "a", "Value": "b"}]})
    with pytest.raises(PropertiesRefused, match=r"extraneous key \[Foo\] is not permitted"):
        check(queue, "Q", {"Foo": 1})


def test_a_region_offers_what_aws_offers_there() -> None:
    assert {"us-east-1", "eu-west-1", "eu-central-1"} <= regions()
    assert schema_of("AWS::Personalize::Schema", "us-east-1") is not None
    assert schema_of("AWS::Personalize::Schema", "us-west-1") is None
    assert types_in("mars-north-1") == {}
