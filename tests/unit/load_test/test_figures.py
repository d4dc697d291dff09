"""Figures are right whatever the run's length, and no name makes them grow without end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scripts.load_test.figures import CAUSES, LABELS, MOMENTS, OTHERS, Figures
from scripts.load_test.samples import Sample

DAY = 24 * 3_600_000


def sample(started: int = 0, elapsed: int = 10, label: str = "Home", **said: object) -> Sample:
    known: dict[str, object] = {"code": "200", "succeeded": True, "users": 1, "message": "", **said}
    return Sample(started, elapsed, label, **known)  # type: ignore[arg-type]


def of(*samples: Sample, generator: str = "one") -> Figures:
    figures = Figures()
    for each in samples:
        figures.add(each, generator)
    return figures


STARTS = st.lists(st.integers(0, 2 * DAY), min_size=1, max_size=60)


@given(STARTS)
def test_every_request_is_in_one_moment_and_there_are_never_too_many(starts: list[int]) -> None:
    figures = of(*(sample(started) for started in starts))
    course = figures.course()

    assert sum(moment.requests for _, moment in course) == len(starts)
    assert len(course) <= MOMENTS
    assert figures.started is not None
    assert figures.started <= min(starts)
    assert figures.started + figures.seconds * 1000 > max(starts)


@given(STARTS, STARTS)
def test_generators_merged_are_as_one_that_did_it_all(one: list[int], other: list[int]) -> None:
    merged = of(*(sample(started) for started in one))
    merged.merge(of(*(sample(started) for started in other)))
    together = of(*(sample(started) for started in one + other))

    assert merged.whole == together.whole
    assert merged.kinds == together.kinds
    assert sum(moment.requests for _, moment in merged.course()) == len(one + other)
    assert len(merged.course()) <= MOMENTS


def test_a_generator_of_seconds_joins_one_of_hours_in_its_wide_moments() -> None:
    figures, hours = of(sample(0)), of(sample(0), sample(3_600_000))
    figures.merge(hours)

    assert figures.width == hours.width > 1000


def test_users_of_generators_add_up_and_those_of_one_are_its_most() -> None:
    figures = of(sample(0, users=3), sample(1, users=5), generator="one")
    figures.merge(of(sample(2, users=4), generator="two"))
    ((_, moment),) = figures.course()

    assert moment.users == {"one": 5, "two": 4}


def test_moments_without_a_request_are_there_with_none() -> None:
    counts = [moment.requests for _, moment in of(sample(0), sample(3000)).course()]

    assert counts == [1, 0, 0, 1]


def test_names_that_never_end_share_one_place() -> None:
    figures = of(*(sample(label=f"kind {number}") for number in range(5 * LABELS)))

    assert len(figures.kinds) <= LABELS + 1
    assert figures.kinds[OTHERS].requests == 4 * LABELS


def test_causes_that_never_end_share_one_place() -> None:
    letters = ["".join(chr(97 + int(digit)) for digit in str(number)) for number in range(500)]
    figures = of(*(sample(succeeded=False, message=letter) for letter in letters))

    assert len(figures.causes) <= CAUSES + 1
    assert figures.causes.total() == 500


def test_like_causes_are_counted_together_whatever_their_numbers() -> None:
    figures = of(
        sample(succeeded=False, message="It took 2,034 milliseconds"),
        sample(succeeded=False, message="It took 9 milliseconds"),
        sample(succeeded=False, code="503"),
        sample(succeeded=False, code=""),
    )

    assert dict(figures.causes) == {"200: It took … milliseconds": 2, "503": 1, "no answer": 1}


def test_a_line_of_another_day_is_not_let_stretch_the_run() -> None:
    figures = of(sample(0), sample(10 * DAY))

    assert (figures.whole.requests, figures.unreadable, figures.seconds) == (1, 1, 1.0)


def test_of_no_request_there_is_no_share_and_no_course() -> None:
    assert of().whole.failed_percent is None
    assert of().course() == []
    assert of().seconds == 0
