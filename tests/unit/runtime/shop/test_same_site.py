"""Other sites read here as anybody does, and change nothing."""

from __future__ import annotations

import pytest

from tests.unit.runtime.shop.world import CARTS, Aws, Browser, shop

ORIGIN = "https://shop.example.com"


@pytest.fixture
def visitor(aws: Aws) -> Browser:
    return Browser(shop(aws, origin=ORIGIN))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "none"},
        {"Origin": ORIGIN},
        {"Origin": "http://origin.shop.example.com", "Host": "origin.shop.example.com"},
        {},
    ],
)
def test_our_own_forms_are_taken(visitor: Browser, headers: dict[str, str]) -> None:
    answer = visitor("PUT", "/api/cart/lines/lamp", json={"quantity": 1}, headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example.net"},
        {"Origin": "https://shop.example.com.evil.example.net"},
        {"Origin": "null"},
    ],
)
def test_other_sites_forms_are_not(aws: Aws, visitor: Browser, headers: dict[str, str]) -> None:
    for method, path in (
        ("PUT", "/api/cart/lines/lamp"),
        ("DELETE", "/api/cart"),
        ("POST", "/api/checkout"),
        ("POST", "/checkout"),
        ("POST", "/cart/lines"),
    ):
        answer = visitor(method, path, json={"quantity": 1}, headers=headers)
        assert answer.status_code == 403
    assert aws.items(CARTS) == []
    assert visitor.get("/products", headers=headers).status_code == 200
