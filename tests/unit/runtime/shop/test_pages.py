"""The shop for people: pages that need no script, weigh little, and take no markup from anybody."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.unit.runtime.shop.world import INTAKE, TOKEN, Aws, Browser, part, sell, shop

KEY = "a-key-of-a-customers-own"

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}${7*7}",
    "\N{RIGHT-TO-LEFT OVERRIDE}evil",
    "&lt;already&gt; & so on",
    "\N{GRINNING FACE}" * 200,
)

PAGES = (
    "/",
    "/index.html",
    "/products",
    "/products/lamp",
    "/categories/Light",
    "/search?q=lamp",
    "/cart",
    "/checkout",
)


class Outline(HTMLParser):
    """A page's elements, and whether each that must end does."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == [], "every element ends"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in part("markup").VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def visitor(browser: Browser) -> Browser:
    """Who has a lamp in the cart."""
    browser.post("/cart/lines", product_id="lamp", quantity="2")
    return browser


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small_whole_and_runs_nothing(visitor: Browser, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < 15_000
    outline = Outline(answer.text)
    assert not {"script", "style", "iframe", "object"} & {tag for tag, _ in outline.elements}
    assert not any(
        name.startswith("on") or name == "style"
        for _, attributes in outline.elements
        for name in attributes
    )
    assert len(outline.all("h1")) == len(outline.all("main")) == len(outline.all("title")) == 1
    assert outline.all("html") == [{"lang": "en"}]


def test_a_page_full_of_products_is_small_too(aws: Aws, browser: Browser) -> None:
    for number in range(60):
        sell(
            aws,
            f"thing-{number}",
            name=f"A rather long name of a thing, {number}",
            image="a/b.webp",
        )
    answer = browser.get("/products")
    assert len(answer.content) < 15_000
    assert answer.text.count("<li>") > 24


@pytest.mark.parametrize("path", PAGES)
def test_whoever_cannot_see_is_told_what_everything_is(visitor: Browser, path: str) -> None:
    outline = Outline(visitor.get(path).text)
    labelled = {label["for"] for label in outline.all("label")}
    for field in [*outline.all("input"), *outline.all("select")]:
        named = field.get("aria-label") or field.get("id") in labelled
        assert named or field.get("type") == "hidden", field
    assert all("alt" in image for image in outline.all("img"))
    assert all(nav.get("aria-label") for nav in outline.all("nav"))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_product_is_called_is_text(aws: Aws, hostile: str) -> None:
    """In every place of every page that shows it."""
    sell(aws, "evil", name=hostile, description=hostile, category=hostile, image=f"../{hostile}")
    browser = Browser(shop(aws))
    browser.post("/cart/lines", product_id="evil", quantity="1")
    for path in (*PAGES, "/products/evil"):
        answer = browser.get(path)
        assert answer.status_code == 200
        outline = Outline(answer.text)
        assert {tag for tag, _ in outline.elements} <= ELEMENTS
        for _, attributes in outline.elements:
            assert not {name for name in attributes if name.startswith("on")}
            for name in ("href", "src", "action"):
                assert (attributes.get(name) or "/").startswith(("/", "#", "data:,"))
    page = Outline(browser.get("/products/evil").text)
    assert hostile in page.text


ELEMENTS = {
    *("html", "head", "meta", "title", "link", "body", "header", "main", "footer", "nav", "a", "p"),
    *("h1", "h2", "ul", "li", "form", "input", "button", "label", "select", "option", "img"),
    *("table", "thead", "tbody", "tr", "th", "td", "strong"),
}


@settings(max_examples=200, deadline=None)
@given(some.text(), some.text())
def test_any_text_comes_out_as_it_went_in(said: str, named: str) -> None:
    markup = part("markup")
    page = Outline(markup.element("p", {"title": named}, said, [said]))
    assert (page.text, page.elements) == (
        said * 2,
        [("p", {"title": named})],
    ) or "\r" in said + named


def test_what_was_searched_for_is_not_markup(browser: Browser) -> None:
    for hostile in HOSTILE:
        answer = browser.get("/search", params={"q": hostile})
        assert answer.status_code == 200
        assert {tag for tag, _ in Outline(answer.text).elements} <= ELEMENTS


def test_an_error_page_repeats_nothing_of_what_was_sent(browser: Browser) -> None:
    for path in ("/products/<b>nothing", "/nowhere/<b>", "/orders/<b>"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "nothing</" not in answer.text
        assert "<b>" not in answer.text
        assert answer.headers["x-request-id"] in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_one_buys_with_forms_alone(aws: Aws, browser: Browser) -> None:
    page = Outline(browser.get("/products/lamp").text)
    (form,) = (form for form in page.all("form") if form.get("method") == "post")
    fields = {
        str(field["name"]): field.get("value") for field in page.all("input") if "value" in field
    }
    answer = browser.post(str(form["action"]), **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cart")
    assert "Lamp" in browser.get("/cart").text
    page = Outline(browser.get("/checkout").text)
    key = next(f["value"] for f in page.all("input") if f.get("name") == "idempotency_key")
    token = page.all("option")[0]["value"]
    answer = browser.post("/checkout", idempotency_key=key, payment_token=token)
    assert answer.status_code == 303
    again = browser.post("/checkout", idempotency_key=key, payment_token=token)
    assert again.headers["location"] == answer.headers["location"], "sent twice, ordered once"
    order = browser.get(answer.headers["location"])
    assert "working on it" in order.text
    assert len(aws.items(INTAKE)) == 1
    assert "empty" in browser.get("/cart").text


def test_adding_adds_and_a_line_can_be_changed_and_taken_out(visitor: Browser) -> None:
    visitor.post("/cart/lines", product_id="lamp", quantity="3")
    assert 'value="5"' in visitor.get("/cart").text
    visitor.post("/cart/lines/lamp", quantity="1")
    assert 'value="1"' in visitor.get("/cart").text
    visitor.post("/cart/lines/lamp", quantity="0")
    assert "empty" in visitor.get("/cart").text
    full = [visitor.post("/cart/lines", product_id="lamp", quantity="99") for _ in range(2)]
    assert [answer.status_code for answer in full] == [303, 409]


@pytest.mark.parametrize("quantity", ["-1", "0", "x", "100", "1.5", "", "٣", "9" * 5000])
def test_a_form_with_a_bad_quantity_is_refused(browser: Browser, quantity: str) -> None:
    answer = browser.post("/cart/lines", product_id="lamp", quantity=quantity)
    assert answer.status_code == 400


def test_a_product_that_is_no_longer_sold_can_be_taken_out(aws: Aws, visitor: Browser) -> None:
    aws.dynamodb().delete_item(TableName="catalogue", Key={"product_id": {"S": "lamp"}})
    assert "No longer sold" in visitor.get("/cart").text
    visitor.post("/cart/lines/lamp", quantity="0")
    assert "empty" in visitor.get("/cart").text


def test_the_payment_tokens_of_rehearsals_are_tokens() -> None:
    token, cards = part("checkout").TOKEN, part("cards")
    for offered in part("pages").TOKENS:
        assert token.fullmatch(offered)
        assert not cards.in_text(offered)
    assert TOKEN in part("pages").TOKENS


def test_a_page_that_is_the_same_for_everybody_may_be_kept_and_no_other(visitor: Browser) -> None:
    for path in PAGES[:6]:
        answer = visitor.get(path)
        assert answer.headers["cache-control"] == "public, max-age=60"
        assert "set-cookie" not in answer.headers
    for path in ("/cart", "/checkout", "/api/cart", "/api/products", "/healthz"):
        assert visitor.get(path).headers["cache-control"] == "no-store"


def test_a_kept_page_knows_nobody(aws: Aws, visitor: Browser) -> None:
    stranger = Browser(shop(aws))
    for path in PAGES[:6]:
        ours, theirs = visitor.get(path).text, stranger.get(path).text
        assert ours == theirs


def test_the_stylesheet_has_a_name_that_changes_with_it(browser: Browser) -> None:
    found = re.search(r'href="(/static/[0-9a-f]{16}/style\.css)"', browser.get("/").text)
    assert found
    answer = browser.get(found[1])
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in browser.get("/static/0000/style.css").headers["cache-control"]


@pytest.mark.parametrize("category", ["Bits / bobs", "50% off?", "a&b#c", "Möbel", "..", "a+b"])
def test_a_category_leads_to_its_products_whatever_it_is_called(
    aws: Aws, browser: Browser, category: str
) -> None:
    sell(aws, "lamp", category=category)
    sell(aws, "chair", category=category)
    links = [link["href"] or "" for link in Outline(browser.get("/").text).all("a")]
    (link,) = (link for link in links if link.startswith("/categories/"))
    assert not set("?#") & set(link)
    assert "/products/lamp" in browser.get(link).text


@pytest.mark.parametrize("image", ["../api/cart", "a/../../b.webp", "//evil.example.net/b.webp"])
def test_an_image_is_one_of_ours(aws: Aws, browser: Browser, image: str) -> None:
    sell(aws, "lamp", image=image)
    source = Outline(browser.get("/products/lamp").text).all("img")[0]["src"] or ""
    assert source.startswith("/images/")
    assert ".." not in source
    assert "//" not in source


def test_lists_have_pages(aws: Aws, browser: Browser) -> None:
    for number in range(50):
        sell(aws, f"thing-{number}")
    first, last = (Outline(browser.get(f"/products?page={page}").text) for page in (1, 3))
    links = [{link["href"] for link in page.all("a")} for page in (first, last)]
    assert "/products?page=2" in links[0]
    assert "/products?page=4" not in links[1]
    assert "nothing here" in browser.get("/products?page=9").text


def test_every_path_is_one_that_the_distribution_knows(open_shop: Any) -> None:
    """What is written to must lead to the shop, and a page of the catalogue may be kept."""
    from generator import shop_paths

    for path, resource in part("application").routes(open_shop).items():
        writes = {"on_post", "on_put", "on_delete"} & set(dir(resource))
        if writes:
            assert path.startswith(shop_paths.TRANSACTIONS), path
    for path in shop_paths.CATALOGUE:
        assert any(route.startswith(path) for route in part("application").routes(open_shop))
    assert part("stylesheet").ADDRESS.startswith(shop_paths.STATIC)


def test_amounts_are_spoken_as_their_currency_has_them() -> None:
    spoken, major = part("money").spoken, part("money").major
    assert spoken(123450, "EUR") == "EUR 1,234.50"
    assert spoken(1234, "JPY") == "JPY 1,234"
    assert major(1999, "USD") == pytest.approx(19.99)
