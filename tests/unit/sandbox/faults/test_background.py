"""What works without being called stands still with its region, and calls again what an outage killed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.sandbox.faults import background, functions
from scripts.sandbox.faults.standing import NONE, Fault, Standing

HERE, THERE = "us-east-1", "us-west-2"

FUNCTION = {"config": {"FunctionArn": f"arn:aws:lambda:{HERE}:111111111111:function:one"}}

Answer = dict[str, Any]


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> Standing:
    standing = Standing()
    for module in (background, functions):
        monkeypatch.setattr(module, "STANDING", standing)
    monkeypatch.setattr(background, "REGION", SimpleNamespace(value=lambda: HERE))
    return standing


def executed(answers: list[Callable[[], Answer]]) -> tuple[Callable[..., Answer], list[Any]]:
    """A function that answers so, one after the other, behind what stands still; and its events."""
    events: list[Any] = []

    def native(_function: Answer, event: Any) -> Answer:
        events.append(event)
        return answers.pop(0)()

    return functions._standing_still(native), events


def in_the_background(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    ended: list[Any] = []
    thread = threading.Thread(target=lambda: ended.append(work()), name="ministack-esm")
    thread.start()
    return thread, ended


def test_a_function_is_called_by_nobody_while_its_region_is_down(standing: Standing) -> None:
    execute, events = executed([lambda: {"body": 1}])
    standing.set(HERE, Fault(down=True))

    thread, ended = in_the_background(lambda: execute(FUNCTION, "event"))
    thread.join(0.3)
    assert (events, ended) == ([], [])
    standing.set(HERE, NONE)
    thread.join(30)

    assert (events, ended) == (["event"], [{"body": 1}])


def test_what_an_outage_killed_is_called_again(standing: Standing) -> None:
    def killed() -> Answer:
        standing.set(HERE, Fault(down=True))
        standing.set(HERE, NONE)
        return {"error": True}

    execute, events = executed([killed, lambda: {"body": 1}])

    thread, ended = in_the_background(lambda: execute(FUNCTION, "event"))
    thread.join(30)

    assert (events, ended) == (["event", "event"], [{"body": 1}])


def test_what_failed_by_itself_is_not_called_again(standing: Standing) -> None:
    standing.set(HERE, Fault(down=True))
    standing.set(HERE, NONE)
    execute, events = executed([lambda: {"error": True}])

    assert execute(FUNCTION, "event") == {"error": True}
    assert events == ["event"]


def test_who_asked_for_an_answer_is_told_that_nobody_is_there(standing: Standing) -> None:
    execute, events = executed([])
    standing.set(HERE, Fault(down=True))

    answer = execute(FUNCTION, "event")  # in the main thread, as a request's would be

    assert answer["error"]
    assert answer["body"]["errorType"] == "Runtime.ExitError"
    assert events == []


def test_a_function_elsewhere_is_called(standing: Standing) -> None:
    execute, _ = executed([lambda: {"body": 1}])
    standing.set(THERE, Fault(down=True))

    assert execute(FUNCTION, "event") == {"body": 1}


def test_readers_of_regions_that_are_down_are_passed_by(standing: Standing) -> None:
    every = [("1", HERE, "one"), ("1", THERE, "two")]
    readers = background._of_regions_that_are_up(lambda: iter(every))
    standing.set(HERE, Fault(down=True))

    assert list(readers()) == [("1", THERE, "two")]
    standing.set(HERE, NONE)
    assert list(readers()) == every


class Rules:
    """A region's rules, and what their targets were given."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self._all = threading.Condition()
        self._invoke = background._holding_back(self._take)

    def _take(self, _target: Any, event: Any, _rule: Any, _view: Any) -> None:
        with self._all:
            self.given.append(event["EventId"])
            self._all.notify_all()

    def tell(self, event: str, source: str = "shop") -> None:
        told = {"EventId": event, "Source": source}
        self._invoke({"Id": "target"}, told, {"Arn": "rule"})

    def until_given(self, number: int) -> list[str]:
        with self._all:
            assert self._all.wait_for(lambda: len(self.given) >= number, 30)
            return sorted(self.given)


def test_events_are_held_and_told_when_the_region_is_back(standing: Standing) -> None:
    rules = Rules()
    standing.set(HERE, Fault(down=True))
    rules.tell("one")
    rules.tell("two")
    assert rules.given == []

    standing.set(HERE, NONE)

    assert rules.until_given(2) == ["one", "two"]


def test_a_schedule_that_came_due_often_in_an_outage_is_told_once(standing: Standing) -> None:
    rules = Rules()
    standing.set(HERE, Fault(down=True))
    for minute in ("one", "two", "three"):
        rules.tell(minute, source="aws.events")

    standing.set(HERE, NONE)
    rules.until_given(1)
    rules.tell("four", source="aws.events")

    assert rules.until_given(2) == ["four", "one"]
