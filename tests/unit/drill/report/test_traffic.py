"""Requests, divided by what the drill had come to when they were made."""

from __future__ import annotations

from scripts.drill.figures import Times
from scripts.drill.observations import Fetched
from scripts.drill.report.lanes import Span
from scripts.drill.report.traffic import columns, outcomes, traffic
from tests.unit.drill.report.observed import PRIMARY, STANDBY

TIMES = Times(t0=100.0, t1=110.0, t2=112.0, t3=130.0, t4=120.0, t5=150.0)


def good(at: float, region: str, client: str = "a", seconds: float = 0.1) -> Fetched:
    return Fetched(at, client, region, 200, seconds, True)


def failed(at: float, client: str = "a", region: str = "", status: int = 0) -> Fetched:
    return Fetched(at, client, region, status, 4.0, False)


def test_each_request_belongs_to_one_phase() -> None:
    seen = [
        good(99.9, PRIMARY),
        failed(100.0),
        failed(149.9),
        good(150.0, STANDBY),
        good(200.0, PRIMARY),
    ]

    carried = traffic(seen, TIMES, back=200.0, primary=PRIMARY)

    counted = {phase.name: (phase.requests, phase.failed) for phase in carried.phases}
    assert counted == {"before": (1, 0), "during": (2, 2), "after": (1, 0), "back": (1, 0)}
    assert carried.phase("during").failed_percent == 100.0
    assert traffic([], TIMES, None, PRIMARY).phase("after").failed_percent is None


def test_without_recovery_all_is_during_and_without_a_fault_all_is_before() -> None:
    seen = [good(120.0, PRIMARY), good(500.0, STANDBY)]

    assert traffic(seen, Times(t0=100.0), None, PRIMARY).phase("during").requests == 2
    assert traffic(seen, Times(), None, PRIMARY).phase("before").requests == 2


def test_times_are_those_of_good_answers_alone() -> None:
    seen = [good(160 + n, STANDBY, seconds=n / 10) for n in range(1, 21)]

    phase = traffic([*seen, failed(170.0)], TIMES, None, PRIMARY).phase("after")

    assert (phase.p50, phase.p95, phase.longest) == (1.0, 1.9, 2.0)


def test_the_darkest_stretch_ends_with_the_first_good_answer() -> None:
    seen = [failed(101.0), failed(110.0), good(121.0, STANDBY), failed(122.0), good(125.0, STANDBY)]
    other = [failed(101.0, "b"), good(104.0, STANDBY, "b")]

    assert traffic([*seen, *other], TIMES, None, PRIMARY).darkest == (20.0, "a")


def test_failures_before_the_fault_and_on_the_way_back_are_not_dark() -> None:
    seen = [failed(90.0), good(99.0, PRIMARY), failed(210.0)]

    assert traffic(seen, TIMES, 200.0, PRIMARY).darkest is None


def test_the_tail_is_who_the_primary_served_last() -> None:
    seen = [good(125.0, PRIMARY, "a"), good(160.0, PRIMARY, "b"), good(220.0, PRIMARY, "a")]

    assert traffic(seen, TIMES, 200.0, PRIMARY).tail == ((160.0, "b"), (125.0, "a"))


def test_who_comes_back_later_did_not_stay() -> None:
    seen = [good(125.0, PRIMARY), good(140.0, STANDBY), good(190.0, PRIMARY)]

    assert traffic(seen, TIMES, None, PRIMARY).tail == ((125.0, "a"),)


def test_a_failure_is_late_once_every_vantage_has_changed_over() -> None:
    seen = [failed(129.0), failed(131.0, region=STANDBY, status=502), good(132.0, STANDBY)]

    assert [one.at for one in traffic(seen, TIMES, None, PRIMARY).late] == [131.0]


def test_outcomes_are_by_region_and_status() -> None:
    seen = [good(1, PRIMARY), failed(2), failed(3, region=STANDBY, status=502)]

    assert outcomes(seen) == {
        "eu-central-1": {"502": 1},
        "eu-west-1": {"200": 1},
        "nobody": {"none": 1},
    }


def test_columns_add_up_to_all_requests() -> None:
    seen = [good(at, PRIMARY) for at in range(1000)] + [failed(at) for at in range(0, 1000, 7)]

    drawn = columns(seen, Span(0.0, 1000.0, 500.0))

    assert len(drawn) <= 60
    assert sum(one["served"].get(PRIMARY, 0) for one in drawn) == 1000
    assert sum(one["failed"] for one in drawn) == 143
