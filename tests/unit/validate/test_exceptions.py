"""A finding is accepted in one place, with a reason, for as long as it is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.validate.exceptions import ACCEPTED, STALE, Accepted, is_accepted, stale
from scripts.validate.findings import Finding

EXCEPTION = Accepted("W3002", "plat*.json", "Resources/*/TemplateURL", "because", "local URLs")
FINDING = Finding(
    "platform.json", "Resources/Network/TemplateURL", "W3002", "relative", variant="local URLs"
)


def test_an_exception_covers_what_it_was_made_for() -> None:
    assert is_accepted(FINDING, [EXCEPTION])


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, rule="W3003"),
        replace(FINDING, template="edge.json"),
        replace(FINDING, path="Resources/Network/Parameters"),
        replace(FINDING, variant="as shipped"),
    ],
)
def test_an_exception_covers_nothing_else(other: Finding) -> None:
    assert not is_accepted(other, [EXCEPTION])


def test_an_exception_that_nothing_needs_is_a_finding() -> None:
    assert stale([FINDING], [EXCEPTION]) == ()
    (left,) = stale([], [EXCEPTION])
    assert (left.rule, left.template, left.path) == (STALE, EXCEPTION.template, EXCEPTION.path)
    assert not is_accepted(left)


def test_every_exception_has_a_reason_that_is_a_sentence() -> None:
    for exception in ACCEPTED:
        assert exception.reason.endswith("."), exception
        assert len(exception.reason.split()) > 4, exception
