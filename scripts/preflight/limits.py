"""The account's quotas, as Service Quotas tells them; as AWS documents them where it does not."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.account_quotas import Quota
from scripts.aws import Aws, AwsSaidNo


@dataclass(frozen=True)
class Limit:
    """What holds. `assumed` says why it is the documented default and not the account's own; else empty."""

    value: float
    assumed: str = ""


@dataclass
class Limits:
    """Read once a service and region: ListServiceQuotas tells all that the account has of a service."""

    aws: Aws
    _read: dict[tuple[str, str], Mapping[str, float] | str] = field(
        default_factory=dict, init=False
    )
    _reading: dict[tuple[str, str], threading.Lock] = field(default_factory=dict, init=False)
    _guard: threading.Lock = field(default_factory=threading.Lock, init=False)

    def of(self, quota: Quota, region: str) -> Limit:
        """The quota, in a region or where global ones are told."""
        if not quota.code:
            return Limit(quota.default, "Service Quotas does not tell it")
        told = self._service(quota.service, region)
        if isinstance(told, str):
            return Limit(quota.default, told)
        if quota.code not in told:
            return Limit(quota.default, "Service Quotas does not tell it")
        return Limit(told[quota.code])

    def _service(self, service: str, region: str) -> Mapping[str, float] | str:
        """Code -> value, or why it is not known."""
        key = (service, region)
        with self._guard:
            reading = self._reading.setdefault(key, threading.Lock())
        with reading:
            if key not in self._read:
                self._read[key] = self._asked(service, region)
            return self._read[key]

    def _asked(self, service: str, region: str) -> Mapping[str, float] | str:
        listed = self.aws.client("service-quotas", region)
        try:
            return {
                one["QuotaCode"]: float(one["Value"])
                for one in listed.pages("list_service_quotas", "Quotas", ServiceCode=service)
            }
        except AwsSaidNo as error:
            return error.message.rstrip(".")
