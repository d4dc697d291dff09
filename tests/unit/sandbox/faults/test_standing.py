"""What may be said of a region, and what follows from it for what crosses between two."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox.faults.standing import NONE, Fault, Standing

HERE, THERE, ELSEWHERE = "us-east-1", "us-west-2", "us-east-2"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"broken": True}, "'broken' is no fault"),
        ({"down": "yes"}, "down is true or false"),
        ({"errors": 1.5}, "errors is from 0 to 1"),
        ({"errors": True}, "errors is a number"),
        ({"latency": -1}, "latency is from 0 to 600000"),
        ({"latency": float("nan")}, "latency is from 0 to 600000"),
        ({"seed": 0.5}, "seed is a whole number"),
    ],
)
def test_what_is_no_fault_is_refused_with_the_reason(said: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Fault.read(said)


def test_a_region_that_is_destroyed_is_down() -> None:
    assert Fault.read({"destroyed": True}).down


@pytest.mark.parametrize(
    ("fault", "out", "into"),
    [
        (Fault(), True, True),
        (Fault(down=True), False, False),
        (Fault(partition=True), False, False),
        (Fault(replication_pause=True), False, True),
        (Fault(errors=1.0, latency=500), True, True),
    ],
)
def test_what_crosses_the_border_of_a_region_with_a_fault(
    fault: Fault, out: bool, into: bool
) -> None:
    standing = Standing()

    standing.set(HERE, fault)

    assert standing.crosses(HERE, THERE) is out
    assert standing.crosses(THERE, HERE) is into
    assert standing.crosses(THERE, ELSEWHERE)
    assert standing.reach(HERE, THERE) is (out and into)


def test_nothing_is_wrong_with_a_region_that_was_cleared() -> None:
    standing = Standing()

    standing.set(HERE, Fault(down=True))
    standing.set(HERE, NONE)

    assert standing.every() == {}
    assert not standing.down(HERE)


def test_an_outage_is_counted_once_however_often_it_is_said() -> None:
    standing = Standing()

    standing.set(HERE, Fault(down=True))
    standing.set(HERE, Fault(down=True, destroyed=True))
    standing.set(HERE, NONE)
    standing.set(HERE, Fault(down=True))

    assert standing.outages(HERE) == 2
    assert standing.outages(THERE) == 0


def test_who_waits_for_a_region_goes_on_when_it_is_back() -> None:
    standing, waits = Standing(), threading.Event()
    waited: list[bool] = []
    standing.set(HERE, Fault(down=True))

    def still() -> bool:
        waits.set()
        return True

    thread = threading.Thread(target=lambda: waited.append(standing.wait_while_down(HERE, still)))
    thread.start()
    assert waits.wait(30)
    assert waited == []
    standing.set(HERE, NONE)
    thread.join(30)

    assert waited == [True]
    assert not standing.wait_while_down(HERE)


def test_who_need_not_wait_any_more_does_not() -> None:
    standing = Standing()
    standing.set(HERE, Fault(down=True))

    assert not standing.wait_while_down(HERE, lambda: False)


def test_it_survives_a_stop(tmp_path: Path) -> None:
    standing, after = Standing(), Standing()
    standing.settle(tmp_path / "faults.json")
    standing.set(HERE, Fault(errors=0.25, seed=7))
    standing.set(THERE, Fault(partition=True))

    after.settle(tmp_path / "faults.json")

    assert after.every() == standing.every()


def test_a_reset_tells_whoever_watches() -> None:
    standing = Standing()
    standing.set(HERE, Fault(down=True))
    told: list[bool] = []
    standing.watch(lambda: told.append(standing.down(HERE)))

    standing.reset()

    assert told == [False]
