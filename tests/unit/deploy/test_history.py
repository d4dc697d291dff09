"""What was recorded stays; what stands is said once; going back goes further back each time."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from scripts.deploy import history
from scripts.deploy.history import CURRENT, Approved, Completed, History, Requested
from scripts.errors import Failed, Refused
from tests.unit.deploy.bucket import NOW, S3, artifacts


def ended(
    execution: str, release: str = "", restores: str = "", parameters: str = "p"
) -> Completed:
    """An execution that came to its end at the hour of its name."""
    hour = int(execution.strip("e"))
    at = (NOW + timedelta(hours=hour)).isoformat(timespec="seconds")
    return Completed(
        execution, release or f"r{hour}", f"s{hour}", parameters, "ada", "why", at, restores
    )


@pytest.fixture
def s3() -> S3:
    return S3()


@pytest.fixture
def past(s3: S3) -> History:
    return History(artifacts(s3))


def going_back(*completed: Completed) -> str:
    """The execution that a rollback would restore, after these came to their end in this order."""
    found = history.before(list(reversed(completed)), completed[-1])
    return found.execution if found else ""


def began(past: History, what: Completed, *, approved: bool = True) -> None:
    """An execution that was asked for, and went no further than its first wave."""
    past.write(Requested(**asdict(what)))
    if approved:
        past.write(Approved(what.execution, "platform", "us-east-1", "a", "ada", "", what.at))


class TestRecords:
    def test_are_read_back_as_they_were_written(self, past: History, s3: S3) -> None:
        requested = Requested("e1", "r1", "s1", "p", "ada", "sale", "2026-11-27T09:00:00+00:00")
        approvals = [
            Approved("e1", "platform", region, "0a", "bob", "fine", f"2026-11-27T09:0{n}", ("w",))
            for n, region in enumerate(("us-west-2", "us-east-1"))
        ]
        past.write(requested)
        for approval in approvals:
            past.write(approval)
        past.complete(ended("e1"))

        (entry,) = past.entries()

        assert entry == history.Entry("e1", requested, tuple(approvals), ended("e1"))
        assert past.current() == ended("e1")

    def test_written_again_by_a_retried_build_stay_as_they_were(self, past: History) -> None:
        past.complete(ended("e1"))
        past.complete(replace(ended("e1"), at="later"))

        assert past.entries()[0].completed == past.current() == ended("e1")

    def test_are_never_rewritten(self, past: History) -> None:
        past.write(ended("e1"))

        with pytest.raises(Refused, match="says otherwise already"):
            past.write(replace(ended("e1"), who="mallory"))
        assert past.entries()[0].completed == ended("e1")

    def test_that_are_none_are_named(self, past: History, s3: S3) -> None:
        s3.holding("artifacts", "history/e1/completed.json", b"[]")

        with pytest.raises(Failed, match=r"history/e1/completed\.json is no record"):
            past.entries()

    def test_of_a_later_version_are_read_as_far_as_they_are_known(
        self, past: History, s3: S3
    ) -> None:
        past.write(ended("e1"))
        held = s3.buckets["artifacts"]["history/e1/completed.json"]
        body = json.dumps({**json.loads(held.body), "news": 1}).encode()
        s3.holding("artifacts", "history/e1/completed.json", body)

        assert past.entries()[0].completed == ended("e1")

    def test_are_listed_last_touched_first_and_no_more_are_read_than_asked_for(
        self, past: History, s3: S3
    ) -> None:
        for hour in (1, 3, 2):
            s3.now = NOW + timedelta(hours=hour)
            past.write(ended(f"e{hour}"))
        s3.asked.clear()

        assert [entry.execution for entry in past.entries(2)] == ["e3", "e2"]
        assert len([one for one in s3.asked if one[0] == "get_object"]) == 2


class TestWhatStands:
    def test_is_nothing_before_the_first(self, past: History) -> None:
        assert past.current() is None
        with pytest.raises(Refused, match="nothing to go back to"):
            past.way_back()[0]

    def test_is_the_last_that_ended(self, past: History) -> None:
        past.complete(ended("e1"))
        past.complete(ended("e2"))

        assert past.current() == ended("e2")
        assert past.way_back()[0] == ended("e1")

    def test_is_said_by_one_of_two_at_a_time(self, past: History, s3: S3) -> None:
        past.complete(ended("e1"))
        mine, theirs = ended("e3"), ended("e2")
        past.write(mine)
        s3.meanwhile = [
            lambda: s3.holding("artifacts", CURRENT, history._json(vars(theirs))),
            lambda: None,
        ]

        past.complete(mine)

        assert past.current() == mine
        replaced = [key for operation, key in s3.asked if operation == "put_object"]
        assert replaced[-2:] == [CURRENT, CURRENT]


class TestGoingBack:
    def test_is_to_what_stood_before(self) -> None:
        assert going_back(ended("e1"), ended("e2")) == "e1"

    def test_passes_over_what_is_the_same(self) -> None:
        assert going_back(ended("e1"), ended("e2"), ended("e3", "r2")) == "e1"

    def test_other_parameters_are_another_thing(self) -> None:
        assert going_back(ended("e1", "r1"), ended("e2", "r1", parameters="q")) == "e1"

    def test_goes_further_back_each_time_and_never_forward_again(self) -> None:
        first, second, third = ended("e1"), ended("e2"), ended("e3")
        once = ended("e4", "r2", restores="s2")
        twice = ended("e5", "r1", restores="s1")

        assert going_back(first, second, third) == "e2"
        assert going_back(first, second, third, once) == "e1"
        assert going_back(first, second, third, once, twice) == ""

    def test_after_a_rollback_and_a_new_release_is_to_what_the_rollback_restored(self) -> None:
        rolled_back = ended("e3", "r1", restores="s1")

        assert going_back(ended("e1"), ended("e2"), rolled_back, ended("e4")) == "e3"

    def test_ends_where_nothing_else_ever_stood(self) -> None:
        assert going_back(ended("e1")) == going_back(ended("e1"), ended("e2", "r1")) == ""

    def test_after_a_deploy_that_failed_half_way_is_to_what_it_was_to_replace(
        self, past: History
    ) -> None:
        stood = [ended("e1"), ended("e2")]
        for record in stood:
            past.complete(record)
        began(past, ended("e3"))

        assert past.way_back()[0] == stood[-1]

    def test_after_a_deploy_that_nobody_approved_is_to_what_stood_before_as_ever(
        self, past: History
    ) -> None:
        stood = [ended("e1"), ended("e2")]
        for record in stood:
            past.complete(record)
        began(past, ended("e3"), approved=False)

        assert past.way_back()[0] == stood[0]

    def test_after_a_failure_that_was_overcome_is_to_what_stood_before_as_ever(
        self, past: History
    ) -> None:
        stood = [ended("e1"), ended("e3")]
        began(past, ended("e2"))
        for record in stood:
            past.complete(record)

        assert past.way_back()[0] == stood[0]

    def test_after_a_rollback_that_failed_half_way_is_to_its_goal_once_more(
        self, past: History
    ) -> None:
        stood = [ended("e1"), ended("e2"), ended("e3")]
        for record in stood:
            past.complete(record)
        began(past, ended("e4", "r2", restores="s2"))

        assert past.way_back()[0] == stood[1]
