"""Properties against their provider schema, refused the way CloudFormation refuses them.

CloudFormation validates a resource's resolved properties with the everit JSON-schema library and
scrubs values from its messages (aws-cloudformation/cloudformation-resource-schema, "Scrub
messages"): the sentences below are that library's. A template's scalars are all strings to
CloudFormation, so a number or a Boolean written as a string passes, and the other way round.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scripts.sandbox.resources.keywords import (
    Violation,
    combinations,
    found_type,
    is_of_type,
    json_name,
    scalar,
    scrubbed,
)
from scripts.sandbox.resources.patterns import matches
from scripts.sandbox.resources.schema_exceptions import is_excepted
from scripts.sandbox.resources.schemas import JSON, ResourceSchema

_STACK_TAG_PREFIX = "aws:cloudformation:"


class PropertiesRefused(ValueError):
    """The properties of one resource break its type's schema."""

    def __init__(self, logical_id: str, violations: Sequence[str]) -> None:
        lines = "\n".join(violations)
        super().__init__(
            f"Properties validation failed for resource {logical_id} with message:\n{lines}"
        )


def check(schema: ResourceSchema, logical_id: str, properties: Mapping[str, Any]) -> None:
    """Refuse `properties` that break `schema`.

    The tags CloudFormation itself adds to a resource are not the template's and are left out.

    Raises PropertiesRefused.
    """
    found = violations(schema, without_stack_tags(schema, properties))
    if found:
        raise PropertiesRefused(logical_id, [str(violation) for violation in found])


def violations(schema: ResourceSchema, properties: Mapping[str, Any]) -> list[Violation]:
    """Every way `properties` break `schema`, less the named exceptions."""
    checker = _Check(schema)
    found = [*checker.read_only(properties), *checker.node(properties, schema.document, "#")]
    return [
        violation
        for violation in dict.fromkeys(found)
        if not is_excepted(schema.type_name, violation.pointer, violation.keyword)
    ]


def without_stack_tags(schema: ResourceSchema, properties: Mapping[str, Any]) -> dict[str, Any]:
    """`properties` less the `aws:cloudformation:` tags."""
    plain = dict(properties)
    tagging = schema.tag_property
    tags = plain.get(tagging[0]) if tagging else None
    if not tagging or not tags:
        return plain
    own: Any
    if isinstance(tags, Mapping):
        own = {key: tags[key] for key in tags if not str(key).startswith(_STACK_TAG_PREFIX)}
    else:
        own = [tag for tag in tags if not _is_stack_tag(tag)]
    if own:
        plain[tagging[0]] = own
    else:
        del plain[tagging[0]]
    return plain


def _is_stack_tag(tag: object) -> bool:
    return isinstance(tag, Mapping) and str(tag.get("Key", "")).startswith(_STACK_TAG_PREFIX)


