"""Service Quotas of an account that is in use: AWS's defaults, but for what AWS raises with use.

A request for more is granted at once, as AWS grants small ones; nothing here counts against a quota.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts import account_quotas
from scripts.account_quotas import GLOBAL_REGION, Quota
from scripts.sandbox import stores
from scripts.sandbox.json_api import JSON, ApiError, Caller, JsonApi
from scripts.sandbox.seams import Kind, Seam

_ALB, _USED_BY = "ministack.services.alb", "quotas of load balancers"

ACTIONS = Seam(_ALB, "_ACTION_MAP", kind=Kind.MAPPING, used_by=_USED_BY)
XML = Seam(_ALB, "_xml", parameters=("status", "action", "inner"), used_by=_USED_BY)
SEAMS = (ACTIONS, XML)

#: What has grown with use. A new account has five of either.
#: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
GROWN: Mapping[str, int] = dict.fromkeys(
    (account_quotas.VCPUS.code, account_quotas.SPOT_VCPUS.code), 256
)

#: What a region has of load balancers.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
BALANCER_LIMITS = {
    "application-load-balancers": 50,
    "target-groups": 3000,
    "targets-per-application-load-balancer": 1000,
    "listeners-per-application-load-balancer": 50,
    "rules-per-application-load-balancer": 100,
    "certificates-per-application-load-balancer": 25,
    "target-groups-per-application-load-balancer": 100,
    "target-groups-per-action-on-application-load-balancer": 5,
    "condition-values-per-alb-rule": 5,
    "condition-wildcards-per-alb-rule": 6,
}


class Raised:
    """What was asked for: place and code of a quota -> its value. A `stores.Store`."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}

    def save(self, directory: Path) -> None:
        """As one document."""
        stores.write_atomically(directory / "raised.json", json.dumps(self.values))

    def load(self, directory: Path) -> None:
        """What was saved."""
        self.values = stores.read_json(directory / "raised.json") or {}

    def reset(self) -> None:
        """None is."""
        self.values = {}


RAISED = Raised()


def install() -> None:
    """Have Elastic Load Balancing tell its own, and what is raised stay so."""
    stores.register("service-quotas", RAISED)
    ACTIONS.value["DescribeAccountLimits"] = balancer_limits


def balancer_limits(_parameters: Any) -> Any:
    """DescribeAccountLimits."""
    members = "".join(
        f"<member><Name>{name}</Name><Max>{most}</Max></member>"
        for name, most in BALANCER_LIMITS.items()
    )
    return XML.value(200, "DescribeAccountLimits", f"<Limits>{members}</Limits>")


def told(quota: Quota, caller: Caller, value: float) -> JSON:
    """One quota, as Service Quotas has it."""
    place = "" if quota.global_ else caller.region
    return {
        "ServiceCode": quota.service,
        "QuotaArn": f"arn:aws:servicequotas:{place}:{caller.account}:{quota.service}/{quota.code}",
        "QuotaCode": quota.code,
        "QuotaName": quota.title,
        "Value": value,
        "Unit": "None",
        "Adjustable": quota.adjustable,
        "GlobalQuota": quota.global_,
    }


def applied(quota: Quota, caller: Caller) -> float:
    """What holds in the account and Region of a caller."""
    return RAISED.values.get(_key(quota, caller), float(GROWN.get(quota.code, quota.default)))


def list_applied(caller: Caller, said: JSON) -> JSON:
    """ListServiceQuotas."""
    found = _of_service(caller, said)
    return {"Quotas": [told(quota, caller, applied(quota, caller)) for quota in found]}


def list_defaults(caller: Caller, said: JSON) -> JSON:
    """ListAWSDefaultServiceQuotas."""
    found = _of_service(caller, said)
    return {"Quotas": [told(quota, caller, float(quota.default)) for quota in found]}


def get_applied(caller: Caller, said: JSON) -> JSON:
    """GetServiceQuota."""
    quota = _one(caller, said)
    return {"Quota": told(quota, caller, applied(quota, caller))}


def get_default(caller: Caller, said: JSON) -> JSON:
    """GetAWSDefaultServiceQuota."""
    quota = _one(caller, said)
    return {"Quota": told(quota, caller, float(quota.default))}


def increase(caller: Caller, said: JSON) -> JSON:
    """RequestServiceQuotaIncrease, granted.

    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_RequestServiceQuotaIncrease.html
    """
    quota, wanted = _one(caller, said), float(said["DesiredValue"])
    if not quota.adjustable:
        raise ApiError(
            "IllegalArgumentException", "The request failed: the quota is not adjustable."
        )
    if wanted <= applied(quota, caller):
        message = "You must provide a quota value greater than the current quota value."
        raise ApiError("IllegalArgumentException", message)
    RAISED.values[_key(quota, caller)] = wanted
    asked = {"Id": uuid.uuid4().hex, "Status": "APPROVED", "DesiredValue": wanted}
    same = ("ServiceCode", "QuotaCode", "QuotaName", "QuotaArn", "GlobalQuota", "Unit")
    known = told(quota, caller, wanted)
    return {"RequestedQuota": {**asked, **{name: known[name] for name in same}}}


def _one(caller: Caller, said: JSON) -> Quota:
    for quota in _of_service(caller, said):
        if quota.code == said["QuotaCode"]:
            return quota
    raise ApiError(
        "NoSuchResourceException", "The request failed because the quota does not exist."
    )


def _of_service(caller: Caller, said: JSON) -> list[Quota]:
    """Global quotas are told in one region."""
    code = said["ServiceCode"]
    known = [quota for quota in account_quotas.ALL if quota.code and quota.service == code]
    if not known:
        message = f"The request failed because the specified service {code} does not exist."
        raise ApiError("NoSuchResourceException", message)
    return [quota for quota in known if not quota.global_ or caller.region == GLOBAL_REGION]


def _key(quota: Quota, caller: Caller) -> str:
    place = GLOBAL_REGION if quota.global_ else caller.region
    return f"{caller.account}/{place}/{quota.service}/{quota.code}"


API = JsonApi(
    "service-quotas",
    "ServiceQuotasV20190624",
    {
        "ListServiceQuotas": list_applied,
        "ListAWSDefaultServiceQuotas": list_defaults,
        "GetServiceQuota": get_applied,
        "GetAWSDefaultServiceQuota": get_default,
        "RequestServiceQuotaIncrease": increase,
    },
    invalid="IllegalArgumentException",
)
