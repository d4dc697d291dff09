"""Lambda functions: the code beside its role, its log group and its limits, made in one go.

The source is a file of generator/runtime/functions; it travels as a bundle (`generator.bundles`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, GetAtt, Ref
from troposphere.awslambda import (
    Code,
    DeadLetterConfig,
    Environment,
    Function,
    LoggingConfig,
    Permission,
    TracingConfig,
    VPCConfig,
)

from generator.alarms import Series, above, metric_alarm
from generator.bundles import function_bundle
from generator.conditions import condition_of
from generator.foundation import Foundation
from generator.grants import Allowed, Key, LogGroup, Queue, join_vpc, publish_traces, service
from generator.layer import Handoff, Layer
from generator.log_groups import log_group, log_name
from generator.naming import kebab


class FunctionHolder(Layer):
    """A layer that holds functions."""

    artifacts_bucket = Handoff(Foundation.artifacts_bucket)
    artifacts_key_arn = Handoff(Foundation.artifacts_key_arn)


class FunctionLogging(LoggingConfig):
    """LoggingConfig of AWS::Lambda::Function; troposphere 4.11.1 has another type's under its name."""

    props = {
        "ApplicationLogLevel": (str, False),
        "LogFormat": (str, False),
        "LogGroup": (str, False),
    }


@dataclass(frozen=True)
class Placement:
    """Where in the VPC a function has its network interfaces."""

    subnets: Sequence[object]
    security_groups: Sequence[object]

    def configuration(self) -> VPCConfig:
        """As CloudFormation wants it."""
        return VPCConfig(SubnetIds=list(self.subnets), SecurityGroupIds=list(self.security_groups))


def python_function(
    layer: FunctionHolder,
    title: str,
    *,
    source: str,
    logs_key_arn: object,
    allows: Iterable[Allowed],
    environment: Mapping[str, object] | None = None,
    environment_key_arn: object = None,
    timeout: int = 30,
    memory: int = 256,
    placement: Placement | None = None,
    dead_letters: Queue | None = None,
    concurrency: int | None = None,
    under: str = "runtime",
    **properties: Any,
) -> AWSObject:
    """A function of the layer, its role (`<title>Role`) and its log group (`<title>Logs`).

    `timeout` is in seconds, `memory` in MiB; `concurrency` is reserved, and the most there is; `under` names
    the role's boundary. What a placement, a dead-letter queue or a key asks of the role is granted here. Give
    `Condition=` and it goes to all three.
    """
    conditional = condition_of(properties)
    needed: list[Allowed] = [publish_traces()]
    if placement is not None:
        properties["VpcConfig"] = placement.configuration()
        needed.append(join_vpc())
    if dead_letters is not None:
        properties["DeadLetterConfig"] = DeadLetterConfig(TargetArn=dead_letters.arn)
        needed.append(dead_letters.send())
    if concurrency is not None:
        properties["ReservedConcurrentExecutions"] = concurrency
    if environment:
        properties["Environment"] = Environment(Variables=dict(environment))
        if environment_key_arn is not None:
            properties["KmsKeyArn"] = environment_key_arn
            needed.append(Key(environment_key_arn, "lambda").decrypt())
    logs = log_group(
        layer, f"{title}Logs", log_name(layer, kebab(title)), key_arn=logs_key_arn, **conditional
    )
    role = layer.role(
        f"{title}Role",
        trusted=service("lambda"),
        allows=[LogGroup(GetAtt(logs, "Arn")).write(), *needed, *allows],
        under=under,
        **conditional,
    )
    return layer.add(
        Function(
            title,
            FunctionName=layer.named(kebab(title)),
            Runtime="python3.13",
            Architectures=["arm64"],
            Handler=f"{source}.handler",
            Code=Code(
                S3Bucket=layer.artifacts_bucket,
                S3Key=function_bundle(source).key,
                SourceKMSKeyArn=layer.artifacts_key_arn,
            ),
            Role=GetAtt(role, "Arn"),
            Timeout=timeout,
            MemorySize=memory,
            TracingConfig=TracingConfig(Mode="Active"),
            LoggingConfig=FunctionLogging(LogFormat="JSON", LogGroup=Ref(logs)),
            **properties,
        )
    )


def may_call(
    layer: Layer, title: str, function: object, *, service: str, source: object, **properties: Any
) -> AWSObject:
    """A service may call the function, for one resource of this account: `source` is its ARN."""
    return layer.add(
        Permission(
            title,
            FunctionName=function,
            Action="lambda:InvokeFunction",
            Principal=f"{service}.amazonaws.com",
            SourceAccount=Ref("AWS::AccountId"),
            SourceArn=source,
            **properties,
        )
    )


def function_alarms(
    layer: Layer, function: AWSObject, *, topic: object, failing: str, throttled: str
) -> list[AWSObject]:
    """Alarms on a function that fails, and on one that is not let run; each with what it says at night."""
    return [
        metric_alarm(
            layer,
            f"{function.title}{title}",
            Series("AWS/Lambda", metric, {"FunctionName": Ref(function)}),
            above(0, breaches=breaches, periods=5),
            topic=topic,
            says=says,
            **condition_of(function.resource),
        )
        for title, metric, breaches, says in (
            ("Failing", "Errors", 2, failing),
            ("Throttled", "Throttles", 3, throttled),
        )
    ]
