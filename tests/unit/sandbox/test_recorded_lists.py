"""Lists of what stacks made: of one account and region, in AWS's shapes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.sandbox import recorded_lists
from scripts.sandbox.gateway import Head, Response
from scripts.sandbox.recorded_lists import SHIELD
from scripts.sandbox.resources.schema_resources import STORE, Place, Record
from scripts.sandbox.vault_policies import SET_ACCOUNT, SET_REGION
from tests.unit.sandbox.modelled import misfits, output_shape

MINE, REGION = "111111111111", "eu-west-1"


@pytest.fixture(autouse=True)
def made() -> Iterator[None]:
    before = dict(STORE.records)
    STORE.records.clear()
    yield
    STORE.records.clear()
    STORE.records.update(before)


def stack_makes(kind: str, identifier: str, **properties: Any) -> None:
    STORE.at(Place(MINE, REGION, kind))[identifier] = Record("stack", "One", properties, {})


def ask(path: str, service: str, *, account: str = MINE, **query: str) -> Response:
    scope = f"Credential={account}/20260101/{REGION}/{service}/aws4_request"
    headers = {"authorization": f"AWS4-HMAC-SHA256 {scope}, Signature=0"}
    head = Head("GET", path, {key: [value] for key, value in query.items()}, headers)
    (answering,) = [one for one in recorded_lists.services() if one.matches(head)]

    async def answered() -> Response:
        return await answering.handle(head, b"")

    return asyncio.run(answered())


def test_analyzers_are_told_by_their_type() -> None:
    kind = "AWS::AccessAnalyzer::Analyzer"
    arn = f"arn:aws:access-analyzer:{REGION}:{MINE}:analyzer"
    stack_makes(kind, f"{arn}/external", AnalyzerName="external", Type="ACCOUNT")
    stack_makes(kind, f"{arn}/unused", AnalyzerName="unused", Type="ACCOUNT_UNUSED_ACCESS")

    document = json.loads(ask("/analyzer", "access-analyzer", type="ACCOUNT").body)

    assert [one["name"] for one in document["analyzers"]] == ["external"]
    assert len(json.loads(ask("/analyzer", "access-analyzer").body)["analyzers"]) == 2
    shape = output_shape("accessanalyzer", "ListAnalyzers").members["analyzers"].member
    known = set(shape.members)
    assert set(document["analyzers"][0]) <= known
    assert set(shape.required_members) <= set(document["analyzers"][0])


def test_detectors_are_the_accounts_own() -> None:
    stack_makes("AWS::GuardDuty::Detector", "d1")

    assert json.loads(ask("/detector", "guardduty").body) == {"detectorIds": ["d1"]}
    other = ask("/detector", "guardduty", account="222222222222")
    assert json.loads(other.body) == {"detectorIds": []}


def test_a_path_of_another_service_is_not_answered() -> None:
    scope = f"Credential={MINE}/20260101/{REGION}/s3/aws4_request"
    headers = {"authorization": f"AWS4-HMAC-SHA256 {scope}, Signature=0"}
    bucket = Head("GET", "/accounts", {}, headers)

    assert not any(one.matches(bucket) for one in recorded_lists.services())


def test_an_account_without_a_hub_is_told_so_by_an_error() -> None:
    without = ask("/accounts", "securityhub")
    stack_makes("AWS::SecurityHub::Hub", "arn:hub")
    having = ask("/accounts", "securityhub")

    assert without.status == 401
    assert dict(without.headers)["x-amzn-errortype"] == "InvalidAccessException"
    assert json.loads(having.body) == {"HubArn": "arn:hub"}


def test_event_subscriptions_are_listed() -> None:
    SET_ACCOUNT.value(MINE)
    SET_REGION.value(REGION)
    stack_makes("AWS::RDS::EventSubscription", "orders")

    status, _, body = recorded_lists.subscriptions({})

    assert status == 200
    assert "<CustSubscriptionId>orders</CustSubscriptionId>" in body.decode()


def test_nobody_has_subscribed_to_shield_advanced() -> None:
    headers = {"x-amz-target": "AWSShield_20160616.GetSubscriptionState"}
    response = SHIELD.answer(Head("POST", "/", {}, headers), b"{}")

    document = json.loads(response.body)
    shape = output_shape("shield", "GetSubscriptionState")
    assert list(misfits(document, shape, "GetSubscriptionState")) == []
    assert document == {"SubscriptionState": "INACTIVE"}
