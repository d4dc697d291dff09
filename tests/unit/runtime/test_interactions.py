"""Personalize hears of every interaction once, and of every product before it can recommend it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from generator.order_events import ORDER_CONFIRMED, PRODUCT_VIEWED
from tests.unit.runtime.loading import execution_environment

VIEW = {
    "session_id": "s1",
    "product_id": "mug",
    "region": "us-east-1",
    "occurred_at": "2026-11-27T08:00:00Z",
}


class Personalize:
    """A client of personalize-events that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.items: list[dict[str, Any]] = []

    def put_events(self, **request: Any) -> None:
        self.told.append(request)

    def put_items(self, **request: Any) -> None:
        self.items.append(request)


class Catalogue:
    """A DynamoDB client; of one product it knows the category."""

    def get_item(self, **request: Any) -> dict[str, Any]:
        known = request["Key"] == {"product_id": {"S": "mug"}}
        return {"Item": {"category": {"S": "kitchen"}}} if known else {}


class Feed:
    """One execution environment of the function."""

    def __init__(self) -> None:
        self.personalize = Personalize()
        self.function = execution_environment(
            "interactions", events=self.personalize, dynamodb=Catalogue()
        )

    def hears(self, detail_type: str, detail: dict[str, Any], id: str = "e1") -> None:
        self.function.handler({"id": id, "detail-type": detail_type, "detail": detail}, None)


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("CATALOGUE_TABLE", "catalogue")
    monkeypatch.setenv("ITEMS_DATASET", "arn:items")
    monkeypatch.setenv("TRACKING_ID", "tracker")
    return Feed()


def order(products: int) -> dict[str, Any]:
    lines = [{"product_id": f"p{n}", "quantity": 1, "unit_price": 100} for n in range(products)]
    return {
        "order_id": "o1",
        "items": lines,
        "customer_id": "c1",
        "confirmed_at": "2026-11-27T09:00:00Z",
    }


def test_a_guests_view_is_told_under_the_session_alone(feed: Feed) -> None:
    feed.hears(PRODUCT_VIEWED, VIEW)
    (told,) = feed.personalize.told
    assert (told["trackingId"], told["sessionId"]) == ("tracker", "s1")
    assert "userId" not in told
    (event,) = told["eventList"]
    assert (event["eventType"], event["itemId"]) == ("View", "mug")
    assert event["sentAt"].isoformat() == "2026-11-27T08:00:00+00:00"


def test_a_customer_is_known_by_the_pseudonym(feed: Feed) -> None:
    feed.hears(PRODUCT_VIEWED, {**VIEW, "customer_id": "c1"})
    assert feed.personalize.told[0]["userId"] == "c1"


def test_the_same_event_twice_is_told_under_the_same_id(feed: Feed) -> None:
    for _ in range(2):
        feed.hears(ORDER_CONFIRMED, order(2))
    once, again = ([e["eventId"] for e in told["eventList"]] for told in feed.personalize.told)
    assert once == again
    assert len(set(once)) == 2


def test_a_large_order_is_told_in_as_many_calls_as_it_takes(feed: Feed) -> None:
    feed.hears(ORDER_CONFIRMED, order(23))
    assert [len(told["eventList"]) for told in feed.personalize.told] == [10, 10, 3]
    assert [len(told["items"]) for told in feed.personalize.items] == [10, 10, 3]
    assert {e["eventType"] for told in feed.personalize.told for e in told["eventList"]} == {
        "Purchase"
    }


def test_a_product_is_introduced_once_with_its_category(feed: Feed) -> None:
    for number in range(3):
        feed.hears(PRODUCT_VIEWED, VIEW, id=f"e{number}")
    (told,) = feed.personalize.items
    assert told["datasetArn"] == "arn:items"
    (item,) = told["items"]
    assert (item["itemId"], json.loads(item["properties"])) == ("mug", {"category": "kitchen"})


def test_a_product_that_the_catalogue_does_not_have_has_no_category(feed: Feed) -> None:
    feed.hears(PRODUCT_VIEWED, {**VIEW, "product_id": "ghost"})
    ((item,),) = (told["items"] for told in feed.personalize.items)
    assert json.loads(item["properties"]) == {"category": None}


def test_what_personalize_refuses_is_not_taken_for_told(feed: Feed) -> None:
    def refuse(**request: Any) -> None:
        raise RuntimeError("throttled")

    feed.personalize.put_items = refuse  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        feed.hears(PRODUCT_VIEWED, VIEW)
    assert feed.function.known == set()


def test_a_product_that_personalize_has_no_time_for_is_told_of_the_next_time(feed: Feed) -> None:
    """PutItems takes ten calls a second; the interaction itself has been told, and does not fail."""
    busy = ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItems")
    refusals = iter([busy])
    put = feed.personalize.put_items

    def put_items(**request: Any) -> None:
        for refusal in refusals:
            raise refusal
        put(**request)

    feed.personalize.put_items = put_items  # type: ignore[method-assign]
    feed.hears(PRODUCT_VIEWED, VIEW)
    assert feed.personalize.items == []
    feed.hears(PRODUCT_VIEWED, VIEW, id="e2")
    assert len(feed.personalize.items) == 1


def test_a_product_that_personalize_refuses_is_an_error(feed: Feed) -> None:
    def put_items(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "InvalidInputException"}}, "PutItems")

    feed.personalize.put_items = put_items  # type: ignore[method-assign]
    with pytest.raises(ClientError):
        feed.hears(PRODUCT_VIEWED, VIEW)
