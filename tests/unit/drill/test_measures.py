"""What observations mean, against histories worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from scripts.drill import measures, vantages, windows
from scripts.drill.ledger import Look, reckon
from scripts.drill.measures import Marks
from scripts.drill.observations import (
    Fetched,
    Lagged,
    Observation,
    Probed,
    Resolved,
    Stalled,
)
from scripts.drill.plan import Plan, Trigger
from tests.unit.drill.observing.scene import (
    BEGAN,
    DRILL,
    PRIMARY,
    STANDBY,
    T0,
    fetched,
    ordered,
    plan,
    probed,
)
from tests.unit.drill.theatres import check

FAULT = Marks(fault=T0)
CHECKERS = range(16)


def probes(
    flips: dict[int, float], *, until: float = T0 + 120, before: bool, check: str = "takeover"
) -> list[Probed]:
    """Sixteen checkers that look every ten seconds, each a little after the one before. What each sees turns
    at its second of `flips`; who is not named there sees what it saw.
    """
    return [
        probed(
            checker,
            BEGAN + checker * 0.5 + number * 10,
            success=before
            == (BEGAN + checker * 0.5 + number * 10 < flips.get(checker, float("inf"))),
            check=check,
        )
        for checker in CHECKERS
        for number in range(int((until - BEGAN) // 10))
    ]


def t1(seen: Iterable[Observation], by: Plan | None = None) -> float | None:
    return measures.times(by or plan(), tuple(seen), FAULT).t1


def test_a_takeover_is_seen_once_three_of_sixteen_have_seen_it_three_times() -> None:
    """Its check is inverted, and healthy while no more than two of sixteen see the switch."""
    seen = probes({0: T0, 1: T0, 2: T0}, before=False)
    assert t1(seen) == T0 + 2 * 0.5 + 20
    assert t1(probes({0: T0, 1: T0}, before=False)) is None


def test_a_region_is_unhealthy_once_only_two_of_sixteen_still_hold_it_for_well() -> None:
    lost = plan(Trigger.OUTAGE)
    name = "primary-endpoint"
    fourteen = dict.fromkeys(range(14), T0)
    assert t1(probes(fourteen, before=True, check=name), lost) == T0 + 13 * 0.5 + 20
    thirteen = dict.fromkeys(range(13), T0)
    assert t1(probes(thirteen, before=True, check=name), lost) is None


def test_a_result_that_is_read_twice_counts_once() -> None:
    seen = probes(dict.fromkeys(CHECKERS, T0), until=T0 + 20, before=False)
    assert t1(seen) is None
    assert t1([*seen, *seen, *seen]) is None


def test_a_checker_that_wavers_does_not_change_its_mind() -> None:
    """Two of a kind, and one of the other, for ever."""
    seen = [
        probed(checker, BEGAN + number * 10, success=number % 3 != 0)
        for checker in CHECKERS
        for number in range(40)
    ]
    turned = measures.minds(seen, check("takeover"))
    assert all(flips == [] for _, flips in turned.values())


def test_probes_that_nobody_read_are_taken_to_have_agreed_with_those_around_them() -> None:
    """A poll comes later than two probes: the first and the third of three are enough."""
    seen = [
        probed(0, BEGAN, success=False),
        probed(0, T0, success=True),
        probed(0, T0 + 20, success=True),
    ]
    ((first, flips),) = measures.minds(seen, check("takeover")).values()
    assert (first, flips) == (False, [(T0 + 20, True)])


def test_an_inversion_needs_nobody_to_change_his_mind() -> None:
    seen = probes({}, before=True, check="primary-endpoint")
    assert t1(seen, plan(Trigger.INVERT)) == T0


def test_what_nobody_could_read_is_none_and_says_why() -> None:
    found = measures.figures(plan(), (), FAULT)
    assert (found.times.t1, found.times.detection, found.rpo) == (None, None, None)
    assert found.reasons["t1"] == "no checker of health check takeover could be read"
    assert found.reasons["detection"] == found.reasons["t1"]
    assert "rpo" in found.reasons
    assert {lag.unmeasured for lag in found.lags} == {"no reading came"}


def test_without_a_fault_nothing_is_measured() -> None:
    found = measures.figures(plan(), [fetched(T0, PRIMARY)], Marks(fault=None))
    assert (found.times.t0, found.times.rto, found.requests.total) == (None, None, 0)


def resolved(at: float, region: str, server: str = "ns1") -> Resolved:
    return Resolved(at, server, region, 60)


def test_the_flip_is_the_first_answer_and_the_last_vantage_is_away_for_good() -> None:
    seen: list[Observation] = [
        resolved(T0 - 2, STANDBY),  # before the fault it means nothing
        resolved(T0 + 2, PRIMARY),
        resolved(T0 + 30, STANDBY),
        resolved(T0 + 31, PRIMARY, "ns2"),
        resolved(T0 + 33, STANDBY, "ns2"),
        fetched(T0 + 40, STANDBY),
        fetched(T0 + 50, PRIMARY),  # a name server that lagged behind had it back
        fetched(T0 + 80, STANDBY),
        fetched(T0 + 90, ""),  # nobody answered: that leads nowhere
        fetched(T0 + 60, STANDBY, client=2),
    ]
    times = measures.times(plan(), seen, FAULT)
    assert (times.t2, times.t3) == (T0 + 30, T0 + 80)
    assert times.propagation == 50


def test_a_vantage_that_never_leaves_leaves_the_propagation_open_and_is_named() -> None:
    seen = [fetched(T0 + 1, STANDBY), fetched(T0 + 2, PRIMARY, client=2)]
    found = measures.figures(plan(), seen, FAULT)
    assert found.times.t3 is None
    assert found.reasons["t3"] == "client client 2 never led to the standby for good"


def test_the_first_order_counts_when_the_standby_has_acknowledged_it() -> None:
    seen = [
        ordered(T0 + 5, 1, PRIMARY),
        ordered(T0 + 20, 2, STANDBY, taken=False),
        ordered(T0 + 30, 3, STANDBY),
    ]
    assert measures.times(plan(), seen, FAULT).t4 == T0 + 30 + 0.2


def calm(begin: float, end: float, *, clients: Iterable[int] = (1, 2)) -> list[Observation]:
    """Every client is served by the standby, every six seconds."""
    return [
        fetched(begin + offset, STANDBY, client=client)
        for client in clients
        for offset in range(0, int(end - begin), 6)
    ]


def test_the_objective_is_held_from_the_first_of_its_windows_on() -> None:
    """Two of thirty seconds each; a request that the primary served ends what had begun."""
    seen = [*calm(T0 + 10, T0 + 40), fetched(T0 + 45, PRIMARY), *calm(T0 + 50, T0 + 120)]
    assert windows.held_from(plan(), seen, T0) == T0 + 50


def test_it_is_not_held_while_a_name_server_still_leads_to_the_primary() -> None:
    seen = [*calm(T0 + 10, T0 + 101), resolved(T0 + 5, PRIMARY)]
    assert measures.times(plan(), seen, FAULT).t5 is None
    times = measures.times(plan(), [*seen, resolved(T0 + 31, STANDBY)], FAULT)
    assert (times.t3, times.t5) == (T0 + 31, T0 + 31)


def test_a_name_server_that_falls_silent_holds_nothing_up_for_long() -> None:
    seen = [*calm(T0 + 10, T0 + 150), resolved(T0 + 5, PRIMARY)]
    times = measures.times(plan(), seen, FAULT)
    assert (times.t3, times.t5) == (None, T0 + 5 + vantages.MEMORY)


def test_an_address_of_no_region_that_is_known_says_nothing() -> None:
    seen = [*calm(T0 + 10, T0 + 101), resolved(T0 + 5, STANDBY), resolved(T0 + 40, "")]
    times = measures.times(plan(), seen, FAULT)
    assert (times.t3, times.t5) == (T0 + 10, T0 + 10)


def test_it_is_held_again_where_a_name_server_led_back_before_the_windows_were_over() -> None:
    led_back = [resolved(T0 + 40, PRIMARY), resolved(T0 + 45, STANDBY)]
    seen = [*calm(T0 + 10, T0 + 120), resolved(T0 + 5, STANDBY), *led_back]
    assert measures.times(plan(), seen, FAULT).t5 == T0 + 45


def test_who_is_led_back_afterwards_takes_the_last_vantage_away_and_not_what_was_held() -> None:
    held = [*calm(T0 + 10, T0 + 101), resolved(T0 + 30, STANDBY)]
    relapsed = [*held, resolved(T0 + 300, PRIMARY)]
    times = measures.times(plan(), relapsed, FAULT)
    assert (times.t3, times.t5) == (None, T0 + 30)
    returned = [*relapsed, resolved(T0 + 310, STANDBY)]
    found = measures.figures(plan(), returned, FAULT)
    assert (found.times.t3, found.times.t5, found.times.recovery) == (T0 + 310, T0 + 30, None)
    assert found.reasons["recovery"] == "a vantage was led back later"


def test_it_is_not_held_before_its_windows_are_over() -> None:
    seen = calm(T0 + 10, T0 + 70)
    assert isinstance(windows.held_from(plan(), seen, T0), str)
    assert windows.held_from(plan(), [*seen, fetched(T0 + 70, STANDBY)], T0) == T0 + 10


def test_it_is_not_held_while_one_client_is_not_served() -> None:
    without = calm(T0 + 10, T0 + 120, clients=[1])
    assert isinstance(windows.held_from(plan(), without, T0), str)
    failing = [fetched(at, "", client=2) for at in (T0 + 20, T0 + 50)]
    assert isinstance(windows.held_from(plan(), [*without, *failing], T0), str)


def test_it_is_held_with_as_many_failures_as_the_objective_allows() -> None:
    """Ten percent: one of ten, not two."""
    served = calm(T0, T0 + 90)
    one = fetched(T0 + 1, "", client=1)
    assert windows.held_from(plan(), [*served, one], T0) == T0
    two = [one, fetched(T0 + 2, STANDBY, client=1, status=500)]
    assert windows.held_from(plan(), [*served, *two], T0) != T0


def test_a_shop_that_sells_nothing_holds_no_objective() -> None:
    refused = [ordered(T0 + at, at, STANDBY, taken=False) for at in range(10, 100, 30)]
    assert isinstance(windows.held_from(plan(), [*calm(T0, T0 + 100), *refused], T0), str)


def test_what_is_seen_after_the_way_back_began_is_not_of_the_failure() -> None:
    seen = [*calm(T0 + 10, T0 + 100), fetched(T0 + 200, PRIMARY), Stalled(T0 + 200, "loop", 30)]
    found = measures.figures(plan(), seen, Marks(fault=T0, until=T0 + 150))
    assert found.times.t3 == T0 + 10
    assert (found.requests.by_region, found.stall) == ({STANDBY: 30}, 0.0)


def test_requests_are_counted_from_the_fault_on() -> None:
    seen = [fetched(T0 - 1, ""), fetched(T0 + 1, ""), fetched(T0 + 2, PRIMARY, status=503)]
    found = measures.figures(plan(), [*seen, fetched(T0 + 3, STANDBY)], FAULT).requests
    assert (found.total, found.failed) == (3, 2)
    assert found.by_region == {PRIMARY: 1, STANDBY: 1}


def test_the_bound_grows_by_the_longest_stall_and_a_longer_one_than_ten_seconds_spoils_it() -> None:
    for stall, valid in ((2.5, True), (10.0, True), (10.1, False)):
        found = measures.figures(plan(), [Stalled(T0 + 5, "loop", stall)], FAULT)
        assert (found.bound, found.valid) == (30 + 60 + 60 + stall, valid)


def test_a_stall_long_before_the_fault_or_after_the_end_spoils_nothing() -> None:
    seen = [
        *calm(T0 + 10, T0 + 100),
        Stalled(T0 - 61, "loop", 20),
        Stalled(T0 + 99, "loop", 20),
    ]
    assert measures.figures(plan(), seen, FAULT).valid


def test_lags_are_peaks_and_what_is_not_imitated_says_so() -> None:
    seen = [Lagged(T0, "carts", 1.5), Lagged(T0 + 9, "carts", 0.5)]
    found = measures.figures(plan(), seen, FAULT, unmeasured={"images": "not imitated"})
    lags = {lag.store: lag for lag in found.lags}
    assert (lags["carts"].peak, lags["carts"].readings) == (1.5, 2)
    assert (lags["images"].peak, lags["images"].unmeasured) == (None, "not imitated")


def test_the_rpo_is_the_ledgers() -> None:
    one = ordered(T0 - 4, 1, PRIMARY)
    away, after = Look(T0 + 90, STANDBY, {}), {one.order: "ACKNOWLEDGED"}
    looks = [Look(T0 + 300, name, after) for name in (PRIMARY, STANDBY)]
    found = measures.figures(plan(), [one], FAULT, reckon(DRILL, [one], T0, PRIMARY, away, looks))
    assert (found.rpo, found.orders.stranded, found.orders.lost) == (4.0, 1, 0)
    assert "rpo" not in found.reasons


def test_a_whole_takeover() -> None:
    seen = [
        *probes(dict.fromkeys(CHECKERS, T0), before=False),
        *(
            resolved(at, PRIMARY if at < T0 + 22 else STANDBY)
            for at in range(int(T0), int(T0) + 99, 2)
        ),
        *(fetched(T0 + at, PRIMARY, client=1) for at in range(0, 60, 6)),
        *(fetched(T0 + at, PRIMARY, client=2) for at in range(3, 80, 6)),
        *calm(T0 + 60, T0 + 180, clients=[1]),
        *calm(T0 + 81, T0 + 180, clients=[2]),
        ordered(T0 + 65, 1, STANDBY),
        ordered(T0 + 105, 2, STANDBY),
        ordered(T0 + 125, 3, STANDBY),
    ]
    found = measures.figures(plan(), seen, FAULT)
    times = found.times
    assert (times.t1, times.t2, times.t3, times.t4) == (T0 + 21, T0 + 22, T0 + 81, T0 + 65.2)
    # The last request that the primary served was at 75, and at 78 the next was the standby's; the second
    # client was seen there at 81.
    assert times.t5 == T0 + 81
    assert (times.detection, times.dns, times.recovery, times.rto) == (21, 1, 0, 81)
    assert found.valid


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 10))
def test_minds_are_those_of_whoever_counts_results_in_a_row(results: list[bool], most: int) -> None:
    mind, row, flips = results[0], 0, []
    for number, result in enumerate(results):
        row = 0 if result == mind else row + 1
        if row == most:
            mind, row = result, 0
            flips.append((float(number * 10), result))
    seen = [probed(0, number * 10, success=result) for number, result in enumerate(results)]
    told = measures.minds(reversed(seen), check("takeover", threshold=most))
    assert told == {"checker-0": (results[0], flips)}


_FETCHES = st.builds(
    fetched,
    st.floats(T0, T0 + 200),
    st.sampled_from(["", PRIMARY, STANDBY]),
    client=st.integers(1, 2),
)


@given(st.lists(_FETCHES, max_size=60))
def test_in_whichever_order_they_come_observations_mean_the_same(seen: list[Fetched]) -> None:
    forth = measures.figures(plan(), seen, FAULT)
    assert measures.figures(plan(), list(reversed(seen)), FAULT) == forth


@given(st.lists(_FETCHES, max_size=60))
def test_a_time_comes_after_the_fault_and_the_end_after_nothing_worse(seen: list[Fetched]) -> None:
    times = measures.times(plan(), seen, FAULT)
    if times.t5 is not None:
        later = [one for one in seen if times.t5 <= one.at < times.t5 + 60]
        assert {one.region for one in later} <= {"", STANDBY}
        assert {one.client for one in later if one.region} == {"client 1", "client 2"}
        assert {one.client for one in seen if one.region and one.at <= times.t5} == {
            "client 1",
            "client 2",
        }
    if times.t3 is not None:
        assert all(one.region != PRIMARY for one in seen if one.at > times.t3)
