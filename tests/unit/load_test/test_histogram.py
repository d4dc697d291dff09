"""Quantiles of any number of times in little memory, and never below the exact ones."""

from __future__ import annotations

from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from scripts.load_test.histogram import LONGEST, Histogram

TIMES = st.lists(st.integers(0, LONGEST), min_size=1, max_size=300)


def of(times: list[int]) -> Histogram:
    histogram = Histogram()
    for time in times:
        histogram.add(time)
    return histogram


def exact(times: list[int], share: float) -> int:
    return sorted(times)[max(1, ceil(share * len(times))) - 1]


@given(TIMES, st.sampled_from([0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0]))
def test_a_quantile_is_at_most_a_64th_above_the_exact_one(times: list[int], share: float) -> None:
    found, true = of(times).quantile(share), exact(times, share)

    assert found is not None
    assert true <= found <= true + true / 64


@given(st.lists(st.integers(0, 127), min_size=1), st.floats(0, 1))
def test_below_128_ms_it_is_exact(times: list[int], share: float) -> None:
    assert of(times).quantile(share) == exact(times, share)


@given(TIMES, TIMES)
def test_what_is_merged_is_as_if_it_was_counted_together(one: list[int], other: list[int]) -> None:
    merged = of(one)
    merged.merge(of(other))

    assert merged == of(one + other)

    fresh = Histogram()
    fresh.merge(merged)
    assert fresh == merged


@given(TIMES)
def test_mean_least_and_most_are_exact(times: list[int]) -> None:
    histogram = of(times)

    assert histogram.mean == sum(times) / len(times)
    assert (histogram.least, histogram.most) == (min(times), max(times))


def test_all_times_there_are_fit_in_a_few_bins() -> None:
    histogram = Histogram()
    for time in range(0, LONGEST, 7):
        histogram.add(time)

    assert len(histogram.bins) < 1200


def test_of_nothing_there_is_no_figure() -> None:
    empty = Histogram()
    empty.merge(Histogram())

    assert (empty.mean, empty.quantile(0.5)) == (None, None)


def test_a_clock_set_back_and_a_request_of_days_do_no_harm() -> None:
    assert of([-5]).quantile(1.0) == 0
    assert of([10**12]).quantile(1.0) == LONGEST
