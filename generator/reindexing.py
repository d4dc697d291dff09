"""How the search index is made anew: the state machine that walks through the catalogue.

An execution makes an index of its own and has the shop search it at the end; what changes meanwhile
comes into it by the stream. Where the walk has come to is what the execution remembers, so a run may
end whenever it must. An execution that failed is not resumed: the next begins anew, and takes away its index.
"""

from __future__ import annotations

from typing import Any

from generator.states import choice, definition, jsonata, task

#: Seconds: a run of the function; and the whole. An execution takes 25,000 events, a run is eight.
#: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
RUN, TIMEOUT = 300, 24 * 3600

#: For hours, since a domain that is short of room or of nodes may take as long. Seconds.
STUBBORN = [
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 5,
        "BackoffRate": 2,
        "MaxDelaySeconds": 300,
        "MaxAttempts": 60,
        "JitterStrategy": "FULL",
    }
]

#: No two executions begin in the same millisecond.
NAME = "'${Index}-' & $string($toMillis($states.context.Execution.StartTime))"

SAID = "$states.result.Payload"


def reindexing() -> dict[str, Any]:
    """Begin, walk until the catalogue ends, switch."""
    states = {
        "Begin": _step(
            {"step": "begin", "index": jsonata(NAME)},
            Assign={"index": jsonata(f"{SAID}.index"), "start": None, "indexed": 0},
            then="Walk",
        ),
        "Walk": _step(
            {"step": "walk", "index": jsonata("$index"), "start": jsonata("$start")},
            Assign={
                "start": jsonata(f"{SAID}.start"),
                "indexed": jsonata(f"$indexed + {SAID}.indexed"),
            },
            Retry=STUBBORN,
            then="AnyLeft",
        ),
        "AnyLeft": choice(("$start != null", "Walk"), otherwise="Switch"),
        "Switch": _step(
            {"step": "switch", "index": jsonata("$index")},
            Output={"index": jsonata("$index"), "indexed": jsonata("$indexed")},
        ),
    }
    return definition("Begin", states, timeout=TIMEOUT)


def _step(payload: dict[str, object], **fields: Any) -> dict[str, Any]:
    arguments = {"FunctionName": "${Reindexer}", "Payload": payload}
    return task("lambda:invoke", arguments, timeout=RUN + 30, **fields)
