"""An update leaves alone what it does not change, and creates what it adds."""

from __future__ import annotations

from tests.rehearsal.sandbox.stacks import Account, failing, parameter, template


def resource_events(account: Account, stack: str) -> list[tuple[str, str]]:
    """What was said of the resources of a stack, oldest first."""
    events = account.cfn.describe_stack_events(StackName=stack)["StackEvents"]
    return [
        (event["LogicalResourceId"], event["ResourceStatus"])
        for event in reversed(events)
        if event["LogicalResourceId"] != stack
    ]


def statuses(account: Account, stack: str) -> dict[str, str]:
    found = account.cfn.describe_stack_resources(StackName=stack)["StackResources"]
    return {one["LogicalResourceId"]: one["ResourceStatus"] for one in found}


def test_an_unchanged_resource_gets_no_event_and_keeps_its_status(account: Account) -> None:
    account.create("root", template({"Same": parameter("one"), "Other": parameter("two")}))
    before = resource_events(account, "root")

    account.update("root", template({"Same": parameter("one"), "Other": parameter("three")}))

    assert resource_events(account, "root")[len(before) :] == [
        ("Other", "UPDATE_IN_PROGRESS"),
        ("Other", "UPDATE_COMPLETE"),
    ]
    assert statuses(account, "root") == {"Same": "CREATE_COMPLETE", "Other": "UPDATE_COMPLETE"}


def test_what_somebody_changed_by_hand_stays_where_the_template_did_not_change(
    account: Account,
) -> None:
    account.create("root", template({"Same": parameter("one"), "Other": parameter("two")}))
    resources = account.cfn.describe_stack_resources(StackName="root")["StackResources"]
    name = next(r["PhysicalResourceId"] for r in resources if r["LogicalResourceId"] == "Same")
    ssm = account.client("ssm")
    ssm.put_parameter(Name=name, Value="by hand", Type="String", Overwrite=True)

    account.update("root", template({"Same": parameter("one"), "Other": parameter("three")}))

    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "by hand"


def test_a_failed_update_tells_of_what_it_touched(account: Account) -> None:
    account.create("root", template({"Same": parameter("one"), "Other": parameter("two")}))
    before = resource_events(account, "root")

    body = template({"Same": parameter("one"), "Other": parameter("three"), "Broken": failing()})
    body["Resources"]["Broken"]["DependsOn"] = "Other"
    assert account.update("root", body)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"

    told = resource_events(account, "root")[len(before) :]
    assert ("Broken", "CREATE_FAILED") in told
    assert "Same" not in {name for name, _ in told}


def test_what_an_update_adds_is_created(account: Account) -> None:
    account.create("root", template({"Same": parameter("one")}))
    before = resource_events(account, "root")

    account.update("root", template({"Same": parameter("one"), "New": parameter("two")}))

    assert resource_events(account, "root")[len(before) :] == [
        ("New", "CREATE_IN_PROGRESS"),
        ("New", "CREATE_IN_PROGRESS"),
        ("New", "CREATE_COMPLETE"),
    ]
    assert statuses(account, "root")["New"] == "CREATE_COMPLETE"
