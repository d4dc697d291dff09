"""What a drill comes to: the objectives, what is not known, and what is not back as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.checks import Check
from scripts.checks import Verdict as Found
from scripts.drill.report import Evidence, Verdict, document, judge, targets
from scripts.drill.states import State
from tests.unit.drill.report import examples
from tests.unit.drill.report.observed import T0


@pytest.mark.parametrize(
    ("make", "verdict", "code"),
    [
        (examples.good, Verdict.MET, 0),
        (examples.data, Verdict.MET, 0),
        (examples.missed, Verdict.MISSED, 1),
        (examples.stranded, Verdict.MISSED, 1),
        (examples.aborted, Verdict.ABORTED, 3),
        (examples.tampered, Verdict.NEEDS_OPERATOR, 4),
    ],
)
def test_each_example_comes_to_its_verdict(make: object, verdict: Verdict, code: int) -> None:
    said = document(make())  # type: ignore[operator]

    assert (said["verdict"], said["exit_code"]) == (verdict, code)


def figures(evidence: Evidence, **changes: object) -> Evidence:
    assert evidence.figures is not None
    return replace(evidence, figures=replace(evidence.figures, **changes))  # type: ignore[arg-type]


def test_an_objective_is_met_up_to_its_very_limit() -> None:
    good = examples.good()
    assert good.figures is not None
    times = good.figures.times

    assert judge(figures(good, times=replace(times, t5=T0 + 300))) is Verdict.MET
    assert judge(figures(good, times=replace(times, t5=T0 + 300.1))) is Verdict.MISSED


def test_what_was_not_measured_is_not_met() -> None:
    unknown = figures(examples.good(), rpo=None, reasons={"rpo": "DynamoDB did not answer"})

    assert judge(unknown) is Verdict.MISSED
    said = document(unknown)
    assert (said["rpo"], said["rpo_reason"]) == (None, "DynamoDB did not answer")
    assert "Recovery point is not known" in said["verdict_words"]


def test_orders_that_could_not_be_looked_for_are_not_called_kept() -> None:
    good = examples.good()
    assert good.figures is not None
    orders = replace(good.figures.orders, unsettled=3)
    lost = {one.name: one for one in targets(figures(good, orders=orders))}["orders lost"]
    assert (lost.measured, lost.met, lost.reason) == (None, False, "3 could not be looked for")
    known = replace(orders, lost=1)
    lost = {one.name: one for one in targets(figures(good, orders=known))}["orders lost"]
    assert (lost.measured, lost.met) == (1, False)


def test_without_any_figure_nothing_is_met() -> None:
    nothing = replace(examples.good(), figures=None, observations=(), ledger=None)

    assert judge(nothing) is Verdict.MISSED
    assert document(nothing)["rto_s"] is None


def test_figures_of_a_machine_that_stood_still_meet_nothing() -> None:
    stood = figures(examples.good(), valid=False, stall=14.0)

    assert judge(stood) is Verdict.MISSED
    assert "stood still for 14 s" in document(stood)["verdict_words"]


def test_orders_may_strand_only_where_consistency_is_eventual() -> None:
    good, lenient = examples.good(), examples.stranded()
    assert good.figures is not None
    stranded = replace(good.figures.orders, stranded=1)

    assert judge(figures(good, orders=stranded)) is Verdict.MISSED
    assert judge(figures(lenient, orders=stranded)) is Verdict.MET
    assert "orders stranded" not in [target.name for target in targets(lenient)]


def test_a_checkout_that_failed_verification_misses() -> None:
    for found, verdict in (
        (Found.REFUSED, Verdict.MISSED),
        (Found.UNKNOWN, Verdict.MISSED),
        (Found.NOT_APPLICABLE, Verdict.MET),
    ):
        check = Check("checkouts", found, "4 acknowledged", "5")
        assert judge(replace(examples.good(), verified=(check,))) is verdict


def test_a_call_that_nobody_proved_misses() -> None:
    said = "dynamodb:ListTables in eu-west-1 was called, and no step declares it."
    called = replace(examples.good(), wire=(said,))

    assert judge(called) is Verdict.MISSED
    assert document(called)["verdict_words"] == "Calls outside the proof 1, at most 0."


def test_what_is_not_as_it_was_weighs_more_than_met_objectives_and_an_abort() -> None:
    one = replace(examples.good().configurations[0], differs=("It is on, and was off.",))
    for evidence in (examples.good(), examples.aborted()):
        assert judge(replace(evidence, configurations=(one,))) is Verdict.NEEDS_OPERATOR


def test_a_drill_that_waits_for_a_person_needs_one_whatever_it_measured() -> None:
    waiting = replace(examples.good(), state=State.NEEDS_OPERATOR)

    assert judge(waiting) is Verdict.NEEDS_OPERATOR
    assert document(waiting)["verdict_words"] == "It could not come back by itself."
