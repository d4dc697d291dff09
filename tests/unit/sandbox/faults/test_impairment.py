"""Answers of a front door whose region has something wrong with it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from scripts.sandbox.fleets.front_door import refused
from scripts.sandbox.fleets.impairment import LATENCY_HEADER, ImpairedDoor, Impairment
from scripts.sandbox.fleets.wire import Reply, Request

ASKED = Request("GET", "/", (), b"")


async def serve(_request: Request) -> Reply:
    return Reply(200, (("x-revision", "one"),), b"served")


def statuses(door: ImpairedDoor, times: int) -> list[int]:
    async def ask() -> list[int]:
        return [(await door.answer(ASKED)).status for _ in range(times)]

    return asyncio.run(ask())


def test_a_door_with_nothing_wrong_answers_as_it_is_asked() -> None:
    door = ImpairedDoor(serve, refused)

    reply = asyncio.run(door.answer(ASKED))

    assert reply == Reply(200, (("x-revision", "one"),), b"served")


@pytest.mark.parametrize("errors", [0.0, 0.2, 0.5, 1.0])
def test_that_share_of_the_answers_is_503(errors: float) -> None:
    door = ImpairedDoor(serve, refused)
    door.impair(Impairment(errors=errors, seed=3))

    found = statuses(door, 2000)

    assert set(found) <= {200, 503}
    assert abs(found.count(503) / 2000 - errors) < 0.04
    assert errors not in (0.0, 1.0) or found.count(503) == 2000 * errors


def test_a_seed_draws_the_same_errors_again() -> None:
    def drawn(seed: int) -> list[int]:
        door = ImpairedDoor(serve, refused)
        door.impair(Impairment(errors=0.5, seed=seed))
        return statuses(door, 64)

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_another_latency_draws_no_errors_anew() -> None:
    door, other = ImpairedDoor(serve, refused), ImpairedDoor(serve, refused)
    for each in (door, other):
        each.impair(Impairment(errors=0.5, seed=1))

    first = statuses(door, 20)
    door.impair(Impairment(errors=0.5, seed=1, speed=10))

    assert first + statuses(door, 20) == statuses(other, 40)


def test_latency_is_waited_on_the_clock_of_the_sandbox_and_told_on_every_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    door = ImpairedDoor(serve, refused)
    door.impair(Impairment(errors=0.5, latency=300, seed=1, speed=60))

    async def ask() -> list[Reply]:
        return [await door.answer(ASKED) for _ in range(20)]

    replies = asyncio.run(ask())

    assert slept == [0.3 / 60] * 20
    assert {reply.status for reply in replies} == {200, 503}
    assert all((LATENCY_HEADER, "300") in reply.headers for reply in replies)


@pytest.mark.parametrize(
    "document",
    [{}, {"errors": 2, "latency": 0, "seed": 0, "speed": 1}, {"errors": "x"}, {"errors": None}],
)
def test_what_is_no_impairment_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Impairment.read(document)
