"""The storefront's pages: plain HTML that works without a script, is read well aloud, and weighs little.

A page of the catalogue is the same for everybody, because CloudFront keeps it: it shows neither cart nor
name. Its one-pixel image is how a view is told of when the page itself came from CloudFront.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import money, stylesheet
from .carts import PIECES
from .markup import Content, Markup, address, element, joined
from .orders import ACKNOWLEDGED, Order
from .products import Product

#: Products of a page.
PER_PAGE = 24

#: Rehearsals pay by what the sandbox's processor makes of these; a processor's own form goes here.
TOKENS = {
    "tok_okRehearsalPayment": "A payment that is authorised",
    "tok_declinedRehearsalPayment": "A payment that is declined",
    "tok_brokenRehearsalPayment": "A payment whose processor fails",
}

STATES = {
    ACKNOWLEDGED: "We have your order and are working on it.",
    "CONFIRMED": "Your order is paid for and confirmed.",
    "FAILED": "Your order could not be carried out. Nothing has been charged.",
}


@dataclass(frozen=True)
class Line:
    """A line of the cart, as it is shown."""

    product: Product
    pieces: int

    @property
    def price(self) -> int:
        """Of all its pieces."""
        return self.product.price * self.pieces


def page(title: str, region: str, categories: Sequence[str], *content: Content) -> str:
    """A whole page."""
    head = element(
        "head",
        None,
        element("meta", {"charset": "utf-8"}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("title", None, f"{title} · Tradewind"),
        element("link", {"rel": "stylesheet", "href": stylesheet.ADDRESS}),
        element("link", {"rel": "icon", "href": "data:,"}),
    )
    body = element(
        "body",
        None,
        element("a", {"class": "skip", "href": "#main"}, "Skip to the content"),
        element(
            "header",
            None,
            element("a", {"class": "name", "href": "/"}, "Tradewind"),
            _search_form(),
            element("a", {"href": "/cart"}, "Cart"),
        ),
        _navigation(categories),
        element("main", {"id": "main"}, element("h1", None, title), *content),
        element("footer", None, f"Tradewind, a sample shop. Served by {region}."),
    )
    return "<!doctype html>" + element("html", {"lang": "en"}, head, body)


def home(popular: Sequence[Product]) -> Markup:
    """What the shop has to offer."""
    return joined(
        [
            _grid(popular, found_by="recommendation"),
            element("p", None, element("a", {"href": "/products"}, "See all products")),
        ]
    )


def listing(
    products: Sequence[Product], number: int, *segments: str, found_by: str = "list", **query: str
) -> Markup:
    """A page of a list, from 1, and the way to the others."""
    start = (number - 1) * PER_PAGE
    shown = products[start : start + PER_PAGE]
    if not shown:
        return element("p", None, "There is nothing here.")
    links = []
    if number > 1:
        links.append(_link("Previous page", segments, query | {"page": number - 1}))
    if start + PER_PAGE < len(products):
        links.append(_link("Next page", segments, query | {"page": number + 1}))
    pages = element("nav", {"aria-label": "Pages"}, element("ul", None, links)) if links else None
    return joined([_grid(shown, found_by=found_by), pages])


def product(one: Product, found_by: str) -> Markup:
    """A product, how to put it into the cart, and the pixel that tells of the view."""
    view = address("api", "products", one.product_id, "view", found_by=found_by)
    return joined(
        [
            _image(one, 640),
            element("p", {"class": "price"}, money.spoken(one.price, one.currency)),
            element("p", None, one.description),
            element("p", {"class": "say"}, "Sold out.") if one.sold_out else _add_form(one),
            element("img", {"src": view, "alt": "", "width": 1, "height": 1}),
        ]
    )


def cart(lines: Sequence[Line], seen: Sequence[Product], liked: Sequence[Product]) -> Markup:
    """What is in it, and what else there is."""
    filled = joined([_table(lines, _line_form), _total(lines), _checkout_link()])
    return joined(
        [
            filled if lines else element("p", None, "Your cart is empty."),
            _shelf("You looked at", seen),
            _shelf("You may like", liked),
        ]
    )


def checkout(lines: Sequence[Line], key: str) -> Markup:
    """The last step. The key is the order: sending the form twice orders once."""
    options = [element("option", {"value": token}, says) for token, says in TOKENS.items()]
    form = element(
        "form",
        {"method": "post", "action": "/checkout", "class": "steps"},
        element("input", {"type": "hidden", "name": "idempotency_key", "value": key}),
        element("label", {"for": "payment_token"}, "Payment"),
        element(
            "select", {"id": "payment_token", "name": "payment_token", "required": True}, options
        ),
        element(
            "p", {"class": "quiet"}, "This shop takes payment tokens. Never give it a card number."
        ),
        element("button", None, "Place the order"),
    )
    return joined([_table(lines), _total(lines), element("h2", None, "Pay"), form])


def order(one: Order) -> Markup:
    """How it stands with it."""
    again = element("a", {"href": address("orders", one.order_id)}, "See how it stands now")
    return joined(
        [
            element("p", {"class": "say", "role": "status"}, STATES.get(one.state, one.state)),
            element("p", None, "Its number is ", element("strong", None, one.order_id), "."),
            element("p", None, again) if one.state == ACKNOWLEDGED else None,
        ]
    )


def refusal(says: str, request_id: str) -> Markup:
    """What went wrong, in our words alone."""
    return joined(
        [
            element("p", {"class": "say", "role": "alert"}, says),
            element("p", {"class": "quiet"}, f"If you ask us about it, name {request_id}."),
        ]
    )


def _search_form() -> Markup:
    field = {"type": "search", "name": "q", "aria-label": "Search the shop", "maxlength": 80}
    return element(
        "form",
        {"role": "search", "action": "/search"},
        element("input", {**field, "required": True}),
        element("button", None, "Search"),
    )


def _navigation(categories: Sequence[str]) -> Markup:
    links = [_link(category, ("categories", category), {}) for category in categories[:12]]
    return element("nav", {"aria-label": "Categories"}, element("ul", None, links))


def _grid(products: Sequence[Product], found_by: str) -> Markup:
    return element("ul", {"class": "products"}, [_card(one, found_by) for one in products])


def _card(one: Product, found_by: str) -> Markup:
    link = address("products", one.product_id, **{"from": found_by})
    price = money.spoken(one.price, one.currency)
    return element(
        "li",
        None,
        _image(one, 320),
        element("a", {"href": link}, one.name),
        element("p", {"class": "price"}, "Sold out" if one.sold_out else price),
    )


def _image(one: Product, width: int) -> Markup | None:
    """Beside the product's name, so it needs no words of its own."""
    if not one.image:
        return None
    source = address("images", *(part for part in one.image.split("/") if part.strip(".")))
    size = {"width": width, "height": width * 3 // 4, "loading": "lazy"}
    return element("img", {"src": source, "alt": "", **size})


def _shelf(title: str, products: Sequence[Product]) -> Markup | None:
    if not products:
        return None
    return joined([element("h2", None, title), _grid(products, found_by="recommendation")])


def _add_form(one: Product) -> Markup:
    return element(
        "form",
        {"method": "post", "action": "/cart/lines"},
        element("input", {"type": "hidden", "name": "product_id", "value": one.product_id}),
        _pieces(1, least=1),
        element("button", None, "Put into the cart"),
    )


def _line_form(line: Line) -> Markup:
    where = address("cart", "lines", line.product.product_id)
    name = line.product.name
    return element(
        "form",
        {"method": "post", "action": where},
        _pieces(line.pieces, of=name),
        element("button", {"class": "plain", "aria-label": f"Change {name}"}, "Change"),
    )


def _pieces(number: int, *, least: int = 0, of: str = "") -> Markup:
    says = f"Pieces of {of}" if of else "Pieces"
    limits = {"min": least, "max": PIECES, "required": True, "aria-label": says}
    return element("input", {"type": "number", "name": "quantity", "value": number, **limits})


def _table(lines: Sequence[Line], form=None) -> Markup:
    rows = [
        element(
            "tr",
            None,
            element("th", {"scope": "row"}, line.product.name),
            element("td", None, form(line) if form else line.pieces),
            element("td", {"class": "number"}, money.spoken(line.price, line.product.currency)),
        )
        for line in lines
    ]
    heads = [element("th", {"scope": "col"}, name) for name in ("Product", "Pieces", "Price")]
    return element(
        "table",
        None,
        element("thead", None, element("tr", None, heads)),
        element("tbody", None, rows),
    )


def _total(lines: Sequence[Line]) -> Markup | None:
    if not lines:
        return None
    total = money.spoken(sum(line.price for line in lines), lines[0].product.currency)
    return element("p", {"class": "price"}, "Total ", element("strong", None, total))


def _checkout_link() -> Markup:
    return element("p", None, element("a", {"href": "/checkout"}, "Go to checkout"))


def _link(says: str, segments: Sequence[str], query: dict[str, object]) -> Markup:
    return element("li", None, element("a", {"href": address(*segments, **query)}, says))
