from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest

from scripts import lease as leasing
from scripts.errors import Refused
from scripts.holder import Holder
from scripts.lease import DEPLOY, LeaseHeld, LeaseLost, Leases
from tests.rehearsal.deploy.conftest import PRIMARY, Project

HERE = Holder.this_process("ada", "tradewind deploy dev")
ELSEWHERE = replace(HERE, host="other.example", machine="another boot of another machine")


@pytest.fixture
def leases(project: Project) -> Leases:
    return Leases(project.aws(), PRIMARY)


def expire(project: Project) -> None:
    """As if a minute had passed without a renewal."""
    project.client("dynamodb").update_item(
        TableName="tradewind-dev-leases",
        Key={"lease": {"S": DEPLOY}},
        UpdateExpression="SET #until = :past",
        ExpressionAttributeNames={"#until": "until"},
        ExpressionAttributeValues={":past": {"N": "1"}},
    )


def test_a_lease_that_is_held_is_refused_with_who_and_where_and_until_when(leases: Leases) -> None:
    leases.acquire(DEPLOY, ELSEWHERE)

    with pytest.raises(LeaseHeld) as refused:
        leases.acquire(DEPLOY, HERE)

    assert isinstance(refused.value, Refused)
    assert f"ada on other.example (process {HERE.pid}" in refused.value.message
    assert "UTC; the lease runs out at" in refused.value.message


def test_a_lease_that_ran_out_is_taken_over_and_its_token_grows(
    project: Project, leases: Leases
) -> None:
    first = leases.acquire(DEPLOY, ELSEWHERE)
    expire(project)

    second = leases.acquire(DEPLOY, HERE)

    assert second.held.token == first.held.token + 1
    assert second.taken_over_from is not None
    assert second.taken_over_from.holder == ELSEWHERE


def test_who_lost_the_lease_is_stopped_before_the_next_mutation(
    project: Project, leases: Leases
) -> None:
    first = leases.acquire(DEPLOY, ELSEWHERE)
    first.confirm()
    expire(project)
    second = leases.acquire(DEPLOY, HERE)

    with pytest.raises(LeaseLost):
        first.confirm()
    first.release()
    second.confirm()
    held = leases.read(DEPLOY)
    assert held is not None
    assert held.token == second.held.token, "the loser's release did not free the winner's lease"


def test_a_holder_on_this_machine_whose_process_ended_is_replaced_at_once(leases: Leases) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    leases.acquire(DEPLOY, replace(HERE, pid=child))

    leases.acquire(DEPLOY, HERE)


def test_a_process_id_that_was_given_out_again_is_not_mistaken_for_the_holder(
    leases: Leases,
) -> None:
    leases.acquire(DEPLOY, replace(HERE, started="before"))

    leases.acquire(DEPLOY, HERE)


def test_a_process_of_another_machine_is_never_called_dead(leases: Leases) -> None:
    leases.acquire(DEPLOY, replace(ELSEWHERE, started="before"))

    with pytest.raises(LeaseHeld):
        leases.acquire(DEPLOY, HERE)


def test_a_release_frees_the_lease_and_keeps_the_token(leases: Leases) -> None:
    first = leases.acquire(DEPLOY, ELSEWHERE)
    first.release()
    assert leases.read(DEPLOY) is None

    assert leases.acquire(DEPLOY, HERE).held.token == first.held.token + 1


def test_the_heartbeat_renews(leases: Leases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leasing, "HEARTBEAT", 0.05)
    with leases.hold(DEPLOY, "tradewind deploy dev") as lease:
        for _ in range(100):
            leases._aws.clock.sleep(0.05)
            held = leases.read(DEPLOY)
            if held is not None and held.beat > lease.held.beat:
                break
        else:
            raise AssertionError("the lease was never renewed")


def test_a_clock_that_is_wrong_by_an_hour_does_not_take_a_lease(
    project: Project, leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    leases.acquire(DEPLOY, ELSEWHERE)
    aws = project.aws()
    right = aws.clock.now
    monkeypatch.setattr(aws.clock, "now", lambda: right() + 3600)

    with pytest.raises(LeaseHeld):
        Leases(aws, PRIMARY).acquire(DEPLOY, HERE)


def test_an_acquisition_whose_answer_was_lost_is_found_to_be_ours(
    leases: Leases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client repeats the call, and the repetition is refused: the first one raised the token."""
    call = leases._dynamodb.call

    def twice(operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "update_item":
            call(operation, **parameters)
        return call(operation, **parameters)

    monkeypatch.setattr(leases._dynamodb, "call", twice)

    assert leases.acquire(DEPLOY, HERE).held.holder == HERE
