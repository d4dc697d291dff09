"""The page: the verdict first, everything escaped, nothing fetched, and small however long the drill was."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scripts.checks import Check, Verdict
from scripts.drill import page
from scripts.drill.observations import Alarmed, Fetched, Observation, Probed, Resolved
from scripts.drill.report import Configuration, Evidence, document
from scripts.drill.report.compare import compare
from tests.unit.drill.report import examples
from tests.unit.drill.report.observed import CHECKERS, PRIMARY, STANDBY, T0
from tests.unit.plan_page.markup import Markup

SLY = "<script>alert(1)</script>\"'&"


def shown(evidence: Evidence) -> str:
    return page.page(document(evidence))


@pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)
def test_every_element_is_closed_and_nothing_comes_from_elsewhere(make: object) -> None:
    html = shown(make())  # type: ignore[operator]
    read = Markup(html)

    assert read.open == []
    assert not {"script", "link", "img", "iframe", "form"} & set(read.tags)
    assert not re.search(r"(?:src|href)=[\"'](?!#)", html)
    assert "url(" not in html
    assert "default-src 'none'" in html


def test_the_verdict_comes_before_everything_else() -> None:
    html = shown(examples.missed())
    sections = re.findall(r"<h2>([^<]*)</h2>", html)

    assert html.index("The objectives were not met") < html.index("6:28 min") < html.index("<h2>")
    assert sections == [
        "Objectives",
        "What happened when",
        "Where the time went",
        "Findings: 4 high, 2 medium, 4 low, 1 info",
        "Requests",
        "Orders",
        "Replication lag",
        "What each checker saw",
        "Preflight",
        "Verification",
        "Before and after",
        "Not measured",
        "Scope",
        "Evidence",
    ]


def test_a_rehearsal_says_so_before_its_verdict_and_a_drill_does_not() -> None:
    rehearsed, real = shown(examples.stranded()), shown(examples.good())

    assert rehearsed.index("This was a rehearsal") < rehearsed.index("The objectives were not met")
    assert "rehearsal" not in Markup(real).text


def test_whatever_anybody_wrote_is_escaped() -> None:
    one = examples.good()
    sly = replace(
        one,
        drill=SLY,
        reason=SLY,
        commands=(SLY,),
        approver=SLY,
        wire=(SLY,),
        settled=(SLY,),
        deviations=(SLY,),
        checks=(Check(SLY, Verdict.WARNED, SLY, SLY, SLY),),
        verified=(Check(SLY, Verdict.REFUSED, SLY, SLY, SLY),),
        configurations=(Configuration(SLY, {SLY: SLY}, {SLY: SLY}, (SLY,)),),
        plan=replace(one.plan, environment=SLY, release=SLY),
        journal=replace(one.journal, path=SLY, head=SLY, broken=SLY),
        setting=replace(one.setting, versions={SLY: SLY}, unmeasured={SLY: SLY}),
        observations=(
            *one.observations,
            Fetched(T0 + 1, SLY, SLY, 200, 0.1, True),
            Resolved(T0 + 1, SLY, SLY, 60),
            Probed(T0 + 1, SLY, SLY, T0, False, SLY),
            Alarmed(T0 + 1, SLY, SLY, SLY),
        ),
    )

    html = shown(sly)

    assert "<script" not in html
    assert Markup(html).open == []
    assert html.count("&lt;script&gt;") > 20
    assert not [name for _, name, _ in Markup(html).attributes if name.startswith("on")]


def test_a_long_and_noisy_drill_stays_small() -> None:
    one = examples.good()
    ended = 4 * 3600
    noise: list[Observation] = []
    for at in range(0, ended, 10):
        odd = (at // 60) % 2 == 0  # each step of the drawing is another than the last
        region = PRIMARY if odd else STANDBY
        noise += [
            Probed(T0 + at, check.id, f"{checker} {number}", T0 + at, odd, "Success")
            for check in (
                one.plan.theatre.primary_endpoint,
                one.plan.theatre.takeover,
                one.plan.theatre.standby_endpoint,
            )
            for number, checker in enumerate(CHECKERS)
        ]
        noise += [Fetched(T0 + at, f"client {n}", region, 200, 0.1, odd) for n in range(40)]
        noise += [Resolved(T0 + at, f"ns-{n}", region, 60) for n in range(4)]

    html = shown(replace(one, observations=tuple(noise)))

    assert len(noise) > 100_000
    assert len(html.encode()) < 400_000
    assert "16 of 40 clients" in Markup(html).text


@pytest.mark.parametrize("make", examples.ALL, ids=lambda make: make.__name__)
def test_every_drawing_says_in_words_what_it_shows(make: object) -> None:
    read = Markup(shown(make()))  # type: ignore[operator]
    words = [value for tag, name, value in read.attributes if (tag, name) == ("svg", "aria-label")]

    assert len(words) == read.tags.count("svg") >= 8
    assert all(words)
    assert read.values("role").count("img") == len(read.values("aria-label"))


def test_marks_that_are_close_together_are_written_in_different_rows() -> None:
    html = shown(examples.missed())
    heads = re.findall(r'left:([\d.]+)%;top:([\d.]+)rem" title="[^"]*">(T\d)', html)[:6]

    assert sorted(name for _, _, name in heads) == ["T0", "T1", "T2", "T3", "T4", "T5"]
    for left, top, name in heads:
        for other_left, other_top, other in heads:
            if name != other and top == other_top:
                assert abs(float(left) - float(other_left)) >= 5


def test_each_checker_that_saw_it_fail_has_a_row_and_what_nobody_saw_fail_is_folded() -> None:
    html = shown(examples.good())
    text = Markup(html).text

    assert "16 of 16 checkers saw it answer" in text
    assert text.count("none of 16 checkers saw it fail") == 4  # two summaries, two captions
    assert all(text.count(checker) >= 4 for checker in CHECKERS)


def test_the_timeline_can_be_read_as_a_table() -> None:
    text = Markup(shown(examples.good())).text

    assert "client 1 -1:00" in text
    assert f"{STANDBY}" in text[text.index("The timeline as a table") :]


def test_a_drill_that_was_long_is_shown_close_by_first() -> None:
    long, short = Markup(shown(examples.data())).text, Markup(shown(examples.good())).text

    assert long.index("Until the shop was back") < long.index("All of it")
    assert "Until the shop was back" not in short
    closer, whole = document(examples.data())["close_up"], document(examples.data())["lanes"]
    assert closer["to_s"] == 210.0  # T5, and the two windows that prove it
    assert whole["to_s"] > 600
    assert closer["clients"][0]["runs"][-1][1:] == (210.0, STANDBY)


def test_strays_not_measured_and_what_has_to_be_run_are_on_the_page() -> None:
    stranded, tampered = (
        Markup(shown(examples.stranded())).text,
        Markup(shown(examples.tampered())).text,
    )

    assert "o-0007 7 0.2 s before the fault eu-west-1 lost" in stranded
    assert "ElastiCache The sandbox does not imitate its replication." in stranded
    assert "Run exactly this: aws dynamodb put-item" in tampered
    assert "broken line 5: its hash is not that of what it says." in tampered


def test_a_drill_of_which_nothing_was_seen_has_a_page() -> None:
    bare = replace(
        examples.aborted(), figures=None, observations=(), checks=(), configurations=(), ledger=None
    )

    text = Markup(shown(bare)).text

    assert "Aborted, and everything is as it was" in text
    assert "nothing was measured" in text


def test_two_drills_side_by_side_are_a_page_too() -> None:
    worse = compare(document(examples.good()), document(examples.missed()))
    other = compare(document(examples.good()), document(examples.stranded()))

    assert (
        "Worse: recovery time, propagation, recovery, requests failed"
        in Markup(page.comparison(worse)).text
    )
    told = Markup(page.comparison(other))
    assert "They cannot be compared as they are" in told.text
    assert "One was a rehearsal, the other was not." in told.text
    assert told.open == []
