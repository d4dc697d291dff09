from __future__ import annotations

from pathlib import Path

import pytest

from scripts.checks import Answer, Check, Verdict, passed
from scripts.drill.parity.findings import Finding, Outcome, Parity
from scripts.drill.preflight import sameness, table
from scripts.drill.preflight.ground import Ground, Question
from scripts.errors import Failed
from tests.unit.drill.preflight.grounds import Cloud, dev


def well(_: Ground) -> Answer:
    return passed("as it should be", "that it is")


def silent(_: Ground) -> Answer:
    raise Failed("Nobody answers.", fix="Ask again.")


def broken(_: Ground) -> Answer:
    raise ZeroDivisionError


def told(monkeypatch: pytest.MonkeyPatch, *questions: Question) -> list[Check]:
    monkeypatch.setattr(table, "QUESTIONS", questions)
    ground = Cloud().ground()
    return list(table.run(ground.stage, ground.plan, dev(), Path()))


def test_what_cannot_be_read_is_unknown_and_the_whole_table_is_told_in_its_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two, three = told(
        monkeypatch, Question("one", silent), Question("two", well), Question("three", silent)
    )

    assert (one.name, one.verdict, one.found) == ("one", Verdict.UNKNOWN, "Nobody answers.")
    assert one.remedy == "Ask again."
    assert (two.name, two.verdict) == ("two", Verdict.PASSED)
    assert three.verdict is Verdict.UNKNOWN


def test_a_bug_is_not_called_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        told(monkeypatch, Question("one", well), Question("two", broken))


def test_unknown_refuses_in_prod_alone() -> None:
    unknown = Check("x", Verdict.UNKNOWN, "?", "data")

    assert unknown.refuses(prod=True)
    assert not unknown.refuses(prod=False)


def test_every_question_has_a_name_of_its_own() -> None:
    names = [question.name for question in table.QUESTIONS]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ((Outcome.EQUAL, Outcome.EXPLAINED), Verdict.PASSED),
        ((Outcome.EQUAL, Outcome.UNKNOWN), Verdict.UNKNOWN),
        ((Outcome.UNKNOWN, Outcome.DIFFERENT), Verdict.REFUSED),
    ],
)
def test_regions_that_differ_are_refused_and_what_could_not_be_compared_is_not_called_the_same(
    outcomes: tuple[Outcome, ...], verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = tuple(
        Finding("keys", f"key {n}", "a", "b", outcome, "kms:DescribeKey")
        for n, outcome in enumerate(outcomes)
    )
    monkeypatch.setattr(sameness, "compare", lambda *_: Parity(findings))

    answer = sameness.regions_are_alike(Cloud().ground())

    assert answer.verdict is verdict
    assert answer.remedy in ("", "tradewind parity dev")
