"""A rollback that stopped half-way, in a nested stack: explained, continued, or skipped by name."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.rehearsal.deploy.conftest import PRIMARY, Project, send

NAME = "tradewind-dev-orders"


def nested(project: Project, logical_id: str) -> str:
    """The name of a stack nested in platform."""
    [found] = [name for name in project.stacks() if f"-platform-{logical_id}-" in name]
    return found


def handle(project: Project) -> str:
    """The address of the wait condition's signal, once the update waits for it."""
    cloudformation, queue = project.client("cloudformation"), nested(project, "Queue")
    for _ in range(600):
        events = cloudformation.describe_stack_events(StackName=queue)["StackEvents"]
        by_id = {one["LogicalResourceId"]: one for one in reversed(events)}
        if "Signalled" in by_id:
            found: str = by_id["Signal"]["PhysicalResourceId"]
            return found
        time.sleep(0.05)
    raise AssertionError("the update never came to wait")


@pytest.fixture
def stuck(deployed: Project) -> Project:
    """platform in the primary: its queue was deleted by hand while an update failed."""
    deployed.build(delay=8, waits=True)
    deploy = deployed.start("deploy", "dev", "--direct", "--yes")
    signal = handle(deployed)
    sqs = deployed.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=NAME)["QueueUrl"])
    send(signal, deployed.sandbox.endpoint, "FAILURE")
    _, told = deploy.communicate(timeout=120)
    assert deploy.returncode == 1, told
    assert "Orders in Queue (AWS::SQS::Queue" in told
    assert "--skip-resource Queue/Orders" in told
    assert deployed.stacks()["tradewind-dev-platform"] == "UPDATE_ROLLBACK_FAILED"
    deployed.build(delay=9)
    return deployed


def make_queue(project: Project) -> None:
    """The queue as it was before the update, made by hand."""
    project.client("sqs").create_queue(
        QueueName=NAME,
        Attributes={"DelaySeconds": "5"},
        tags={"Project": "tradewind", "Environment": "dev", "Root": "platform"},
    )


def deploy(project: Project, *words: str) -> Any:
    return project.run("deploy", "dev", "--direct", "--yes", "--json", *words)


def test_a_rollback_whose_cause_stands_is_tried_and_explained(stuck: Project) -> None:
    run = deploy(stuck)

    assert run.code == 1
    assert "Orders in Queue (AWS::SQS::Queue" in run.document["error"]
    assert "was not found" in run.document["error"]
    assert "make it again, as it was and by its name" in run.document["fix"]
    assert "--skip-resource Queue/Orders" in run.document["fix"]
    assert run.document["stopped"]["left"] == ["platform in us-west-2"]
    assert stuck.stacks()["tradewind-dev-platform"] == "UPDATE_ROLLBACK_FAILED"


def test_a_rollback_whose_cause_is_gone_is_continued_and_the_deploy_goes_on(stuck: Project) -> None:
    make_queue(stuck)

    run = deploy(stuck)

    assert run.code == 0, run.told
    [wave] = [one for one in run.document["waves"] if "rollback" in one]
    assert [one["path"] for one in wave["rollback"]["stuck"]] == [["Queue", "Orders"]]
    assert stuck.delay() == "9"


def test_what_is_skipped_by_name_ends_the_rollback_and_the_deploy(stuck: Project) -> None:
    unknown = deploy(stuck, "--skip-resource", "Orders")
    assert unknown.code == 2
    assert "the rollback stopped at Queue/Orders" in unknown.document["error"]

    run = deploy(stuck, "--skip-resource", "Queue/Orders")

    assert run.code == 3
    assert "rolled back, but for Queue/Orders" in run.document["error"]
    assert stuck.stacks()["tradewind-dev-platform"] == "UPDATE_ROLLBACK_COMPLETE"
    make_queue(stuck)
    assert deploy(stuck).code == 0
    assert stuck.delay() == stuck.delay("us-west-2") == "9"


def test_a_continuation_that_was_left_alone_is_followed_to_its_end(stuck: Project) -> None:
    make_queue(stuck)
    stuck.client("cloudformation", PRIMARY).continue_update_rollback(
        StackName="tradewind-dev-platform"
    )

    assert deploy(stuck).code == 0
