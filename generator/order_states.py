"""The kinds of states that the order workflow is made of: steps, refusals, records and announcements.

Each hands on the order as it came, with what was answered or said beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generator.order_events import SOURCE
from generator.states import State, jsonata, task

#: There is nobody to ask for payments: nothing was charged, and nothing can be voided.
UNPAYABLE = "ProcessorNotConfigured"

#: What a payment function raises that no second try will change.
FINAL = ("PaymentRefused", UNPAYABLE)

#: The database does not take writes: a failover, a takeover that left it where it was, a night's stop.
NOT_WRITABLE = "DatabaseNotWritable"

#: Lambda did not let the function run, failed itself or ended it; or others change the same product's stock.
#: https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html
CROWDED = (
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "TransactionCanceledException",
)

#: Seconds that one try of a step may take.
STEP_TIMEOUT = 60

#: What went wrong, as it is noted beside the order, and the state that every way back begins with.
FAILURE, LOOK_AGAIN = "failure", "LookAgain"

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

#: A day: what an order waits for its database, since a random wait is half of the longest on average.
PATIENTLY = retry([NOT_WRITABLE], first=15, most=300, times=580)

#: Hours: an acknowledged order is not given up for a crowd, least of all on the day of a sale.
IN_TURN = retry(list(CROWDED), first=2, most=300, times=100)

#: Half a day, for what undoes: it has to get through.
STUBBORNLY = retry(["States.ALL"], first=5, most=900, times=48)

NEVER = {"ErrorEquals": list(FINAL), "MaxAttempts": 0}


def step(
    function: str,
    action: str,
    *,
    then: str,
    otherwise: str,
    tries: list[State],
    undone: str = "",
    noted: str = FAILURE,
) -> State:
    """Have a function do its part for the order; where that fails, go on otherwise, with what was `noted`.

    A `failure` leads to LOOK_AGAIN, and `otherwise` is what to undo then; `undone`, if no payments are taken.
    """
    catch = [_failed(["States.ALL"], otherwise) if noted == FAILURE else _caught(noted, otherwise)]
    if undone:
        catch.insert(0, _failed([UNPAYABLE], undone))
    payload = {"action": action, "order": jsonata("$states.input.order")}
    return task(
        "lambda:invoke",
        {"FunctionName": f"${{{function}}}", "Payload": payload},
        then=then,
        timeout=STEP_TIMEOUT,
        Output=_with("answer", "$states.result.Payload"),
        Retry=[IN_TURN, *tries],
        Catch=catch,
    )


def unless(outcome: str, reason: str, undo: str, *, otherwise: str) -> State:
    """Go on, unless the step's answer was this; then that is the failure."""
    return {
        "Type": "Choice",
        "Choices": [
            {
                "Condition": jsonata(f"$states.input.answer.outcome = '{outcome}'"),
                "Output": _with(FAILURE, f"{{'Error': '{reason}', 'undo': '{undo}'}}"),
                "Next": LOOK_AGAIN,
            }
        ],
        "Default": otherwise,
    }


def look_again(then: str) -> State:
    """Who works the order now. Where that cannot be told it is taken for ours."""
    return task(
        "dynamodb:getItem",
        {
            "TableName": "${IntakeTable}",
            "Key": {"order_id": {"S": jsonata("$states.input.order.order_id")}},
            "ProjectionExpression": "worked_by",
            "ConsistentRead": True,
        },
        then=then,
        timeout=STEP_TIMEOUT,
        Output=_with("worked_by", "$states.result.Item.worked_by.S"),
        Retry=[BRIEFLY],
        Catch=[_caught("unseen", then)],
    )


def record(state: str, *, then: str) -> State:
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
        Catch=[_caught("unrecorded", then)],
    )


def announce(detail_type: str, outcome: Mapping[str, str], *, then: str) -> State:
    """Say how it ended: the order as it was acknowledged, and its outcome, told in JSONata.

    Whoever notifies the customer listens for it on the bus. Nobody is reached from here: no address is known.
    """
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
        Catch=[_caught("unsaid", then)],
    )


def lacks(*noted: str) -> str:
    """In JSONata: nothing of this was noted on the way."""
    return " and ".join(f"$not($exists($states.input.{name}))" for name in noted)


def _caught(noted: str, then: str) -> dict[str, Any]:
    """The way on after any error, with what was said kept beside the order."""
    return {
        "ErrorEquals": ["States.ALL"],
        "Output": _with(noted, "$states.errorOutput"),
        "Next": then,
    }


def _failed(errors: list[str], undo: str) -> dict[str, Any]:
    """The way back after these errors: it begins with a look whose the order is."""
    return {
        "ErrorEquals": errors,
        "Output": _with(FAILURE, f"$merge([$states.errorOutput, {{'undo': '{undo}'}}])"),
        "Next": LOOK_AGAIN,
    }


def _with(name: str, value: str) -> str:
    """What came in, and something beside it."""
    return jsonata(f"$merge([$states.input, {{'{name}': {value}}}])")
