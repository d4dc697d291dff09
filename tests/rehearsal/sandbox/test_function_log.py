"""The log of a function in the sandbox shows what the log of one on AWS shows."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

from scripts.sandbox import process
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.running import Account, until

_accounts = itertools.count(550000000000 + os.getpid() % 100000 * 1000)

FAILS = """
def handler(event, context):
    note({})
    raise ValueError("it is tried again")
"""

TELLS = """
import logging
log = logging.getLogger()
log.setLevel(logging.INFO)
def handler(event, context):
    log.debug("nobody asked for this")
    log.info("authorized %s", event["order"])
    try:
        {}["order"]
    except KeyError:
        log.exception("no such thing")
"""


def test_a_record_is_a_line_of_json_from_the_level_that_the_function_sets(sandbox: Sandbox) -> None:
    account = Account(sandbox, str(next(_accounts)))
    account.function("tells", TELLS)
    account.client("lambda").invoke(FunctionName="tells", Payload='{"order": "7"}')
    events = account.client("logs").filter_log_events(logGroupName="/aws/lambda/tells")["events"]
    records = [json.loads(one["message"]) for one in events if one["message"].startswith("{")]
    mine = [record for record in records if record["logger"] == "root"]
    assert [record["message"] for record in mine] == ["authorized 7", "no such thing"]
    assert (mine[1]["level"], mine[1]["errorType"]) == ("ERROR", "KeyError")


def test_an_event_of_before_a_reset_is_tried_no_more(tmp_path: Path) -> None:
    """Each is tried three times: the last of the new ones comes after what the old one had left."""
    home = tmp_path / "home"
    account = Account(Sandbox(home, process.start(home, free_port()).url), "111111111111")
    noted: list[str] = []

    def called(name: str, times: int) -> bool:
        noted.extend(account.noted())
        return noted.count(name) == times

    def call(name: str) -> None:
        account.function(name, FAILS.format(repr(name)))
        account.client("lambda").invoke(FunctionName=name, InvocationType="Event")

    try:
        call("before")
        until(lambda: called("before", 1))
        process.reset(home)
        call("after")
        until(lambda: called("after", 3))

        groups = account.client("logs").describe_log_groups()["logGroups"]
        assert [group["logGroupName"] for group in groups] == ["/aws/lambda/after"]
        assert noted == ["before", *["after"] * 3]
    finally:
        process.stop(home)