@dataclass(frozen=True)
class _Check:
    """One pass over one resource's properties."""

    schema: ResourceSchema

    def read_only(self, properties: Mapping[str, Any]) -> Iterator[Violation]:
        """Properties only the service sets, given by a template."""
        settable = {path[0] for path in self.schema.create_only}
        settable |= set(self.schema.document.get("required", ()))
        for path in self.schema.read_only:
            if len(path) == 1 and path[0] in properties and path[0] not in settable:
                yield Violation(
                    "#", "additionalProperties", f"extraneous key [{path[0]}] is not permitted"
                )

    def node(self, value: object, node: JSON | bool, pointer: str) -> Iterator[Violation]:
        """Every keyword of one schema node against one value."""
        if isinstance(node, bool):
            if not node:
                yield Violation(pointer, "false", "false schema always fails")
            return
        if "$ref" in node:
            # A keyword beside a $ref is ignored (JSON schema draft 7).
            node = self.schema.deref(node)
        yield from self._type(value, node, pointer)
        match value:
            case Mapping():
                yield from self._object(value, node, pointer)
            case list() | tuple():
                yield from self._array(value, node, pointer)
            case _:
                yield from scalar(value, node, pointer)
        yield from self._branches(value, node, pointer)

    def _type(self, value: object, node: JSON, pointer: str) -> Iterator[Violation]:
        declared = node.get("type")
        if declared is None:
            return
        allowed = [declared] if isinstance(declared, str) else list(declared)
        if any(is_of_type(value, name) for name in allowed):
            return
        expected = json_name(allowed[0])
        yield Violation(pointer, "type", f"expected type: {expected}, found: {found_type(value)}")

    def _object(self, value: Mapping[str, Any], node: JSON, pointer: str) -> Iterator[Violation]:
        properties: JSON = node.get("properties", {})
        patterns: JSON = node.get("patternProperties", {})
        for name in node.get("required", ()):
            if name not in value:
                yield Violation(pointer, "required", f"required key [{name}] not found")
        yield from combinations(value, node, pointer)
        if len(value) < node.get("minProperties", 0):
            yield Violation(pointer, "minProperties", scrubbed("minProperties"))
        if len(value) > node.get("maxProperties", len(value)):
            yield Violation(pointer, "maxProperties", scrubbed("maxProperties"))
        for name, item in value.items():
            inner = f"{pointer}/{name}"
            if name in properties:
                yield from self.node(item, properties[name], inner)
                continue
            matching = [pattern for pattern in patterns if matches(pattern, name) is not False]
            for pattern in matching:
                yield from self.node(item, patterns[pattern], inner)
            additional = node.get("additionalProperties", True)
            if matching or additional is True:
                continue
            if additional is False:
                yield Violation(
                    pointer, "additionalProperties", f"extraneous key [{name}] is not permitted"
                )
            else:
                yield from self.node(item, additional, inner)
        for trigger, needed in node.get("dependencies", {}).items():
            if trigger in value and isinstance(needed, Mapping):
                yield from self.node(value, needed, pointer)

    def _array(self, value: Sequence[Any], node: JSON, pointer: str) -> Iterator[Violation]:
        smallest, largest = node.get("minItems", 0), node.get("maxItems")
        if len(value) < smallest:
            sentence = f"expected minimum item count: {smallest}, found: {len(value)}"
            yield Violation(pointer, "minItems", sentence)
        if largest is not None and len(value) > largest:
            sentence = f"expected maximum item count: {largest}, found: {len(value)}"
            yield Violation(pointer, "maxItems", sentence)
        if node.get("uniqueItems"):
            canonical = [json.dumps(item, sort_keys=True, default=str) for item in value]
            if len(set(canonical)) < len(canonical):
                yield Violation(pointer, "uniqueItems", "array items are not unique")
        items = node.get("items", {})
        for index, item in enumerate(value):
            yield from self.node(item, items, f"{pointer}/{index}")

    def _branches(self, value: object, node: JSON, pointer: str) -> Iterator[Violation]:
        for keyword in ("allOf", "anyOf", "oneOf"):
            branches: Sequence[JSON] = node.get(keyword, ())
            if not branches:
                continue
            failures = [list(self.node(value, branch, pointer)) for branch in branches]
            fitting = sum(not failure for failure in failures)
            total = len(branches)
            if keyword == "allOf" and fitting < total:
                sentence = f"#: only {fitting} subschema matches out of {total}"
                yield Violation(pointer, keyword, sentence)
                yield from (violation for failure in failures for violation in failure)
            if keyword == "anyOf" and not fitting:
                sentence = f"#: no subschema matched out of the total {total} subschemas"
                yield Violation(pointer, keyword, sentence)
                yield from min(failures, key=len)
            if keyword == "oneOf" and fitting != 1:
                sentence = f"#: {fitting} subschemas matched instead of one"
                yield Violation(pointer, keyword, sentence)
                if not fitting:
                    yield from min(failures, key=len)
        if "not" in node and not any(self.node(value, node["not"], pointer)):
            yield Violation(pointer, "not", "subject must not be valid against schema")
        if "if" in node:
            applies = not any(self.node(value, node["if"], pointer))
            yield from self.node(value, node.get("then" if applies else "else", {}), pointer)
