"""The shop for programs: catalogue, search, cart."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.runtime.shop.world import CARTS, CATALOGUE, REGION, Aws, Browser, sell


def test_every_answer_says_which_region_gave_it(browser: Browser) -> None:
    for path in ("/api/products", "/nowhere", "/api/products/none", "/healthz"):
        answer = browser.get(path)
        assert answer.headers["x-tradewind-region"] == REGION
        assert answer.headers["x-request-id"]


def test_products_are_listed_by_name_and_by_category(browser: Browser) -> None:
    every = browser.get("/api/products").json
    assert [one["product_id"] for one in every["products"]] == ["chair", "lamp"]
    light = browser.get("/api/products?category=Light").json
    assert [one["product_id"] for one in light["products"]] == ["lamp"]
    assert browser.get("/api/products?category=Nothing").json["products"] == []


def test_what_is_no_product_is_not_listed(aws: Aws, browser: Browser) -> None:
    table = aws.dynamodb()
    table.put_item(TableName=CATALOGUE, Item={"product_id": {"S": "half"}, "name": {"S": "Half"}})
    table.put_item(TableName=CATALOGUE, Item={"product_id": {"S": "top-products"}})
    sell(aws, "bad price", 1)
    listed = browser.get("/api/products").json["products"]
    assert [one["product_id"] for one in listed] == ["chair", "lamp"]
    assert browser.get("/api/products/half").status_code == 404
    assert browser.get("/api/products/top-products").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e3", "99999", "٣"])
def test_a_page_that_is_none_is_refused(browser: Browser, page: str) -> None:
    answer = browser.get("/api/products", params={"page": page})
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad-page")


def test_a_product_has_its_price_in_minor_units(browser: Browser) -> None:
    lamp = browser.get("/api/products/lamp").json
    assert (lamp["price"], lamp["currency"], lamp["stock"]) == (2500, "EUR", 5)


def test_without_a_domain_the_catalogue_is_searched(browser: Browser) -> None:
    for words in ("LAMP", "gives light", "lamp light"):
        found = browser.get("/api/search", params={"q": words}).json["products"]
        assert [one["product_id"] for one in found] == ["lamp"]
    assert browser.get("/api/search", params={"q": "lamp piano"}).json["products"] == []
    assert browser.get("/api/search").json["products"] == []


def test_a_cart_is_an_item_that_only_its_cookie_knows(aws: Aws, browser: Browser) -> None:
    answer = browser.put("lamp", 2)
    assert answer.json["lines"] == [
        {"product_id": "lamp", "quantity": 2, "name": "Lamp", "unit_price": 2500, "left": 5}
    ]
    assert (answer.json["total"], answer.json["currency"]) == (5000, "EUR")
    (item,) = aws.items(CARTS)
    assert item["lines"] == {"M": {"lamp": {"N": "2"}}}
    assert item["cart_id"] == {"S": browser.cookies["cart"]}
    said = answer.headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said
    assert "cart" not in answer.json, "the cart's id is nobody's but the cookie's"


def test_the_cookie_goes_over_tls_alone_where_there_is_tls(aws: Aws) -> None:
    from tests.unit.runtime.shop.world import shop

    said = Browser(shop(aws, certificate="tls.crt")).put("lamp", 1).headers["set-cookie"]
    assert "Secure" in said


def test_who_only_looks_around_gets_no_cookie(browser: Browser) -> None:
    for path in ("/", "/products/lamp", "/api/products/lamp", "/api/cart", "/cart"):
        assert "set-cookie" not in browser.get(path).headers


def test_a_line_is_set_and_taken_out_and_the_cart_emptied(browser: Browser) -> None:
    browser.put("lamp", 2)
    assert browser.put("lamp", 1).json["total"] == 2500
    browser.put("chair", 1)
    assert browser("DELETE", "/api/cart/lines/lamp").json["total"] == 9900
    assert browser("DELETE", "/api/cart/lines/lamp").status_code == 200, "it is out already"
    assert browser("DELETE", "/api/cart").json["lines"] == []
    assert browser.get("/api/cart").json["lines"] == []


@pytest.mark.parametrize("quantity", [-1, 100, 1.0, "1", True, None, [1], 10**30])
def test_a_quantity_is_a_whole_number_within_limits(browser: Browser, quantity: Any) -> None:
    answer = browser.put("lamp", quantity)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad-quantity")


def test_a_cart_has_an_end(aws: Aws, browser: Browser) -> None:
    for number in range(51):
        sell(aws, f"thing-{number}")
    for number in range(50):
        assert browser.put(f"thing-{number}", 1).status_code == 200
    answer = browser.put("thing-50", 1)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "cart-full")
    assert browser.put("thing-0", 99).status_code == 200, "a line that is there may grow"


def test_what_is_unknown_or_sold_out_is_not_put_into_a_cart(aws: Aws, browser: Browser) -> None:
    sell(aws, "sold", stock=0)
    assert browser.put("nothing", 1).status_code == 404
    assert browser.put("sold", 1).json["error"]["code"] == "sold-out"
    assert browser.put("lamp's <b>", 1).status_code == 404
    assert aws.items(CARTS) == []


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", "1", '{"quantity": 1', "[" * 60_000, "\udcff".encode("utf-8", "replace")],
)
def test_a_body_that_is_no_json_object_is_refused(browser: Browser, body: Any) -> None:
    form = {"Content-Type": "application/json"}
    answer = browser("PUT", "/api/cart/lines/lamp", body=body, headers=form)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad-json")


def test_a_form_of_another_site_cannot_pass_for_json(browser: Browser) -> None:
    form = {"Content-Type": "text/plain"}
    answer = browser("PUT", "/api/cart/lines/lamp", body='{"quantity": 1}', headers=form)
    assert answer.json["error"]["code"] == "not-json"


def test_an_answer_that_depends_on_a_table_that_is_down_is_a_503_and_says_nothing_more(
    aws: Aws, browser: Browser
) -> None:
    """CloudFront then asks the other region."""
    aws.broken.add("dynamodb")
    for path in ("/api/products/lamp", "/", "/products"):
        answer = browser.get(path)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert "amazonaws" not in answer.text


def test_lists_go_on_while_the_table_is_down(
    aws: Aws, open_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(open_shop)
    assert browser.get("/products").status_code == 200
    aws.broken.add("dynamodb")
    now = open_shop.assortment.clock()
    monkeypatch.setattr(open_shop.assortment, "clock", lambda: now + 3600)
    assert "Lamp" in browser.get("/products").text


def test_who_waited_for_a_first_list_that_failed_does_not_try_again_in_turn(
    aws: Aws, open_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[bool] = []
    read = open_shop.assortment.read

    def counted() -> Any:
        reads.append(True)
        return read()

    monkeypatch.setattr(open_shop.assortment, "read", counted)
    now = [100.0]
    monkeypatch.setattr(open_shop.assortment, "clock", lambda: now[0])
    aws.broken.add("dynamodb")
    browser = Browser(open_shop)
    assert [browser.get("/api/products").status_code for _ in range(5)] == [503] * 5
    assert len(reads) == 1
    aws.broken.clear()
    now[0] += 1
    assert browser.get("/api/products").status_code == 200


def test_a_list_follows_the_catalogue(
    aws: Aws, open_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(open_shop)
    browser.get("/api/products")
    sell(aws, "table")
    now = open_shop.assortment.clock()
    monkeypatch.setattr(open_shop.assortment, "clock", lambda: now + 15)
    listed = browser.get("/api/products").json["products"]
    assert "table" in [one["product_id"] for one in listed]


def test_head_is_answered_as_get_without_the_body(browser: Browser) -> None:
    answer = browser("HEAD", "/api/products/lamp")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_a_method_that_a_path_has_not_is_refused(browser: Browser) -> None:
    answer = browser("DELETE", "/api/products/lamp")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
