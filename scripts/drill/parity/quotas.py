"""The account's quotas in both regions: the standby needs what the primary was given."""

from __future__ import annotations

from scripts.account_quotas import CONCURRENCY, SPOT_VCPUS, VCPUS, Quota
from scripts.aws import Aws, AwsSaidNo
from scripts.drill.parity.readings import Comparison, Reading, at_least
from scripts.drill.parity.sides import Side


def applied(aws: Aws, region: str, quota: Quota) -> float:
    """What holds in a region: the account's own value, else AWS's default."""
    client = aws.client("service-quotas", region)
    asked = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    try:
        return float(client.call("get_service_quota", **asked)["Quota"]["Value"])
    except AwsSaidNo as error:
        if error.code != "NoSuchResourceException":
            raise
    return float(client.call("get_aws_default_service_quota", **asked)["Quota"]["Value"])


def quotas(side: Side) -> Reading:
    """What both regions may run at once."""
    return {
        quota.name: f"{applied(side.aws, side.region, quota):g}"
        for quota in (VCPUS, SPOT_VCPUS, CONCURRENCY)
    }


QUOTAS = Comparison(
    "quotas",
    "service-quotas:GetServiceQuota",
    "aws service-quotas request-service-quota-increase in the standby's region",
    quotas,
    suffices=at_least,
)
