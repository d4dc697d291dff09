"""What the platform ships, run in the sandbox by itself: bundles of functions, definitions of workflows."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from generator.bundles import function_bundle
from tests.rehearsal.sandbox.running import ROLE, Account, until


def function(
    account: Account,
    name: str,
    environment: Mapping[str, str],
    *,
    wrapped: str = "",
    seconds: int = 30,
) -> str:
    """A function of the platform; gives its ARN. `wrapped`: code whose `handler` Lambda calls instead."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for member in function_bundle(name).members:
            archive.write(member.source, member.path)
        if wrapped:
            archive.writestr("wrapped.py", wrapped)
    arn: str = account.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="wrapped.handler" if wrapped else f"{name}.handler",
        Role=ROLE,
        Code={"ZipFile": file.getvalue()},
        Environment={"Variables": dict(environment)},
        Timeout=seconds,
    )["FunctionArn"]
    return arn


def state_machine(
    account: Account, name: str, definition: Mapping[str, Any], **substitutions: str
) -> str:
    """A state machine of the platform; gives its ARN."""
    text = json.dumps(definition)
    for placeholder, value in {"AWS::Partition": "aws", **substitutions}.items():
        text = text.replace(f"${{{placeholder}}}", value)
    arn: str = account.client("stepfunctions").create_state_machine(
        name=name, definition=text, roleArn=ROLE
    )["stateMachineArn"]
    return arn


def run(account: Account, machine: str, **said: Any) -> dict[str, Any]:
    """An execution, at its end."""
    states = account.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=machine, input=json.dumps(said))["executionArn"]
    return ended(account, arn)


def ended(account: Account, execution: str) -> dict[str, Any]:
    """An execution, when it is over."""
    states = account.client("stepfunctions")

    def over() -> dict[str, Any] | None:
        told: dict[str, Any] = states.describe_execution(executionArn=execution)
        return told if told["status"] != "RUNNING" else None

    found = until(over)
    assert found is not None
    return found
