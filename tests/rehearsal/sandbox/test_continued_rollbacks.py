"""A rollback that cannot be finished, and what continues it: as AWS does, over nested stacks."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.deploy.conftest import send
from tests.rehearsal.sandbox.stacks import CAPABILITIES, Account, Template, template

QUEUE = "orders"


def waiting() -> dict[str, Template]:
    """Something that an update waits for until it is told how to go on."""
    return {
        "Signal": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Signalled": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "DependsOn": "Before",
            "Properties": {"Handle": {"Ref": "Signal"}, "Timeout": "60", "Count": 1},
        },
    }


def queue(delay: int) -> Template:
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {"QueueName": QUEUE, "DelaySeconds": delay},
    }


def until(holds: Any) -> Any:
    """What is asked for, as soon as it is there."""
    for _ in range(600):
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError("it never came")


def break_the_way_back(account: Account, waits_in: str) -> None:
    """While the update waits: delete the queue behind CloudFormation's back, then fail the update."""
    sqs = account.client("sqs")

    def handle() -> Any:
        events = account.cfn.describe_stack_events(StackName=waits_in)["StackEvents"]
        signals = (one for one in events if one["LogicalResourceId"] == "Signal")
        begun = any(one["LogicalResourceId"] == "Signalled" for one in events)
        return begun and next((one["PhysicalResourceId"] for one in signals), None)

    url = until(handle)
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"])
    send(url, account.sandbox.endpoint, "FAILURE")


def update_until_broken(account: Account, body: Template, waits_in: str) -> Any:
    account.cfn.update_stack(
        StackName="root", TemplateBody=json.dumps(body), Capabilities=CAPABILITIES
    )
    break_the_way_back(account, waits_in)
    return account.settled("root")


def tree(account: Account, delay: int, *, waits: bool, inside: bool) -> Template:
    """A root over Middle over Leaf, which has the queue; what waits is in the leaf, or in the root."""
    before = {"Type": "AWS::SNS::Topic"}
    leaf: dict[str, Template] = {"Queue": queue(delay)}
    if waits and inside:
        leaf |= {"Before": {**before, "DependsOn": "Queue"}, **waiting()}
    middle = template({"Leaf": account.child(template(leaf))})
    root: dict[str, Template] = {"Middle": account.child(middle)}
    if waits and not inside:
        root |= {"Before": {**before, "DependsOn": "Middle"}, **waiting()}
    return template(root)


