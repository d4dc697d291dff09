"""The report is what its schema says, and its documentation says the same."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from scripts.drill.report import Evidence, document
from scripts.drill.report.schema import REPORT
from tests.unit.drill.report import documented, examples
from tests.unit.drill.report.json_schema import problems


@pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)
def test_a_report_is_what_its_schema_says(make: Callable[[], Evidence]) -> None:
    said = json.loads(json.dumps(document(make(), "report.html"), allow_nan=False))

    assert [*problems(REPORT, said)] == []


@pytest.mark.parametrize("name", [*REPORT["properties"]])
def test_no_member_may_be_left_out_or_be_of_another_kind(name: str) -> None:
    said = json.loads(json.dumps(document(examples.good())))

    without = {key: value for key, value in said.items() if key != name}
    assert [*problems(REPORT, without)] == [f"$.{name} is missing"]
    said[name] = [[object]]
    assert [*problems(REPORT, said)] != []


def test_a_member_that_nobody_knows_is_told() -> None:
    said = json.loads(json.dumps(document(examples.good()))) | {"surprise": 1}

    assert [*problems(REPORT, said)] == ["$.surprise is not in the schema"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda said: said["targets"][0].update(unit="km"),
        lambda said: said["timeline"]["t1"].pop("at"),
        lambda said: said["lanes"]["dns"][0]["runs"][0].append(1),
        lambda said: said["requests"].update(failed=-1),
        lambda said: said["findings"][0].update(severity="awful"),
    ],
)
def test_what_lies_deeper_is_held_to_the_schema_too(spoil: Callable[[dict[str, Any]], Any]) -> None:
    said = copy.deepcopy(json.loads(json.dumps(document(examples.good()))))
    spoil(said)

    assert len([*problems(REPORT, said)]) == 1


def test_every_member_is_documented() -> None:
    for path, now in (
        (documented.PAGE, documented.page()),
        (documented.SCHEMA, documented.schema()),
    ):
        assert path.read_text(encoding="utf-8") == now, (
            "Write it anew: python -m tests.unit.drill.report.documented"
        )
