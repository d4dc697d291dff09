"""Whoever has something to say reaches the alerts topic, though it is encrypted."""

from __future__ import annotations

from typing import Any

import pytest

from generator.foundation import Foundation
from generator.layers.alerts import Alerts
from tests.unit.generator.standing import of_type, standing

PUBLISHERS = {f"{name}.amazonaws.com" for name in ("cloudwatch", "events", "events.rds", "backup")}


@pytest.fixture(scope="module")
def topic_policy() -> list[dict[str, Any]]:
    (policy,) = of_type(standing(Alerts), "AWS::SNS::TopicPolicy").values()
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


def test_eventbridge_publishes_under_no_condition(topic_policy: list[dict[str, Any]]) -> None:
    """SNS evaluates none for EventBridge: a rule's message would be dropped without a word."""
    (statement,) = (s for s in topic_policy if "events.amazonaws.com" in _services(s))
    assert _services(statement) == {"events.amazonaws.com"}
    assert statement["Effect"] == "Allow"
    assert "Condition" not in statement


def test_every_other_service_publishes_for_this_account(
    topic_policy: list[dict[str, Any]],
) -> None:
    for statement in topic_policy:
        if statement["Effect"] == "Allow" and "events.amazonaws.com" not in _services(statement):
            assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}


def test_whoever_may_publish_may_use_the_topics_key_for_our_topics_and_nothing_else(
    topic_policy: list[dict[str, Any]],
) -> None:
    """A condition on the source is not supported here, so it is the topic that the key is bound to."""
    assert {name for s in topic_policy for name in _services(s)} == PUBLISHERS
    key = standing(Foundation)["LogsKey"]["KeyPolicy"]["Statement"]
    (statement,) = (s for s in key if s["Sid"] == "AlertsArePublished")
    assert _services(statement) >= PUBLISHERS
    assert statement["Condition"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:sns:topicArn": (
                "arn:aws:sns:us-east-1:111111111111:tradewind-dev-*"
            )
        }
    }


def _services(statement: dict[str, Any]) -> set[str]:
    match statement["Principal"]:
        case {"Service": str() as name}:
            return {name}
        case {"Service": list() as names}:
            return set(names)
    return set()
