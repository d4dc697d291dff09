"""Widths without a font."""

from __future__ import annotations

import pytest

from scripts.graph.lettering import fitted, width, wrapped


def test_wide_letters_are_wider_than_narrow_ones_and_bold_than_regular() -> None:
    assert width("WWW", 10) > width("eee", 10) > width("iii", 10) > 0
    assert width("Orders", 10, bold=True) > width("Orders", 10)
    assert width("Orders", 20) == pytest.approx(2 * width("Orders", 10))


def test_a_letter_that_is_not_known_is_taken_for_a_wide_one() -> None:
    assert width("漢", 10) == 10


@pytest.mark.parametrize("room", [200, 60, 30, 12])
def test_a_text_is_shortened_until_it_fits(room: float) -> None:
    text = fitted("up to 7 database instances", room, 11)

    assert width(text, 11) <= room
    assert text.endswith("…") or text in ("up to 7 database instances", "")


def test_where_nothing_fits_nothing_is_written() -> None:
    assert fitted("Orders", 3, 11) == ""


def test_lines_break_between_words_and_only_the_last_is_cut() -> None:
    lines = wrapped("if rds-multi-az and in the primary and orders_night_stop", 120, 10, lines=2)

    assert len(lines) == 2
    assert all(width(line, 10) <= 120 for line in lines)
    assert not lines[0].endswith("…")
    assert lines[1].endswith("…")
    assert wrapped("", 120, 10, lines=2) == []
    assert wrapped("waf", 120, 10, lines=2) == ["waf"]
