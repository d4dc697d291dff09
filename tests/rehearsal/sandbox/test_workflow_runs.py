"""What dies is tried again, what is stopped is left alone, what ran when the sandbox ended is taken up."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox import process
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.running import Account, kill, until

_accounts = itertools.count(540000000000 + os.getpid() % 100000 * 1000)

#: Notes that it was called; waits until there is a file, if it is told of one.
STEP = """
import time
def handler(event, context):
    told = event.get("detail", event)
    note(told)
    while not os.path.exists(told.get("until", "/")):
        time.sleep(0.05)
    if told.get("fails"):
        raise NotNow("of course")
    return {"done": True}
class NotNow(Exception): pass
"""


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return Account(sandbox, str(next(_accounts)))


def task(function: str, payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function, "Payload": payload},
        "Next": "Done",
        **more,
    }


DONE = {"Type": "Succeed"}

#: Hours between tries.
SLOWLY = {"IntervalSeconds": 7200, "BackoffRate": 2, "MaxDelaySeconds": 7200}


def start(account: Account, machine: str) -> str:
    arn: str = account.client("stepfunctions").start_execution(stateMachineArn=machine)[
        "executionArn"
    ]
    return arn


def status(account: Account, execution: str) -> str:
    told: str = account.client("stepfunctions").describe_execution(executionArn=execution)["status"]
    return told


def ended(account: Account, execution: str) -> str:
    until(lambda: status(account, execution) != "RUNNING")
    return status(account, execution)


@pytest.mark.usefixtures("fast")
def test_a_task_waits_for_hours_where_its_definition_says_so(account: Account) -> None:
    function = account.function("step", STEP)
    patient = {"ErrorEquals": ["NotNow"], "MaxAttempts": 3, "JitterStrategy": "FULL", **SLOWLY}
    machine = account.workflow(
        "waits", {"First": task(function, {"fails": True}, Retry=[patient]), "Done": DONE}
    )
    assert ended(account, start(account, machine)) == "FAILED"
    assert len(account.noted()) == 4


def test_an_execution_that_is_stopped_is_tried_no_more(account: Account) -> None:
    function = account.function("step", STEP)
    patient = {"ErrorEquals": ["NotNow"], "MaxAttempts": 100, **SLOWLY}
    machine = account.workflow(
        "waits", {"First": task(function, {"fails": True}, Retry=[patient]), "Done": DONE}
    )
    execution = start(account, machine)
    until(account.noted)
    account.client("stepfunctions").stop_execution(executionArn=execution)
    assert ended(account, execution) == "ABORTED"


@pytest.mark.usefixtures("fast")
def test_a_task_whose_function_is_killed_is_tried_again(account: Account, tmp_path: Path) -> None:
    function = account.function("killed", STEP)
    again = {"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}
    waits = {"until": str(tmp_path / "goes")}
    machine = account.workflow(
        "again", {"First": task(function, waits, Retry=[again]), "Done": DONE}
    )
    execution = start(account, machine)
    until(account.noted)
    assert kill("killed")
    (tmp_path / "goes").touch()
    assert ended(account, execution) == "SUCCEEDED"


def test_a_function_that_a_rule_calls_is_called_again_when_it_is_killed(
    account: Account, tmp_path: Path
) -> None:
    """An event that nobody would hear of again is an order that nobody works."""
    function, events = account.function("told", STEP), account.client("events")
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["test"]}))
    events.put_targets(Rule="all", Targets=[{"Id": "function", "Arn": function}])
    detail = json.dumps({"until": str(tmp_path / "never")})
    events.put_events(Entries=[{"Source": "test", "DetailType": "Told", "Detail": detail}])
    for _ in range(3):
        until(account.noted)
        assert kill("told")


def test_an_execution_goes_on_in_the_state_it_was_in_when_the_sandbox_is_started_again(
    tmp_path: Path,
) -> None:
    port, goes = free_port(), tmp_path / "goes"
    first = process.start(tmp_path / "home", port)
    account = Account(Sandbox(tmp_path / "home", first.url), "111111111111")
    function = account.function("step", STEP)
    states = {
        "First": task(function, {"step": 1}, Next="Second"),
        "Second": task(function, {"step": 2, "until": str(goes)}),
        "Done": DONE,
    }
    execution = start(account, account.workflow("long", states))
    seen: list[Any] = []

    def is_in_the_second() -> bool:
        seen.extend(account.noted())
        return len(seen) == 2

    until(is_in_the_second)
    process.stop(tmp_path / "home")
    goes.touch()
    second = process.start(tmp_path / "home", port)
    try:
        again = Account(Sandbox(tmp_path / "home", second.url), "111111111111")
        assert ended(again, execution) == "SUCCEEDED"
        assert {note["step"] for note in again.noted()} == {2}
    finally:
        process.stop(tmp_path / "home")


def test_nothing_of_an_execution_is_left_in_a_sandbox_that_was_emptied(tmp_path: Path) -> None:
    """A log group that a function left would be in the way of the next deploy's."""
    running = process.start(tmp_path / "home", free_port())
    sandbox = Sandbox(tmp_path / "home", running.url)
    account = Account(sandbox, "111111111111")
    try:
        before = account.function("before", STEP)
        again = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1000}
        waits = {"until": str(tmp_path / "never")}
        states = {"First": task(before, waits, Retry=[again]), "Done": DONE}
        start(account, account.workflow("long", states))
        until(account.noted)

        process.reset(tmp_path / "home")
        sandbox.page("PUT", "clock", {"speed": 10_000})
        account.function("before", STEP)
        after = account.function("after", STEP)
        states = {
            "First": {"Type": "Wait", "Seconds": 7200, "Next": "Then"},
            "Then": task(after, {"new": True}),
            "Done": DONE,
        }
        assert ended(account, start(account, account.workflow("long", states))) == "SUCCEEDED"

        assert account.noted() == [{"new": True}]
        groups = account.client("logs").describe_log_groups()["logGroups"]
        assert [group["logGroupName"] for group in groups] == ["/aws/lambda/after"]
    finally:
        process.stop(tmp_path / "home")
