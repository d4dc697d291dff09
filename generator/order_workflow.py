"""The order workflow as Amazon States Language: what is tried, what is waited for, what is undone.

    ReserveStock -> Charge -> Commit -> SettleStock -> RecordConfirmation -> AnnounceConfirmation -> Confirmed
         |            |         |
         |            v         v
         +------> ReleaseStock <- VoidCharge        then RecordFailure -> AnnounceFailure -> GivenUp | Broken

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
from generator.state_machines import State, choice, jsonata, task

#: What ends an order without anybody being at fault: a step answers so, and the event gives it as the reason.
OUT_OF_STOCK, DECLINED = "OutOfStock", "PaymentDeclined"

#: What a payment function raises that no second try will change, and nothing came of.
FINAL = ("PaymentRefused", "ProcessorNotConfigured")

#: The database does not take writes: a failover, a takeover that left it where it was, a night's stop.
NOT_WRITABLE = "DatabaseNotWritable"

#: Seconds that one try of a step may take.
STEP_TIMEOUT = 60

#: Seconds that an execution may take in all: longer than everything it waits for, so that it is never cut off
#: between a charge and what undoes it.
TIMEOUT = 3 * 24 * 3600

#: A task's answer is for its log; the order goes on as it came.
UNCHANGED = jsonata("$states.input")


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


#: Whatever else goes wrong: some minutes of trying.
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
        "QueryLanguage": "JSONata",
        "StartAt": "ReserveStock",
        "TimeoutSeconds": TIMEOUT,
        "States": {**_forwards(), **_backwards()},
    }


def _forwards() -> dict[str, State]:
    return {
        "ReserveStock": _step(
            "StockFunction",
            "reserve",
            then="Reserved",
            otherwise="ReleaseStock",
            tries=[BRIEFLY],
        ),
        "Reserved": _unless("out-of-stock", OUT_OF_STOCK, "RecordFailure", otherwise="Charge"),
        "Charge": _step(
            "AuthorizationFunction",
            "authorize",
            then="Charged",
            otherwise="VoidCharge",
            tries=[NEVER, BRIEFLY],
            refused="ReleaseStock",
        ),
        "Charged": _unless("declined", DECLINED, "ReleaseStock", otherwise="Commit"),
        "Commit": _step(
            "CommitFunction",
            "commit",
            then="SettleStock",
            otherwise="VoidCharge",
            tries=[PATIENTLY, BRIEFLY],
        ),
        "SettleStock": _step(
            "StockFunction",
            "settle",
            then="RecordConfirmation",
            otherwise="RecordConfirmation",
            tries=[BRIEFLY],
            noted="unsettled",
        ),
        "RecordConfirmation": _record("CONFIRMED", then="AnnounceConfirmation"),
        "AnnounceConfirmation": _announce(
            ORDER_CONFIRMED, {"confirmed_at": "$now()"}, then="Confirmed", otherwise="Unsaid"
        ),
        "Confirmed": {"Type": "Succeed"},
        "Unsaid": {
            "Type": "Fail",
            "Error": "ConfirmationUnsaid",
            "Cause": "The order is confirmed, but its confirmation could not be announced.",
        },
    }


def _backwards() -> dict[str, State]:
    outcome = {"failed_at": "$now()", "reason": "$states.input.failure.Error"}
    return {
        "VoidCharge": _step(
            "VoidFunction",
            "void",
            then="ReleaseStock",
            otherwise="ReleaseStock",
            tries=[STUBBORNLY],
            noted="unvoided",
        ),
        "ReleaseStock": _step(
            "StockFunction",
            "release",
            then="RecordFailure",
            otherwise="RecordFailure",
            tries=[STUBBORNLY],
            noted="unreleased",
        ),
        "RecordFailure": _record("FAILED", then="AnnounceFailure"),
        "AnnounceFailure": _announce(
            ORDER_FAILED, outcome, then="WhoseFault", otherwise="WhoseFault"
        ),
        "WhoseFault": choice(
            (
                f"$states.input.failure.Error in ['{OUT_OF_STOCK}', '{DECLINED}']"
                " and $not($exists($states.input.unreleased))"
                " and $not($exists($states.input.unsaid))",
                "GivenUp",
            ),
            otherwise="Broken",
        ),
        "GivenUp": {"Type": "Succeed"},
        "Broken": {
            "Type": "Fail",
            "Error": "OrderBroken",
            "Cause": "Not a refusal. This state's input says what failed, and what could not be undone.",
        },
    }


def _step(
    function: str,
    action: str,
    *,
    then: str,
    otherwise: str,
    tries: list[State],
    refused: str = "",
    noted: str = "failure",
) -> State:
    """Have a function do its part for the order; `refused` is where a final refusal leads, if elsewhere."""
    catch = [_caught(["States.ALL"], noted, otherwise)]
    if refused:
        catch.insert(0, _caught(list(FINAL), noted, refused))
    payload = {"action": action, "order": jsonata("$states.input.order")}
    return task(
        "lambda:invoke",
        {"FunctionName": f"${{{function}}}", "Payload": payload},
        then=then,
        timeout=STEP_TIMEOUT,
        Output=_with("answer", "$states.result.Payload"),
        Retry=tries,
        Catch=catch,
    )


def _unless(outcome: str, reason: str, then: str, *, otherwise: str) -> State:
    """Go on, unless the step's answer was this; then that is the failure."""
    return {
        "Type": "Choice",
        "Choices": [
            {
                "Condition": jsonata(f"$states.input.answer.outcome = '{outcome}'"),
                "Output": _with("failure", f"{{'Error': '{reason}'}}"),
                "Next": then,
            }
        ],
        "Default": otherwise,
    }


def _record(state: str, *, then: str) -> State:
    """Write how it ended into the intake item; the reader of the table's stream lets that pass by."""
    return task(
        "dynamodb:updateItem",
        {
            "TableName": "${IntakeTable}",
            "Key": {"order_id": {"S": jsonata("$states.input.order.order_id")}},
            "UpdateExpression": "SET #state = :state",
            "ConditionExpression": "attribute_exists(order_id)",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":state": {"S": state}},
        },
        then=then,
        timeout=STEP_TIMEOUT,
        Output=UNCHANGED,
        Retry=[BRIEFLY],
        Catch=[_caught(["States.ALL"], "unrecorded", then)],
    )


def _announce(detail_type: str, outcome: Mapping[str, str], *, then: str, otherwise: str) -> State:
    """Say how it ended: the order as it was acknowledged, and its outcome, told in JSONata."""
    told = ", ".join(f"'{name}': {value}" for name, value in outcome.items())
    return task(
        "events:putEvents",
        {
            "Entries": [
                {
                    "EventBusName": "${Bus}",
                    "Source": SOURCE,
                    "DetailType": detail_type,
                    "Detail": jsonata(f"$merge([$states.input.order, {{{told}}}])"),
                }
            ]
        },
        then=then,
        timeout=STEP_TIMEOUT,
        Output=UNCHANGED,
        Retry=[BRIEFLY],
        Catch=[_caught(["States.ALL"], "unsaid", otherwise)],
    )


def _caught(errors: list[str], noted: str, then: str) -> dict[str, Any]:
    """The way on after these errors, with what was said kept beside the order."""
    return {
        "ErrorEquals": errors,
        "Output": _with(noted, "$states.errorOutput"),
        "Next": then,
    }


def _with(name: str, value: str) -> str:
    """What came in, and something beside it."""
    return jsonata(f"$merge([$states.input, {{'{name}': {value}}}])")
