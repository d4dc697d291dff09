"""The responder that ships, on a table that comes and goes."""

from __future__ import annotations

import itertools
import json
import os

from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.running import Account, kill
from tests.rehearsal.sandbox.shipped import function

_accounts = itertools.count(560000000000 + os.getpid() % 100000 * 1000)

SWITCH = {
    "TableName": "switch",
    "KeySchema": [{"AttributeName": "Switch", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "Switch", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def test_a_takeover_outlasts_its_table_and_not_a_cold_start_without_one(sandbox: Sandbox) -> None:
    account = Account(sandbox, str(next(_accounts)))
    table = account.client("dynamodb")
    function(account, "takeover_responder", {"SWITCH_TABLE": "switch"})

    def answer() -> int:
        told = account.client("lambda").invoke(FunctionName="takeover_responder", Payload="{}")
        return int(json.load(told["Payload"])["statusCode"])

    def switch(*, requested: bool) -> None:
        item = {"Switch": {"S": "takeover"}, "Requested": {"BOOL": requested}}
        table.put_item(TableName="switch", Item=item)

    assert answer() == 404, "the table is not there yet"
    table.create_table(**SWITCH)
    assert answer() == 404, "nobody has asked"
    switch(requested=True)
    assert answer() == 200
    table.delete_table(TableName="switch")
    assert answer() == 200, "it was requested when it was last read"
    assert kill("takeover_responder")
    assert answer() == 404, "a new environment has read nothing, and begins no takeover by mistake"
    table.create_table(**SWITCH)
    switch(requested=True)
    assert answer() == 200
    switch(requested=False)
    assert answer() == 404
