"""What holds for every queue of every template."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from generator.stacks import build


def test_nothing_is_done_with_a_queue_in_the_clear() -> None:
    policies = {
        (file, policy["Queues"][0]["Ref"]): policy["PolicyDocument"]["Statement"]
        for file, _, policy in _of("AWS::SQS::QueuePolicy")
    }
    queues = [(file, title) for file, title, _ in _of("AWS::SQS::Queue")]
    assert queues
    for queue in queues:
        assert [
            statement
            for statement in policies[queue]
            if statement["Effect"] == "Deny"
            and statement["Action"] == ["sqs:*"]
            and statement["Principal"] == "*"
            and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        ], queue


def test_a_queue_gives_up_to_another_or_says_that_it_is_where_others_give_up() -> None:
    for file, title, queue in _of("AWS::SQS::Queue"):
        last = queue.get("RedriveAllowPolicy") == {"redrivePermission": "allowAll"}
        assert ("RedrivePolicy" in queue) is not last, (file, title)


def _of(type_name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Template, logical id and properties of everything of a type."""
    for file, body in build().files.items():
        for title, resource in json.loads(body)["Resources"].items():
            if resource["Type"] == type_name:
                yield file, title, resource["Properties"]
