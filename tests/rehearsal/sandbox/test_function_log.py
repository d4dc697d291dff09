"""The log of a function in the sandbox shows what the log of one on AWS shows."""

from __future__ import annotations

import itertools
import json
import os

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.running import Account

_accounts = itertools.count(550000000000 + os.getpid() % 100000 * 1000)

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
