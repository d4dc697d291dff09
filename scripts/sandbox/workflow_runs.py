"""Executions of Step Functions: tried again as their definition says, stopped at once, taken up after a stop.

ministack knows neither MaxDelaySeconds nor JitterStrategy, pauses a minute at the most, goes on trying what
was stopped, and fails what ran when it was ended itself; on AWS an execution outlives any machine. So they
run here, through ministack's own states: from the first, or after a restart from the one entered last.
"""

from __future__ import annotations

import contextvars
import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any

from scripts.sandbox import seams
from scripts.sandbox.clock import CLOCK
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.seams import Kind, Seam

Execution = dict[str, Any]
State = Mapping[str, Any]
Key = tuple[str, str, str]

_STATES = "ministack.services.stepfunctions"
_RESPONSES = "ministack.core.responses"
_USED_BY = "executions of Step Functions"
_WITH_EXECUTION = "state_def raw_input execution ctx"


def _function(name: str, parameters: str, module: str = _STATES) -> Seam:
    return Seam(module, name, None, Kind.FUNCTION, tuple(parameters.split()), _USED_BY)


RUN = _function("_run_execution", "exec_arn")
RESTORE = _function("_restore_state", "data")
RETRIER = _function("_find_matching_retrier", "retriers error retry_counts")
SLEEP = _function("_scaled_sleep", "seconds")
EVENT = _function("_add_event", "execution event_type details")
TOLD = _function("_emit_execution_status_event", "execution")
FAIL = _function("_fail_execution", "execution error cause")
FAILURE = _function("_fail_state_error", "state_def raw_input ctx")
OUTPUT = _function("_apply_output_path", "state_def data ctx")
TASKS = {
    "Task": _function("_execute_task", _WITH_EXECUTION),
    "Parallel": _function("_execute_parallel", _WITH_EXECUTION),
    "Map": _function("_execute_map", _WITH_EXECUTION),
}
STEPS = {
    "Pass": _function("_execute_pass", "state_def raw_input ctx"),
    "Choice": _function("_execute_choice", "state_def raw_input ctx"),
    "Wait": _function("_execute_wait", "state_def raw_input ctx"),
}
ERROR = Seam(_STATES, "_ExecutionError", None, Kind.FUNCTION, ("error", "cause"), _USED_BY)
MACHINES = Seam(_STATES, "_state_machines", None, Kind.MAPPING, used_by=_USED_BY)
EXECUTIONS = Seam(_STATES, "_executions", None, Kind.MAPPING, used_by=_USED_BY)
NOW = _function("now_iso", "", _RESPONSES)
SET_ACCOUNT = _function("set_request_account_id", "access_key_id", _RESPONSES)
SET_REGION = _function("set_request_region", "region", _RESPONSES)
SEAMS = (
    *(RUN, RESTORE, RETRIER, SLEEP, EVENT, TOLD, FAIL, FAILURE, OUTPUT, ERROR),
    *(MACHINES, EXECUTIONS, NOW, SET_ACCOUNT, SET_REGION),
    *TASKS.values(),
    *STEPS.values(),
)

RUNNING = "RUNNING"

#: Whether the execution of this thread still runs: nobody waits for one that was stopped.
goes_on: ContextVar[Callable[[], bool]] = ContextVar("goes_on")

#: What ran when the sandbox ended, since its state was loaded.
_interrupted: list[Key] = []


def install() -> None:
    """Have executions run here."""
    original = RESTORE.value

    def restore(data: Any) -> None:
        _restore(original, data)

    RESTORE.replace(restore)
    RUN.replace(lambda exec_arn: _run(EXECUTIONS.value.get(exec_arn)))
    RETRIER.replace(retrier)
    SLEEP.replace(wait)


def resume() -> list[str]:
    """Take up what was interrupted, once every service has its state. Gives the executions' ARNs."""
    taken, _interrupted[:] = list(_interrupted), []
    for account, region, arn in taken:
        context = contextvars.Context()
        context.run(SET_ACCOUNT.value, account)
        context.run(SET_REGION.value, region)
        threading.Thread(target=context.run, args=(RUN.value, arn), daemon=True).start()
    return [arn for _, _, arn in taken]


def _restore(original: Any, data: Any) -> None:
    """Load the executions, and remember which ran: ministack calls those failed."""
    executions = (data or {}).get("executions")
    kept = seams.SCOPED_ENTRIES.value.__get__(executions) if executions is not None else {}
    running = [key for key, execution in kept.items() if execution["status"] == RUNNING]
    original(data)
    there = seams.everywhere(EXECUTIONS)
    for key in running:
        there[key].update(status=RUNNING, stopDate=None)
        for name in ("error", "cause"):
            there[key].pop(name, None)
        _interrupted.append(key)


def retrier(
    retriers: list[dict[str, Any]], error: str, counts: dict[int, int]
) -> tuple[dict[str, Any] | None, int]:
    """The first retrier that takes the error, and the pause before its next try made; else none.

    The pause is made here, so what is given back asks for none: ministack would cut it to a minute.
    """
    for number, candidate in enumerate(retriers):
        if not takes(candidate["ErrorEquals"], error):
            continue
        if counts.get(number, 0) >= candidate.get("MaxAttempts", 3):
            break
        wait(pause(candidate, counts.get(number, 0)))
        if not goes_on.get(lambda: True)():
            break
        return {**candidate, "IntervalSeconds": 0}, number
    return None, -1


