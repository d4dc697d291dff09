"""Personalize hears of every interaction once, and of every product before it can recommend it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.session import Session
from botocore.validate import ParamValidator

from generator.order_events import ORDER_CONFIRMED, PRODUCT_VIEWED
from tests.unit.runtime.loading import execution_environment

MODEL = Session().get_service_model("personalize-events")
VIEW = {
    "session_id": "s1",
    "product_id": "mug",
    "region": "us-east-1",
    "occurred_at": "2026-11-27T08:00:00Z",
}


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "of customer c1"}}, "Any")


class Personalize:
    """A client of personalize-events that keeps what it is told, if it is as the service takes it.

    `refuses`: a session, or a product, and what it is refused with.
    """

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.items: list[dict[str, Any]] = []
        self.refuses: dict[str, Exception] = {}

    def put_events(self, **request: Any) -> None:
        self._check("PutEvents", request, request["sessionId"])
        self.told.append(request)

    def put_items(self, **request: Any) -> None:
        self._check("PutItems", request, *(item["itemId"] for item in request["items"]))
        self.items.append(request)

    def _check(self, operation: str, request: dict[str, Any], *about: str) -> None:
        shape = MODEL.operation_model(operation).input_shape
        wrong = ParamValidator().validate(request, shape)
        assert not wrong.has_errors(), wrong.generate_report()
        for each in about:
            if each in self.refuses:
                raise self.refuses[each]


class Catalogue:
    """A DynamoDB client; of one product it knows the category."""

    def __init__(self) -> None:
        self.fails: Exception | None = None

    def get_item(self, **request: Any) -> dict[str, Any]:
        if self.fails:
            raise self.fails
        known = request["Key"] == {"product_id": {"S": "mug"}}
        return {"Item": {"category": {"S": "kitchen"}}} if known else {}


class Feed:
    """One execution environment of the function."""

    def __init__(self) -> None:
        self.personalize, self.catalogue = Personalize(), Catalogue()
        self.function = execution_environment(
            "interactions", events=self.personalize, dynamodb=self.catalogue
        )

    def hears(self, *messages: dict[str, Any] | str) -> list[str]:
        """The messages that are given back, by their place."""
        records = [
            {
                "messageId": str(place),
                "body": body if isinstance(body, str) else json.dumps(body),
            }
            for place, body in enumerate(messages)
        ]
        answer = self.function.handler({"Records": records}, None)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def events(self) -> list[tuple[str, str]]:
        """Session and id of what was told."""
        return [
            (told["sessionId"], event["eventId"])
            for told in self.personalize.told
            for event in told["eventList"]
        ]


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("CATALOGUE_TABLE", "catalogue")
    monkeypatch.setenv(
        "ITEMS_DATASET", "arn:aws:personalize:us-east-1:111111111111:dataset/s/ITEMS"
    )
    monkeypatch.setenv("TRACKING_ID", "tracker")
    return Feed()


def view(id: str = "e1", **more: str) -> dict[str, Any]:
    """An event of the bus: somebody looked at a product."""
    return {"id": id, "detail-type": PRODUCT_VIEWED, "detail": {**VIEW, **more}}


def order(products: int) -> dict[str, Any]:
    """An event of the bus: somebody bought so many products."""
    lines = [{"product_id": f"p{n}", "quantity": 1, "unit_price": 100} for n in range(products)]
    detail = {
        "order_id": "o1",
        "items": lines,
        "customer_id": "c1",
        "confirmed_at": "2026-11-27T09:00:00Z",
    }
    return {"id": "e9", "detail-type": ORDER_CONFIRMED, "detail": detail}


def test_a_guest_is_a_user_by_the_session(feed: Feed) -> None:
    """Personalize trains from users; what has none it learns nothing of."""
    assert feed.hears(view()) == []
    (told,) = feed.personalize.told
    assert (told["trackingId"], told["sessionId"]) == ("tracker", "s1")
    assert told["userId"] == "s1"
    (event,) = told["eventList"]
    assert (event["eventType"], event["itemId"]) == ("View", "mug")
    assert event["sentAt"].isoformat() == "2026-11-27T08:00:00+00:00"


def test_a_customer_is_known_by_the_pseudonym(feed: Feed) -> None:
    feed.hears(view(customer_id="c1"))
    assert feed.personalize.told[0]["userId"] == "c1"


def test_the_same_event_twice_is_told_under_the_same_id(feed: Feed) -> None:
    for _ in range(2):
        feed.hears(order(2))
    once, again = ([e["eventId"] for e in told["eventList"]] for told in feed.personalize.told)
    assert once == again
    assert len(set(once)) == 2


def test_those_of_one_session_are_told_together_and_of_two_apart(feed: Feed) -> None:
    """Each call counts against a quota; PutEvents tells of one session and one customer."""
    seen = [view(f"e{n}", session_id=f"s{n % 2}") for n in range(8)]
    assert feed.hears(*seen, view("e8", session_id="s0", customer_id="c1")) == []
    assert sorted(len(told["eventList"]) for told in feed.personalize.told) == [1, 4, 4]
    assert len(set(feed.events())) == 9


def test_a_large_order_is_told_in_as_many_calls_as_it_takes(feed: Feed) -> None:
    assert feed.hears(order(23)) == []
    assert sorted(len(told["eventList"]) for told in feed.personalize.told) == [3, 10, 10]
    assert [len(told["items"]) for told in feed.personalize.items] == [10, 10, 3]
    assert {e["eventType"] for told in feed.personalize.told for e in told["eventList"]} == {
        "Purchase"
    }


@pytest.mark.parametrize(
    "error",
    [refusal("ThrottlingException"), ReadTimeoutError(endpoint_url="https://personalize")],
)
def test_only_what_was_not_told_is_given_back(feed: Feed, error: Exception) -> None:
    feed.personalize.refuses = {"s2": error}
    given_back = feed.hears(view("e0"), view("e1", session_id="s2"), view("e2", session_id="s3"))
    assert given_back == ["1"]
    assert sorted(session for session, _ in feed.events()) == ["s1", "s3"]


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        json.dumps({"id": "e", "detail-type": "Unheard", "detail": VIEW}),
        json.dumps({"id": "e", "detail-type": PRODUCT_VIEWED, "detail": {}}),
        json.dumps(view(occurred_at="yesterday")),
    ],
)
def test_what_is_no_interaction_is_given_back_and_holds_up_no_other(feed: Feed, body: str) -> None:
    assert feed.hears(body, view()) == ["0"]
    assert feed.events() == [("s1", "e1-0")]


def test_no_log_says_who_did_what(feed: Feed, caplog: pytest.LogCaptureFixture) -> None:
    feed.personalize.refuses = {"s2": refusal("InvalidInputException")}
    feed.hears(view(session_id="s2", customer_id="c1"), view(occurred_at="c1"))
    assert "InvalidInputException" in caplog.text
    assert "c1" not in caplog.text


def test_a_product_is_introduced_once_with_its_category(feed: Feed) -> None:
    feed.hears(*[view(f"e{n}") for n in range(3)])
    feed.hears(view("e4"))
    (told,) = feed.personalize.items
    assert told["datasetArn"].endswith("/ITEMS")
    (item,) = told["items"]
    assert (item["itemId"], json.loads(item["properties"])) == ("mug", {"category": "kitchen"})


def test_a_product_that_the_catalogue_does_not_have_has_no_category(feed: Feed) -> None:
    feed.hears(view(product_id="ghost"))
    ((item,),) = (told["items"] for told in feed.personalize.items)
    assert json.loads(item["properties"]) == {"category": None}


@pytest.mark.parametrize("code", ["ThrottlingException", "ResourceInUseException"])
def test_a_product_that_personalize_has_no_time_for_is_told_of_the_next_time(
    feed: Feed, code: str
) -> None:
    """PutItems takes ten calls a second; the interaction itself has been told, and does not fail."""
    feed.personalize.refuses = {"mug": refusal(code)}
    assert feed.hears(view()) == []
    assert feed.personalize.items == []
    feed.personalize.refuses = {}
    feed.hears(view("e2"))
    assert len(feed.personalize.items) == 1


def test_a_product_that_personalize_refuses_gives_back_those_who_named_it(feed: Feed) -> None:
    feed.personalize.refuses = {"mug": refusal("InvalidInputException")}
    assert feed.hears(view()) == ["0"]
    assert feed.function.known == set()


def test_a_catalogue_that_does_not_answer_costs_no_interaction(feed: Feed) -> None:
    feed.catalogue.fails = refusal("ProvisionedThroughputExceededException")
    assert feed.hears(view()) == []
    assert feed.events() == [("s1", "e1-0")]
    feed.catalogue.fails = None
    feed.hears(view("e2"))
    assert len(feed.personalize.items) == 1
