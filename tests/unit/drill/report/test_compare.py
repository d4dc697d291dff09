"""Two drills side by side, and when they say nothing of one another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scripts.drill.plan import Trigger
from scripts.drill.report import Evidence, document
from scripts.drill.report.compare import Row, Trend, compare, lines
from tests.unit.drill.report import examples
from tests.unit.drill.report.observed import T0


def rows(one: Evidence, other: Evidence) -> dict[str, Row]:
    return {row.figure: row for row in compare(document(one), document(other)).rows}


def test_what_took_longer_is_worse_and_the_other_way_round_better() -> None:
    there, back = (
        rows(examples.good(), examples.missed()),
        rows(examples.missed(), examples.good()),
    )

    assert there["recovery time"] == Row("recovery time", "2:30 min", "6:28 min", Trend.WORSE)
    assert back["recovery time"].trend is Trend.BETTER
    assert there["detection"].trend is Trend.SAME
    assert there["orders acknowledged"].trend is Trend.NEITHER


def test_a_few_seconds_are_no_difference_but_one_order_is() -> None:
    good = examples.good()
    assert good.figures is not None
    times = replace(good.figures.times, t5=T0 + 154)
    lost = replace(good.figures.orders, lost=1)

    compared = rows(good, replace(good, figures=replace(good.figures, times=times, orders=lost)))

    assert compared["recovery time"].trend is Trend.SAME
    assert compared["orders lost"].trend is Trend.WORSE


def test_what_one_did_not_measure_is_unknown() -> None:
    good = examples.good()
    assert good.figures is not None

    compared = rows(good, replace(good, figures=replace(good.figures, rpo=None)))

    assert compared["recovery point"] == Row("recovery point", "0 s", "-", Trend.UNKNOWN)


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({"trigger": Trigger.INVERT}, "left the region in different ways: takeover and invert"),
        ({"data": True}, "moved the database"),
        ({"environment": "staging"}, "different environments: prod and staging"),
    ],
)
def test_other_plans_cannot_be_compared(changes: dict[str, Any], obstacle: str) -> None:
    good = examples.good()

    compared = compare(document(good), document(replace(good, plan=replace(good.plan, **changes))))

    assert len(compared.obstacles) == 1
    assert obstacle in compared.obstacles[0]
    assert {row.trend for row in compared.rows} == {Trend.NEITHER}


def test_a_rehearsal_an_abort_and_an_invalid_run_cannot_be_compared() -> None:
    good = examples.good()
    assert good.figures is not None
    others = {
        "rehearsal": replace(good, setting=replace(good.setting, rehearsal=True, speed=60)),
        "aborted": replace(good, reason="The standby failed."),
        "do not count": replace(good, figures=replace(good.figures, valid=False)),
    }

    for words, other in others.items():
        (obstacle,) = compare(document(good), document(other)).obstacles
        assert words in obstacle


def test_a_terminal_gets_columns_and_the_obstacles() -> None:
    compared = compare(document(examples.good()), document(examples.aborted()))

    told = lines(compared)

    start = told[0].index(compared.other, len(compared.one) + 20)
    assert all(len(line) <= 110 for line in told)
    assert told[1][start:].startswith("aborted")
    assert told[-1] == f"  {compared.other} was aborted."
    assert compared.to_json()["comparable"] is False
