"""The order workflow as Amazon States Language: what is tried, what is waited for, what is undone.

    ReserveStock -> Charge -> Commit -> RecordConfirmation -> AnnounceConfirmation -> SettleStock
         |            |         |                                            then Confirmed | Unfinished
         +------------+---------+---> LookAgain -> HandedOver
                                         |
               VoidCharge -> ReleaseStock -> RecordFailure -> AnnounceFailure
                                                                 then GivenUp | Broken

A failover drill's order is nobody's. It goes straight to Commit, which has a table apart for it, and is not
announced as confirmed: nothing is taken from the stock or charged for it, and who delivers never hears of it.

An execution's input is `{"order": <the detail of OrderAcknowledged>}`, and its name the order's id. Every
task may run twice: each names the order, and whoever does the work knows it by that. No card, token or
address passes through here; what a step needs of them it reads itself.

A business refusal (nothing in stock, a declined charge) ends in GivenUp, which is a success of the workflow;
what nobody foresaw ends in Broken, for which an alarm calls. Before anything is undone it is asked who works
the order now: after a takeover that is the other region, which may have confirmed it meanwhile, and what this
one would undo is the other's.
"""

from __future__ import annotations

from generator.order_events import ORDER_CONFIRMED, ORDER_FAILED
from generator.order_states import (
    BRIEFLY,
    LOOK_AGAIN,
    NEVER,
    PATIENTLY,
    STUBBORNLY,
    announce,
    lacks,
    look_again,
    record,
    step,
    unless,
)
from generator.states import State, choice

#: What ends an order without anybody being at fault: a step answers so, and the event gives it as the reason.
OUT_OF_STOCK, DECLINED = "OutOfStock", "PaymentDeclined"

#: In JSONata: a failover drill made the order.
DRILLS = "$states.input.order.drill = true"

#: Seconds that an execution may take in all: longer than everything it waits for, so that it is never cut off
#: between a charge and what undoes it.
TIMEOUT = 7 * 24 * 3600


def definition() -> State:
    """The state machine, with `${...}` where the template substitutes names."""
    return {
        "Comment": "One order, from its acknowledgement to its confirmation, or to the end of it",
        "QueryLanguage": "JSONata",
        "StartAt": "WhoseOrder",
        "TimeoutSeconds": TIMEOUT,
        "States": {**_forwards(), **_backwards()},
    }


def _forwards() -> dict[str, State]:
    return {
        "WhoseOrder": choice((DRILLS, "Commit"), otherwise="ReserveStock"),
        "ReserveStock": step(
            "StockFunction",
            "reserve",
            then="Reserved",
            otherwise="ReleaseStock",
            tries=[BRIEFLY],
        ),
        "Reserved": unless("out-of-stock", OUT_OF_STOCK, "RecordFailure", otherwise="Charge"),
        "Charge": step(
            "AuthorizationFunction",
            "authorize",
            then="Charged",
            otherwise="VoidCharge",
            tries=[NEVER, BRIEFLY],
            undone="ReleaseStock",
        ),
        "Charged": unless("declined", DECLINED, "ReleaseStock", otherwise="Commit"),
        "Commit": step(
            "CommitFunction",
            "commit",
            then="RecordConfirmation",
            otherwise="VoidCharge",
            tries=[PATIENTLY, BRIEFLY],
        ),
        "RecordConfirmation": record("CONFIRMED", then="WhoHears"),
        "WhoHears": choice((DRILLS, "WhatIsLeft"), otherwise="AnnounceConfirmation"),
        "AnnounceConfirmation": announce(
            ORDER_CONFIRMED, {"confirmed_at": "$now()"}, then="SettleStock"
        ),
        "SettleStock": step(
            "StockFunction",
            "settle",
            then="WhatIsLeft",
            otherwise="WhatIsLeft",
            tries=[STUBBORNLY],
            noted="unsettled",
        ),
        "WhatIsLeft": choice(
            (lacks("unrecorded", "unsaid", "unsettled"), "Confirmed"), otherwise="Unfinished"
        ),
        "Confirmed": {"Type": "Succeed"},
        "Unfinished": {
            "Type": "Fail",
            "Error": "OrderUnfinished",
            "Cause": "The order is confirmed. This state's input says what could not be done after that.",
        },
    }


def _backwards() -> dict[str, State]:
    outcome = {"failed_at": "$now()", "reason": "$states.input.failure.Error"}
    theirs = (
        "$exists($states.input.worked_by) and $states.input.worked_by != $states.input.order.region"
    )
    undoes = "$states.input.failure.undo = '{}'"
    return {
        LOOK_AGAIN: look_again("WhatToUndo"),
        "WhatToUndo": choice(
            (theirs, "HandedOver"),
            (DRILLS, "RecordFailure"),
            *((undoes.format(state), state) for state in ("VoidCharge", "ReleaseStock")),
            otherwise="RecordFailure",
        ),
        "HandedOver": {"Type": "Succeed"},
        "VoidCharge": step(
            "VoidFunction",
            "void",
            then="ReleaseStock",
            otherwise="ReleaseStock",
            tries=[NEVER, STUBBORNLY],
            noted="unvoided",
        ),
        "ReleaseStock": step(
            "StockFunction",
            "release",
            then="RecordFailure",
            otherwise="RecordFailure",
            tries=[STUBBORNLY],
            noted="unreleased",
        ),
        "RecordFailure": record("FAILED", then="AnnounceFailure"),
        "AnnounceFailure": announce(ORDER_FAILED, outcome, then="WhoseFault"),
        "WhoseFault": choice(
            (
                f"$states.input.failure.Error in ['{OUT_OF_STOCK}', '{DECLINED}'] and "
                + lacks("unreleased", "unrecorded", "unsaid"),
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
