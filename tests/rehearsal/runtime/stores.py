"""Everything that the platform keeps anything in, read to the last byte, and searched for a number."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.rehearsal.runtime.platform import PRIMARY, STANDBY, Platform

#: What may stand between two digits: as it is, in a URL, in a form, as JSON.
BETWEEN = rb"(?:[\s.\-+_]|%20|%2[dDeE]|\\u0020|\\u002[dD])?"

Found = Iterator[tuple[str, bytes]]


def places(kept: Found, text: str) -> list[str]:
    """Where it is found, by the names of the stores; digits may be grouped in any way."""
    pattern = re.compile(BETWEEN.join(re.escape(one).encode() for one in text))
    return sorted({place for place, content in kept if pattern.search(content)})


def answered(platform: Platform) -> Found:
    """What the APIs of both regions tell."""
    for region in (PRIMARY, STANDBY):
        for store in (tables, objects, logs, queues, workflows, buses):
            yield from store(platform, region)
    yield "payment processor", json.dumps(platform.sandbox.page("GET", "payments")).encode()
    yield "database", database(platform)


def on_disk(folder: Path) -> Found:
    """Every file, as it is, and unpacked where it is gzipped."""
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            yield "disk", content
            if content.startswith(b"\x1f\x8b"):
                yield "disk", _unpacked(content)


def _unpacked(content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return b""


def tables(platform: Platform, region: str) -> Found:
    dynamodb = platform.client("dynamodb", region)
    for name in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=name):
            yield "tables", _text(page["Items"])


def objects(platform: Platform, region: str) -> Found:
    """Bundles are unpacked code of ours: what matters is what came in."""
    s3 = platform.client("s3", region)
    for bucket in s3.list_buckets()["Buckets"]:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for one in page.get("Contents", ()):
                yield "objects", one["Key"].encode()
                yield "objects", s3.get_object(Bucket=bucket["Name"], Key=one["Key"])["Body"].read()


def logs(platform: Platform, region: str) -> Found:
    client = platform.client("logs", region)
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            events = client.get_paginator("filter_log_events")
            for told in events.paginate(logGroupName=group["logGroupName"]):
                yield "logs", _text(told["events"])


def queues(platform: Platform, region: str) -> Found:
    """What is waiting; it stays."""
    sqs = platform.client("sqs", region)
    for url in sqs.list_queues().get("QueueUrls", ()):
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        yield "queues", _text(got.get("Messages", []))


def workflows(platform: Platform, region: str) -> Found:
    states = platform.client("stepfunctions", region)
    for page in states.get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            runs = states.get_paginator("list_executions")
            for told in runs.paginate(stateMachineArn=machine["stateMachineArn"]):
                for run in told["executions"]:
                    history = states.get_paginator("get_execution_history")
                    for events in history.paginate(executionArn=run["executionArn"]):
                        yield "workflows", _text(events["events"])


def buses(platform: Platform, region: str) -> Found:
    """Rules and archives are told by the API, archived events by nothing but a replay: they are on disk."""
    events = platform.client("events", region)
    for bus in events.list_event_buses()["EventBuses"]:
        rules = events.list_rules(EventBusName=bus["Name"])["Rules"]
        yield "buses", _text(rules)
    yield "buses", _text(events.list_archives()["Archives"])


def database(platform: Platform) -> bytes:
    """Every table, as text."""
    with platform.database() as connection:
        names = connection.run(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        return "\n".join(
            str(row) for (name,) in names for row in connection.run(f'SELECT * FROM "{name}"')
        ).encode()


def _text(document: Any) -> bytes:
    return json.dumps(document, default=str, ensure_ascii=False).encode()
