"""A drill as a person is told of it."""

from __future__ import annotations

from scripts.checks import Check, Verdict
from scripts.drill.events import (
    Changed,
    Checked,
    DrillEvent,
    HandedOver,
    Marked,
    Moved,
    Seen,
    Shared,
)
from scripts.drill.narration import Narration
from scripts.drill.observations import (
    Alarmed,
    Fetched,
    Lagged,
    Observation,
    Ordered,
    Probed,
    Resolved,
    Stalled,
)
from scripts.drill.states import State


def said(*events: DrillEvent) -> list[str]:
    narration = Narration()
    return [line for event in events for line in narration.lines(event)]


def test_times_count_from_when_it_was_armed_and_from_the_fault_once_there_is_one() -> None:
    assert said(
        Moved(100, State.PLANNED, State.ARMED),
        Changed(160, "takeover", done=True),
        Marked(160, "t0"),
        Marked(184.5, "t1"),
        Marked(200, "back"),
        Changed(201, "takeover", done=True, undone=True),
    ) == [
        "   +0.0 s  ARMED",
        "  +60.0 s    made takeover",
        "   +0.0 s    T0 the fault",
        "  +24.5 s    T1 the checkers agree: unhealthy",
        "  +41.0 s    undone takeover",
    ]


def test_a_check_that_is_not_passed_says_what_to_do() -> None:
    passed = Check("TTL", Verdict.PASSED, "60 s", "at most 60 s")
    warned = Check("lag", Verdict.WARNED, "4 s", "at most 5 s", "Wait.")
    assert said(Checked(passed), Checked(warned)) == [
        "ok  TTL: 60 s",
        "!!  lag: 4 s",
        "      expected at most 5 s",
        "      Wait.",
    ]
    for verdict in Verdict:
        assert said(Checked(Check("one", verdict, "found", "expected")))


def test_a_report_is_said_to_be_kept_besides_once_it_is() -> None:
    assert said(Shared("s3://artifacts/drills/one/")) == [
        "kept besides in s3://artifacts/drills/one/"
    ]


def test_what_only_a_person_can_do_is_said_with_its_commands() -> None:
    assert said(HandedOver(100, "it moved", ("aws one", "aws two"))) == [
        "   +0.0 s  only a person can go on: it moved",
        "      aws one",
        "      aws two",
    ]


def test_of_what_is_seen_alarms_and_long_stalls_are_said_and_the_rest_passes_by() -> None:
    narration = Narration(t0=0.0)
    seen: list[Observation] = [
        Probed(1, "check", "one", 1, success=True, status=""),
        Probed(1, "check", "two", 1, success=False, status=""),
        Resolved(2, "ns", "us-west-2", 60),
        Fetched(3, "client 1", "us-west-2", 200, 0.1, good=True),
        Fetched(3, "client 2", "", 0, 0.1, good=False),
        Ordered(4, 1, "order", "us-west-2", 202, 0.1),
    ]
    assert [line for one in seen for line in narration.lines(Seen(one))] == []
    assert [narration.moving(Seen(one)) for one in seen][-1] == (
        "   +4.0 s  checkers 1 of 2 well · DNS 1 us-west-2 · clients 1 nowhere, 1 us-west-2 · 1 orders"
    )
    assert list(narration.lines(Seen(Stalled(5, "loop", 0.5)))) == []
    assert list(narration.lines(Seen(Stalled(5, "loop", 7)))) == [
        "   +5.0 s    loop stood still for 7.0 s of the drill"
    ]
    assert list(narration.lines(Seen(Alarmed(6, "us-west-2", "errors", "ALARM")))) == [
        "   +6.0 s    alarm errors in us-west-2: ALARM"
    ]


def test_what_comes_late_does_not_take_the_time_back() -> None:
    narration = Narration(t0=0.0)
    narration.moving(Seen(Fetched(40, "client 1", "us-west-2", 200, 0.1, good=True)))
    late = narration.moving(Seen(Lagged(30, "carts", 1.5)))
    assert late == "  +40.0 s  clients 1 us-west-2 · lag 1.5 s"
