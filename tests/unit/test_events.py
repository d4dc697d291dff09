"""Events on their way from whoever does something to whoever hears of it."""

from __future__ import annotations

from collections.abc import Generator

from scripts.events import heard


def test_each_is_heard_before_the_next_thing_is_done_and_the_end_is_given() -> None:
    course: list[str] = []

    def deploy() -> Generator[str, None, int]:
        course.append("first")
        yield "heard of the first"
        course.append("second")
        yield "heard of the second"
        return 2

    assert heard(deploy(), course.append) == 2
    assert course == ["first", "heard of the first", "second", "heard of the second"]
