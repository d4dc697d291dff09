"""The order workflow as Amazon States Language: what is tried, what is waited for, what is undone.

    ReserveStock -> Charge -> Commit -> SettleStock -> RecordConfirmation -> AnnounceConfirmation -> Confirmed
         |            |         |
         |            v         v
         +------> ReleaseStock <- VoidCharge         then RecordFailure -> AnnounceFailure -> GivenUp | Broken

An execution's input is `{"order": <the detail of OrderAcknowledged>}`, and its name the order's id. Every
task may run twice: each names the order, and whoever does the work knows it by that. No card, token or
address passes through here; what a step needs of them it reads itself.

A business refusal (nothing in stock, a declined charge) ends in GivenUp, which is a success of the workflow;
what nobody foresaw ends in Broken, for which an alarm calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.order_events import ORDER_CONFIRMED, ORDER_FAILED, SOURCE

State = dict[str, Any]

#: What a step may raise that no second try will change.
OUT_OF_STOCK, DECLINED, REFUSED = "OutOfStock", "PaymentDeclined", "PaymentRefused"
NO_PROCESSOR = "ProcessorNotConfigured"
FINAL = (OUT_OF_STOCK, DECLINED, REFUSED, NO_PROCESSOR)

#: What ends an order without anybody being at fault.
BUSINESS = (OUT_OF_STOCK, DECLINED)

#: The database does not take writes: a failover, a takeover that left it where it was, a night's stop.
NOT_WRITABLE = "DatabaseNotWritable"

#: Seconds that one try of a step may take.
STEP_TIMEOUT = 60

#: Seconds that an execution may take in all: longer than everything it waits for, so that it is never cut off
#: between a charge and what undoes it.
TIMEOUT = 3 * 24 * 3600


def retry(errors: list[str], *, first: int, most: int, times: int) -> State:
    """Try again after `first` seconds, then twice as long up to `most`, at random within that."""
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": first,
        "MaxDelaySeconds": most,
        "BackoffRate": 2,
        "MaxAttempts": times,
        "JitterStrategy": "FULL",
    }


#: Whatever else goes wrong: about five minutes of trying.
BRIEFLY = retry(["States.ALL"], first=2, most=60, times=8)

#: A day: the longest that an order waits for its database.
PATIENTLY = retry([NOT_WRITABLE], first=15, most=300, times=290)

#: Half a day, for what undoes: it has to get through.
STUBBORNLY = retry(["States.ALL"], first=5, most=900, times=48)

NEVER = {"ErrorEquals": list(FINAL), "MaxAttempts": 0}


def definition() -> State:
    """The state machine, with `${...}` where the template substitutes names."""
    return {
        "Comment": "One order, from its acknowledgement to its confirmation, or to the end of it",
        "StartAt": "ReserveStock",
        "TimeoutSeconds": TIMEOUT,
        "States": {
            "ReserveStock": step(
                "StockFunction",
                {"action": "reserve"},
                then="Charge",
                otherwise="ReleaseStock",
                tries=[NEVER, BRIEFLY],
            ),
            "Charge": step(
                "PaymentFunction",
                {"action": "authorize"},
                then="Commit",
                otherwise="VoidCharge",
                untouched="ReleaseStock",
                tries=[NEVER, BRIEFLY],
            ),
            "Commit": step(
                "CommitFunction",
                {"order.$": "$.order"},
                then="SettleStock",
                otherwise="VoidCharge",
                tries=[PATIENTLY, BRIEFLY],
            ),
            "SettleStock": step(
                "StockFunction",
                {"action": "settle"},
                then="RecordConfirmation",
                otherwise="RecordConfirmation",
                tries=[BRIEFLY],
            ),
            "RecordConfirmation": record(
                "CONFIRMED", then="TimeOfConfirmation", otherwise="TimeOfConfirmation"
            ),
            "TimeOfConfirmation": tell_time("confirmed_at", {}, then="AnnounceConfirmation"),
            "AnnounceConfirmation": announce(ORDER_CONFIRMED, then="Confirmed", otherwise="Unsaid"),
            "Confirmed": {"Type": "Succeed"},
            "Unsaid": {
                "Type": "Fail",
                "Error": "ConfirmationUnsaid",
                "Cause": "The order is confirmed, but its confirmation could not be announced.",
            },
            "VoidCharge": step(
                "PaymentFunction",
                {"action": "void"},
                then="ReleaseStock",
                otherwise="NoteOutstanding",
                tries=[STUBBORNLY],
            ),
            "NoteOutstanding": {
                "Type": "Pass",
                "Result": {"Error": "VoidOutstanding", "Cause": "The charge was not voided."},
                "ResultPath": "$.failure",
                "Next": "ReleaseStock",
            },
            "ReleaseStock": step(
                "StockFunction",
                {"action": "release"},
                then="RecordFailure",
                otherwise="RecordFailure",
                tries=[STUBBORNLY],
                noted="$.unreleased",
            ),
            "RecordFailure": record("FAILED", then="TimeOfFailure", otherwise="TimeOfFailure"),
            "TimeOfFailure": tell_time(
                "failed_at", {"reason.$": "$.failure.Error"}, then="AnnounceFailure"
            ),
            "AnnounceFailure": announce(ORDER_FAILED, then="WhoseFault", otherwise="Broken"),
            "WhoseFault": {
                "Type": "Choice",
                "Choices": [
                    {
                        "And": [
                            {"Variable": "$.unreleased", "IsPresent": False},
                            {
                                "Or": [
                                    {"Variable": "$.failure.Error", "StringEquals": error}
                                    for error in BUSINESS
                                ]
                            },
                        ],
                        "Next": "GivenUp",
                    }
                ],
                "Default": "Broken",
            },
            "GivenUp": {"Type": "Succeed"},
            "Broken": {
                "Type": "Fail",
                "Error": "OrderBroken",
                "Cause": "Not by a refusal; the execution's history has the error under $.failure.",
            },
        },
    }


def step(
    function: str,
    request: Mapping[str, Any],
    *,
    then: str,
    otherwise: str,
    tries: list[State],
    untouched: str = "",
    noted: str = "$.failure",
) -> State:
    """Call a function about the order; what it answers is for its log.

    `untouched` is the way on from a final refusal, of which there is nothing to undo.
    """
    payload = dict(request)
    if "order.$" not in payload:
        payload |= {"order_id.$": "$.order.order_id", "items.$": "$.order.items"}
    called = task(
        "arn:${Partition}:states:::lambda:invoke",
        {"FunctionName": f"${{{function}}}", "Payload": payload},
        then=then,
        otherwise=otherwise,
        tries=tries,
        noted=noted,
    )
    if untouched:
        called["Catch"].insert(0, caught(list(FINAL), noted, untouched))
    return called


def record(state: str, *, then: str, otherwise: str) -> State:
    """Write how it ended into the intake item; the table's stream lets that pass by."""
    return task(
        "arn:${Partition}:states:::dynamodb:updateItem",
        {
            "TableName": "${IntakeTable}",
            "Key": {"order_id": {"S.$": "$.order.order_id"}},
            "UpdateExpression": "SET #state = :state",
            "ConditionExpression": "attribute_exists(order_id)",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":state": {"S": state}},
        },
        then=then,
        otherwise=otherwise,
        tries=[BRIEFLY],
        noted="$.unrecorded",
    )


