"""Service Quotas: in AWS's shapes, with the values that AWS documents, and more for whoever asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import account_quotas
from scripts.account_quotas import Quota
from scripts.sandbox.gateway import Head, Response
from scripts.sandbox.service_quotas import API, BALANCER_LIMITS, RAISED, XML, balancer_limits
from tests.unit.sandbox.modelled import misfits, output_shape

REGION = "eu-west-1"


def head(operation: str, region: str = REGION) -> Head:
    scope = f"Credential=111111111111/20260101/{region}/servicequotas/aws4_request"
    headers = {
        "x-amz-target": f"ServiceQuotasV20190624.{operation}",
        "authorization": f"AWS4-HMAC-SHA256 {scope}, Signature=0",
    }
    return Head("POST", "/", {}, headers)


def call(operation: str, region: str = REGION, **said: Any) -> Response:
    return API.answer(head(operation, region), json.dumps(said).encode())


def told(response: Response) -> Any:
    assert response.status == 200, response.body
    return json.loads(response.body)


@pytest.mark.parametrize("operation", ["ListServiceQuotas", "ListAWSDefaultServiceQuotas"])
def test_a_service_has_its_quotas(operation: str) -> None:
    document = told(call(operation, ServiceCode="vpc"))

    assert list(misfits(document, output_shape("service-quotas", operation), operation)) == []
    values = {one["QuotaCode"]: one["Value"] for one in document["Quotas"]}
    assert values[account_quotas.VPCS.code] == 5.0


@pytest.mark.parametrize("operation", ["GetServiceQuota", "GetAWSDefaultServiceQuota"])
def test_one_quota_is_told(operation: str) -> None:
    document = told(call(operation, ServiceCode="lambda", QuotaCode="L-B99A9384"))

    assert list(misfits(document, output_shape("service-quotas", operation), operation)) == []
    assert document["Quota"]["Value"] == 1000.0


def test_a_global_quota_is_told_in_one_region() -> None:
    asked = {"ServiceCode": "iam", "QuotaCode": account_quotas.ROLES.code}

    assert told(call("GetServiceQuota", "us-east-1", **asked))["Quota"]["GlobalQuota"]
    assert call("GetServiceQuota", **asked).status == 400
    assert told(call("ListServiceQuotas", ServiceCode="iam"))["Quotas"] == []


@pytest.mark.parametrize(
    "asked", [{"ServiceCode": "nothing"}, {"ServiceCode": "vpc", "QuotaCode": "L-00000000"}]
)
def test_what_there_is_not_is_refused(asked: dict[str, str]) -> None:
    operation = "GetServiceQuota" if "QuotaCode" in asked else "ListServiceQuotas"
    response = call(operation, **asked)

    assert response.status == 400
    assert dict(response.headers)["x-amzn-errortype"] == "NoSuchResourceException"


def test_vcpus_have_grown_with_use_and_a_new_account_has_fewer() -> None:
    asked = {"ServiceCode": "ec2", "QuotaCode": account_quotas.VCPUS.code}

    assert told(call("GetServiceQuota", **asked))["Quota"]["Value"] == 256.0
    assert told(call("GetAWSDefaultServiceQuota", **asked))["Quota"]["Value"] == 5.0


@pytest.fixture
def raised(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    RAISED.reset()


def test_more_is_granted_and_kept(raised: Path) -> None:
    asked = {"ServiceCode": "vpc", "QuotaCode": account_quotas.VPCS.code}
    document = told(call("RequestServiceQuotaIncrease", DesiredValue=9, **asked))
    RAISED.save(raised)
    RAISED.reset()
    RAISED.load(raised)

    operation = "RequestServiceQuotaIncrease"
    assert list(misfits(document, output_shape("service-quotas", operation), operation)) == []
    assert document["RequestedQuota"]["Status"] == "APPROVED"
    assert told(call("GetServiceQuota", **asked))["Quota"]["Value"] == 9.0
    assert told(call("GetServiceQuota", "us-east-1", **asked))["Quota"]["Value"] == 5.0
    assert told(call("GetAWSDefaultServiceQuota", **asked))["Quota"]["Value"] == 5.0


@pytest.mark.usefixtures("raised")
@pytest.mark.parametrize(
    ("quota", "value"), [(account_quotas.VPCS, 5), (account_quotas.CLUSTER_PARAMETER_GROUPS, 60)]
)
def test_no_more_and_what_is_fixed_are_refused(quota: Quota, value: int) -> None:
    asked = {"ServiceCode": quota.service, "QuotaCode": quota.code, "DesiredValue": value}
    response = API.answer(head("RequestServiceQuotaIncrease"), json.dumps(asked).encode())

    assert response.status == 400
    assert dict(response.headers)["x-amzn-errortype"] == "IllegalArgumentException"


def test_load_balancing_tells_its_own_limits() -> None:
    status, _, body = balancer_limits({})

    assert status == 200
    for name, most in BALANCER_LIMITS.items():
        assert f"<Name>{name}</Name><Max>{most}</Max>" in body.decode()
    assert XML.problem() is None
