"""Step Functions: a state machine with its role, its log and its key, and what tells that it fails."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

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
        allows=[report_executions(), Machine(arn, data_key_arn).keep_history(), *allows],
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
