"""The states that a state machine is made of, as plain data in the Amazon States Language.

JSONata computes; `${Name}` is what CloudFormation puts in its place. Every task has a time limit, is tried
again, and when it gives up goes to the one state that fails the execution with what was said.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

State: TypeAlias = dict[str, Any]
States: TypeAlias = dict[str, State]

#: Where a task that gives up goes, and a job that failed.
FAILED, JOB_FAILED = "Failed", "JobFailed"

#: Seconds to the second try, then twice as long; full jitter keeps many executions apart.
PATIENCE = [
    {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 5,
        "MaxAttempts": 4,
        "BackoffRate": 2,
        "JitterStrategy": "FULL",
    }
]

#: No error is an answer.
NOTHING: Mapping[str, str] = {}

#: Seconds that one call of an API may take.
CALL = 60


def definition(start: str, states: States, *, timeout: int) -> dict[str, Any]:
    """A whole state machine; `timeout` is for an execution, in seconds."""
    return {
        "QueryLanguage": "JSONata",
        "StartAt": start,
        "TimeoutSeconds": timeout,
        "States": {**states, FAILED: _failed()},
    }


def task(
    resource: str,
    arguments: object,
    *,
    then: str | None = None,
    timeout: int = CALL,
    unless: Mapping[str, str] = NOTHING,
    **fields: Any,
) -> State:
    """A call: `resource` is what follows `arn:<partition>:states:::`, as in `aws-sdk:dynamodb:putItem`.

    Without `then` the machine ends here. `unless`: errors that are answers, each with the state that it leads
    to at once.
    """
    at_once = [{"ErrorEquals": list(unless), "MaxAttempts": 0}] if unless else []
    ways = [{"ErrorEquals": [error], "Next": way} for error, way in unless.items()]
    return {
        "Type": "Task",
        "Resource": f"arn:${{AWS::Partition}}:states:::{resource}",
        "Arguments": arguments,
        "TimeoutSeconds": timeout,
        "Retry": [*at_once, *PATIENCE],
        "Catch": [*ways, _give_up()],
        **fields,
        **({"Next": then} if then else {"End": True}),
    }


def pause(seconds: int, *, then: str) -> State:
    """Wait, in seconds."""
    return {"Type": "Wait", "Seconds": seconds, "Next": then}


def choice(*ways: tuple[str, str], otherwise: str) -> State:
    """The first way whose JSONata condition holds."""
    return {
        "Type": "Choice",
        "Choices": [{"Condition": jsonata(condition), "Next": then} for condition, then in ways],
        "Default": otherwise,
    }


def awaited(
    name: str,
    start: State,
    look: State,
    *,
    done: str,
    failed: str,
    every: int,
    then: str,
) -> States:
    """A job that is started and then looked at, every so many seconds, until it is done or has failed.

    `done` and `failed` are JSONata over what `look` puts out, `$states.input`.
    """
    wait, looked, settled = f"{name}Wait", f"{name}Look", f"{name}Settled"
    return {
        name: _then(start, wait),
        wait: pause(every, then=looked),
        looked: _then(look, settled),
        settled: choice((done, then), (failed, JOB_FAILED), otherwise=wait),
        JOB_FAILED: {
            "Type": "Fail",
            "Error": JOB_FAILED,
            "Cause": jsonata("$string($states.input)"),
        },
    }


def jsonata(expression: str) -> str:
    """An expression, as the Amazon States Language marks it."""
    return f"{{% {expression} %}}"


def _then(state: State, following: str) -> State:
    return {**{key: said for key, said in state.items() if key != "End"}, "Next": following}


def _give_up() -> dict[str, Any]:
    return {"ErrorEquals": ["States.ALL"], "Output": jsonata("$states.errorOutput"), "Next": FAILED}


def _failed() -> State:
    return {
        "Type": "Fail",
        "Error": jsonata("$states.input.Error"),
        "Cause": jsonata("$states.input.Cause"),
    }
