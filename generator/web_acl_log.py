"""What a web ACL writes down of requests, and what it keeps to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Ref, Sub
from troposphere.wafv2 import (
    DataProtect,
    DataProtectionConfig,
    FieldToProtect,
    LoggingConfiguration,
    LoggingConfigurationFieldToMatch,
    SingleHeader,
)

from generator.layers.front_door_rules import ORIGIN_HEADER
from generator.log_groups import bare_arn, log_group

if TYPE_CHECKING:
    from generator.layer import Layer

#: What logs and samples of requests must not show: sessions, credentials, and what opens the front door.
REDACTED = ("cookie", "authorization", ORIGIN_HEADER)


def request_log(layer: Layer, acl: AWSObject, purpose: str, key_arn: Ref) -> None:
    """WAF delivers only to a group whose name begins with `aws-waf-logs-`, and wants its ARN bare."""
    requests = log_group(
        layer,
        "RequestLog",
        Sub("aws-waf-logs-${Name}", Name=layer.named(purpose)),
        key_arn=key_arn,
    )
    layer.add(
        LoggingConfiguration(
            f"{acl.title}Logging",
            ResourceArn=GetAtt(acl, "Arn"),
            LogDestinationConfigs=[bare_arn(requests)],
            RedactedFields=[
                LoggingConfigurationFieldToMatch(SingleHeader=SingleHeader(Name=header))
                for header in REDACTED
            ],
        )
    )


def secrecy() -> DataProtectionConfig:
    """The log's own redaction reaches neither samples nor rules that look at all headers; this does.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html
    """
    return DataProtectionConfig(
        DataProtections=[
            DataProtect(
                Action="SUBSTITUTION",
                Field=FieldToProtect(FieldType="SINGLE_HEADER", FieldKeys=list(REDACTED)),
            )
        ]
    )
