"""What the shop says of itself: events, metrics, logs. None of it is in a customer's way."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from generator.layers.fleet_scaling import CHECKOUT_QUEUE_DEPTH
from generator.layers.global_view import ORDERS, REVENUE
from generator.order_events import SCHEMAS, SHOP_EVENTS, SOURCE
from tests.unit.runtime.shop.world import Aws, Browser, part, shop


def told(aws: Aws, open_shop: Any) -> list[tuple[str, dict[str, Any]]]:
    open_shop.events.say_all()
    return [(entry["DetailType"], json.loads(entry["Detail"])) for entry in aws.said]


def test_what_a_visitor_does_is_told_as_the_schemas_say(aws: Aws, open_shop: Any) -> None:
    browser = Browser(open_shop)
    browser.put("lamp", 1)
    assert browser.get("/api/products/lamp/view?found_by=search").status_code == 204
    browser.get("/api/products/chair")
    entries = told(aws, open_shop)
    assert [(what, detail["product_id"]) for what, detail in entries] == [
        ("ProductAddedToCart", "lamp"),
        ("ProductViewed", "lamp"),
        ("ProductClicked", "lamp"),
        ("ProductViewed", "chair"),
    ]
    for what, detail in entries:
        schema = SCHEMAS[what].document()
        assert what in SHOP_EVENTS
        assert set(schema["required"]) <= set(detail) <= set(schema["properties"])
    assert {entry["Source"] for entry in aws.said} == {SOURCE}


def test_an_event_does_not_give_the_cart_away(aws: Aws, open_shop: Any) -> None:
    browser = Browser(open_shop)
    browser.put("lamp", 1)
    told(aws, open_shop)
    assert browser.cookies["cart"] not in json.dumps(aws.said)


def test_from_what_a_visitor_is_called_nobody_gets_at_the_cart() -> None:
    """Carts that differ in one letter are called altogether differently."""
    called = [part("identifiers").pseudonym(letter + 31 * "x") for letter in "ab"]
    same = sum(one == other for one, other in zip(*called, strict=True))
    assert same < 8


def test_who_has_no_cart_is_not_told_of(aws: Aws, open_shop: Any) -> None:
    browser = Browser(open_shop)
    browser.get("/api/products/lamp")
    browser.get("/api/products/lamp/view")
    assert told(aws, open_shop) == []


def test_a_page_that_is_kept_tells_of_its_view_by_a_pixel(browser: Browser) -> None:
    page = browser.get("/products/lamp?from=recommendation").text
    assert '"/api/products/lamp/view?found_by=recommendation"' in page
    assert "evil" not in browser.get("/products/lamp?from=evil").text


def test_events_go_in_tens(aws: Aws, open_shop: Any) -> None:
    sizes: list[int] = []

    def taken(entries: list[Any]) -> list[Any]:
        sizes.append(len(entries))
        return [{} for _ in entries]

    aws.put_events = taken
    for number in range(25):
        open_shop.events.tell("ProductViewed", "visitor", f"p{number}")
    told(aws, open_shop)
    assert sizes == [10, 10, 5]


def test_what_the_bus_refuses_is_told_once_more(aws: Aws, open_shop: Any) -> None:
    rounds: Iterator[list[Any]] = iter([[{}, {"ErrorCode": "Throttled"}, {}], [{}]])
    aws.put_events = lambda entries: next(rounds)
    for number in range(3):
        open_shop.events.tell("ProductViewed", "visitor", f"p{number}")
    assert sorted(detail["product_id"] for _, detail in told(aws, open_shop)) == ["p0", "p1", "p2"]
    assert open_shop.metrics.sums["EventsDropped"] == 0


def test_a_bus_that_is_down_costs_events_and_nothing_else(aws: Aws, open_shop: Any) -> None:
    aws.broken.add("events")
    room = part("events").ROOM
    for _ in range(room + 5):
        open_shop.events.tell("ProductViewed", "visitor", "lamp")
    assert open_shop.metrics.sums["EventsDropped"] == 5
    told(aws, open_shop)
    assert open_shop.metrics.sums["EventsDropped"] == room + 5
    assert Browser(open_shop).put("lamp", 1).status_code == 200


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0 // 60 * 60 + 12

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def metrics(aws: Aws, clock: Clock) -> Any:
    return part("metrics").Metrics(aws.cloudwatch(), "Tradewind/Shop", lambda: "fleet", clock)


def figures(asked: dict[str, Any]) -> dict[str, float]:
    return {figure["MetricName"]: figure["Value"] for figure in asked["MetricData"]}


def test_a_minute_is_published_when_it_is_over_under_its_own_time(
    aws: Aws, metrics: Any, clock: Clock
) -> None:
    metrics.count("OrdersAcknowledged")
    assert metrics.publish() == pytest.approx(48.05)
    assert aws.measured == []
    began, clock.now = clock.now, clock.now + 48.05
    assert metrics.publish() == pytest.approx(60)
    (asked,) = aws.measured
    assert asked["Namespace"] == "Tradewind/Shop"
    assert {figure["Timestamp"].timestamp() for figure in asked["MetricData"]} == {began - 12}
    for figure in asked["MetricData"]:
        assert figure["Dimensions"] == [{"Name": "AutoScalingGroupName", "Value": "fleet"}]
    assert figures(asked)["OrdersAcknowledged"] == 1


def test_a_minute_in_which_nothing_happened_is_published_too(
    aws: Aws, metrics: Any, clock: Clock
) -> None:
    clock.now += 60
    metrics.publish()
    assert set(figures(aws.measured[0]).values()) == {0}


def test_the_dashboards_and_the_fleets_scaling_read_what_is_published(
    aws: Aws, metrics: Any, clock: Clock
) -> None:
    clock.now += 60
    metrics.publish()
    assert {ORDERS.metric, REVENUE.metric, CHECKOUT_QUEUE_DEPTH} <= set(figures(aws.measured[0]))


def test_the_queue_is_as_deep_as_checkouts_take_on_average(
    aws: Aws, metrics: Any, clock: Clock
) -> None:
    """Three that take ten seconds each, in a minute of which 48 seconds are left."""
    for _ in range(3):
        with metrics.checkout_under_way():
            clock.now += 10
    clock.now += 18
    metrics.publish()
    assert figures(aws.measured[0])[CHECKOUT_QUEUE_DEPTH] == pytest.approx(30 / 48)


def test_a_checkout_that_waits_over_the_minute_counts_in_both(
    aws: Aws, metrics: Any, clock: Clock
) -> None:
    with metrics.checkout_under_way():
        clock.now += 48
        metrics.publish()
        clock.now += 60
        metrics.publish()
    assert [figures(asked)[CHECKOUT_QUEUE_DEPTH] for asked in aws.measured] == [
        pytest.approx(1),
        pytest.approx(1),
    ]


def test_what_cloudwatch_did_not_take_comes_later_under_its_own_time(
    aws: Aws, metrics: Any, clock: Clock
) -> None:
    metrics.count("OrdersAcknowledged")
    aws.broken.add("cloudwatch")
    clock.now += 60
    with pytest.raises(Exception, match="timeout"):
        metrics.publish()
    aws.broken.clear()
    clock.now += 60
    metrics.publish()
    first, second = aws.measured
    assert figures(first)["OrdersAcknowledged"] == 1
    assert figures(second)["OrdersAcknowledged"] == 0
    times = [asked["MetricData"][0]["Timestamp"].timestamp() for asked in (first, second)]
    assert times[1] - times[0] == 60


def test_an_order_counts_with_what_it_earns(aws: Aws, open_shop: Any) -> None:
    browser = Browser(open_shop)
    browser.put("lamp", 2)
    browser.check_out("a-key-of-a-customers-own")
    browser.check_out("a-key-of-a-customers-own")
    open_shop.metrics.publish_rest()
    shown = figures(aws.measured[0])
    assert (shown["OrdersAcknowledged"], shown["Revenue"]) == (1, 50.0)


def test_a_group_that_is_not_known_yet_is_asked_for_again(aws: Aws, clock: Clock) -> None:
    names = iter(["", "fleet"])
    metrics = part("metrics").Metrics(aws.cloudwatch(), "N", lambda: next(names), clock)
    for _ in range(2):
        clock.now += 60
        metrics.publish()
    assert len(aws.measured) == 2


def test_a_request_leaves_one_line_with_its_route_and_nothing_of_the_customers(
    aws: Aws, open_shop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "shop.requests")
    browser = Browser(open_shop)
    browser.put("lamp", 1)
    browser.get("/search", params={"q": "my secret wish"})
    lines = [
        json.loads(part("logs").Lines("eu-west-1").format(record)) for record in caplog.records
    ]
    assert [(line["route"], line["method"], line["status"]) for line in lines] == [
        ("/api/cart/lines/{product_id}", "PUT", 200),
        ("/search", "GET", 200),
    ]
    assert all(line["region"] == "eu-west-1" and line["ms"] >= 0 for line in lines)
    left = json.dumps(lines)
    for secret in ("lamp", "wish", browser.cookies["cart"]):
        assert secret not in left


def test_an_exception_is_told_by_where_it_came_from_and_not_by_its_words() -> None:
    try:
        raise ValueError("4111111111111111")
    except ValueError:
        record = logging.LogRecord("shop", 40, "f", 1, "a fault", (), sys.exc_info())
    line = json.loads(part("logs").Lines("eu-west-1").format(record))
    assert line["exception"] == "ValueError"
    assert "test_telling.py" in line["where"][0]
    assert "4111" not in json.dumps(line)


def test_a_fault_of_ours_is_a_500_that_says_no_more(
    aws: Aws, open_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: str) -> None:
        raise KeyError("the inside of the shop")

    monkeypatch.setattr(open_shop.prices, "find", fails)
    for path in ("/products/lamp", "/api/products/lamp"):
        answer = Browser(open_shop).get(path)
        assert answer.status_code == 500
        assert "inside" not in answer.text


def test_without_a_bus_nobody_is_told(aws: Aws) -> None:
    quiet = shop(aws, event_bus="")
    Browser(quiet).put("lamp", 1)
    assert quiet.events.waiting.empty()
