"""Step Functions: a state machine with its role, its log and its key, and the states that it is made of.

A definition is plain data in the Amazon States Language, with JSONata for what it computes; `${Name}` in it
is what CloudFormation puts in its place. Every task has a time limit, is tried again, and when it gives up
goes to the one state that fails the execution with what was said.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from troposphere import AWSObject, GetAtt, Ref, Sub, Tags
from troposphere.stepfunctions import (
    CloudWatchLogsLogGroup,
    EncryptionConfiguration,
    LogDestination,
    LoggingConfiguration,
    StateMachine,
    TracingConfiguration,
)

from generator.alarms import Formula, Series, above, formula_alarm
from generator.conditions import condition_of
from generator.grants import Allowed, report_executions, service
from generator.grants import StateMachine as Machine
from generator.log_groups import log_group
from generator.naming import kebab

if TYPE_CHECKING:
    from generator.layer import Layer

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


def executions_failing(
    layer: Layer, machine: AWSObject, *, topic: object, says: str, **properties: Any
) -> AWSObject:
    """An alarm, `<title>Failing`, on executions that failed, took too long or were aborted."""
    series = {
        name.lower(): Series("AWS/States", f"Executions{name}", {"StateMachineArn": Ref(machine)})
        for name in ("Failed", "TimedOut", "Aborted")
    }
    return formula_alarm(
        layer,
        f"{machine.title}Failing",
        Formula(" + ".join(f"FILL({name}, 0)" for name in series), series),
        above(0, breaches=1, periods=1),
        topic=topic,
        says=says,
        **properties,
    )


def jsonata(expression: str) -> str:
    """An expression, as the Amazon States Language marks it."""
    return f"{{% {expression} %}}"


def state_machine(
    layer: Layer,
    title: str,
    *,
    definition: Mapping[str, Any],
    substitutions: Mapping[str, Any],
    allows: Iterable[Allowed],
    data_key_arn: object,
    logs_key_arn: object,
    under: str = "runtime",
    logs_data: bool = True,
    **properties: Any,
) -> AWSObject:
    """A state machine of the layer, its role (`<title>Role`) and its log group (`<title>Logs`).

    `substitutions` are what `${Name}` in the definition stands for; `logs_data`: whether the log tells what
    goes into a step and comes out of it. Give `Condition=` and it goes to all three. A log group whose name
    begins so does not use up the policy that Logs keeps for deliveries, of 5,120 characters.
    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    """
    conditional = condition_of(properties)
    name = layer.named(kebab(title))
    logs = log_group(
        layer,
        f"{title}Logs",
        Sub("/aws/vendedlogs/states/${Name}", Name=name),
        key_arn=logs_key_arn,
        **conditional,
    )
    arn = Sub(
        "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${Name}",
        Name=name,
    )
    role = layer.role(
        f"{title}Role",
        trusted=service("states"),
        allows=[report_executions(), Machine(arn).keep_history(data_key_arn), *allows],
        under=under,
        **conditional,
    )
    return layer.add(
        StateMachine(
            title,
            StateMachineName=name,
            StateMachineType="STANDARD",
            RoleArn=GetAtt(role, "Arn"),
            DefinitionString=Sub(json.dumps(definition, separators=(",", ":")), **substitutions),
            EncryptionConfiguration=EncryptionConfiguration(
                Type="CUSTOMER_MANAGED_KMS_KEY",
                KmsKeyId=data_key_arn,
                KmsDataKeyReusePeriodSeconds=300,
            ),
            LoggingConfiguration=LoggingConfiguration(
                Level="ALL",
                IncludeExecutionData=logs_data,
                Destinations=[
                    LogDestination(
                        CloudWatchLogsLogGroup=CloudWatchLogsLogGroup(
                            LogGroupArn=GetAtt(logs, "Arn")
                        )
                    )
                ],
            ),
            TracingConfiguration=TracingConfiguration(Enabled=True),
            Tags=Tags(Name=name),
            **properties,
        )
    )


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
