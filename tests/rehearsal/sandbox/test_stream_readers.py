"""A reader of a stream loses no record: not to a function that fails, nor to a sandbox that is stopped."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest

from scripts.sandbox import process
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.running import Account, until

_accounts = itertools.count(530000000000 + os.getpid() % 100000 * 1000)

#: Notes the names of a batch, and answers as `reply` says; `calls` counts in its execution environment.
READER = """
calls = 0
def handler(event, context):
    global calls
    calls += 1
    changes = [record["dynamodb"] for record in event["Records"]]
    records = {change["Keys"]["name"]["S"]: change["SequenceNumber"] for change in changes}
    note(list(records))
    return reply(records)
"""

PARTIAL: dict[str, Any] = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    return Account(sandbox, str(next(_accounts)))


def table(account: Account) -> str:
    """A table with a stream; gives the stream's ARN."""
    arn: str = account.client("dynamodb").create_table(
        TableName="names",
        AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]
    return arn


def read(account: Account, reply: str, stream: str, **settings: Any) -> None:
    """Have a function read the stream; `reply(records)` is what it answers."""
    account.function("reader", f"def reply(records):\n    {reply}\n" + READER)
    account.client("lambda").create_event_source_mapping(
        EventSourceArn=stream,
        FunctionName="reader",
        StartingPosition="TRIM_HORIZON",
        BatchSize=10,
        **settings,
    )


def put(account: Account, *names: str) -> None:
    for name in names:
        account.client("dynamodb").put_item(TableName="names", Item={"name": {"S": name}})


def heard(account: Account, calls: int) -> list[list[str]]:
    """The names in so many batches."""
    batches: list[list[str]] = []

    def all_are_there() -> bool:
        batches.extend(account.noted())
        return len(batches) >= calls

    until(all_are_there)
    return batches


def test_a_batch_begins_again_at_the_record_that_the_function_names(account: Account) -> None:
    stream = table(account)
    put(account, "a", "b", "c", "d")
    at_c = 'return {"batchItemFailures": [{"itemIdentifier": records["c"]}] if calls == 1 else []}'
    read(account, at_c, stream, **PARTIAL)
    assert heard(account, 2) == [["a", "b", "c", "d"], ["c", "d"]]
    put(account, "e")
    assert heard(account, 1) == [["e"]]


def test_what_the_function_names_counts_only_where_the_mapping_says_so(account: Account) -> None:
    stream = table(account)
    put(account, "a", "b")
    read(account, 'return {"batchItemFailures": [{"itemIdentifier": records.get("a")}]}', stream)
    heard(account, 1)
    put(account, "c")
    assert heard(account, 1) == [["c"]]


def test_a_name_that_is_none_of_the_batch_fails_all_of_it(account: Account) -> None:
    stream = table(account)
    put(account, "a", "b")
    strange = 'return {"batchItemFailures": [{"itemIdentifier": "7"}] if calls == 1 else []}'
    read(account, strange, stream, **PARTIAL)
    assert heard(account, 2) == [["a", "b"], ["a", "b"]]


def test_a_batch_whose_call_fails_is_halved_until_the_record_shows(account: Account) -> None:
    stream = table(account)
    put(account, "a", "b", "c", "d")
    read(account, 'assert "c" not in records', stream, BisectBatchOnFunctionError=True)
    assert heard(account, 5)[:5] == [["a", "b", "c", "d"], ["a", "b"], ["c", "d"], ["c"], ["c"]]


def test_a_batch_that_was_tried_often_enough_is_told_to_the_mappings_destination(
    account: Account,
) -> None:
    stream, sqs = table(account), account.client("sqs")
    aside = sqs.create_queue(QueueName="aside")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=aside, AttributeNames=["QueueArn"])["Attributes"]
    put(account, "a")
    read(
        account,
        'assert "a" not in records',
        stream,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": arn["QueueArn"]}},
    )
    (told,) = until(lambda: sqs.receive_message(QueueUrl=aside).get("Messages"))
    assert json.loads(told["Body"])["requestContext"]["condition"] == "RetryAttemptsExhausted"
    put(account, "b")
    assert heard(account, 3) == [["a"], ["a"], ["b"]]


def test_a_reader_goes_on_where_it_was_when_the_sandbox_is_started_again(tmp_path: Path) -> None:
    """Its position was kept, and neither the stream nor the function's code."""
    port = free_port()
    first = process.start(tmp_path, port)
    account = Account(Sandbox(tmp_path, first.url), "111111111111")
    read(account, "return None", table(account))
    for name in ("a", "b", "c"):
        put(account, name)
        assert heard(account, 1) == [[name]]
    process.stop(tmp_path)
    second = process.start(tmp_path, port)
    try:
        again = Account(Sandbox(tmp_path, second.url), "111111111111")
        put(again, "d")
        read_again = [heard(again, 1)[-1]]
        while "d" not in read_again[-1]:
            read_again += heard(again, 1)
        assert "a" not in read_again[0], "what was read before is not read again"
    finally:
        process.stop(tmp_path)
