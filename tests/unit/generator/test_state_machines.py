"""The words that state machines are made of, and the check that every one of them passes."""

from __future__ import annotations

from typing import Any

import pytest

from generator.states import awaited, choice, definition, pause, task
from tests.unit.generator.state_machines import flaws


def jobs(**changes: Any) -> dict[str, Any]:
    """A machine that waits for a job; `changes` take the place of its states."""
    states = awaited(
        "Work",
        task("aws-sdk:x:start", {}),
        task("aws-sdk:x:look", {}),
        done="$done",
        failed="$failed",
        every=5,
        then="Finished",
    )
    return definition("Work", states | {"Finished": {"Type": "Succeed"}} | changes, timeout=60)


def test_a_job_that_is_waited_for_has_no_flaw() -> None:
    assert flaws(jobs()) == []


@pytest.mark.parametrize(
    ("flaw", "changes"),
    [
        ("Work leads to Nowhere", {"Work": task("aws-sdk:x:start", {}, then="Nowhere")}),
        ("nothing leads to Alone", {"Alone": pause(1, then="Finished")}),
        ("from Round there is no end", {"Round": choice(("$a", "Round"), otherwise="Round")}),
        (
            "Work has no time limit",
            {"Work": task("aws-sdk:x:start", {}, then="WorkWait", TimeoutSeconds=0)},
        ),
        (
            "Work has no second try",
            {"Work": task("aws-sdk:x:start", {}, then="WorkWait", Retry=[])},
        ),
        (
            "Work has no way for what it throws",
            {"Work": task("aws-sdk:x:start", {}, then="WorkWait", Catch=[])},
        ),
    ],
)
def test_each_flaw_is_seen(flaw: str, changes: dict[str, Any]) -> None:
    assert any(flaw in said for said in flaws(jobs(**changes)))


def test_a_machine_without_a_time_limit_is_seen() -> None:
    assert flaws(jobs() | {"TimeoutSeconds": None}) == ["the whole has no time limit"]


def test_an_error_that_is_an_answer_is_not_tried_again() -> None:
    asked = task("aws-sdk:x:find", {}, then="There", unless={"X.NotFound": "NotThere"})
    first = asked["Retry"][0]
    assert (first["ErrorEquals"], first["MaxAttempts"]) == (["X.NotFound"], 0)
    assert asked["Catch"][0] == {"ErrorEquals": ["X.NotFound"], "Next": "NotThere"}


def test_a_job_that_failed_tells_what_was_said_of_it() -> None:
    states = jobs()["States"]
    assert states["WorkSettled"]["Choices"][1]["Next"] == "JobFailed"
    assert "$states.input" in states["JobFailed"]["Cause"]
