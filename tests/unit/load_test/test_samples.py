"""Results are read as JMeter writes them, and as a killed JMeter leaves them."""

from __future__ import annotations

import pytest

from scripts.errors import Failed
from scripts.load_test.samples import Sample, Samples

HEADER = "timeStamp,elapsed,label,responseCode,success,failureMessage,bytes,grpThreads,allThreads\n"
WHOLE = "1795434788730,23,Home,200,true,,32,1,7\n"


def read(*lines: str) -> tuple[list[Sample], int]:
    samples = Samples(lines)
    return list(samples), samples.unreadable


def test_a_request_is_read() -> None:
    assert read(HEADER, WHOLE) == ([Sample(1795434788730, 23, "Home", "200", True, 7, "")], 0)


def test_columns_may_stand_in_any_order_and_without_a_message() -> None:
    found, _ = read(
        "allThreads,success,label,elapsed,timeStamp,responseCode\n", "2,false,Cart,5,9,503\n"
    )

    assert found == [Sample(9, 5, "Cart", "503", False, 2, "")]


def test_a_message_over_several_lines_is_one_request() -> None:
    found, unreadable = read(HEADER, '1,2,Home,200,false,"said ""no"",\n', 'twice",32,1,7\n', WHOLE)

    assert [one.message for one in found] == ['said "no",\ntwice', ""]
    assert unreadable == 0


@pytest.mark.parametrize(
    "line",
    [
        "1795434788730,23,Ho",
        "when,23,Home,200,true,,32,1,7\n",
        "1795434788730,23,Home,200,perhaps,,32,1,7\n",
        "1795434788730,23,Home,200,true,,32,1,\n",
        "x" * 200_000 + "\n",
    ],
)
def test_what_cannot_be_read_is_counted_and_passed_over(line: str) -> None:
    found, unreadable = read(HEADER, WHOLE, line.rstrip("\n") + "\n", WHOLE)

    assert (len(found), unreadable) == (2, 1)


def test_the_nul_of_a_block_that_was_never_written_is_passed_over() -> None:
    assert read(HEADER, "\0\0\0\0" + WHOLE, "\0\0\n") == read(HEADER, WHOLE)


def test_results_without_a_column_that_is_needed_are_refused_by_its_name() -> None:
    with pytest.raises(Failed, match=r"allThreads"):
        read("timeStamp,elapsed,label,responseCode,success\n")


def test_no_line_at_all_is_no_request() -> None:
    assert read() == ([], 0)
