"""Which request meets which rule."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.errors import Failed
from scripts.sandbox.fleets.listeners import Forward, Rules
from scripts.sandbox.fleets.wire import Reply, Request

SHOP, TAKEOVER = Forward("shop"), Forward("takeover")
ORIGIN = "x-tradewind-origin"


def forward(group: str) -> list[dict[str, Any]]:
    return [{"Type": "forward", "TargetGroupArn": group, "Order": 1}]


def fixed(status: str) -> list[dict[str, Any]]:
    told = {"StatusCode": status, "ContentType": "text/plain", "MessageBody": "Forbidden"}
    return [{"Type": "fixed-response", "FixedResponseConfig": told}]


def path(*patterns: str) -> dict[str, Any]:
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": list(patterns)}}


def header(name: str, *values: str) -> dict[str, Any]:
    told = {"HttpHeaderName": name, "Values": list(values)}
    return {"Field": "http-header", "Values": [], "HttpHeaderConfig": told}


def rule(priority: str, actions: list[dict[str, Any]], *conditions: dict[str, Any]) -> Any:
    return {"Priority": priority, "Conditions": list(conditions), "Actions": actions}


def shops() -> Rules:
    """The platform's rules, out of order as DescribeRules tells them."""
    return Rules.described(
        [
            rule("default", fixed("403")),
            rule("20", fixed("403"), path("/healthz", "/takeover"), header("x-amz-cf-id", "*")),
            rule("40", forward("takeover"), path("/takeover")),
            rule("30", forward("shop"), path("/healthz")),
            rule("10", forward("shop"), header(ORIGIN, "Current", "Previous")),
        ]
    )


def ask(target: str, *headers: tuple[str, str]) -> object:
    action = shops().action(Request("GET", target, headers))
    return action.status if isinstance(action, Reply) else action


def test_a_probe_passes_bare() -> None:
    assert ask("/healthz?deep=1") == SHOP
    assert ask("/takeover") == TAKEOVER


def test_a_probe_through_somebody_s_cloudfront_is_refused() -> None:
    assert ask("/takeover", ("x-amz-cf-id", "anything")) == 403


def test_a_shopper_is_taken_as_one_who_came_through_our_distribution() -> None:
    assert ask("/products/lamp") == SHOP


def test_who_brings_the_origin_header_is_judged_by_it() -> None:
    assert ask("/products", (ORIGIN, "previous")) == SHOP  # a header's case does not count
    assert ask("/products", (ORIGIN, "guessed")) == 403


def test_a_path_s_case_counts_and_its_query_does_not() -> None:
    rules = Rules.described(
        [rule("1", forward("shop"), path("/Img/?.*")), rule("default", fixed("404"))]
    )
    assert rules.action(Request("GET", "/Img/a.png?x=1")) == SHOP
    assert isinstance(rules.action(Request("GET", "/img/a.png")), Reply)
    assert isinstance(rules.action(Request("GET", "/Img/ab.png")), Reply)


def test_the_host_and_the_method_can_be_asked_for() -> None:
    host = {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.Example.com"]}}
    method = {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}}
    rules = Rules.described(
        [rule("1", forward("shop"), host, method), rule("default", fixed("404"))]
    )
    example = ("host", "shop.example.com")
    assert rules.action(Request("GET", "/", (example,))) == SHOP
    assert isinstance(rules.action(Request("POST", "/", (example,))), Reply)
    assert isinstance(rules.action(Request("GET", "/", (("host", "example.org"),))), Reply)


@pytest.mark.parametrize(
    ("strange", "word"),
    [
        (rule("1", forward("shop"), {"Field": "source-ip", "Values": ["10.0.0.0/8"]}), "source-ip"),
        (rule("1", [{"Type": "redirect", "RedirectConfig": {}}], path("/")), "redirect"),
    ],
)
def test_what_the_stand_in_does_not_know_is_refused_and_not_skipped(
    strange: Any, word: str
) -> None:
    with pytest.raises(Failed, match=word):
        Rules.described([strange, rule("default", fixed("404"))])
