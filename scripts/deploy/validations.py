"""What CloudFormation's own validation found before it began: only DescribeEvents tells it.

A stack's events then merely say "Validation failed with 1 error(s). Call DescribeEvents ...".
"""

from __future__ import annotations

from dataclasses import dataclass

from scripts.aws import Aws

#: How a reason refers to what it does not say itself.
_REFERENCE = "DescribeEvents"


@dataclass(frozen=True)
class ValidationError:
    """One finding."""

    logical_id: str
    type: str
    reason: str


def refers_to(reason: str) -> bool:
    """Whether a status reason says that the findings are told elsewhere."""
    return _REFERENCE in reason


def of_stack(aws: Aws, region: str, stack_id: str) -> ValidationError | None:
    """The first finding of the latest validation of a stack."""
    return _first(aws, region, StackName=stack_id)


def of_change_set(aws: Aws, region: str, change_set_id: str) -> ValidationError | None:
    """The first finding of the validation of a change set."""
    return _first(aws, region, ChangeSetName=change_set_id)


def _first(aws: Aws, region: str, **subject: str) -> ValidationError | None:
    told = aws.client("cloudformation", region).pages(
        "describe_events", "OperationEvents", Filters={"FailedEvents": True}, **subject
    )
    for said in told:
        if said.get("EventType") == "VALIDATION_ERROR" and said.get("ValidationStatus") == "FAILED":
            return ValidationError(
                said.get("LogicalResourceId", ""),
                said.get("ResourceType", ""),
                said.get("ValidationStatusReason", ""),
            )
    return None
