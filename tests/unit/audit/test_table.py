"""What `make audit` prints, and when it is content."""

from __future__ import annotations

import pytest

from scripts.errors import Failed
from scripts.validate.findings import Finding
from tests.audit.__main__ import is_clean, run, table
from tests.audit.verdict import Verdict

WRONG = Finding("foundation.json", "Resources/DataKey", "CKV_AWS_7", "Rotate it")
SOUND = Verdict("IAM proof", "9 policies")
FOUND = Verdict("checkov", "3 checks", (WRONG,))
MISSED = Verdict("advisories", "0 of 4 pins", unchecked=("4 pins: no network",))


def test_the_table_has_a_row_for_each_suite() -> None:
    assert [*table([SOUND, FOUND, MISSED])][-4:] == [
        "SUITE       VERDICT        ACCEPTED  LOOKED AT",
        "IAM proof   nothing found  0         9 policies",
        "checkov     1 found        0         3 checks",
        "advisories  not checked    0         0 of 4 pins",
    ]


def test_what_is_found_and_what_was_missed_are_told_above_it() -> None:
    assert [*table([SOUND, FOUND, MISSED])][:2] == [
        "checkov  foundation.json: Resources/DataKey CKV_AWS_7 Rotate it",
        "advisories  not checked: 4 pins: no network",
    ]


def test_what_is_found_makes_it_fail_and_what_was_missed_is_no_pass() -> None:
    assert is_clean([SOUND])
    assert not is_clean([SOUND, FOUND])
    assert is_clean([MISSED])
    assert MISSED.said != SOUND.said


def test_a_finding_tells_the_layer_and_the_line_that_made_it() -> None:
    [told] = run({"checkov": lambda: FOUND})
    assert told.found[0].made_at.startswith("generator/foundation.py:")


def test_a_suite_that_fails_is_not_passed_over() -> None:
    def broken() -> Verdict:
        raise Failed("checkov ended with 2")

    with pytest.raises(Failed, match="ended with 2"):
        run({"IAM proof": lambda: SOUND, "checkov": broken})
