from __future__ import annotations

from scripts.deploy.follow import root_cause
from tests.unit.deploy.told import event, in_order


def test_nothing_failed_so_there_is_no_cause() -> None:
    assert root_cause(in_order(event("Queue", "CREATE_COMPLETE"))) is None


def test_the_cause_is_found_inside_the_nested_stack_that_failed() -> None:
    cause = root_cause(
        in_order(
            event("Network/", "CREATE_IN_PROGRESS"),
            event("Network/Vpc", "CREATE_FAILED", "The CIDR is taken"),
            event("Network/", "CREATE_FAILED", "Embedded stack was not successfully created"),
            event("", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed: [Network]"),
        )
    )

    assert cause is not None
    assert cause.path == ("Network", "Vpc")


def test_a_cause_two_stacks_down_is_found() -> None:
    cause = root_cause(
        in_order(
            event("Data/Orders/Table", "UPDATE_FAILED", "Throughput exceeds the limit"),
            event("Data/Orders/", "UPDATE_FAILED", "Embedded stack was not updated"),
            event("Data/", "UPDATE_FAILED", "Embedded stack was not updated"),
        )
    )

    assert cause is not None
    assert cause.path == ("Data", "Orders", "Table")


def test_what_was_cancelled_because_of_another_failure_is_not_the_cause() -> None:
    cause = root_cause(
        in_order(
            event("Topic", "CREATE_FAILED", "Resource creation cancelled"),
            event("Queue", "CREATE_FAILED", "Invalid value for DelaySeconds"),
        )
    )

    assert cause is not None
    assert cause.path == ("Queue",)


def test_a_stack_that_was_cancelled_as_a_whole_hides_no_cause_of_another() -> None:
    cause = root_cause(
        in_order(
            event("Catalog/Table", "CREATE_FAILED", "Resource creation cancelled"),
            event("Catalog/", "CREATE_FAILED", "Resource creation cancelled"),
            event("Network/Vpc", "CREATE_FAILED", "The CIDR is taken"),
            event("Network/", "CREATE_FAILED", "Embedded stack was not successfully created"),
        )
    )

    assert cause is not None
    assert cause.path == ("Network", "Vpc")


def test_of_several_failures_the_first_is_the_cause_and_not_one_of_the_rollback() -> None:
    cause = root_cause(
        in_order(
            event("Queue", "UPDATE_FAILED", "Invalid value for DelaySeconds"),
            event("Bucket", "DELETE_FAILED", "The bucket is not empty"),
        )
    )

    assert cause is not None
    assert cause.path == ("Queue",)


def test_a_nested_stack_that_failed_without_a_failing_resource_is_the_cause_itself() -> None:
    cause = root_cause(
        in_order(event("Network/", "CREATE_FAILED", "TemplateURL must reference S3"))
    )

    assert cause is not None
    assert cause.path == ("Network",)


def test_where_no_resource_failed_the_reason_of_the_rollback_is_told() -> None:
    cause = root_cause(
        in_order(
            event("", "UPDATE_IN_PROGRESS", "User Initiated"),
            event("", "UPDATE_ROLLBACK_IN_PROGRESS", "Update cancelled by the user"),
        )
    )

    assert cause is not None
    assert cause.reason == "Update cancelled by the user"