def tell_time(name: str, besides: Mapping[str, str], *, then: str) -> State:
    """When it ended, and why."""
    return {
        "Type": "Pass",
        "Parameters": {f"{name}.$": "$$.State.EnteredTime", **besides},
        "ResultPath": "$.outcome",
        "Next": then,
    }


def announce(detail_type: str, *, then: str, otherwise: str) -> State:
    """Say how it ended: the order as it was acknowledged, and its outcome."""
    return task(
        "arn:${Partition}:states:::events:putEvents",
        {
            "Entries": [
                {
                    "EventBusName": "${Bus}",
                    "Source": SOURCE,
                    "DetailType": detail_type,
                    "Detail.$": "States.JsonMerge($.order, $.outcome, false)",
                }
            ]
        },
        then=then,
        otherwise=otherwise,
        tries=[BRIEFLY],
        noted="$.unsaid",
    )


def task(
    resource: str,
    parameters: State,
    *,
    then: str,
    otherwise: str,
    tries: list[State],
    noted: str,
) -> State:
    """A task that always has a way on: after its tries, `otherwise`, with the error `noted`."""
    return {
        "Type": "Task",
        "Resource": resource,
        "Parameters": parameters,
        "ResultPath": None,
        "TimeoutSeconds": STEP_TIMEOUT,
        "Retry": tries,
        "Catch": [caught(["States.ALL"], noted, otherwise)],
        "Next": then,
    }


def caught(errors: list[str], noted: str, then: str) -> State:
    """The way on after these errors."""
    return {"ErrorEquals": errors, "ResultPath": noted, "Next": then}