def deployed(account: Account, *, inside: bool) -> tuple[Any, Any]:
    """Middle and Leaf of a root whose rollback failed: the leaf's own, or as its root sends it back."""
    account.create("root", tree(account, 1, waits=False, inside=inside))
    middle = account.nested("root", "Middle")
    leaf = account.nested(middle["StackId"], "Leaf")
    waits_in = leaf["StackId"] if inside else "root"
    root = update_until_broken(account, tree(account, 2, waits=True, inside=inside), waits_in)
    assert root["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    return account.nested("root", "Middle"), account.nested(middle["StackId"], "Leaf")


def delay(account: Account) -> str:
    sqs = account.client("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    found: str = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])[
        "Attributes"
    ]["DelaySeconds"]
    return found


def carry_on(account: Account, *skipped: str, **arguments: Any) -> Any:
    account.cfn.continue_update_rollback(
        StackName="root", **({"ResourcesToSkip": list(skipped)} if skipped else {}), **arguments
    )
    return account.settled("root")


@pytest.mark.parametrize("inside", [True, False], ids=["its own failed", "it is sent back"])
def test_a_leaf_that_cannot_go_back_leaves_every_stack_above_it_failed(
    account: Account, inside: bool
) -> None:
    middle, leaf = deployed(account, inside=inside)

    assert middle["StackStatus"] == leaf["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert "[Queue]" in leaf["StackStatusReason"]
    held = account.resource(leaf["StackId"], "Queue")
    assert held["ResourceStatus"] == "UPDATE_FAILED"
    assert "was not found" in held["ResourceStatusReason"]
    reason = account.reasons("root", "Middle")[-1]
    assert reason[0] == "UPDATE_FAILED"
    assert f"Embedded stack {middle['StackId']} was not successfully updated." in reason[1]
    assert "Currently in UPDATE_ROLLBACK_FAILED with reason: " in reason[1]
    told = [status for status, _ in account.reasons(leaf["StackId"], leaf["StackName"])]
    assert told[-2:] == ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"]
    with pytest.raises(ClientError, match="is in UPDATE_ROLLBACK_FAILED state and can not be upda"):
        account.update("root", tree(account, 3, waits=False, inside=inside))


@pytest.mark.parametrize("inside", [True, False], ids=["its own failed", "it is sent back"])
def test_a_rollback_goes_on_once_the_cause_is_gone(account: Account, inside: bool) -> None:
    middle, leaf = deployed(account, inside=inside)
    assert carry_on(account)["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    account.client("sqs").create_queue(QueueName=QUEUE, Attributes={"DelaySeconds": "2"})

    assert carry_on(account)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"

    for stack_id in (middle["StackId"], leaf["StackId"]):
        assert account.settled(stack_id)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert delay(account) == "1"
    again = account.update("root", tree(account, 3, waits=False, inside=inside))
    assert again["StackStatus"] == "UPDATE_COMPLETE"
    assert delay(account) == "3"


@pytest.mark.parametrize("inside", [True, False], ids=["its own failed", "it is sent back"])
def test_what_is_skipped_is_named_by_its_stack_s_own_name(account: Account, inside: bool) -> None:
    _, leaf = deployed(account, inside=inside)

    with pytest.raises(ClientError, match=r"Stack \[Leaf\] does not exist"):
        carry_on(account, "Leaf.Queue")
    with pytest.raises(ClientError, match=r"\[Nothing\] cannot be skipped"):
        carry_on(account, f"{leaf['StackName']}.Nothing")
    with pytest.raises(ClientError, match=r"\[Middle\] cannot be skipped"):
        carry_on(account, "Middle")
    account.create("other", template({"Queue": {"Type": "AWS::SNS::Topic"}}))
    with pytest.raises(ClientError, match=r"Stack \[other\] does not exist"):
        carry_on(account, "other.Queue")
    assert carry_on(account, f"{leaf['StackName']}.Queue")["StackStatus"] == (
        "UPDATE_ROLLBACK_COMPLETE"
    )
    assert account.resource(leaf["StackId"], "Queue")["ResourceStatus"] == "UPDATE_COMPLETE"


def test_a_rollback_is_continued_at_the_root_and_only_once_it_failed(account: Account) -> None:
    middle, _ = deployed(account, inside=True)

    with pytest.raises(ClientError, match="RollbackUpdatedStack cannot be invoked on child stacks"):
        account.cfn.continue_update_rollback(StackName=middle["StackId"])
    account.client("sqs").create_queue(QueueName=QUEUE)
    assert carry_on(account, ClientRequestToken="t1")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    carry_on(account, ClientRequestToken="t1")  # the same request, sent again
    with pytest.raises(ClientError, match="is in UPDATE_ROLLBACK_COMPLETE state"):
        carry_on(account, ClientRequestToken="t2")
    with pytest.raises(ClientError, match="does not exist"):
        account.cfn.continue_update_rollback(StackName="nonesuch")


def test_a_child_whose_template_changed_behind_its_url_stops_the_rollback_too(
    account: Account,
) -> None:
    def body(number: int, **more: Template) -> Template:
        child = account.child(template({"Queue": queue(number)}), key="fixed/child.json")
        return template({"Child": child, **more})

    account.create("root", body(1))
    before = {"Type": "AWS::SNS::Topic", "DependsOn": "Child"}
    root = update_until_broken(account, body(2, Before=before, **waiting()), "root")

    assert root["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    account.client("sqs").create_queue(QueueName=QUEUE)
    assert carry_on(account)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert delay(account) == "1"


def test_a_stack_without_children_tells_what_failed_and_what_was_skipped(account: Account) -> None:
    account.create("root", template({"Queue": queue(1)}))
    before = {"Type": "AWS::SNS::Topic", "DependsOn": "Queue"}
    body = template({"Queue": queue(2), "Before": before, **waiting()})
    assert update_until_broken(account, body, "root")["StackStatus"] == "UPDATE_ROLLBACK_FAILED"

    held = account.resource("root", "Queue")
    assert held["ResourceStatus"] == "UPDATE_FAILED"
    assert "was not found" in held["ResourceStatusReason"]
    assert carry_on(account, "Queue")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert account.resource("root", "Queue")["ResourceStatus"] == "UPDATE_COMPLETE"