def wait(seconds: float) -> None:
    """So long on the sandbox's clock, or until the execution of this thread is stopped."""
    CLOCK.sleep(seconds, goes_on.get(lambda: True))


def takes(names: list[str], error: str) -> bool:
    """Whether these names stand for the error.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    """
    return (
        error in names
        or "States.ALL" in names
        or ("States.TaskFailed" in names and error != "States.Timeout")
    )


def pause(retrier: Mapping[str, Any], tried: int) -> float:
    """Seconds before the next try, after so many."""
    longest = float(retrier.get("MaxDelaySeconds", 31_622_400))
    first, rate = float(retrier.get("IntervalSeconds", 1)), float(retrier.get("BackoffRate", 2))
    try:
        delay = min(first * rate**tried, longest)
    except OverflowError:
        delay = longest
    return random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay  # noqa: S311


def _run(execution: Execution | None) -> None:
    """Walk the definition to an end, from where the execution is."""
    if execution is None:
        return
    machine = MACHINES.value.get(execution["stateMachineArn"])
    if machine is None:
        FAIL.value(execution, "StateMachineDeleted", "State machine no longer exists")
        return
    goes_on.set(lambda: _is_running(execution))
    definition = json.loads(machine["definition"])
    try:
        output = _walk(definition, execution, _context(definition, machine, execution))
    except ERROR.value as error:
        end = partial(FAIL.value, execution, error.error, error.cause)
    except Exception as error:  # noqa: BLE001 - an execution must not stay RUNNING for ever
        cause = f"{type(error).__name__}: {error}"
        end = partial(FAIL.value, execution, "States.Runtime", cause)
    else:
        end = partial(_succeed, execution, output)
    if goes_on.get()():
        end()


def _succeed(execution: Execution, output: str) -> None:
    execution.update(status="SUCCEEDED", output=output, stopDate=NOW.value())
    told = {"executionSucceededEventDetails": {"output": output}}
    EVENT.value(execution, "ExecutionSucceeded", told)
    TOLD.value(execution)


def _is_running(execution: Execution) -> bool:
    """Whether it was not stopped, and is still there: a sandbox may be emptied, a state machine deleted."""
    arn = execution["executionArn"]
    _, _, _, region, account, *_ = arn.split(":")
    held = EXECUTIONS.value.get_scoped(account, region, arn)
    return held is execution and execution["status"] == RUNNING


def _walk(definition: State, execution: Execution, context: dict[str, Any]) -> str:
    """From state to state while it runs; gives the output as JSON."""
    name: str | None
    name, data = _whence(definition, execution)
    until = time.monotonic() + float(definition.get("TimeoutSeconds", 31_622_400))
    while name and goes_on.get()():
        until += _stand_still(execution)
        if time.monotonic() > until:
            raise ERROR.value("States.Timeout", "The execution took longer than TimeoutSeconds.")
        state = definition["States"][name]
        kind = state["Type"]
        context["State"] = {"Name": name, "EnteredTime": NOW.value(), "RetryCount": 0}
        told = {"name": name, "input": json.dumps(data)}
        EVENT.value(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": told})
        if kind == "Fail":
            raise ERROR.value(*FAILURE.value(state, data, context))
        data, following = _through(state, data, execution, context)
        _stand_still(execution)
        told = {"name": name, "output": json.dumps(data)}
        EVENT.value(execution, f"{kind}StateExited", {"stateExitedEventDetails": told})
        name = following
    return json.dumps(data)


def _stand_still(execution: Execution) -> float:
    """As long as the region is down, and the execution is not stopped; how many seconds that were."""
    began = time.monotonic()
    waited = STANDING.wait_while_down(_region(execution), goes_on.get())
    return time.monotonic() - began if waited else 0.0


def _through(
    state: State, data: Any, execution: Execution, context: dict[str, Any]
) -> tuple[Any, str | None]:
    """A state to its end: from its beginning again, where it failed in an outage of its region."""
    region = _region(execution)
    while True:
        outages = STANDING.outages(region)
        try:
            return _step(state, data, execution, context)
        except ERROR.value:
            if STANDING.outages(region) == outages or not goes_on.get()():
                raise
        _stand_still(execution)


def _region(execution: Execution) -> str:
    return str(execution["executionArn"]).split(":")[3]


def _step(
    state: State, data: Any, execution: Execution, context: dict[str, Any]
) -> tuple[Any, str | None]:
    """What a state puts out, and the name of the next, if any."""
    kind = state["Type"]
    if kind == "Succeed":
        return OUTPUT.value(state, data, context), None
    if kind in TASKS:
        put_out, following = TASKS[kind].value(state, data, execution, context)
    elif kind in STEPS:
        put_out, following = STEPS[kind].value(state, data, context)
    else:
        raise ERROR.value("States.Runtime", f"Unknown state type: {kind}")
    return put_out, following


def _whence(definition: State, execution: Execution) -> tuple[str, Any]:
    """The state that was entered last, and what came in; the first, of an execution that is new."""
    for event in reversed(execution["events"]):
        if event["type"].endswith("StateEntered"):
            entered = event["stateEnteredEventDetails"]
            return entered["name"], json.loads(entered["input"])
    return definition["StartAt"], json.loads(execution["input"])


def _context(definition: State, machine: State, execution: Execution) -> dict[str, Any]:
    """The context object, and the variables of the workflow."""
    return {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": execution["executionArn"],
            "Input": json.loads(execution["input"]),
            "Name": execution["name"],
            "StartTime": execution["startDate"],
        },
        "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
        "variables": {},
    }
