"""Thousands of observations become a few stretches, and nothing that failed gets lost."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from scripts.drill.observations import Alarmed, Fetched, Probed
from scripts.drill.report.lanes import STEPS, Span, lanes, stretches
from tests.unit.drill.report.observed import PLAN, PRIMARY, STANDBY, THEATRE

SPAN = Span(1000.0, 1100.0, 1040.0)

POINTS = st.lists(
    st.tuples(st.floats(0, 5000), st.sampled_from(["failed", PRIMARY, STANDBY])), max_size=60
)


def test_what_was_seen_holds_until_something_else_is() -> None:
    runs = stretches([(1000, PRIMARY), (1030, PRIMARY), (1060, STANDBY)], SPAN, holds=40)

    assert runs == [(-40.0, 20.0, PRIMARY), (20.0, 60.0, STANDBY)]


def test_a_vantage_that_falls_silent_leaves_a_gap() -> None:
    runs = stretches([(1000, PRIMARY), (1080, PRIMARY)], SPAN, holds=10)

    assert runs == [(-40.0, -29.0, PRIMARY), (40.0, 51.0, PRIMARY)]


def test_one_failure_among_many_is_not_lost() -> None:
    points = [(1050 + n / 100, "failed" if n == 3 else STANDBY) for n in range(90)]

    runs = stretches(points, SPAN, holds=0, worst=("failed",))

    assert runs == [(10.0, 11.0, "failed")]


@given(POINTS, st.floats(1, 4000), st.floats(0, 100))
@example([(2.0, "failed")], 2.015625, 0.0)  # a last step that was no step
def test_stretches_are_in_order_within_the_drill_and_tell_each_failure(
    points: list[tuple[float, str]], length: float, holds: float
) -> None:
    span = Span(0.0, length, length / 3)
    inside = [(at, what) for at, what in points if at < length]

    runs = stretches(inside, span, holds=holds, worst=("failed",))

    assert len(runs) <= STEPS
    assert all(began < ended for began, ended, _ in runs)
    assert all(one[1] <= other[0] for one, other in pairwise(runs))
    assert all(-length / 3 - 0.1 <= began and ended <= length for began, ended, _ in runs)
    for at, what in inside:
        if what == "failed":
            middle = span.edge(span.number(at))
            assert any(began <= middle <= ended and told == "failed" for began, ended, told in runs)


def test_a_checker_is_shown_by_when_it_checked_not_by_when_it_was_asked() -> None:
    check = THEATRE.takeover.id
    seen = [Probed(1095.0, check, "eu-west-1 1.2.3.4", 1060.0, True, "Success: 200")] * 3

    (shown,) = lanes(seen, PLAN, SPAN)["checks"]

    assert shown["role"] == "takeover"
    assert shown["checkers"][0]["runs"][0][0] == 20.0
    assert shown["said"] == {"Success: 200": 1}


def test_an_inverted_check_is_well_while_nobody_answers() -> None:
    takeover, endpoint = THEATRE.takeover.id, THEATRE.primary_endpoint.id
    seen = [Probed(1050.0, check, "a", 1050.0, False, "404") for check in (takeover, endpoint)]

    shown = {
        one["check"]: one["checkers"][0]["runs"][0][2] for one in lanes(seen, PLAN, SPAN)["checks"]
    }

    assert THEATRE.takeover.inverted
    assert shown == {takeover: "good", endpoint: "failed"}


def test_an_alarm_that_was_on_before_the_drill_is_on_from_its_beginning() -> None:
    seen = [Alarmed(10.0, STANDBY, "5xx", "ALARM"), Alarmed(1070.0, STANDBY, "5xx", "OK")]

    (alarm,) = lanes(seen, PLAN, SPAN)["alarms"]

    assert alarm["runs"] == [(-40.0, 30.0, "ALARM"), (30.0, 60.0, "OK")]


def test_a_request_that_the_standby_answered_badly_is_a_failure() -> None:
    seen = [Fetched(1050.0, "client 1", STANDBY, 502, 0.1, False)]

    assert lanes(seen, PLAN, SPAN)["clients"][0]["runs"][0][2] == "failed"


def test_a_drill_of_a_moment_has_a_span_nonetheless() -> None:
    assert stretches([(5.0, PRIMARY)], Span(5.0, 5.0, 5.0), holds=1) == [(0.0, 0.0, PRIMARY)]
