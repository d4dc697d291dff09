"""The account's quotas in both regions: the standby needs what the primary was given."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.aws import Aws, AwsSaidNo
from scripts.drill.parity.readings import Comparison, Reading, at_least
from scripts.drill.parity.sides import Side


@dataclass(frozen=True)
class Quota:
    """One of Service Quotas. `code` as `aws service-quotas list-service-quotas` has it."""

    name: str
    service: str
    code: str


#: vCPUs of running on-demand Standard (A, C, D, H, I, M, R, T, Z) instances, and of those on Spot.
VCPUS = Quota("on-demand vCPUs", "ec2", "L-1216C47A")
SPOT_VCPUS = Quota("Spot vCPUs", "ec2", "L-34B43A08")
#: Concurrent executions of all functions of a Region.
CONCURRENCY = Quota("concurrent executions", "lambda", "L-B99A9384")


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
