"""The stage of the payments API: how much it lets through, what it logs, and that a web ACL stands before it.

No cache, and no bodies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject, Ref, Sub, Tags
from troposphere.apigateway import AccessLogSetting, MethodSetting, Stage
from troposphere.wafv2 import WebACLAssociation

from generator.conditions import Conditions
from generator.log_groups import bare_arn, log_group, log_name
from generator.payment_api import ACCESS_LOG
from generator.suppressions import accepted

if TYPE_CHECKING:
    from generator.layers.payment_requests import PaymentRequests

#: Requests a second, and at once: more than a sale's peak of checkouts, less than a flood.
RATE, BURST = 100, 200

UNCACHED = "an answer about one payment must never be given for another: nothing is cached"


def stage(layer: PaymentRequests, snapshot: AWSObject) -> None:
    """API Gateway would make the group of its errors itself, so that one is there before the stage."""
    key_arn = layer.logs_key_arn
    requests = log_group(layer, "RequestLog", log_name(layer, "payments"), key_arn=key_arn)
    errors_of = Sub(
        "API-Gateway-Execution-Logs_${Api}/${Stage}",
        Api=Ref(layer.rest_api),
        Stage=layer.named("payments"),
    )
    errors = log_group(layer, "ErrorLog", errors_of, key_arn=key_arn)
    live = layer.add(
        Stage(
            "Live",
            RestApiId=Ref(layer.rest_api),
            StageName=layer.named("payments"),
            DeploymentId=Ref(snapshot),
            TracingEnabled=True,
            CacheClusterEnabled=False,
            AccessLogSetting=AccessLogSetting(DestinationArn=bare_arn(requests), Format=ACCESS_LOG),
            MethodSettings=[
                MethodSetting(
                    HttpMethod="*",
                    ResourcePath="/*",
                    LoggingLevel="ERROR",
                    DataTraceEnabled=False,
                    MetricsEnabled=True,
                    CachingEnabled=False,
                    CacheDataEncrypted=True,
                    ThrottlingRateLimit=RATE,
                    ThrottlingBurstLimit=BURST,
                )
            ],
            Tags=Tags(Name=layer.named("payments")),
            DependsOn=[errors.title],
            Metadata=accepted(
                UNCACHED, checkov="CKV_AWS_120", guard="API_GW_CACHE_ENABLED_AND_ENCRYPTED"
            ),
        )
    )
    layer.add(
        WebACLAssociation(
            "LiveBehindAcl",
            ResourceArn=Sub(
                "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Stage}",
                Api=Ref(layer.rest_api),
                Stage=layer.named("payments"),
            ),
            WebACLArn=layer.payments_acl_arn,
            DependsOn=live.title,
            **layer.only(Conditions.payment_api_behind_waf),
        )
    )
