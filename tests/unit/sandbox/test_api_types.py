"""The table of types made through an API: complete, and named as AWS names things."""

from __future__ import annotations

import pytest

from scripts.sandbox.resources.api_resources import api_types
from scripts.sandbox.resources.api_resources.api_type import ApiType, Call
from scripts.sandbox.resources.api_resources.calls import takes
from scripts.sandbox.resources.schemas import ResourceSchema, schema_of


def schema(row: ApiType) -> ResourceSchema:
    found = schema_of(row.type_name, "us-east-1")
    assert found is not None
    return found


def calls(row: ApiType) -> list[Call]:
    steps = (*row.create, *row.update, *row.delete, row.read, row.tag, row.untag)
    return [step for step in steps if isinstance(step, Call)]


@pytest.mark.parametrize("row", api_types().values(), ids=lambda row: row.type_name)
class TestRow:
    def test_every_parameter_is_one_its_operation_takes(self, row: ApiType) -> None:
        for step in calls(row):
            taken = takes(step.service or row.service, step.operation)
            unknown = {name for name in step.parameters if name.lower() not in taken}
            assert not unknown, (step.operation, unknown)

    def test_every_attribute_is_one_of_the_schema(self, row: ApiType) -> None:
        known = {".".join(path) for path in schema(row).read_only}
        assert set(row.attributes) <= known

    def test_every_property_reaches_the_api_or_is_named_as_one_that_does_not(
        self, row: ApiType
    ) -> None:
        made = schema(row)
        read_only = {path[0] for path in made.read_only if len(path) == 1}
        settable = set(made.document["properties"]) - read_only
        assert row.not_in_api <= set(made.document["properties"])
        if any(step.shape for step in row.create):
            return  # a shape is code: its rehearsal tells
        reached = {row.tag_property, *row.not_in_api}
        for step in row.create:
            reached |= {source.strip("[]").split(".")[0] for source in step.parameters.values()}
            reached |= {step.when}
            if step.same_names:
                taken = takes(row.service, step.operation)
                reached |= {name for name in settable if name.lower() in taken}
            if "$name" in step.parameters.values():
                reached |= {path[0] for path in made.primary_identifier}
        assert settable <= reached, settable - reached
